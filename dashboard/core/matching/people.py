"""Volunteers as record arrays. Units, shapes and dtypes are in docs/matching.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dashboard.core.geo import DEGREE_M
from dashboard.core.matching.arrays import (
    NO_SPANS,
    PLACE,
    SPAN,
    Array,
    Columns,
    SpanColumns,
    lists,
    pool,
    records,
    rows_of,
    span_entries,
    sphere,
)
from dashboard.core.matching.words import GENDERS, NEVER, PRECISIONS, TOP_LEVEL, UNLIMITED, Codebook

PERSON = np.dtype(
    [
        ("id", "i8"),
        *PLACE,  # home
        ("precision", "i4"),  # position in words.PRECISIONS
        ("max_distance_m", "i4"),
        ("cap_day", "i4"),  # tasks a day
        ("cap_week", "i4"),  # tasks a week, Monday to Sunday
        ("load_90", "i4"),  # tasks in the last 90 days
        ("last_day", "i4"),  # day number last served, NEVER
        ("asked", "i4"),  # dispatches she accepted in the last 90 days
        ("kept", "i4"),  # those of them she kept
        ("gender", "i4"),  # position in words.GENDERS
        ("languages", "u8"),  # bits of Codebook.languages
        ("active", "?"),  # membership active
        ("in_scope", "?"),  # belongs to the part of the site tree the coordinator may dispatch in
        ("shared", "?"),  # in a team that serves other subtrees too
        ("known", "?"),  # is anything known about when she is free?
        *lists("skill"),  # in `skills`
        *lists("free", "busy", "keep"),  # in `spans`
    ],
    align=True,
)
#: `valid_until`: last day her certificate is valid, NEVER without one, UNLIMITED for a skill that needs none.
SKILL = np.dtype([("skill", "i4"), ("level", "i4"), ("valid_until", "i4")], align=True)

#: (volunteer's id, skill, level or last valid day) rows as three columns.
SkillColumns = tuple[ArrayLike, Sequence[object], ArrayLike]
NO_SKILLS: SkillColumns = ((), (), ())
#: (volunteer's id, start, end, lon, lat) rows as five columns.
BusyColumns = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike, ArrayLike]
NO_TASKS: BusyColumns = ((), (), (), (), ())


class Shelves(NamedTuple):
    """Who could ever be sent, by skill: for searches that needn't look at everybody.

    Shelf s, `row[ptr[s]:ptr[s + 1]]`, holds the rows with skill s, the last shelf all of them; each sorted by latitude,
    then row. `reach` is the largest distance anybody would travel, in degrees of latitude.
    """

    ptr: Array  # int64[skills + 2]
    row: Array  # int64
    lat: Array  # float64, of each row
    reach: float
    x: Array  # float64, of each row, as y and z: beside each other, so that a search reads few cache lines
    y: Array
    z: Array
    chord: Array  # float64: square of the straight line no longer than which she goes, a metre to spare


@dataclass(frozen=True, eq=False)
class People:
    """Volunteers sorted by id. Build with `People.build`; never change an array in place."""

    table: Any  # PERSON[n], fields as attributes
    skills: Any  # SKILL pool
    spans: Any  # SPAN pool: free (weekly pattern minus leave), busy (dispatched, with its place), keep (kept free)
    skill_count: int

    @property
    def count(self) -> int:
        """How many volunteers."""
        return len(self.table)

    @property
    def id(self) -> Array:
        """Their ids, ascending."""
        ids: Array = self.table["id"]
        return ids

    def rows(self, ids: ArrayLike) -> Array:
        """Row of each id. Raises ValueError for an unknown one."""
        return rows_of(self.id, ids)

    @cached_property
    def shelves(self) -> Shelves:
        """See `Shelves`."""
        table = self.table
        able = table.active & (table.in_scope | table.shared) & table.known & ~np.isnan(table.lon)
        north = np.argsort(table.lat, kind="stable")
        rank = np.empty(len(table), dtype=np.int64)
        rank[north] = np.arange(len(table))
        owner = np.repeat(np.arange(len(table)), table.skill_to - table.skill_from)
        fit = able[owner]
        owner, skill = owner[fit], self.skills["skill"][fit]
        everybody = north[able[north]]
        row = np.concatenate([owner[np.lexsort((rank[owner], skill))], everybody])
        sizes = [*np.bincount(skill, minlength=self.skill_count), len(everybody)]
        ptr = np.concatenate([[0], np.cumsum(sizes)])
        reach = float(table.max_distance_m[able].max(initial=0)) + 1
        near = table.max_distance_m.astype(np.float64) + 1
        x, y, z, lat, chord = (
            np.ascontiguousarray(values[row]) for values in (table.x, table.y, table.z, table.lat, near)
        )
        return Shelves(ptr, row, lat, reach / DEGREE_M, x, y, z, chord * chord)

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
        busy: BusyColumns = NO_TASKS,
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
        busy (id, start, end, lon, lat). Raises ValueError for what can't be, KeyError for an unknown word or skill."""
        columns = Columns(id)
        ids, take = columns.ids, columns.take
        skill_pool, skill_lists = pool(len(ids), {"skill": _skills(codes, ids, skills, certificates)})
        span_parts = {"free": span_entries(ids, free), "busy": _busy(ids, busy), "keep": span_entries(ids, keep_free)}
        span_pool, span_lists = pool(len(ids), span_parts)
        facts = {
            "id": ids,
            "precision": columns.words("precision", precision, PRECISIONS),
            "max_distance_m": take("max_distance_m", max_distance_m, np.int32, 0),
            "cap_day": take("cap_day", cap_day, np.int32, 0),
            "cap_week": take("cap_week", cap_week, np.int32, 0),
            "load_90": take("load_90", load_90, np.int32, 0),
            "last_day": take("last_day", last_day, np.int32),
            "asked": take("asked", asked, np.int32, 0),
            "kept": take("kept", kept, np.int32, 0),
            "gender": columns.words("gender", gender, GENDERS),
            "languages": take("languages", languages, np.uint64),
            "active": take("active", active, bool),
            "in_scope": take("in_scope", in_scope, bool),
            "shared": take("shared", shared, bool),
            "known": take("known", known, bool),
        }
        if (facts["kept"] > facts["asked"]).any():
            raise ValueError("kept: more than asked")
        table = records(PERSON, len(ids), facts | columns.place(lon, lat) | skill_lists | span_lists)
        return cls(table, skill_pool, span_pool, len(codes.skills))


def _skills(codes: Codebook, ids: Array, skills: SkillColumns, certificates: SkillColumns) -> tuple[Array, Any]:
    """(owner's row, entries): each skill once with its best level and latest certificate; a certificate alone counts
    as level 1."""
    level = np.asarray(skills[2], dtype=np.int64)
    if ((level < 1) | (level > TOP_LEVEL)).any():
        raise ValueError(f"level: outside 1 .. {TOP_LEVEL}")
    until = np.asarray(certificates[2], dtype=np.int64)
    owner = np.concatenate([rows_of(ids, skills[0]), rows_of(ids, certificates[0])])
    skill = np.array([codes.skill_row[s] for s in (*skills[1], *certificates[1])], dtype=np.int64)
    keys, at = np.unique(owner * len(codes.skills) + skill, return_inverse=True)
    best, valid = np.ones(len(keys), dtype=np.int64), np.full(len(keys), NEVER, dtype=np.int64)
    np.maximum.at(best, at[: len(level)], level)
    np.maximum.at(valid, at[len(level) :], until)
    owner, skill = np.divmod(keys, max(1, len(codes.skills)))
    licensed = np.array([s in codes.licences for s in codes.skills], dtype=bool)
    valid = np.where(licensed[skill], valid, UNLIMITED)
    return owner, records(SKILL, len(keys), {"skill": skill, "level": best, "valid_until": valid})


def _busy(ids: Array, table: BusyColumns) -> tuple[Array, Any]:
    """Dispatched spans stay apart even where they touch: each is one task with one place."""
    start, end = (np.asarray(column, dtype=np.int64).reshape(-1) for column in table[1:3])
    if (start >= end).any():
        raise ValueError("busy: a span must end after it starts")
    owner = rows_of(ids, table[0])
    x, y, z = sphere(*(np.asarray(column, dtype=np.float64).reshape(-1) for column in table[3:]))
    order = np.lexsort((z, y, x, end, start, owner))
    entries = records(SPAN, len(owner), {"start": start, "end": end, "x": x, "y": y, "z": z})
    return owner[order], entries[order]
