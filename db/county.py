"""Set a county up: divisions, outline and neighbours, skills, categories, default rules and word tables.

`ensure_county` adds what is missing and never changes what is there, so an office's own edits stay. The county shipped
with the product is Wuchuan; another one starts with the same rules and words, and loads its own divisions and outline.

Shapes of what is stored:

- setting `("", "county")`: `{"code": "520326"}`, the county this database serves;
- setting `(county, "boundary")`: a GeoJSON geometry; `(county, "neighbours")`: a GeoJSON FeatureCollection whose
  features have `code` and `name`;
- word rule of kind "availability": `{"spans": [[weekday, first minute, end minute], ...]}`, or `{"spans": null}` for a
  word that says nothing; of kind "category": `{"category": code}`;
- rule set "deadlines": `{"working": [["08:30", "12:00"], ...], "hours": {urgency: [take up, close]}}`;
- rule set "matching": `{"weights": {term: integer}, "settings": {name: integer}}`.
"""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from shapely.geometry import shape
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.county_words import AVAILABILITY, CATEGORIES, CATEGORY_WORDS, DEADLINES, MATCHING, SKILLS
from db.models import Base, Category, Division, RuleSet, Setting, Skill, WordRule

DATA = Path(__file__).parent / "sample" / "data"
#: The county whose divisions and outline are shipped.
WUCHUAN = "520326"
_OFFICIAL_ENDING = re.compile(r"(居民委员会|(?<=村)村民委员会|村民委员会)$")


def ensure_county(session: Session, county: str = WUCHUAN, *, now: datetime | None = None) -> None:
    """Give a database what its county needs to begin with; whatever is already there stays as it is.

    `now`: since when the default rules hold (default: the clock). Runs inside the caller's transaction. Raises
    ValueError when the database already serves another county.
    """
    now = now or datetime.now(UTC)
    _serve(session, county, now)
    _add_missing(session, Division, "code", _divisions(county))
    _add_missing(session, Setting, "key", _map_settings(county, now))
    _add_missing(session, Skill, "code", [skill._asdict() | {"county": county} for skill in SKILLS])
    _add_missing(session, Category, "code", _categories(county))
    _add_missing(session, RuleSet, "kind", _rule_sets(county, now))
    for kind, words in (("availability", _availability_rules()), ("category", _category_rules())):
        rows = [{"county": county, "kind": kind, "word": word, "value": value, "version": 1} for word, value in words]
        _add_missing(session, WordRule, "word", rows, kind=kind)


def short_name(official: str) -> str:
    """The everyday name of a village or community: 洪渡社区居民委员会 -> 洪渡社区, 温泉村村民委员会 -> 温泉村."""
    return _OFFICIAL_ENDING.sub("", official)


@cache
def shipped_divisions() -> tuple[dict[str, str], ...]:
    """The rows of divisions.csv: code, level, name (as villages are called every day), parent_code."""
    with (DATA / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return tuple({**row, "name": short_name(row["name"])} for row in csv.DictReader(file))


@cache
def _outlines() -> tuple[dict[str, Any], ...]:
    features: list[dict[str, Any]] = json.loads((DATA / "county.geojson").read_text(encoding="utf-8"))["features"]
    return tuple(features)


def shipped_boundary() -> dict[str, Any]:
    """The outline of Wuchuan as a GeoJSON geometry (WGS-84)."""
    geometry: dict[str, Any] = next(f["geometry"] for f in _outlines() if f["properties"]["code"] == WUCHUAN)
    return geometry


def _serve(session: Session, county: str, now: datetime) -> None:
    served = session.scalar(select(Setting.value).where(Setting.county == "", Setting.key == "county"))
    if served is None:
        session.execute(insert(Setting).values(county="", key="county", value={"code": county}, changed_at=now))
    elif served["code"] != county:
        raise ValueError(f"this database serves {served['code']}, not {county}")


def _divisions(county: str) -> list[dict[str, Any]]:
    """Divisions of the county. Only the county itself has a place: no public source has outlines of villages."""
    if county != WUCHUAN:
        return []
    middle = shape(shipped_boundary()).representative_point()
    rows: list[dict[str, Any]] = [
        dict(row) | {"county": county, "lon": None, "lat": None, "geometry": None} for row in shipped_divisions()
    ]
    for row in rows:
        if row["level"] == "county":
            row |= {"parent_code": None, "lon": round(middle.x, 6), "lat": round(middle.y, 6)}
    return rows


def _map_settings(county: str, now: datetime) -> list[dict[str, Any]]:
    if county != WUCHUAN:
        return []
    neighbours = [
        f | {"properties": {key: f["properties"][key] for key in ("code", "name")}}
        for f in _outlines()
        if f["properties"]["role"] == "neighbour"
    ]
    values = {"boundary": shipped_boundary(), "neighbours": {"type": "FeatureCollection", "features": neighbours}}
    return [{"county": county, "key": key, "value": value, "changed_at": now} for key, value in values.items()]


def _categories(county: str) -> list[dict[str, Any]]:
    fixed = {"county": county, "deadlines": {}, "active": True}
    return [
        row._asdict() | fixed | {"required_skills": list(row.required_skills), "position": position}
        for position, row in enumerate(CATEGORIES)
    ]


def _rule_sets(county: str, now: datetime) -> list[dict[str, Any]]:
    fixed = {"county": county, "version": 1, "valid_from": now, "author_id": 0, "reason": "", "created_at": now}
    return [fixed | {"kind": kind, "data": data} for kind, data in (("deadlines", DEADLINES), ("matching", MATCHING))]


def _availability_rules() -> Iterable[tuple[str, dict[str, Any]]]:
    return ((word, {"spans": spans}) for word, spans in AVAILABILITY.items())


def _category_rules() -> Iterable[tuple[str, dict[str, Any]]]:
    return ((word, {"category": code}) for word, code in CATEGORY_WORDS.items())


def _add_missing(
    session: Session, table: type[Base], key: str, rows: Sequence[Mapping[str, Any]], **within: Any
) -> None:
    """Insert the rows whose `key` the county's rows (those with the values `within`) don't have yet."""
    if not rows:
        return
    columns = table.__table__.c
    here = [columns["county"] == rows[0]["county"], *(columns[name] == value for name, value in within.items())]
    known = set(session.scalars(select(columns[key]).where(*here)))
    missing = [dict(row) for row in rows if row[key] not in known]
    if missing:
        session.execute(insert(table), missing)
