"""Candidates for one need out of 50,000, with reasons; and why not this person.

Answers come from arrays kept while nothing they hold has changed (match_people): a need's ranking takes milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.errors import NotFound
from dashboard.core.figures import county_today
from dashboard.core.intake import clean
from dashboard.core.matching import candidates as ranking
from dashboard.core.matching import explain
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import Policy
from dashboard.core.matching.words import Codebook
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services import match_view as view
from dashboard.services.claims import Claims, claims_of, limits_at
from dashboard.services.contracts import promised
from dashboard.services.figures import in_force
from dashboard.services.match_lines import lines_of_one
from dashboard.services.match_people import Weeks, everybody
from dashboard.services.match_policy import policy_at
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.team_rows import shown_team
from db.models import Dispatch, Membership, Need, NeedInterval, Person, Site, Team, Volunteer
from db.models.base import UtcDateTime

LIMIT = 20


@dataclass(frozen=True)
class Candidate:
    """One of the best, ready to be shown. `start`, `end`: the time she would serve. Minutes and metres are whole.
    `promised`: an agreement sends her, so she is offered the need before the others."""

    rank: int
    profile: view.Profile
    score: int
    top_score: int
    metres: int
    start: datetime
    end: datetime
    terms: tuple[view.Term, ...]
    free: tuple[tuple[datetime, datetime], ...]
    week_load: int
    cap_week: int
    load_90: int
    last_served: date | None
    pinned: bool
    promised: bool
    claims: Claims


@dataclass(frozen=True)
class Ranked:
    """The best for one role of a need; `roles` are its roles with their open seats. `team_id`: only of that team."""

    need_id: int
    role_id: int
    team_id: int | None
    roles: tuple[tuple[int, int], ...]
    eligible: int
    people: int
    candidates: tuple[Candidate, ...]
    rule_version: int


@dataclass(frozen=True)
class Answer:
    """Why not this person: every rule she fails, first the one that is tried first, the claim limits last; none when
    she may be sent."""

    profile: view.Profile
    start: datetime | None
    end: datetime | None
    score: int | None
    terms: tuple[view.Term, ...]
    objections: tuple[view.Objection, ...]
    said_no: bool
    claims: Claims


@dataclass(frozen=True)
class Found:
    """A volunteer found by name."""

    volunteer_id: int
    name: str
    phone_tail: str
    site: str


@dataclass(frozen=True)
class Table:
    """What a question about one need works with."""

    codes: Codebook
    people: People
    lines: Lines
    policy: Policy
    pinned: frozenset[int]


def table_of(session: Session, actor: Actor, need_id: int, now: datetime, *, ask_again: bool = False) -> Table:
    """Everybody and the roles of a need within reach, under the rules that hold. Raises NotFound."""
    first = session.execute(_first_start(actor.site_path != WHOLE_COUNTY), _about(actor, need_id, now)).first()
    if first is None:
        raise NotFound("needs.no_such")
    weeks = Weeks.around(now, first.start)
    codes, people = everybody(session, actor.county, actor.site_path, weeks, now)
    asked = lines_of_one(session, actor.county, codes, now, need_id, ask_again=ask_again)
    pinned = frozenset(volunteer_id for _, volunteer_id in asked.pins)
    return Table(codes, people, asked.lines, policy_at(session, actor.county, now), pinned)


@cache
def _first_start(scoped: bool) -> Any:
    """The need's first wanted span ahead, no row for a need out of reach. Composed once."""
    ahead = select(func.min(NeedInterval.start)).where(
        NeedInterval.county == Need.county,
        NeedInterval.need_id == Need.id,
        NeedInterval.end > bindparam("now", type_=UtcDateTime()),
    )
    query = select(Need.id, ahead.correlate(Need).scalar_subquery().label("start")).where(
        Need.county == bindparam("county"), Need.id == bindparam("need_id")
    )
    if not scoped:
        return query
    return query.join(Site, Site.id == Need.site_id).where(Site.path.startswith(bindparam("path"), autoescape=False))


def _about(actor: Actor, need_id: int, now: datetime) -> dict[str, Any]:
    about = {"county": actor.county, "need_id": need_id, "now": now}
    return about if actor.site_path == WHOLE_COUNTY else about | {"path": actor.site_path}


READS = (Subject.PEOPLE, Subject.NEEDS, Subject.SERVICES, Subject.CATALOGUE, Subject.PLACES, Subject.RULES)


def members_of(session: Session, county: str, team_id: int, now: datetime) -> list[int]:
    """Volunteers who are in a team today."""
    mine = (Membership.county == county, Membership.team_id == team_id, in_force(Membership, county_today(now)))
    return list(session.scalars(select(Membership.volunteer_id).where(*mine).distinct()))


def eligible_among(table: Table, volunteer_ids: Sequence[int]) -> int:
    """How many of these may take a role of the need with open seats (any role, once all seats are filled), by the rules
    of the ranking."""
    among, seats = table.people.rows(volunteer_ids), table.lines.table.seats
    found: set[int] = set()
    for line in np.flatnonzero(seats > 0) if seats.any() else range(table.lines.count):
        best = ranking.ranked(table.people, table.lines, int(line), table.policy, len(among), among)
        found.update(best.id.tolist())
    return len(found)


@question(*READS)
def candidates(
    session: Session,
    actor: Actor,
    *,
    need_id: int,
    now: datetime,
    role_id: int | None = None,
    team_id: int | None = None,
    limit: int = LIMIT,
) -> Ranked:
    """The best `limit` volunteers for a role of a need (by default the first with open seats), with the reason of each;
    with `team_id` only of the members of a team that the reader may see.

    Who keeps the series or the household comes first, or her substitute where she can't. Ties of the others: the
    higher score, then the nearer home, then the smaller id.
    """
    require(actor, Action.SEE_MATCH)
    table = table_of(session, actor, need_id, now)
    line = _line(table.lines, role_id)
    among = None
    if team_id is not None:
        members = members_of(session, actor.county, shown_team(session, actor, team_id), now)
        among = table.people.rows(members)
    agreed = promised(session, actor.county, need_id)
    found = ranking.ranked(table.people, table.lines, line, table.policy, limit, among, agreed)
    ids = found.id.tolist()
    known = view.profiles(session, actor.county, ids)
    open_tasks = claims_of(session, actor.county, ids, limits_at(session, actor.county, now))
    return Ranked(
        need_id=need_id,
        role_id=int(table.lines.id[line]),
        roles=tuple((int(row.id), int(row.seats)) for row in table.lines.table),
        eligible=found.eligible,
        people=table.people.count if among is None else len(among),
        team_id=team_id,
        candidates=tuple(
            _candidate(table, found, rank, known[one], open_tasks[one], agreed) for rank, one in enumerate(ids)
        ),
        rule_version=table.policy.version,
    )


def _line(lines: Lines, role_id: int | None) -> int:
    if role_id is not None and role_id in lines.id:
        return int(lines.rows([role_id])[0])
    seats = lines.table.seats
    return int(seats.argmax() if not seats.any() else (seats > 0).argmax())


def _candidate(
    table: Table, found: ranking.Ranking, rank: int, profile: view.Profile, claims: Claims, agreed: tuple[int, ...]
) -> Candidate:
    row, minute = int(found.row[rank]), int(found.start[rank])
    person = table.people.table[row]
    reasons = explain.table_of(found.measures[rank], found.points[rank], found.weights)
    return Candidate(
        rank=rank + 1,
        profile=profile,
        score=int(found.score[rank]),
        top_score=table.policy.top_score,
        metres=int(found.metres[rank]),
        start=spans.moment_of(minute),
        end=spans.moment_of(int(found.end[rank])),
        terms=view.terms_of(reasons),
        free=view.free_on(table.people, row, spans.day_of(minute)),
        week_load=view.week_load(table.people, row, minute),
        cap_week=int(person.cap_week),
        load_90=int(person.load_90),
        last_served=view.last_served(table.people, row),
        pinned=profile.volunteer_id in table.pinned,
        promised=profile.volunteer_id in agreed,
        claims=claims,
    )


@question(*READS)
def removed(
    session: Session, actor: Actor, *, need_id: int, now: datetime, role_id: int | None = None
) -> tuple[tuple[str, int], ...]:
    """How many people each rule takes out for a role, each counted at the first rule she fails, and "eligible"."""
    require(actor, Action.SEE_MATCH)
    table = table_of(session, actor, need_id, now)
    line = _line(table.lines, role_id)
    return tuple(ranking.removed_by(table.people, table.lines, line, table.policy).items())


@question(*READS)
def why_not(
    session: Session,
    actor: Actor,
    *,
    need_id: int,
    volunteer_id: int,
    now: datetime,
    role_id: int | None = None,
    language: str = "zh",
) -> Answer:
    """Every rule she fails for the need, with what would have to change; or her score when she fails none."""
    require(actor, Action.SEE_MATCH)
    table = table_of(session, actor, need_id, now, ask_again=True)
    line = _line(table.lines, role_id)
    profile = view.profiles(session, actor.county, [volunteer_id]).get(volunteer_id)
    if profile is None:
        raise NotFound("constraints.no_such_volunteer")
    row = int(table.people.rows([volunteer_id])[0])
    names = view.skill_namer(session, actor.county, table.codes, language)
    verdict = explain.why_not(table.people, table.lines, line, row, table.codes, table.policy, names)
    reasons = () if verdict.start is None else explain.reasons(table.people, table.lines, line, row, table.policy)
    terms = view.terms_of(reasons)
    limits = limits_at(session, actor.county, now)
    claims = claims_of(session, actor.county, [volunteer_id], limits)[volunteer_id]
    return Answer(
        profile=profile,
        start=None if verdict.start is None else spans.moment_of(verdict.start),
        end=None if verdict.end is None else spans.moment_of(verdict.end),
        score=sum(term.value for term in terms) if verdict.eligible else None,
        terms=terms,
        objections=(*(view.objection(failing) for failing in verdict.failing), *view.claim_objections(claims)),
        said_no=_said_no(session, actor.county, need_id, volunteer_id),
        claims=claims,
    )


def _said_no(session: Session, county: str, need_id: int, volunteer_id: int) -> bool:
    mine = (Dispatch.county == county, Dispatch.need_id == need_id, Dispatch.volunteer_id == volunteer_id)
    return session.scalar(select(Dispatch.id).where(*mine, Dispatch.state.in_(("declined", "expired")))) is not None


@question(Subject.PEOPLE, Subject.PLACES)
def find(session: Session, actor: Actor, *, words: str, limit: int = 10) -> tuple[Found, ...]:
    """Volunteers by name, pinyin initials or phone tail whom the actor may send: her own part and shared teams."""
    require(actor, Action.SEE_MATCH)
    asked = clean(words)
    if not asked:
        return ()
    shared = (
        select(Membership.volunteer_id)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.county == actor.county, Membership.valid_to.is_(None), Team.shared)
    )
    named: list[Any] = [Person.name.startswith(asked, autoescape=True)]
    if asked.isascii():
        named.append(Person.initials.startswith(asked.casefold(), autoescape=True))
    if asked.isdigit():
        named.append(Person.phone_tail == asked[-4:])
    rows = session.execute(
        select(Volunteer.id, Person.name, Person.phone_tail, Site.name.label("site"))
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Site, Site.id == Volunteer.site_id)
        .where(
            and_(Volunteer.county == actor.county, Person.county == actor.county, or_(*named)),
            or_(at_reached_site(actor, Volunteer.site_id), Volunteer.id.in_(shared)),
        )
        .order_by(Person.name, Volunteer.id)
        .limit(limit)
    )
    return tuple(Found(row.id, row.name, row.phone_tail or "", row.site or "") for row in rows)
