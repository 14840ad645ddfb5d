"""A register of practice sites -> rows. The tree is built from names: a row's parent may stand anywhere in the file."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import shapely

from dashboard.core.geo import Datum
from dashboard.core.intake import Village, Villages, level, name_key, phone, site_kind
from dashboard.core.words import ImportKind, Level, SiteKind
from dashboard.formats.columns import find_sheet, raw_text
from dashboard.formats.parsed import Note, Parsed, ParsedRow, Problem, Table
from dashboard.formats.places import file_datum, place
from dashboard.formats.rows import RowReader


@dataclass(frozen=True)
class SiteRow:
    """A site as it will be stored. Its key is `source_id`, else `name_key` under `parent_key` ("" for the root)."""

    source_id: str
    name: str
    name_key: str
    level: Level
    kind: SiteKind
    parent_key: str
    address: str
    phone: str
    lon: float | None
    lat: float | None
    opening: str
    town_code: str | None
    village_code: str | None
    raw: Mapping[str, str]


#: The stored sites as a register sees them: (key of the parent's name, key of the name).
Places = Collection[tuple[str, str]]


def parse_sites(
    tables: Sequence[Table],
    villages: Villages,
    boundary: shapely.Geometry | None,
    known: Places = (),
    mapping: Mapping[str, str] | None = None,
    datum: Datum | None = None,
) -> Parsed[SiteRow]:
    """Read a site register. Raises Invalid when no sheet is one."""
    sheet = find_sheet(ImportKind.SITES, tables, mapping)
    problems: list[Problem] = []
    readers = [RowReader(sheet, number, cells, problems) for number, cells in sheet.rows]
    used = file_datum(sheet, readers, boundary, datum)
    drafts = {row.number: _draft(row, used.datum, boundary, villages) for row in readers}
    _refuse_repeated_ids(readers, drafts)
    accepted = _with_parents(readers, drafts, known)
    _tell_namesakes(readers, accepted, known)
    for row in readers:
        row.warn_of_traps("name", "parent", "address")
    rows = tuple(
        ParsedRow(row.number, dict(row.cells), None if row.refused else accepted.get(row.number)) for row in readers
    )
    ordered = tuple(sorted(problems, key=lambda problem: problem.row))
    return Parsed(
        ImportKind.SITES, sheet.headings, sheet.mapping, rows, ordered, sheet.skipped, used.datum, used.reason,
        tables[0].encoding, (Note("datum_doubted"),) if used.doubted else (),
    )  # fmt: skip


def _draft(row: RowReader, datum: Datum, boundary: shapely.Geometry | None, villages: Villages) -> SiteRow | None:
    """The row's own values; None (and refused) without a name or level."""
    name = row.text("name")
    if not name:
        row.refuse("name", "missing_name")
        return None
    found = level(row.text("level"), name)
    if found is None:
        row.refuse("level", "unknown_level")
        return None
    number = phone(row.text("phone"))
    if number.missing and row.has("phone"):
        row.warn("phone", "missing_phone")
    elif not number.missing and not number.valid:
        row.warn("phone", "malformed_phone")
    where = place(row, datum, boundary)
    parent = row.text("parent")
    village = _village(name, parent, villages) if found is not Level.INSTITUTE else None
    return SiteRow(
        source_id=row.source_id(),
        name=name,
        name_key=name_key(name),
        level=found,
        kind=site_kind(row.text("kind"), name),
        parent_key=name_key(parent),
        address=row.text("address"),
        phone=row.text("phone"),
        lon=where.lon,
        lat=where.lat,
        opening=row.text("opening"),
        town_code=village.town_code if village else villages.town_of(name) or villages.town_of(parent),
        village_code=village.code if village else None,
        raw=raw_text(row.cells, {}),
    )


def _village(name: str, parent: str, villages: Villages) -> Village | None:
    """The village a station is named after, when it lies in the town its parent is named after."""
    town = villages.town_of(parent)
    found = villages.find(name)
    if found is not None and town is not None and found.town_code != town:
        return None
    return found


def _refuse_repeated_ids(readers: Sequence[RowReader], drafts: dict[int, SiteRow | None]) -> None:
    seen: dict[str, int] = {}
    for row in readers:
        draft = drafts[row.number]
        if draft is None or not draft.source_id:
            continue
        if draft.source_id in seen:
            row.refuse("source_id", "repeated_id", other=seen[draft.source_id])
            drafts[row.number] = None
        seen.setdefault(draft.source_id, row.number)


def _with_parents(readers: Sequence[RowReader], drafts: dict[int, SiteRow | None], known: Places) -> dict[int, SiteRow]:
    """The rows whose one parent is stored or accepted; the rest is refused, and so are repeats."""
    while True:
        accepted, repeats = _grown(readers, drafts, known)
        names = Counter(name for _, name in {*known, *((d.parent_key, d.name_key) for d in accepted.values())})
        unclear = [row for row in readers if row.number in accepted and names[accepted[row.number].parent_key] > 1]
        if not unclear:
            break
        for row in unclear:
            row.refuse("parent", "several_parents")
            drafts[row.number] = None
    for row in readers:
        if row.number in repeats:
            row.refuse("name", "repeated_site", other=repeats[row.number])
        elif drafts[row.number] is not None and row.number not in accepted:
            row.refuse("parent", "unknown_parent" if row.text("parent") else "missing_parent")
    return accepted


def _grown(
    readers: Sequence[RowReader], drafts: Mapping[int, SiteRow | None], known: Places
) -> tuple[dict[int, SiteRow], dict[int, int]]:
    """(accepted rows, repeats -> the row they repeat): the tree grown from the roots and from what is stored."""
    accepted: dict[int, SiteRow] = {}
    repeats: dict[int, int] = {}
    places: dict[tuple[str, str], int] = {}
    names = {name for _, name in known}
    waiting = [draft for row in readers if (draft := drafts[row.number]) is not None]
    numbers = [row.number for row in readers if drafts[row.number] is not None]
    grown = True
    while grown:
        grown = False
        for number, draft in zip(numbers, waiting, strict=True):
            if number in accepted or number in repeats:
                continue
            root = not draft.parent_key and draft.level is Level.CENTRE
            if not root and draft.parent_key not in names:
                continue
            grown = True
            place_key = (draft.parent_key, draft.name_key)
            if place_key in places:
                repeats[number] = places[place_key]
            else:
                accepted[number], places[place_key] = draft, number
        names |= {draft.name_key for draft in accepted.values()}
    return accepted, repeats


def _tell_namesakes(readers: Sequence[RowReader], accepted: Mapping[int, SiteRow], known: Places) -> None:
    """The same name under another parent is stored, and told on the later row (a stored site came before a new one)."""
    stored: dict[str, set[str]] = {}
    for parent, name in known:
        stored.setdefault(name, set()).add(parent)
    before: dict[str, set[str]] = {}
    for row in readers:
        draft = accepted.get(row.number)
        if draft is None or row.refused:
            continue
        others = before.setdefault(draft.name_key, set())
        there = stored.get(draft.name_key, set())
        elsewhere = others | (set() if draft.parent_key in there else there)
        if elsewhere - {draft.parent_key}:
            row.warn("name", "same_name_elsewhere", parent="、".join(sorted(elsewhere - {draft.parent_key})))
        others.add(draft.parent_key)
