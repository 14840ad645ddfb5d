"""What the registers of tests/data are held against, without a database: the shipped county and its words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

from dashboard.core.intake import Village, Villages, name_key
from dashboard.formats.needs import CategoryWord
from dashboard.formats.parsed import Parsed, RawRow, Severity, Table
from db.county import shipped_boundary, shipped_divisions
from db.county_words import AVAILABILITY, CATEGORIES, CATEGORY_WORDS, SKILLS

DATA = Path(__file__).resolve().parents[1] / "data"
_NAMES = {row["code"]: row["name"] for row in shipped_divisions()}
VILLAGES = Villages(
    Village(row["code"], row["name"], row["parent_code"], _NAMES[row["parent_code"]])
    for row in shipped_divisions()
    if row["level"] == "village" and row["code"].startswith("520326")
)
BOUNDARY = shapely.geometry.shape(shipped_boundary())
HOURS = {name_key(word): tuple((d, a, b) for d, a, b in spans or ()) for word, spans in AVAILABILITY.items()}
SKILL_KEYS = frozenset(name_key(skill.name) for skill in SKILLS)
_BY_CODE = {row.code: CategoryWord(row.code, row.name, row.duration_minutes) for row in CATEGORIES}
CATEGORY_KEYS = {name_key(word): _BY_CODE[code] for word, code in CATEGORY_WORDS.items()}


def a_table(headings: Sequence[str], *rows: Sequence[str]) -> list[Table]:
    """One sheet with these headings in its first row."""
    return [Table("", tuple(RawRow(number, tuple(row)) for number, row in enumerate((headings, *rows), start=1)))]


def told(parsed: Parsed[Any], severity: Severity | None = None) -> dict[int, list[str]]:
    """Row -> keys of its problems, without their prefix."""
    found: dict[int, list[str]] = {}
    for problem in parsed.problems:
        if severity is None or problem.severity is severity:
            found.setdefault(problem.row, []).append(problem.key.removeprefix("import_problems."))
    return found
