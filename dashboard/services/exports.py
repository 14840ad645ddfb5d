"""Lists go out. A register as the importer reads it back, and any list of a page as it is on screen.

The whole register holds unmasked personal values: only who may import may take it, and it is written down who did.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from dashboard.core.errors import Invalid
from dashboard.core.intake import WRITTEN
from dashboard.core.intake_times import COUNTY_TIME, Weekly, written_hours
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.core.words import Channel, Gender, ImportKind, Level, Urgency
from dashboard.formats.columns import FIELDS
from dashboard.formats.workbooks import Listing, to_csv, to_xlsx
from dashboard.services.commands import Work, command
from db.models import (
    AccessLog,
    Availability,
    Category,
    Division,
    Grid,
    Membership,
    Need,
    NeedInterval,
    NeedRole,
    Person,
    Site,
    Skill,
    Team,
    Volunteer,
    VolunteerSkill,
)

WRITERS = {".csv": to_csv, ".xlsx": to_xlsx}
_WGS84 = "(WGS-84)"


def as_file(listing: Listing, suffix: str) -> bytes:
    """A list as .csv or .xlsx. Raises Invalid for another kind of file."""
    if suffix.casefold() not in WRITERS:
        raise Invalid("imports.bad_export")
    return WRITERS[suffix.casefold()](listing)


@command(Action.EXPORT)
def export_register(work: Work, *, kind: ImportKind) -> Listing:
    """The whole register of a kind, in the columns the importer reads. Logged: it holds personal values in clear."""
    work.require(Action.IMPORT, WHOLE_COUNTY)
    headings, rows = _REGISTERS[kind](work.session, work.actor.county)
    work.session.add(
        AccessLog(
            county=work.actor.county,
            at=work.now,
            account_id=work.actor.account_id or None,
            kind="export",
            subject=kind,
            fields=list(headings),
        )
    )
    work.audit("export", None, after={"register": kind, "rows": len(rows)})
    return Listing((), headings, rows)


@command(Action.EXPORT)
def export_grids(work: Work) -> bytes:
    """The grids in force as GeoJSON in WGS-84, in the properties the importer reads."""
    headings, rows = _grids(work.session, work.actor.county)
    found = select(Grid.geometry).where(Grid.county == work.actor.county, Grid.valid_to.is_(None)).order_by(Grid.code)
    features = [
        {"type": "Feature", "properties": dict(zip(headings, row, strict=True)), "geometry": geometry}
        for row, geometry in zip(rows, work.session.scalars(found), strict=True)
    ]
    work.audit("export", None, after={"register": ImportKind.GRIDS, "rows": len(features)})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _headings(kind: ImportKind, *fields: str) -> tuple[str, ...]:
    """The words the importer knows best for these fields; coordinates say their datum."""
    return tuple(FIELDS[kind][field][0] + (_WGS84 if field in ("lon", "lat") else "") for field in fields)


_Rows = tuple[tuple[str, ...], list[list[object]]]


def _sites(session: Session, county: str) -> _Rows:
    parent = aliased(Site)
    found = session.execute(
        select(Site, parent.name.label("parent"))
        .join(parent, parent.id == Site.parent_id, isouter=True)
        .where(Site.county == county)
        .order_by(Site.path, Site.id)
    )
    fields = ("source_id", "name", "level", "parent", "address", "phone", "lon", "lat", "opening")
    return _headings(ImportKind.SITES, *fields), [
        [
            site.code, site.name, WRITTEN[Level(site.level)], above or "", site.address, site.phone,
            site.lon, site.lat, site.opening,
        ]
        for site, above in found
    ]  # fmt: skip


def _grids(session: Session, county: str) -> _Rows:
    """The grids in force without their polygons, which no table holds."""
    names = _division_names(session, county)
    found = session.scalars(select(Grid).where(Grid.county == county, Grid.valid_to.is_(None)).order_by(Grid.code))
    return _headings(ImportKind.GRIDS, "code", "name", "town", "village", "households"), [
        [grid.code, grid.name, names.get(grid.town_code or ""), names.get(grid.village_code or ""), grid.households]
        for grid in found
    ]


def _volunteers(session: Session, county: str) -> _Rows:
    names = _division_names(session, county)
    teams = _first_teams(session, county)
    skills = _skill_words(session, county)
    hours = _hours(session, county)
    found = session.execute(
        select(Volunteer, Person)
        .join(Person, Person.id == Volunteer.person_id)
        .where(Volunteer.county == county, Person.erased_at.is_(None))
        .order_by(Volunteer.id)
    )
    fields = ("source_id", "name", "gender", "phone", "id_number", "team", "skills", "availability", "village")
    rows: list[list[object]] = [
        [
            volunteer.code,
            person.name,
            WRITTEN[Gender(person.gender)],
            person.phone,
            person.id_number,
            teams.get(volunteer.id),
            volunteer.skills_raw or "、".join(skills[volunteer.id]),
            volunteer.availability_raw or written_hours(hours[volunteer.id]),
            names.get(volunteer.village_code or "") or (volunteer.raw or {}).get("unknown_village"),
            person.address,
            volunteer.registered_on,
        ]
        for volunteer, person in found
    ]
    return _headings(ImportKind.VOLUNTEERS, *fields, "address", "registered"), rows


def _needs(session: Session, county: str) -> _Rows:
    names = _division_names(session, county)
    spans: dict[int, list[str]] = defaultdict(list)
    seats: dict[int, int] = defaultdict(int)
    order = (NeedInterval.need_id, NeedInterval.start)
    for span in session.scalars(select(NeedInterval).where(NeedInterval.county == county).order_by(*order)):
        spans[span.need_id].append(span_words(span.start, span.end))
    for role in session.scalars(select(NeedRole).where(NeedRole.county == county)):
        seats[role.need_id] += role.head_count
    found = session.execute(
        select(Need, Person, Category.name.label("category"))
        .join(Person, Person.id == Need.person_id, isouter=True)
        .join(Category, Category.id == Need.category_id, isouter=True)
        .where(Need.county == county)
        .order_by(Need.registered_at, Need.id)
    )
    fields = ("source_id", "registered", "channel", "village", "address", "lon", "lat", "name", "phone", "title")
    more = ("detail", "category", "urgency", "wanted", "people")
    return _headings(ImportKind.NEEDS, *fields, *more), [
        [
            need.code, need.registered_at, WRITTEN[Channel(need.channel)],
            names.get(need.village_code or "") or need.place_text, person.address if person else None,
            *((need.lon, need.lat) if need.precision == "point" else (None, None)),
            person.name if person else None, person.phone if person else None, need.title, need.detail, category,
            WRITTEN[Urgency(need.urgency)], need.time_text or ";".join(spans[need.id]),
            need.people_text or seats[need.id],
        ]
        for need, person, category in found
    ]  # fmt: skip


_REGISTERS = {
    ImportKind.SITES: _sites,
    ImportKind.GRIDS: _grids,
    ImportKind.VOLUNTEERS: _volunteers,
    ImportKind.NEEDS: _needs,
}


def span_words(start: datetime, end: datetime) -> str:
    """2026-11-05 09:00-11:00 in county time."""
    first, last = start.astimezone(COUNTY_TIME), end.astimezone(COUNTY_TIME)
    return f"{first:%Y-%m-%d %H:%M}-{last:%H:%M}"


def _division_names(session: Session, county: str) -> dict[str, str]:
    return _pairs(session.execute(select(Division.code, Division.name).where(Division.county == county)).all())


def _first_teams(session: Session, county: str) -> dict[int, str]:
    """The team each volunteer joined first among those she is in."""
    rows = session.execute(
        select(Membership.volunteer_id, Team.name)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.county == county, Membership.valid_to.is_(None))
        .order_by(Membership.valid_from.desc(), Membership.id.desc())
    )
    return _pairs(rows.all())


def _skill_words(session: Session, county: str) -> dict[int, list[str]]:
    words: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(VolunteerSkill.volunteer_id, Skill.name)
        .join(Skill, Skill.id == VolunteerSkill.skill_id)
        .where(VolunteerSkill.county == county)
        .order_by(VolunteerSkill.id)
    )
    for row in rows:
        words[row.volunteer_id].append(row.name)
    return words


def _hours(session: Session, county: str) -> dict[int, list[Weekly]]:
    hours: dict[int, list[Weekly]] = defaultdict(list)
    columns = (Availability.volunteer_id, Availability.weekday, Availability.start_minute, Availability.end_minute)
    for row in session.execute(select(*columns).where(Availability.county == county).order_by(*columns)):
        hours[row.volunteer_id].append((row.weekday, row.start_minute, row.end_minute))
    return hours


def _pairs(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in rows}
