"""Grids of a register: new ones, and new versions of those whose border changed."""

import json
from typing import Any

from shapely.geometry import shape
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboard.core.words import Level
from dashboard.formats.geojson import GridRow
from dashboard.formats.parsed import Parsed
from dashboard.services.commands import Work
from dashboard.services.import_context import Answering, answering_sites
from dashboard.services.import_ledger import Change, Ledger, Plan, differing, insert_for_ids, update_rows
from db.models import Grid, GridContact, Site

COLUMNS = ("name", "kind", "town_code", "village_code", "households")
_SHAPE = ("geometry", "lon", "lat", "area_m2")


def plan_grids(session: Session, county: str, parsed: Parsed[GridRow]) -> Plan[GridRow]:
    """What the register would change. A grid is found by its code among those in force."""
    plan: Plan[GridRow] = Plan()
    columns = [getattr(Grid, name) for name in ("id", "code", "geometry", *COLUMNS)]
    rows = session.execute(select(*columns).where(Grid.county == county, Grid.valid_to.is_(None))).mappings().all()
    by_code = {row["code"]: row for row in rows}
    plan.existing = len(rows)
    for row in parsed.rows:
        if row.value is None:
            continue
        found = by_code.get(row.value.code)
        if found is None:
            plan.new.append((row.number, row.value))
            continue
        changes = differing(dict(found), {name: getattr(row.value, name) for name in COLUMNS})
        if shape(found["geometry"]).wkb != shape(_geometry(row.value)).wkb:
            changes["geometry"] = (found["geometry"], _geometry(row.value))
        if changes:
            plan.changed.append(Change(row.number, found["id"], row.value, changes))
        else:
            plan.unchanged.add(row.number)
    return plan


def _geometry(value: GridRow) -> dict[str, Any]:
    """The geometry as plain JSON (lists, not tuples)."""
    plain: dict[str, Any] = json.loads(json.dumps(value.geometry))
    return plain


def store_grids(work: Work, plan: Plan[GridRow], ledger: Ledger) -> None:
    """Store the plan. A changed border ends the old version today; ended needs keep it, contacts follow the new one."""
    sites = answering_sites(work.session, work.actor.county)
    today = ledger.today
    ids = insert_for_ids(
        work.session, Grid, [_row(work, value, sites, ledger) | {"valid_from": today} for _, value in plan.new]
    )
    for row_id, (number, _) in zip(ids, plan.new, strict=True):
        ledger.made(Grid, number, row_id)
    for change in plan.changed:
        _change(work, change, sites, ledger)
    _set_parents(work, [*plan.new, *((change.number, change.value) for change in plan.changed)])


def _row(work: Work, value: GridRow, sites: Answering, ledger: Ledger) -> dict[str, Any]:
    return {name: getattr(value, name) for name in (*COLUMNS, "lon", "lat", "area_m2")} | {
        "county": work.actor.county,
        "code": value.code,
        "site_id": sites.site(value.village_code, value.town_code),
        "geometry": _geometry(value),
        "source": f"import {ledger.batch_id}",
        "version": 1,
    }


def _change(work: Work, change: Change[GridRow], sites: Answering, ledger: Ledger) -> None:
    for name, (before, after) in change.columns.items():
        ledger.set(Grid, change.number, change.row_id, name, before, after)
    old = work.session.get_one(Grid, change.row_id)
    if "geometry" not in change.columns or old.valid_from == ledger.today:
        values = {name: after for name, (_, after) in change.columns.items()}
        if "geometry" in values:
            values |= {name: getattr(change.value, name) for name in ("lon", "lat", "area_m2")}
        update_rows(work.session, Grid, [(change.row_id, values)])
        return
    old.valid_to = ledger.today
    work.session.flush()
    kept = {"site_id": old.site_id, "parent_id": old.parent_id, "households": old.households}
    row = _row(work, change.value, sites, ledger)
    row |= {name: value for name, value in kept.items() if value is not None and not row.get(name)}
    (new_id,) = insert_for_ids(work.session, Grid, [row | {"valid_from": ledger.today}])
    ledger.made(Grid, change.number, new_id)
    work.session.execute(update(GridContact).where(GridContact.grid_id == old.id).values(grid_id=new_id))


def _set_parents(work: Work, rows: list[tuple[int, GridRow]]) -> None:
    """Parents by their code, once all grids are there."""
    wanted = {value.code: value.parent_code for _, value in rows if value.parent_code}
    if not wanted:
        return
    here = (Grid.county == work.actor.county, Grid.valid_to.is_(None))
    ids = {row.code: row.id for row in work.session.execute(select(Grid.code, Grid.id).where(*here))}
    for code, parent in wanted.items():
        if parent in ids and parent != code:
            work.session.execute(update(Grid).where(*here, Grid.code == code).values(parent_id=ids[parent]))


def answer_for_grids(session: Session, county: str) -> None:
    """After sites came: grids that nobody, or only the centre, answers for get the station or institute that does."""
    sites = answering_sites(session, county)
    centres = select(Site.id).where(Site.county == county, Site.level == Level.CENTRE)
    for column, answers in ((Grid.town_code, sites.institutes), (Grid.village_code, sites.stations)):
        for code, site_id in answers.items():
            session.execute(
                update(Grid)
                .where(Grid.county == county, column == code, Grid.site_id.is_(None) | Grid.site_id.in_(centres))
                .values(site_id=site_id)
            )
