"""The volunteers of a problem file as the arrays of the matching."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.core.matching.people import People
from dashboard.core.matching.words import NEVER, UNLIMITED, Codebook
from dashboard.formats.match_document import Id, plain_id
from dashboard.formats.match_times import Clock
from dashboard.formats.mistakes import Mistakes, pointer

_USUAL = {
    "cap_day": UNLIMITED, "cap_week": UNLIMITED, "max_distance_m": UNLIMITED, "gender": "unknown", "active": True,
    "in_scope": True, "shared": False, "load_90": 0, "asked": 0, "kept": 0,
}  # fmt: skip
_COUNTS = ("cap_day", "cap_week", "max_distance_m", "load_90", "asked", "kept")
#: (volunteer's row number, start, end) of times that coordinators keep free.
Kept = Sequence[tuple[int, int, int]]
Table = list[tuple[Any, ...]]


def people_of(
    volunteers: Sequence[Mapping[str, Any]], at: Mapping[Id, int], codes: Codebook, clock: Clock, keep_free: Kept
) -> People | None:
    """Volunteers get the numbers 1, 2, ... in the order of `at` (id -> place in the file). Mistakes go to the clock's
    list; None when there are any."""
    wrong = clock.wrong
    plain: dict[str, list[Any]] = {name: [] for name in _USUAL}
    tables: dict[str, Table] = {name: [] for name in ("skills", "certificates", "free", "busy")}
    lon, lat, languages, known, last = [], [], [], [], []
    for number, place in enumerate(at.values(), start=1):
        one, path = volunteers[place], ("volunteers", place)
        for name, usual in _USUAL.items():
            value = one.get(name, usual)
            plain[name].append(int(value) if name in _COUNTS else value)
        point = place_of(one, wrong, *path)
        lon.append(point[0])
        lat.append(point[1])
        languages.append(codes.mask(one.get("languages", ())))
        known.append("free" in one)
        last.append((clock.day(one["last_served"], *path, "last_served") or 0) if "last_served" in one else NEVER)
        if plain["kept"][-1] > plain["asked"][-1]:
            wrong.add(pointer((*path, "kept")), one["kept"], "match_files.kept_more", asked=plain["asked"][-1])
        _skills(one, number, codes, clock, tables, *path)
        _times(one, number, clock, tables, *path)
    if wrong.count:
        return None
    return People.build(
        codes,
        id=range(1, len(at) + 1),
        lon=lon,
        lat=lat,
        precision="point",
        known=known,
        skills=columns(tables["skills"], 3),
        certificates=columns(tables["certificates"], 3),
        free=columns(tables["free"], 3),
        busy=columns(tables["busy"], 5),
        keep_free=columns(list(keep_free), 3),
        languages=languages,
        last_day=last,
        **plain,
    )


def columns(table: Table, width: int) -> Any:
    """Rows as columns."""
    return tuple(zip(*table, strict=True)) if table else ((),) * width


def place_of(row: Mapping[str, Any], wrong: Mistakes, *path: object) -> tuple[float, float]:
    """Longitude and latitude, NaN for none; half a place is a mistake."""
    lon, lat = row.get("lon"), row.get("lat")
    if (lon is None) != (lat is None):
        name = "lat" if lat is None else "lon"
        wrong.add(pointer(path), row, "match_files.missing", name=name)
    if lon is None or lat is None:
        return float("nan"), float("nan")
    return float(lon), float(lat)


def _skills(
    one: Mapping[str, Any], number: int, codes: Codebook, clock: Clock, tables: dict[str, Table], *path: object
) -> None:
    for k, skill in enumerate(one.get("skills", ())):
        name = known_skill(skill["id"], codes, clock.wrong, *path, "skills", k, "id")
        if name is None:
            continue
        if "valid_until" in skill:
            until = (*path, "skills", k, "valid_until")
            if name not in codes.licences:
                clock.wrong.add(pointer(until), skill["valid_until"], "match_files.no_licence", skill=name)
            tables["certificates"].append((number, name, clock.day(skill["valid_until"], *until)))
        tables["skills"].append((number, name, int(skill.get("level", 1))))


def known_skill(skill: Any, codes: Codebook, wrong: Mistakes, *path: object) -> Id | None:
    """The skill's id; None, and a mistake, for one that is not on the list."""
    name = plain_id(skill)
    if name in codes.skill_row:
        return name
    wrong.add(pointer(path), skill, "match_files.unknown_id", list="skills")
    return None


def _times(one: Mapping[str, Any], number: int, clock: Clock, tables: dict[str, Table], *path: object) -> None:
    for k, entry in enumerate(one.get("free", ())):
        span = clock.span(entry, *path, "free", k)
        if span:
            tables["free"].append((number, *span))
    for k, task in enumerate(one.get("busy", ())):
        span = clock.span(task, *path, "busy", k)
        if span:
            tables["busy"].append((number, *span, *place_of(task, clock.wrong, *path, "busy", k)))
