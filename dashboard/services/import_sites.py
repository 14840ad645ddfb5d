"""Sites of a register into the tree."""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from dashboard.core.intake import name_key
from dashboard.core.permissions import WHOLE_COUNTY
from dashboard.core.words import Precision
from dashboard.formats.parsed import Parsed
from dashboard.formats.sites import SiteRow
from dashboard.services.commands import Work
from dashboard.services.import_ledger import Change, Ledger, Plan, differing, insert_for_ids, table_of, update_rows
from db.models import Site

#: Columns of a site that a register may change.
COLUMNS = ("name", "level", "kind", "address", "phone", "lon", "lat", "opening", "town_code", "village_code")
_Key = tuple[str, str]


def plan_sites(session: Session, county: str, parsed: Parsed[SiteRow]) -> Plan[SiteRow]:
    """What the register would change. A site is found by its source id, else by its name under its parent."""
    plan: Plan[SiteRow] = Plan()
    columns = [getattr(Site, name) for name in ("id", "code", "parent_id", *COLUMNS)]
    rows = session.execute(select(*columns).where(Site.county == county)).mappings().all()
    names = {row["id"]: name_key(row["name"]) for row in rows}
    by_code = {row["code"]: row for row in rows}
    by_place = {(names.get(row["parent_id"], ""), names[row["id"]]): row for row in rows}
    plan.existing = len(rows)
    for row in parsed.rows:
        if row.value is None:
            continue
        value = row.value
        found = by_code.get(value.source_id) if value.source_id else by_place.get((value.parent_key, value.name_key))
        if found is None:
            plan.new.append((row.number, value))
        elif changes := differing(dict(found), _columns(value)):
            plan.changed.append(Change(row.number, found["id"], value, changes))
        else:
            plan.unchanged.add(row.number)
    return plan


def _columns(value: SiteRow) -> dict[str, Any]:
    return {name: getattr(value, name) for name in COLUMNS}


def store_sites(work: Work, plan: Plan[SiteRow], ledger: Ledger) -> None:
    """Store the plan: new sites level by level from the roots, so that each knows its parent's id and path."""
    county = work.actor.county
    for change in plan.changed:
        _change(work, change, ledger)
    rows = work.session.execute(select(Site.id, Site.name, Site.path).where(Site.county == county))
    known: dict[str, tuple[int, str]] = {name_key(row.name): (row.id, row.path) for row in rows}
    waiting = list(plan.new)
    while waiting:
        ready = [(n, value) for n, value in waiting if not value.parent_key or value.parent_key in known]
        if not ready:
            raise AssertionError("a register whose parents are all known has rows without a parent")
        waiting = [pair for pair in waiting if pair not in ready]
        known |= _insert(work, ready, known, ledger)


def _change(work: Work, change: Change[SiteRow], ledger: Ledger) -> None:
    values = {name: after for name, (_, after) in change.columns.items()}
    if "lon" in values or "lat" in values:
        values |= {"precision": Precision.POINT, "source": _source(ledger)}
    update_rows(work.session, Site, [(change.row_id, values | {"raw": dict(change.value.raw)})])
    for name, (before, after) in change.columns.items():
        ledger.set(Site, change.number, change.row_id, name, before, after)


def _insert(
    work: Work, rows: list[tuple[int, SiteRow]], known: dict[str, tuple[int, str]], ledger: Ledger
) -> dict[str, tuple[int, str]]:
    """Insert sites whose parents are known; returns name key -> (id, path) of the new ones."""
    nowhere = (None, WHOLE_COUNTY)
    ids = insert_for_ids(
        work.session,
        Site,
        [
            _columns(value)
            | {
                "county": work.actor.county,
                "code": value.source_id or f"S{ledger.batch_id}-{number}",
                "name_key": value.name_key,
                "parent_id": known.get(value.parent_key, nowhere)[0],
                "path": WHOLE_COUNTY,
                "precision": Precision.NONE if value.lon is None else Precision.POINT,
                "source": _source(ledger),
                "raw": dict(value.raw),
                "version": 1,
            }
            for number, value in rows
        ],
    )
    above = [known.get(value.parent_key, nowhere)[1] for _, value in rows]
    paths = [f"{path}{row_id}/" for path, row_id in zip(above, ids, strict=True)]
    table = table_of(Site)
    work.session.execute(
        update(table).where(table.c["id"] == bindparam("at_id")).values(path=bindparam("to_path")),
        [{"at_id": row_id, "to_path": path} for row_id, path in zip(ids, paths, strict=True)],
    )
    for row_id, (number, _) in zip(ids, rows, strict=True):
        ledger.made(Site, number, row_id)
    return {value.name_key: (row_id, path) for row_id, path, (_, value) in zip(ids, paths, rows, strict=True)}


def _source(ledger: Ledger) -> str:
    return f"import {ledger.batch_id}"
