"""A register of volunteers -> rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from dashboard.core.intake import Villages, gender, name_key, person_name, phone, split_words
from dashboard.core.intake_times import Free, Weekly, availability, day
from dashboard.core.words import Gender, ImportKind
from dashboard.formats.columns import find_sheet, raw_text
from dashboard.formats.parsed import Parsed, ParsedRow, Problem, Table
from dashboard.formats.rows import RowReader

_ID_NUMBER = re.compile(r"\d{17}[\dX]|\d{15}")


@dataclass(frozen=True)
class VolunteerRow:
    """A volunteer as she will be stored. Key: source id; else name and phone; else name and village."""

    source_id: str
    name: str
    gender: Gender
    phone: str
    id_number: str
    address: str
    team: str
    skills: tuple[str, ...]
    skills_text: str
    free: Free
    availability_text: str
    village_code: str | None
    town_code: str | None
    village_text: str
    registered_on: date | None
    raw: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two rows one person."""
        if self.source_id:
            return ("id", self.source_id)
        if self.phone:
            return ("phone", name_key(self.name), self.phone)
        return ("village", name_key(self.name), self.village_code or name_key(self.village_text))


def parse_volunteers(
    tables: Sequence[Table],
    villages: Villages,
    hours: Mapping[str, tuple[Weekly, ...]],
    skills: frozenset[str],
    today: date,
    mapping: Mapping[str, str] | None = None,
) -> Parsed[VolunteerRow]:
    """Read a volunteer register. `hours` are the office's words for free time, `skills` the keys of known skills.

    Raises Invalid when no sheet is such a register.
    """
    sheet = find_sheet(ImportKind.VOLUNTEERS, tables, mapping)
    problems: list[Problem] = []
    readers = [RowReader(sheet, number, cells, problems) for number, cells in sheet.rows]
    drafts = {row.number: _volunteer(row, villages, hours, skills, today, sheet.mapping) for row in readers}
    _refuse_repeats(readers, drafts)
    _tell_shared_phones(readers, drafts)
    for row in readers:
        row.warn_of_traps("name", "team", "village")
    rows = tuple(ParsedRow(row.number, dict(row.cells), None if row.refused else drafts[row.number]) for row in readers)
    ordered = tuple(sorted(problems, key=lambda problem: problem.row))
    return Parsed(
        ImportKind.VOLUNTEERS, sheet.headings, sheet.mapping, rows, ordered, sheet.skipped, encoding=tables[0].encoding
    )


def _volunteer(
    row: RowReader,
    villages: Villages,
    hours: Mapping[str, tuple[Weekly, ...]],
    skills: frozenset[str],
    today: date,
    mapping: Mapping[str, str],
) -> VolunteerRow | None:
    name = person_name(row.text("name"))
    if not name:
        row.refuse("name", "missing_name")
        return None
    words = split_words(row.text("skills"))
    unknown = [word for word in words if name_key(word) not in skills]
    if unknown:
        row.warn("skills", "unknown_skill", words="、".join(unknown))
    village = villages.find(row.text("village")) if row.text("village") else None
    if row.text("village") and village is None:
        row.warn("village", "unknown_village")
    elif row.has("village") and village is None:
        row.warn("village", "missing_village")
    free = availability(row.text("availability"), hours)
    if row.has("availability") and not free.known:
        row.warn("availability", "unknown_availability")
    return VolunteerRow(
        source_id=row.source_id(),
        name=name,
        gender=gender(row.text("gender")),
        phone=_phone(row),
        id_number=_id_number(row),
        address=row.text("address"),
        team=row.text("team"),
        skills=words,
        skills_text=row.text("skills"),
        free=free,
        availability_text=row.text("availability"),
        village_code=village.code if village else None,
        town_code=village.town_code if village else None,
        village_text=row.text("village"),
        registered_on=_registered(row, today),
        raw=raw_text(row.cells, mapping),
    )


def _phone(row: RowReader) -> str:
    """The digits; a malformed number is kept as it was written, and told."""
    number = phone(row.text("phone"))
    if number.missing and row.has("phone"):
        row.warn("phone", "missing_phone")
    elif not number.missing and not number.valid:
        row.warn("phone", "malformed_phone")
    return number.digits


def _id_number(row: RowReader) -> str:
    """The ID number; one that a spreadsheet stored as a number has lost its last digits and refuses the row."""
    written = row.text("id_number").upper().replace(" ", "")
    if written.endswith("(!)") or re.fullmatch(r"[\d.]+E\+?\d+", written):
        row.refuse("id_number", "numeric_id")
    elif written and not _ID_NUMBER.fullmatch(written):
        row.warn("id_number", "malformed_id")
    return written


def _registered(row: RowReader, today: date) -> date | None:
    """The day of registration; one that cannot be (2023.2.30, 去年, the future) is stored as unknown."""
    written = row.text("registered")
    if not written:
        return None
    found = day(written, today)
    if found is None or found > today:
        row.warn("registered", "impossible_date")
        return None
    return found


def _refuse_repeats(readers: Sequence[RowReader], drafts: Mapping[int, VolunteerRow | None]) -> None:
    """The same person again: told where nothing differs, refused where the rows disagree."""
    seen: dict[tuple[str, ...], tuple[int, VolunteerRow]] = {}
    for row in readers:
        draft = drafts[row.number]
        if draft is None or row.refused:
            continue
        first = seen.setdefault(draft.key, (row.number, draft))
        if first[0] == row.number:
            continue
        if replace(first[1], raw={}) == replace(draft, raw={}):
            row.warn("name", "repeated_person", other=first[0])
        else:
            row.refuse("name", "repeated_person_differs", other=first[0])


def _tell_shared_phones(readers: Sequence[RowReader], drafts: Mapping[int, VolunteerRow | None]) -> None:
    """One phone under different names: two people, told on the later row."""
    owners: dict[str, tuple[int, str]] = {}
    for row in readers:
        draft = drafts[row.number]
        if draft is None or row.refused or not draft.phone:
            continue
        number, name = owners.setdefault(draft.phone, (row.number, name_key(draft.name)))
        if name != name_key(draft.name):
            row.warn("phone", "shared_phone", other=number)
