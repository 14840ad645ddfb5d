"""Volunteers as arrays, one column a volunteer. Units, shapes and dtypes are in docs/matching.md."""

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dashboard.core.matching.arrays import NO_SPANS, Array, Columns, SpanColumns, packed, packed_spans, rows_of, sphere
from dashboard.core.matching.words import GENDERS, NEVER, PRECISIONS, TOP_LEVEL, UNLIMITED, Codebook

#: (volunteer's id, skill, level or last valid day) rows as three columns.
SkillColumns = tuple[ArrayLike, Sequence[object], ArrayLike]
NO_SKILLS: SkillColumns = ((), (), ())
#: (volunteer's id, start, end, lon, lat) rows as five columns.
BusyColumns = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike, ArrayLike]


@dataclass(frozen=True, eq=False)
class People:
    """Volunteers, n of them, sorted by id. Build with `People.build`; never change an array in place."""

    id: Array  # int64[n]
    lon: Array  # float64[n], NaN when not placed
    lat: Array
    place: Array  # float64[3, n] metres, see `arrays.sphere`
    precision: Array  # int8[n], position in words.PRECISIONS
    level: Array  # uint8[skills, n], 0 when she doesn't have it
    licence_row: Array  # int32[skills], row in valid_until, -1 when no licence is asked
    valid_until: Array  # int32[licences, n], last valid day, NEVER without a certificate
    known: Array  # bool[n], is anything known about when she is free?
    free_ptr: Array  # CSR of free spans: weekly pattern minus leave (dispatches are in busy, not cut out here)
    free_start: Array
    free_end: Array
    busy_ptr: Array  # CSR of dispatched spans from the Monday of the first wanted week on, sorted by start
    busy_start: Array
    busy_end: Array
    busy_place: Array  # float64[3, entries] metres, NaN when unknown
    keep_ptr: Array  # CSR of spans a coordinator keeps free
    keep_start: Array
    keep_end: Array
    cap_day: Array  # int32[n] tasks a day
    cap_week: Array  # int32[n] tasks a week
    max_distance_m: Array  # int32[n]
    gender: Array  # int8[n], position in words.GENDERS
    languages: Array  # uint64[n] bits of Codebook.languages
    active: Array  # bool[n]: membership active
    in_scope: Array  # bool[n]: belongs to the part of the site tree the coordinator may dispatch in
    shared: Array  # bool[n]: in a team that serves other subtrees too
    load_90: Array  # int32[n] tasks in the last 90 days
    last_day: Array  # int32[n] day number last served, NEVER
    kept: Array  # int32[n] of `asked` dispatches she accepted in the last 90 days, those she kept
    asked: Array  # int32[n]

    @cached_property
    def packed(self) -> Any:
        """The same arrays as a named tuple: the form in which compiled functions take them."""
        return PeopleForm(*(getattr(self, name) for name in PeopleForm._fields))

    @property
    def count(self) -> int:
        """How many volunteers."""
        return len(self.id)

    def rows(self, ids: ArrayLike) -> Array:
        """Row of each id. Raises ValueError for an unknown one."""
        return rows_of(self.id, ids)

    @classmethod
    def build(
        cls,
        codes: Codebook,
        *,
        id: ArrayLike,
        lon: ArrayLike,
        lat: ArrayLike,
        precision: Sequence[str] | str,
        known: ArrayLike,
        skills: SkillColumns = NO_SKILLS,
        certificates: SkillColumns = NO_SKILLS,
        free: SpanColumns = NO_SPANS,
        busy: BusyColumns = ((), (), (), (), ()),
        keep_free: SpanColumns = NO_SPANS,
        cap_day: ArrayLike = UNLIMITED,
        cap_week: ArrayLike = UNLIMITED,
        max_distance_m: ArrayLike = UNLIMITED,
        gender: Sequence[str] | str = "unknown",
        languages: Sequence[int] | int = 0,
        active: ArrayLike = True,
        in_scope: ArrayLike = True,
        shared: ArrayLike = False,
        load_90: ArrayLike = 0,
        last_day: ArrayLike = NEVER,
        kept: ArrayLike = 0,
        asked: ArrayLike = 0,
    ) -> "People":
        """From plain columns in any order. Long tables are given as columns that start with the volunteer's id:
        skills (id, skill, level), certificates (id, skill, last valid day), free and keep_free (id, start, end),
        busy (id, start, end, lon, lat). Raises ValueError for what can't be, KeyError for an unknown skill."""
        columns = Columns(id)
        ids, take = columns.ids, columns.take
        people = cls(
            id=ids,
            **columns.places(lon, lat),
            precision=columns.words("precision", precision, PRECISIONS),
            level=_levels(codes, ids, skills),
            licence_row=np.array([codes.licence_row.get(skill, -1) for skill in codes.skills], dtype=np.int32),
            valid_until=_certificates(codes, ids, certificates),
            known=take("known", known, bool),
            **packed_spans("free", ids, free),
            **_busy(ids, busy),
            **packed_spans("keep", ids, keep_free),
            cap_day=take("cap_day", cap_day, np.int32, 0),
            cap_week=take("cap_week", cap_week, np.int32, 0),
            max_distance_m=take("max_distance_m", max_distance_m, np.int32, 0),
            gender=columns.words("gender", gender, GENDERS),
            languages=take("languages", languages, np.uint64),
            active=take("active", active, bool),
            in_scope=take("in_scope", in_scope, bool),
            shared=take("shared", shared, bool),
            load_90=take("load_90", load_90, np.int32, 0),
            last_day=take("last_day", last_day, np.int32),
            kept=take("kept", kept, np.int32, 0),
            asked=take("asked", asked, np.int32, 0),
        )
        if (people.kept > people.asked).any():
            raise ValueError("kept: more than asked")
        return people


def _levels(codes: Codebook, ids: Array, table: SkillColumns) -> Array:
    rows, level = rows_of(ids, table[0]), np.asarray(table[2], dtype=np.int64)
    if ((level < 1) | (level > TOP_LEVEL)).any():
        raise ValueError(f"level: outside 1 .. {TOP_LEVEL}")
    levels = np.zeros((len(codes.skills), len(ids)), dtype=np.uint8)
    skills = np.array([codes.skill_row[skill] for skill in table[1]], dtype=np.int64)
    np.maximum.at(levels, (skills, rows), level.astype(np.uint8))
    return levels


def _certificates(codes: Codebook, ids: Array, table: SkillColumns) -> Array:
    rows, until = rows_of(ids, table[0]), np.asarray(table[2], dtype=np.int64).astype(np.int32)
    valid = np.full((len(codes.licences), len(ids)), NEVER, dtype=np.int32)
    np.maximum.at(valid, (np.array([codes.licence_row[skill] for skill in table[1]], dtype=np.int64), rows), until)
    return valid


def _busy(ids: Array, table: BusyColumns) -> dict[str, Array]:
    """Dispatched spans stay apart even where they touch: each is one task with one place."""
    start, end = (np.asarray(column, dtype=np.int64).astype(np.int32).reshape(-1) for column in table[1:3])
    if (start >= end).any():
        raise ValueError("busy: a span must end after it starts")
    lon, lat = (np.asarray(column, dtype=np.float64).reshape(-1) for column in table[3:])
    entries = packed("busy", rows_of(ids, table[0]), len(ids), busy_start=start, busy_end=end, lon=lon, lat=lat)
    return entries | {"busy_place": sphere(entries.pop("lon"), entries.pop("lat"))}


PeopleForm: Any = namedtuple("PeopleForm", [field.name for field in fields(People)])  # type: ignore[misc]
