"""What a coordinator reads of a candidate: the words and numbers behind the rows of the arrays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.matching.explain import Failing, Reason
from dashboard.core.matching.people import People
from dashboard.core.matching.words import NEVER, Codebook
from dashboard.core.words import Subject
from dashboard.services.claims import Claims
from dashboard.services.commands import revisions
from dashboard.services.match_people import kept, url_of
from dashboard.services.needs_queue import place_line
from db.models import Division, Grid, Person, Site, Skill, Volunteer


@dataclass(frozen=True)
class Term:
    """A row of the table behind a score: points (0 to 100) x weight = value. `measure` is -1 when unknown."""

    name: str
    label: str
    sentence: str
    measure: int
    points: int
    weight: int
    value: int


@dataclass(frozen=True)
class Objection:
    """A rule she fails: `no` says why not, `change` what would have to change; keys of text with their values."""

    rule: str
    short: int
    no: str
    change: str
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Profile:
    """Who she is, in words. `lon`, `lat` are the middle of her grid or village: no home is drawn."""

    volunteer_id: int
    person_id: int
    name: str
    phone_tail: str
    site: str
    place: str
    precision: str
    location_source: str
    location_at: datetime | None
    consent: str
    grid_id: int | None
    lon: float | None
    lat: float | None


_PROFILES: Any = (
    select(
        Volunteer.id,
        Volunteer.person_id,
        Person.name,
        Person.phone_tail,
        func.coalesce(Site.name, ""),
        Division.name.label("village"),
        Grid.name.label("grid"),
        Volunteer.precision,
        Volunteer.location_source,
        Volunteer.location_at,
        Volunteer.consent,
        Volunteer.grid_id,
        Grid.lon,
        Grid.lat,
        Volunteer.village_code,
        Volunteer.county,
    )
    .join(Person, Person.id == Volunteer.person_id)
    .outerjoin(Site, Site.id == Volunteer.site_id)
    .outerjoin(Grid, Grid.id == Volunteer.grid_id)
    .outerjoin(Division, (Division.county == Volunteer.county) & (Division.code == Volunteer.village_code))
    # No word of the county: with it SQLite walks through all volunteers of the county instead of looking up the ids.
    .where(Volunteer.id.in_(bindparam("ids", expanding=True)))
)


def profiles(session: Session, county: str, ids: Sequence[int]) -> dict[int, Profile]:
    """Profiles by volunteer id; none for somebody of another county."""
    found = {}
    middles = village_middles(session, county)
    for row in session.execute(_PROFILES, {"ids": list(ids)}):
        key, person_id, name, tail, site, village, grid, precision, source, at, consent, grid_id, *where, owner = row
        if owner != county:
            continue
        lon, lat, code = where
        if lon is None:
            lon, lat = middles.get(code, (None, None))
        place = place_line(village or "", grid or "", "")
        found[key] = Profile(
            key, person_id, name, tail or "", site, place, precision, source, at, consent, grid_id, lon, lat
        )
    return found


def village_middles(session: Session, county: str) -> dict[str, tuple[float, float]]:
    """The middle of each village's grids, kept while the places stay as they are."""
    seen = revisions(session, county, (Subject.PLACES,))

    def load() -> dict[str, tuple[float, float]]:
        rows = session.execute(
            select(Grid.village_code, func.avg(Grid.lon), func.avg(Grid.lat))
            .where(Grid.county == county, Grid.valid_to.is_(None), Grid.village_code.is_not(None))
            .group_by(Grid.village_code)
        )
        return {code: (float(lon), float(lat)) for code, lon, lat in rows}

    return kept((url_of(session), county, "middles", seen), load)


def terms_of(reasons: Sequence[Reason]) -> tuple[Term, ...]:
    """The rows of a score as plain values."""
    return tuple(
        Term(one.term.name, one.term.label, one.sentence, one.measure, one.points, one.weight, one.value)
        for one in reasons
    )


def objection(failing: Failing) -> Objection:
    """A failing rule as plain values."""
    name = failing.rule.name
    return Objection(
        name, failing.short, f"match_rules.{name}_no", f"match_rules.{name}_change", tuple(failing.values.items())
    )


def claim_objections(claims: Claims) -> tuple[Objection, ...]:
    """The claim limits that one task more would break, said like failing rules."""
    found = []
    if claims.person_full:
        values: tuple[tuple[str, Any], ...] = (("open", claims.open), ("most", claims.most))
        short = claims.open + 1 - claims.most
        found.append(Objection("claims_person", short, "claims.person_no", "claims.person_change", values))
    if claims.team_full:
        values = (("team", claims.team), ("open", claims.team_open), ("most", claims.team_most))
        short = claims.team_open + 1 - claims.team_most
        found.append(Objection("claims_team", short, "claims.team_no", "claims.team_change", values))
    return tuple(found)


def free_on(people: People, row: int, day: int) -> tuple[tuple[datetime, datetime], ...]:
    """Her free spans of a county day, less what she is sent to or kept free for."""
    first, last = spans.day_start(day), spans.day_start(day + 1)
    taken = sorted(_listed(people, row, "busy", first, last) + _listed(people, row, "keep", first, last))
    left = []
    for start, end in _listed(people, row, "free", first, last):
        for cut_start, cut_end in taken:
            if start < cut_start < end:
                left.append((start, cut_start))
            if cut_start < end:
                start = max(start, min(cut_end, end))
        if start < end:
            left.append((start, end))
    return tuple((spans.moment_of(start), spans.moment_of(end)) for start, end in left)


def _listed(people: People, row: int, kind: str, first: int, last: int) -> list[tuple[int, int]]:
    """Her spans of a kind, cut to [first, last)."""
    start_of, end_of = people.table[f"{kind}_from"], people.table[f"{kind}_to"]
    part = slice(int(start_of[row]), int(end_of[row]))
    pairs = zip(people.spans["start"][part].tolist(), people.spans["end"][part].tolist(), strict=True)
    return [(max(start, first), min(end, last)) for start, end in pairs if end > first and start < last]


def week_load(people: People, row: int, minute: int) -> int:
    """Tasks she is sent to in the week of a minute, Monday to Sunday."""
    monday = spans.week_of(spans.day_of(minute)) * 7 - 3
    first, last = spans.day_start(monday), spans.day_start(monday + 7)
    return sum(start >= first for start, _ in _listed(people, row, "busy", first, last))


def last_served(people: People, row: int) -> date | None:
    """The county day she last served, None for never."""
    day = int(people.table[row].last_day)
    return None if day == NEVER else spans.date_of(day)


def skill_namer(session: Session, county: str, codes: Codebook, language: str) -> Callable[[object], str]:
    """Names of skills by id, for the sentences of `explain`; languages stay as they are written."""
    rows = session.execute(select(Skill.id, Skill.name, Skill.name_en).where(Skill.county == county))
    names = {row.id: row.name if language == "zh" else row.name_en or row.name for row in rows}
    return lambda code: names.get(code, str(code)) if isinstance(code, int) else str(code)
