"""Volunteers as the arrays of the matching core, built from SQL and kept while nothing they hold has changed.

Three layers, each kept under the revisions it reads: who she is and when she is free (people), what she did (services),
where she is sent (needs). So a dispatch costs a reload of the dispatched spans, not of 50,000 people. All arrays are
shared between readers and never changed in place.
"""

import json
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from cachetools import LRUCache
from sqlalchemy import Text, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.matching.arrays import SPAN, records, rows_of, span_entries, sphere
from dashboard.core.matching.people import People
from dashboard.core.matching.words import NEVER, Codebook
from dashboard.core.permissions import WHOLE_COUNTY
from dashboard.core.spans import Spans
from dashboard.core.words import HOLDS_SEAT, Consent, ConstraintKind, Subject, VolunteerStatus
from dashboard.services.commands import revisions
from dashboard.services.match_rows import RECENT, among, columns, in_force, on_duty, reliability
from db.models import (
    Availability,
    Certificate,
    Constraint,
    Dispatch,
    Grid,
    Leave,
    Membership,
    Need,
    Person,
    Service,
    Site,
    Skill,
    Team,
    Volunteer,
    VolunteerSkill,
)

Kept = TypeVar("Kept")

#: Weeks for which free time is laid out; a need further ahead gets arrays of its own weeks.
WEEKS = 5
#: Stands for every language that no volunteer speaks.
NOBODY_SPEAKS = "-"

_KEPT: LRUCache[Hashable, Any] = LRUCache(maxsize=8)
_GATE = threading.Lock()
_MAKING: dict[Hashable, threading.RLock] = {}


@dataclass(frozen=True)
class Weeks:
    """Whole weeks, Monday to Sunday in county time, for which free time is laid out."""

    first_day: int
    days: int = 7 * WEEKS

    @classmethod
    def around(cls, now: datetime, start: datetime | None = None) -> "Weeks":
        """The weeks from this one on; from the week of `start` when that lies beyond them."""
        monday = _monday(spans.day_of(spans.minute_of(now)))
        if start is None or spans.day_of(spans.minute_of(start)) < monday + 7 * WEEKS - 1:
            return cls(monday)
        return cls(_monday(spans.day_of(spans.minute_of(start))))

    @property
    def end(self) -> datetime:
        """The moment after the last day."""
        return spans.moment_of(spans.day_start(self.first_day + self.days))

    @property
    def start(self) -> datetime:
        """The first moment."""
        return spans.moment_of(spans.day_start(self.first_day))


def _monday(day: int) -> int:
    return spans.week_of(day) * 7 - 3


def kept(key: Hashable, make: Callable[[], Kept]) -> Kept:
    """What was made under this key, made now when it is not there. One maker a key: two would double the memory. Who
    asks for something else doesn't wait."""
    with _GATE:
        if key in _KEPT:
            found: Kept = _KEPT[key]
            return found
        making = _MAKING.setdefault(key, threading.RLock())
    with making:
        with _GATE:
            if key in _KEPT:
                again: Kept = _KEPT[key]
                return again
        made = make()
        with _GATE:
            _KEPT[key] = made
            _MAKING.pop(key, None)
        return made


def forget() -> None:
    """Drop what is kept (tests; after the database file was replaced)."""
    with _GATE:
        _KEPT.clear()


def codebook(session: Session, county: str) -> Codebook:
    """Skills by id, the languages volunteers speak, and one name for every language nobody speaks."""
    skills = session.execute(select(Skill.id, Skill.licence).where(Skill.county == county).order_by(Skill.id)).all()
    lists = select(cast(Volunteer.languages, Text)).where(Volunteer.county == county).distinct()
    spoken = {name for words in session.scalars(lists) if words for name in json.loads(words) or ()}
    licences = tuple(skill.id for skill in skills if skill.licence)
    return Codebook(tuple(skill.id for skill in skills), licences, (*sorted(spoken)[:62], NOBODY_SPEAKS))


def codes_of(session: Session, county: str) -> Codebook:
    """The codebook, kept while people and catalogue stay as they are."""
    seen = revisions(session, county, (Subject.PEOPLE, Subject.CATALOGUE))
    return kept((url_of(session), county, "codes", seen), lambda: codebook(session, county))


def url_of(session: Session) -> str:
    """Which database the session reads."""
    return str(session.get_bind().engine.url)


def everybody(session: Session, county: str, site_path: str, weeks: Weeks, now: datetime) -> tuple[Codebook, People]:
    """All volunteers of the county as a coordinator of `site_path` sees them, from the kept layers."""
    seen = dict(zip(Subject, revisions(session, county, Subject), strict=True))
    people_key = (url_of(session), county, "people", seen[Subject.PEOPLE], seen[Subject.PLACES], weeks)
    codes = codes_of(session, county)
    today = spans.day_of(spans.minute_of(now))

    def lived() -> People:
        return kept((*people_key, codes), lambda: _lasting(session, county, codes, weeks, None))

    def worked() -> People:
        key = (*people_key, codes, "worked", seen[Subject.SERVICES], today)
        return kept(key, lambda: _with_work(session, county, lived(), now, None))

    def sent() -> People:
        key = (*people_key, codes, "sent", seen[Subject.SERVICES], seen[Subject.NEEDS], today, site_path)
        return kept(key, lambda: _seen_from(session, county, site_path, _sent(session, county, worked(), weeks, now)))

    return codes, sent()


def these(
    session: Session, county: str, site_path: str, codes: Codebook, weeks: Weeks, now: datetime, ids: Sequence[int]
) -> People:
    """A few volunteers as they stand in this transaction, nothing from a cache: what a dispatch is checked against."""
    people = _lasting(session, county, codes, weeks, ids)
    people = _sent(session, county, _with_work(session, county, people, now, ids), weeks, now, ids)
    return _seen_from(session, county, site_path, people)


def _lasting(session: Session, county: str, codes: Codebook, weeks: Weeks, ids: Sequence[int] | None) -> People:
    """Who she is: home, skills, certificates, free time, wishes."""
    # With a word of the county SQLite walks through everybody instead of looking up a few ids.
    mine = Volunteer.county == county if ids is None else Volunteer.id.in_(_own(session, county, ids))
    base = columns(
        session,
        select(
            Volunteer.id,
            func.coalesce(Volunteer.lon, Grid.lon),
            func.coalesce(Volunteer.lat, Grid.lat),
            Volunteer.precision,
            Volunteer.availability_known,
            Volunteer.cap_day,
            Volunteer.cap_week,
            Volunteer.max_distance_m,
            Volunteer.languages,
            case((and_(Volunteer.status == VolunteerStatus.ACTIVE, Volunteer.consent != Consent.REFUSED), 1), else_=0),
            Person.gender,
        )
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Grid, Grid.id == Volunteer.grid_id)
        .where(mine),
        11,
    )
    skills = columns(
        session,
        select(VolunteerSkill.volunteer_id, VolunteerSkill.skill_id, VolunteerSkill.level).where(
            VolunteerSkill.county == county, among(VolunteerSkill.volunteer_id, ids)
        ),
        3,
    )
    certificates = columns(
        session,
        select(Certificate.volunteer_id, Certificate.skill_id, Certificate.expires_on).where(
            Certificate.county == county,
            Certificate.skill_id.in_(codes.licences),
            among(Certificate.volunteer_id, ids),
            or_(Certificate.issued_on.is_(None), Certificate.issued_on <= spans.date_of(weeks.first_day + weeks.days)),
        ),
        3,
    )
    free = _free(session, county, weeks, ids)
    tongues = _language_bits(codes)
    return People.build(
        codes,
        id=base[0],
        lon=np.array(base[1], dtype=np.float64),
        lat=np.array(base[2], dtype=np.float64),
        precision=base[3],
        known=np.array(base[4], dtype=bool),
        skills=skills,  # type: ignore[arg-type]
        certificates=(certificates[0], certificates[1], [spans.day_number(day) for day in certificates[2]]),
        free=free,
        cap_day=base[5],
        cap_week=base[6],
        max_distance_m=base[7],
        languages=[tongues(names) for names in base[8]],
        active=np.array(base[9], dtype=bool),
        gender=base[10],
    )


def _own(session: Session, county: str, ids: Sequence[int]) -> list[int]:
    """Those of the ids that belong to volunteers of the county."""
    rows = session.execute(select(Volunteer.id, Volunteer.county).where(Volunteer.id.in_(ids)))
    return [row.id for row in rows if row.county == county]


def _language_bits(codes: Codebook) -> Callable[[Sequence[str] | None], int]:
    bits = {name: 1 << bit for bit, name in enumerate(codes.languages)}
    return lambda names: sum(bits.get(name, 0) for name in set(names or ()))


def _free(session: Session, county: str, weeks: Weeks, ids: Sequence[int] | None) -> Spans:
    """Weekly free time laid out over the weeks, without leave."""
    weekly = columns(
        session,
        select(
            Availability.volunteer_id, Availability.weekday, Availability.start_minute, Availability.end_minute
        ).where(Availability.county == county, among(Availability.volunteer_id, ids)),
        4,
    )
    owner, weekday, start, end = (np.array(column, dtype=np.int64) for column in weekly)
    laid = spans.expand_weekly(Spans(owner, start, end), weekday, weeks.first_day, weeks.days)
    away = columns(
        session,
        select(Leave.volunteer_id, Leave.start, Leave.end).where(
            Leave.county == county, Leave.end > weeks.start, Leave.start < weeks.end, among(Leave.volunteer_id, ids)
        ),
        3,
    )
    return spans.subtract(laid, _minutes(away)) if away[0] else laid


def _minutes(columns: Sequence[Sequence[Any]]) -> Spans:
    """(owner, start, end) columns with moments as spans of minutes, rounded outwards."""
    owner, start, end = columns
    return Spans(
        np.array(owner, dtype=np.int64),
        np.array([spans.minute_of(moment) for moment in start], dtype=np.int64),
        np.array([spans.end_minute_of(moment) for moment in end], dtype=np.int64),
    )


def _with_work(session: Session, county: str, people: People, now: datetime, ids: Sequence[int] | None) -> People:
    """What she did: tasks in 90 days and the day she last served."""
    recent = case((Service.start >= now - RECENT, 1), else_=0)
    rows = columns(
        session,
        select(Service.volunteer_id, func.max(Service.start), func.sum(recent))
        .where(Service.county == county, Service.start <= now, among(Service.volunteer_id, ids))
        .group_by(Service.volunteer_id),
        3,
    )
    last_day = np.full(people.count, NEVER, dtype=np.int32)
    load = np.zeros(people.count, dtype=np.int32)
    if rows[0]:
        at = people.rows(rows[0])
        last_day[at] = [spans.day_of(spans.minute_of(moment)) for moment in rows[1]]
        load[at] = rows[2]
    return _with(people, last_day=last_day, load_90=load)


def _sent(
    session: Session, county: str, people: People, weeks: Weeks, now: datetime, ids: Sequence[int] | None = None
) -> People:
    """Where she is sent, what is kept free, and how she kept her word."""
    busy = columns(
        session,
        select(Dispatch.volunteer_id, Dispatch.start, Dispatch.end, Need.lon, Need.lat)
        .join(Need, Need.id == Dispatch.need_id)
        .where(
            Dispatch.county == county,
            Dispatch.state.in_(HOLDS_SEAT),
            Dispatch.end > weeks.start,
            among(Dispatch.volunteer_id, ids),
        ),
        5,
    )
    sent = _minutes(busy[:3])
    lon, lat = (np.array(column, dtype=np.float64) for column in busy[3:])
    kept_word, asked = reliability(session, county, people, now, ids)
    tasks = _tasks(people.id, sent, lon, lat)
    keep = span_entries(people.id, _kept_free(session, county, weeks, now, ids))
    return _with_spans(_with(people, kept=kept_word, asked=asked), busy=tasks, keep=keep)


def _tasks(ids: Any, sent: Spans, lon: Any, lat: Any) -> tuple[Any, Any]:
    """(owner's row, entries): each dispatched span is one task with one place, so none are merged."""
    owner = rows_of(ids, sent.owner)
    x, y, z = sphere(lon, lat)
    order = np.lexsort((z, y, x, sent.end, sent.start, owner))
    entries = records(SPAN, len(owner), {"start": sent.start, "end": sent.end, "x": x, "y": y, "z": z})
    return owner[order], entries[order]


def with_tasks(people: People, ids: Any, start: Any, end: Any, lon: Any, lat: Any) -> People:
    """The same people with further tasks, as if they had been sent to them: volunteers' ids, minutes, places."""
    table = people.table
    counts = table.busy_to - table.busy_from
    had = np.repeat(np.arange(people.count), counts)
    at = np.arange(len(had)) + np.repeat(table.busy_from - (np.cumsum(counts) - counts), counts)
    owner, entries = _tasks(people.id, Spans(*(np.asarray(c, dtype=np.int64) for c in (ids, start, end))), lon, lat)
    owner, entries = np.concatenate([had, owner]), np.concatenate([people.spans[at], entries])
    order = np.lexsort((entries["z"], entries["y"], entries["x"], entries["end"], entries["start"], owner))
    return _with_spans(people, busy=(owner[order], entries[order]))


def _with_spans(people: People, **kinds: tuple[Any, Any]) -> People:
    """The same people with other lists of spans, sorted by owner's row; behind the ones that stay, which are shared."""
    parts, columns, length = [people.spans], {}, len(people.spans)
    for kind, (owner, entries) in kinds.items():
        bounds = length + np.searchsorted(owner, np.arange(people.count + 1))
        columns[f"{kind}_from"], columns[f"{kind}_to"] = bounds[:-1], bounds[1:]
        parts.append(entries)
        length += len(entries)
    return _with(replace(people, spans=np.concatenate(parts).view(np.recarray)), **columns)


def _with(people: People, **columns: Any) -> People:
    """The same people with other values in some columns."""
    table = people.table.copy()
    for name, values in columns.items():
        table[name] = values
    return replace(people, table=table)


def _kept_free(session: Session, county: str, weeks: Weeks, now: datetime, ids: Sequence[int] | None) -> Spans:
    """What a coordinator keeps free, and the duties they are on."""
    kept_so = columns(
        session,
        select(
            Constraint.volunteer_id,
            func.coalesce(Constraint.start, weeks.start),
            func.coalesce(Constraint.end, weeks.end),
        ).where(
            Constraint.county == county,
            Constraint.kind == ConstraintKind.KEEP_FREE,
            in_force(now),
            or_(Constraint.end.is_(None), Constraint.end > weeks.start),
            or_(Constraint.start.is_(None), Constraint.start < weeks.end),
            among(Constraint.volunteer_id, ids),
        ),
        3,
    )
    busy = on_duty(session, county, weeks.start, weeks.end, ids)
    return _minutes([[*one, *other] for one, other in zip(kept_so, busy, strict=True)])


def _seen_from(session: Session, county: str, site_path: str, people: People) -> People:
    """Who belongs to the coordinator's part of the tree, and who is in a team shared with other parts."""
    if site_path == WHOLE_COUNTY:
        return people
    ids = people.id.tolist() if people.count <= 100 else None
    own = session.scalars(
        select(Volunteer.id)
        .join(Site, Site.id == Volunteer.site_id)
        .where(Volunteer.county == county, Site.path.startswith(site_path, autoescape=True), among(Volunteer.id, ids))
    ).all()
    lent = session.scalars(
        select(Membership.volunteer_id)
        .join(Team, Team.id == Membership.team_id)
        .where(
            Membership.county == county,
            Membership.valid_to.is_(None),
            Team.shared,
            Team.active,
            among(Membership.volunteer_id, ids),
        )
        .distinct()
    ).all()
    in_scope, shared = np.isin(people.id, own), np.isin(people.id, lent)
    return _with(people, in_scope=in_scope, shared=shared)
