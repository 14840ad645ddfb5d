"""Registers as tables that are edited: the rows a reader may change, and each changed row through the commands its page
uses, at the version that was seen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from dashboard.core import needs as rules
from dashboard.core.masking import masked_name
from dashboard.core.permissions import Actor, require
from dashboard.core.registers import REGISTERS
from dashboard.core.words import Subject
from dashboard.services import catalogue_edits, need_edits, place_edits, squads, team_edits, volunteer_edits
from dashboard.services.commands import perform_together
from dashboard.services.figures import in_force
from dashboard.services.filtering import county_day
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site, sites_in_reach
from db.engine import Database
from db.models import CatalogueItem, Category, Grid, GridContact, Need, Person, Site, Team, Volunteer

#: Rows that a table offers at once.
MOST = 200


@dataclass(frozen=True)
class RegisterRow:
    """A row as the table shows it; `values` by the register's columns. What is only typed in is empty."""

    id: int
    version: int
    code: str
    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class RowChoice:
    """A row of the county that a column names."""

    id: int
    name: str
    name_en: str


@dataclass(frozen=True)
class Sheet:
    """The rows of a register a reader may change, by their number, and the categories to choose among."""

    rows: tuple[RegisterRow, ...]
    categories: tuple[RowChoice, ...]


@question(Subject.PLACES, Subject.PEOPLE, Subject.CATALOGUE, Subject.NEEDS)
def sheet(session: Session, actor: Actor, *, register: str, ids: tuple[int, ...], now: datetime) -> Sheet:
    """Those of the rows that the actor may change, the first `MOST` by their number."""
    require(actor, REGISTERS[register].right)
    found = _ROWS[register](session, actor, sorted(set(ids))[:MOST], now)
    shown = select(Category.id, Category.name, Category.name_en).where(
        Category.county == actor.county, Category.active.is_(True)
    )
    categories = session.execute(shown.order_by(Category.position, Category.id))
    return Sheet(tuple(found), tuple(RowChoice(*row) for row in categories))


def _volunteers(session: Session, actor: Actor, ids: list[int], now: datetime) -> Iterable[RegisterRow]:
    rows = session.execute(
        select(Volunteer, Person.name)
        .join(Person, Person.id == Volunteer.person_id)
        .where(
            Volunteer.county == actor.county,
            Volunteer.id.in_(ids),
            Person.erased_at.is_(None),
            at_reached_site(actor, Volunteer.site_id),
        )
        .order_by(Volunteer.id)
    )
    for volunteer, name in rows:
        yield _row("volunteers", volunteer, volunteer.code or "", name)


def _sites(session: Session, actor: Actor, ids: list[int], now: datetime) -> Iterable[RegisterRow]:
    here = (Site.id.in_(ids), Site.id.in_(sites_in_reach(actor)), in_force(Site, county_day(now)))
    for site in session.scalars(select(Site).where(Site.county == actor.county, *here).order_by(Site.id)):
        yield _row("sites", site, site.code, site.name, site_kind=site.kind)


def _grids(session: Session, actor: Actor, ids: list[int], now: datetime) -> Iterable[RegisterRow]:
    here = (Grid.id.in_(ids), at_reached_site(actor, Grid.site_id), in_force(Grid, county_day(now)))
    for grid in session.scalars(select(Grid).where(Grid.county == actor.county, *here).order_by(Grid.id)):
        yield _row("grids", grid, grid.code, grid.name, grid_kind=grid.kind)


def _contacts(session: Session, actor: Actor, ids: list[int], now: datetime) -> Iterable[RegisterRow]:
    """By family name and stars, as everywhere."""
    rows = session.execute(
        select(GridContact, Grid.code, Grid.name, Person.name)
        .join(Grid, Grid.id == GridContact.grid_id)
        .join(Person, Person.id == GridContact.person_id)
        .where(
            GridContact.county == actor.county,
            GridContact.id.in_(ids),
            at_reached_site(actor, Grid.site_id),
            in_force(GridContact, county_day(now)),
        )
        .order_by(GridContact.id)
    )
    for card, code, grid, person in rows:
        yield _row("contacts", card, code, f"{grid} {masked_name(person)}", new_name="", new_phone="")


def _teams(session: Session, actor: Actor, ids: list[int], now: datetime) -> Iterable[RegisterRow]:
    leader = aliased(Volunteer)
    rows = session.execute(
        select(Team, leader.code)
        .outerjoin(leader, leader.id == Team.leader_id)
        .where(Team.county == actor.county, Team.id.in_(ids), at_reached_site(actor, Team.site_id))
        .order_by(Team.id)
    )
    for team, code in rows:
        yield _row("teams", team, team.code, team.name, team_kind=team.kind, leader_code=code or "")


def _catalogue(session: Session, actor: Actor, ids: list[int], now: datetime) -> Iterable[RegisterRow]:
    here = (CatalogueItem.id.in_(ids), at_reached_site(actor, CatalogueItem.site_id))
    mine = select(CatalogueItem).where(CatalogueItem.county == actor.county, *here)
    for item in session.scalars(mine.order_by(CatalogueItem.id)):
        yield _row("catalogue", item, item.code, item.name, season=item.season or None)


def _needs(session: Session, actor: Actor, ids: list[int], now: datetime) -> Iterable[RegisterRow]:
    here = (Need.id.in_(ids), at_reached_site(actor, Need.site_id), Need.state.in_(rules.EDITABLE))
    for need in session.scalars(select(Need).where(Need.county == actor.county, *here).order_by(Need.id)):
        yield _row("needs", need, need.code, need.title)


def _row(register: str, row: Any, code: str, name: str, **told: Any) -> RegisterRow:
    fields = [field.name for field in REGISTERS[register].fields]
    values = {field: told[field] if field in told else getattr(row, field) for field in fields}
    return RegisterRow(row.id, row.version, code, name, values)


_ROWS: dict[str, Callable[[Session, Actor, list[int], datetime], Iterable[RegisterRow]]] = {
    "volunteers": _volunteers,
    "sites": _sites,
    "grids": _grids,
    "contacts": _contacts,
    "teams": _teams,
    "catalogue": _catalogue,
    "needs": _needs,
}


@dataclass(frozen=True)
class Step:
    """A command and the columns it writes. `each`: it takes every one of them by its name, changed or not; else it is
    given those that were changed."""

    command: Callable[..., Any]
    row: str
    fields: tuple[str, ...]
    each: bool = False


def _plain(register: str, command: Callable[..., Any], row: str, *others: str) -> Step:
    return Step(command, row, tuple(one.name for one in REGISTERS[register].fields if one.name not in others))


STEPS: dict[str, tuple[Step, ...]] = {
    "volunteers": (
        Step(volunteer_edits.set_caps, "volunteer_id", ("cap_day", "cap_week", "max_distance_m"), each=True),
        Step(volunteer_edits.set_status, "volunteer_id", ("status",), each=True),
    ),
    "sites": (_plain("sites", place_edits.edit_site, "site_id"),),
    "grids": (_plain("grids", place_edits.edit_grid, "grid_id"),),
    "contacts": (_plain("contacts", place_edits.edit_contact, "contact_id"),),
    "teams": (
        _plain("teams", team_edits.edit_team, "team_id", "aspect"),
        Step(squads.set_team_aspect, "team_id", ("aspect",), each=True),
    ),
    "catalogue": (_plain("catalogue", catalogue_edits.edit_item, "item_id"),),
    "needs": (_plain("needs", need_edits.grade, "need_id"),),
}


def save(
    database: Database, actor: Actor, *, now: datetime, register: str, row: RegisterRow, values: Mapping[str, Any]
) -> None:
    """One changed row, wholly or not at all. Raises what its commands raise: a stale version, a value that can't be, no
    right."""
    for name in values:
        REGISTERS[register].field(name)
    deeds: list[tuple[Callable[..., Any], Mapping[str, Any]]] = []
    for step in STEPS[register]:
        changed = {name: values[name] for name in step.fields if name in values}
        if not changed:
            continue
        told: dict[str, Any] = {"values": changed}
        if step.each:
            told = {name: values.get(name, row.values[name]) for name in step.fields}
        # Each command raises the row's version by one.
        deeds.append((step.command, told | {step.row: row.id, "version": row.version + len(deeds)}))
    perform_together(database, deeds, actor, now=now)
