"""Match all: the best plan for a set of open needs, as rows to read, change and send. Never stored.

Who may take what (the costly part) is kept while the data stay as they are; pinning or forbidding a pair solves again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.filters import Filters
from dashboard.core.matching import plan as planning
from dashboard.core.matching.lines import STEP_MINUTES
from dashboard.core.matching.plan import Case, PairId, Plan
from dashboard.core.matching.rules import metres_between
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Precision, Subject
from dashboard.services.commands import revisions
from dashboard.services.filtering import needs_like
from dashboard.services.match_lines import lines_of, taking_people
from dashboard.services.match_people import Weeks, everybody, kept, url_of
from dashboard.services.match_policy import policy_at
from dashboard.services.match_queries import LineQueries
from dashboard.services.match_view import Profile, profiles
from dashboard.services.needs_queue import View, category_name, in_view, place_line
from dashboard.services.questions import question
from db.models import Category, Division, Grid, Need

_READS = (Subject.PEOPLE, Subject.NEEDS, Subject.SERVICES, Subject.CATALOGUE, Subject.PLACES, Subject.RULES)
#: For so many lines the reasons of empty seats are counted; each takes a look at everybody.
EXPLAINED = 50


@dataclass(frozen=True)
class NeedWords:
    """What a row says of its need."""

    need_id: int
    code: str
    title: str
    category: str
    urgency: str
    place: str
    precision: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class PlanRow:
    """A pair of the plan: this volunteer to this role at this time."""

    need: NeedWords
    role_id: int
    who: Profile
    start: datetime
    end: datetime
    metres: int | None
    score: int
    pinned: bool

    @property
    def key(self) -> str:
        """Names the pair in a session: "role:volunteer"."""
        return f"{self.role_id}:{self.who.volunteer_id}"

    @property
    def exact(self) -> bool:
        """Are both places known to the point, so that the metres are those between the two doors?"""
        return self.need.precision == self.who.precision == Precision.POINT

    def to_send(self) -> dict[str, Any]:
        """The row as `dispatches.dispatch_rows` takes it."""
        return {
            "need_id": self.need.need_id,
            "role_id": self.role_id,
            "volunteer_id": self.who.volunteer_id,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
        }


@dataclass(frozen=True)
class EmptySeats:
    """Seats of a role that stay empty, and why: how many people each rule removed, and of those who might come how
    many are needed elsewhere ("elsewhere") or were left out of this draft ("dropped")."""

    need: NeedWords
    role_id: int
    seats: int
    causes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PlanView:
    """A plan as it is read. `empty` and `greedy_empty` count empty seats by urgency, most urgent first; `lost` and
    `greedy_lost` the score points lost against a full score in every filled seat."""

    rows: tuple[PlanRow, ...]
    unmet: tuple[EmptySeats, ...]
    needs: int
    seats: int
    people: int
    pairs: int
    empty: tuple[int, ...]
    lost: int
    greedy_empty: tuple[int, ...]
    greedy_lost: int
    refused_pins: tuple[tuple[int, int, str], ...]
    timed_needs: int
    rule_version: int

    @property
    def greedy_as_good(self) -> bool:
        """Would "most urgent first, best free volunteer" reach the same value?"""
        return (self.empty, self.lost) == (self.greedy_empty, self.greedy_lost)


@question(Subject.NEEDS, Subject.PLACES, Subject.CATALOGUE)
def open_count(session: Session, actor: Actor, *, filters: Filters, need_ids: tuple[int, ...] | None = None) -> int:
    """How many needs with open seats the set holds."""
    require(actor, Action.SEE_MATCH)
    return session.scalar(select(func.count()).where(which_needs(actor, filters, need_ids))) or 0


@question(*_READS, heavy=True)
def plan(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    filters: Filters = Filters(),  # noqa: B008  (frozen)
    need_ids: tuple[int, ...] | None = None,
    pins: tuple[PairId, ...] = (),
    forbids: tuple[PairId, ...] = (),
    language: str = "zh",
) -> PlanView:
    """The best plan for the open needs of the filter (or those named), with the standing pins and those of the draft.

    Pairs are (role id, volunteer id). One task a person. Needs whose times all lie more than five weeks ahead wait.
    """
    require(actor, Action.SEE_MATCH)
    case, standing = case_of(session, actor, filters, need_ids, now)
    dropped = set(forbids)
    wanted = {pair for pair in (*standing, *pins) if pair not in dropped}
    found = planning.best_plan(case, pins=wanted, forbids=dropped)
    return _view(session, actor, case, found, language)


def which_needs(actor: Actor, filters: Filters, need_ids: tuple[int, ...] | None) -> ColumnElement[bool]:
    """The condition for the needs to be matched: within reach, taking people, with open seats."""
    conditions = [needs_like(filters, actor), taking_people(actor.county), in_view(View.TO_DISPATCH, actor.county)]
    if need_ids is not None:
        conditions.append(Need.id.in_(need_ids))
    return and_(*conditions)


def case_of(
    session: Session, actor: Actor, filters: Filters, need_ids: tuple[int, ...] | None, now: datetime
) -> tuple[Case, tuple[PairId, ...]]:
    """Who may take what, kept for a half hour at most, and the pins that stand."""
    soon = next_step(now)
    seen = revisions(session, actor.county, _READS)
    key = (url_of(session), actor.county, actor.site_path, "case", seen, filters, need_ids, soon)
    return kept(key, lambda: _case(session, actor, filters, need_ids, soon))


def next_step(now: datetime) -> datetime:
    """The next moment a service may start at."""
    minute = -(-spans.end_minute_of(now) // STEP_MINUTES) * STEP_MINUTES
    return spans.moment_of(minute)


def _case(
    session: Session, actor: Actor, filters: Filters, need_ids: tuple[int, ...] | None, now: datetime
) -> tuple[Case, tuple[PairId, ...]]:
    weeks = Weeks.around(now)
    codes, people = everybody(session, actor.county, actor.site_path, weeks, now)
    queries = LineQueries(which_needs(actor, filters, need_ids))
    asked = lines_of(session, actor.county, codes, now, queries, weeks=weeks)
    return planning.prepare(people, asked.lines, policy_at(session, actor.county, now)), asked.pins


def _view(session: Session, actor: Actor, case: Case, found: Plan, language: str) -> PlanView:
    table = case.lines.table
    words = need_words(session, actor.county, table.need.tolist(), language)
    who = profiles(session, actor.county, found.person_id.tolist())
    metres = _metres(case, found)
    rows = tuple(
        PlanRow(
            need=words[int(table.need[line])],
            role_id=int(found.line_id[at]),
            who=who[int(found.person_id[at])],
            start=spans.moment_of(int(found.start[at])),
            end=spans.moment_of(int(found.end[at])),
            metres=metres[at],
            score=int(found.score[at]),
            pinned=bool(found.pinned[at]),
        )
        for at, line in enumerate(found.line.tolist())
    )
    return PlanView(
        rows=tuple(sorted(rows, key=lambda row: (row.start, row.need.code, row.who.volunteer_id))),
        unmet=_unmet(case, found, words),
        needs=len(words),
        seats=int(table.seats.sum()),
        people=case.people.count,
        pairs=len(case.pairs.row),
        empty=found.tiers.unmet,
        lost=found.tiers.lost,
        greedy_empty=found.greedy.unmet,
        greedy_lost=found.greedy.lost,
        refused_pins=tuple((pin.line_id, pin.person_id, pin.reason) for pin in found.refused),
        timed_needs=len(found.timed_needs),
        rule_version=case.policy.version,
    )


def _metres(case: Case, found: Plan) -> list[int | None]:
    """Whole metres of each pair."""
    return [metres_of(case, *pair) for pair in zip(found.line.tolist(), found.person.tolist(), strict=True)]


def metres_of(case: Case, line: int, person: int) -> int | None:
    """Whole metres from her home to the need, by rows; None when one place is unknown."""
    there = int(metres_between(case.people.table[person], case.lines.table[line]))
    return None if there < 0 else there


def _unmet(case: Case, found: Plan, words: dict[int, NeedWords]) -> tuple[EmptySeats, ...]:
    """Lines with empty seats, the most urgent first; the first of them with their causes."""
    table = case.lines.table
    lines = sorted(found.unmet.tolist(), key=lambda line: (int(table.urgency[line]), int(table.id[line])))
    return tuple(
        EmptySeats(
            need=words[int(table.need[line])],
            role_id=int(table.id[line]),
            seats=int(found.empty[line]),
            causes=tuple(planning.causes(case, found, line).items()) if at < EXPLAINED else (),
        )
        for at, line in enumerate(lines)
    )


def need_words(session: Session, county: str, need_ids: Iterable[int], language: str) -> dict[int, NeedWords]:
    """What rows say of these needs."""
    rows = session.execute(
        select(
            Need.id,
            Need.code,
            Need.title,
            category_name(language).label("category"),
            Need.urgency,
            Division.name.label("village"),
            Grid.name.label("grid"),
            Need.place_text,
            Need.precision,
            Need.lon,
            Need.lat,
        )
        .outerjoin(Category, Category.id == Need.category_id)
        .outerjoin(Grid, Grid.id == Need.grid_id)
        .outerjoin(Division, (Division.county == county) & (Division.code == Need.village_code))
        .where(Need.county == county, Need.id.in_(sorted(set(need_ids))))
    )
    return {
        row.id: NeedWords(
            row.id,
            row.code,
            row.title,
            row.category,
            row.urgency,
            place_line(row.village or "", row.grid or "", row.place_text),
            row.precision,
            row.lon,
            row.lat,
        )
        for row in rows
    }
