"""A register of needs (点单) -> rows."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import shapely

from dashboard.core.errors import Invalid
from dashboard.core.geo import Datum
from dashboard.core.intake import (
    VISIT_WORDS,
    Villages,
    channel,
    clean,
    head_count,
    name_key,
    person_name,
    phone,
    urgency,
    visit_told,
)
from dashboard.core.intake_times import Wanted, day, wanted
from dashboard.core.words import Channel, ImportKind, Urgency, VisitTold
from dashboard.formats.columns import FIELDS, find_sheet, raw_text
from dashboard.formats.parsed import Note, Parsed, ParsedRow, Problem, Table
from dashboard.formats.places import NOWHERE, Placed, file_datum, place
from dashboard.formats.rows import RowReader

DEFAULT_MINUTES = 120
#: Of the visit sheets written and read here.
VISIT_VERSION = 1
VISIT_HEADING = f"{FIELDS[ImportKind.NEEDS]['visit'][0]}(版本{VISIT_VERSION})"


@dataclass(frozen=True)
class CategoryWord:
    """A category as a register's word finds it."""

    code: str
    name: str
    duration_minutes: int


@dataclass(frozen=True)
class Told:
    """What a household said of its need when it was visited; nothing where the row was left empty."""

    state: VisitTold | None
    note: str

    def __bool__(self) -> bool:
        return self.state is not None or bool(self.note)

    def __str__(self) -> str:
        return " ".join(part for part in (VISIT_WORDS[self.state][0] if self.state else "", self.note) if part)


@dataclass(frozen=True)
class NeedRow:
    """A need as it will be stored. Key: source id, else digest of the original row and its occurrence in the file.

    `to_verify` are the keys of what somebody must ask before it can open (`needs.verify.<key>`).
    """

    source_id: str
    digest: str
    occurrence: int
    registered_on: date | None
    channel: Channel
    name: str
    phone: str
    address: str
    place_text: str
    village_code: str | None
    town_code: str | None
    lon: float | None
    lat: float | None
    category: str | None
    title: str
    detail: str
    urgency: Urgency
    spans: tuple[tuple[datetime, datetime], ...]
    duration_minutes: int
    time_text: str
    head_count: int
    people_text: str
    to_verify: tuple[str, ...]
    raw: Mapping[str, str] = field(default_factory=dict)
    #: Of a row of a visit sheet about a need that is there: what was said of it, with the note; None for other rows.
    told: Told | None = None


def parse_needs(
    tables: Sequence[Table],
    villages: Villages,
    boundary: shapely.Geometry | None,
    categories: Mapping[str, CategoryWord],
    today: date,
    mapping: Mapping[str, str] | None = None,
    datum: Datum | None = None,
) -> Parsed[NeedRow]:
    """Read a register of needs. `categories` finds a category by the key of a word. Raises Invalid when it is none."""
    sheet = find_sheet(ImportKind.NEEDS, tables, mapping)
    _check_version(sheet.heading("visit"))
    problems: list[Problem] = []
    readers = [RowReader(sheet, number, cells, problems) for number, cells in sheet.rows]
    used = file_datum(sheet, readers, boundary, datum)
    occurrences: Counter[str] = Counter()
    seen: dict[str, int] = {}
    rows = []
    for row in readers:
        digest = row_digest(row.cells)
        if row.has("visit") and row.text("source_id"):
            value: NeedRow | None = _visited(row, digest, occurrences[digest])
        else:
            where = place(row, used.datum, boundary, missing=False)
            value = _need(row, digest, occurrences[digest], villages, where, categories, today, sheet.mapping)
        occurrences[digest] += 1
        row.warn_of_traps("name", "village", "detail")
        source_id = row.text("source_id")
        if source_id and seen.setdefault(source_id, row.number) != row.number:
            row.refuse("source_id", "repeated_id", other=seen[source_id])
        rows.append(ParsedRow(row.number, dict(row.cells), None if row.refused else value))
    placed = any(sheet.heading(name) for name in ("coordinates", "lon"))
    return Parsed(
        ImportKind.NEEDS, sheet.headings, sheet.mapping, tuple(rows),
        tuple(sorted(problems, key=lambda problem: problem.row)), sheet.skipped,
        used.datum if placed else "", used.reason if placed else "", tables[0].encoding,
        (Note("datum_doubted"),) if placed and used.doubted else (),
    )  # fmt: skip


def row_digest(cells: Mapping[str, str]) -> str:
    """SHA-256 of the original row: its headings and cells, without empty ones and outer spaces, in any order."""
    written = sorted((clean(heading), cell.strip()) for heading, cell in cells.items() if cell.strip())
    return hashlib.sha256(json.dumps(written, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()


def _check_version(heading: str) -> None:
    """Raises Invalid for a visit sheet of another version than is read here."""
    version = re.search(r"版本 ?(\d+)", clean(heading))
    if version is not None and int(version[1]) != VISIT_VERSION:
        raise Invalid("imports.visit_version", version=int(version[1]), known=VISIT_VERSION)


def _visited(row: RowReader, digest: str, occurrence: int) -> NeedRow:
    """A row about a need that is there: only what was said of it counts, whatever else the sheet repeats."""
    state = visit_told(row.text("visit"))
    if row.text("visit") and state is None:
        words = "、".join(words[0] for words in VISIT_WORDS.values())
        row.refuse("visit", "unknown_visit", words=words)
    return NeedRow(
        source_id=row.source_id(), digest=digest, occurrence=occurrence, registered_on=None, channel=Channel.VISIT,
        name="", phone="", address="", place_text="", village_code=None, town_code=None, lon=None, lat=None,
        category=None, title="", detail="", urgency=Urgency.NORMAL, spans=(), duration_minutes=DEFAULT_MINUTES,
        time_text="", head_count=1, people_text="", to_verify=(), told=Told(state, row.text("note")),
    )  # fmt: skip


def _need(
    row: RowReader,
    digest: str,
    occurrence: int,
    villages: Villages,
    where: Placed,
    categories: Mapping[str, CategoryWord],
    today: date,
    mapping: Mapping[str, str],
) -> NeedRow | None:
    registered = _registered(row, today)
    people, people_check = _people(row)
    if people is None:
        return None
    category = _category(row, categories)
    when = _wanted(row, registered or today, category)
    village = villages.find(row.text("village") or row.text("address"))
    checks = [*_place_check(row, village is not None, where), *([when.problem] if when.problem else []), *people_check]
    if row.has("visit"):
        checks.append("from_sheet")
    word = row.text("category")
    detail = row.text("detail")
    return NeedRow(
        source_id=row.source_id(),
        digest=digest,
        occurrence=occurrence,
        registered_on=registered,
        channel=_channel(row),
        name=person_name(row.text("name")),
        phone=_phone(row),
        address=row.text("address"),
        place_text=row.text("village") or row.text("address"),
        village_code=village.code if village else None,
        town_code=village.town_code if village else villages.town_of(row.text("address")),
        lon=where.lon,
        lat=where.lat,
        category=category.code if category else None,
        title=(row.text("title") or word or detail)[:200],
        detail=detail,
        urgency=_urgency(row),
        spans=when.spans,
        duration_minutes=category.duration_minutes if category else DEFAULT_MINUTES,
        time_text=row.text("wanted"),
        head_count=people,
        people_text=row.text("people"),
        to_verify=tuple(checks) if category else (*checks, "no_category"),
        raw=raw_text(row.cells, mapping),
    )


def _registered(row: RowReader, today: date) -> date | None:
    """The day of registration; unknown where the cell holds none, and then times count from the day of the import."""
    found = day(row.text("registered"), today)
    if found is None:
        row.warn("registered", "impossible_date" if row.text("registered") else "missing_date")
    elif found > today:
        row.warn("registered", "future_date")
    return found


def _people(row: RowReader) -> tuple[int | None, list[str]]:
    """(head-count, what to verify). No such column: one. 若干: one seat until somebody has asked."""
    if not row.has("people"):
        return 1, []
    found = head_count(row.written("people"))
    if found.vague:
        row.verify("people", "vague_people")
        return 1, ["no_people"]
    if found.value is None:
        row.refuse("people", "no_head_count")
    elif found.value < 1:
        row.refuse("people", "head_count_below_one")
    elif found.value > 1000:
        row.refuse("people", "head_count_too_high")
    else:
        if found.qualifier:
            row.warn("people", "about_people", value=found.value)
        return found.value, []
    return None, []


def _category(row: RowReader, categories: Mapping[str, CategoryWord]) -> CategoryWord | None:
    word = row.text("category")
    found = categories.get(name_key(word))
    if found is None:
        row.verify("category", "unknown_category" if word else "missing_category")
    return found


def _wanted(row: RowReader, registered: date, category: CategoryWord | None) -> Wanted:
    found = wanted(row.text("wanted"), registered, category.duration_minutes if category else DEFAULT_MINUTES)
    if found.problem:
        row.verify("wanted", found.problem)
    return found


def _place_check(row: RowReader, known_village: bool, where: Placed) -> list[str]:
    """What must be asked about the place: nothing where there is a point or a known village."""
    if known_village or where != NOWHERE:
        if row.text("village") and not known_village:
            row.warn("village", "unknown_village")
        return []
    if row.text("village") or row.text("address"):
        row.warn("village" if row.text("village") else "address", "unknown_village")
        return ["unknown_village"]
    row.verify("village", "no_place")
    return ["no_place"]


def _phone(row: RowReader) -> str:
    number = phone(row.text("phone"))
    if number.missing and row.has("phone"):
        row.warn("phone", "missing_phone")
    elif not number.missing and not number.valid:
        row.warn("phone", "malformed_phone")
    return number.digits


def _channel(row: RowReader) -> Channel:
    word = row.text("channel")
    found = channel(word)
    if found is None and word:
        row.warn("channel", "unknown_channel")
    return found or (Channel.VISIT if row.has("visit") else Channel.HOTLINE)


def _urgency(row: RowReader) -> Urgency:
    word = row.text("urgency")
    found = urgency(word)
    if found is None and word:
        row.warn("urgency", "unknown_urgency")
    return found or Urgency.NORMAL
