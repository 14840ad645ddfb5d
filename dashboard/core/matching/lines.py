"""Open needs as arrays, one column a line: a role of a need with its open seats. Shapes are in docs/matching.md."""

from collections import namedtuple
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dashboard.core.matching.arrays import Array, Columns, SpanColumns, packed, packed_ids, rows_of
from dashboard.core.matching.words import GENDERS, URGENCIES, Codebook
from dashboard.core.words import IntervalRule

#: Where a window is longer than the service, a start is tried every so many minutes.
STEP_MINUTES = 30


@dataclass(frozen=True, eq=False)
class Lines:
    """Roles of needs with open seats, m of them, sorted by id. Build with `Lines.build`."""

    id: Array  # int64[m] the role
    need: Array  # int64[m] the need it belongs to
    lon: Array  # float64[m], NaN when not placed
    lat: Array
    place: Array  # float64[3, m] metres
    seats: Array  # int32[m] open seats, >= 0
    urgency: Array  # int8[m], position in words.URGENCIES
    skill_ptr: Array  # CSR of required skills: all of them
    skill: Array  # int32 row in People.level
    skill_level: Array  # uint8 least level
    wish_ptr: Array  # CSR of preferred skills
    wish: Array  # int32 row in People.level
    slot_ptr: Array  # CSR of times the service can take, earliest first: half-open minutes
    slot_start: Array
    slot_end: Array
    all_slots: Array  # bool[m]: every slot must be served, else any one
    languages: Array  # uint64[m] any of these bits will do, 0 for no wish
    language_hard: Array  # bool[m]
    gender: Array  # int8[m], 0 for no wish
    gender_hard: Array  # bool[m]
    preferred_ptr: Array  # CSR of volunteers' ids the resident prefers
    preferred: Array
    excluded_ptr: Array  # CSR of volunteers' ids the resident will not have
    excluded: Array
    taken_ptr: Array  # CSR of volunteers' ids already dispatched to this need
    taken: Array
    forbidden_ptr: Array  # CSR of volunteers' ids a coordinator forbade
    forbidden: Array

    @cached_property
    def packed(self) -> Any:
        """The same arrays as a named tuple: the form in which compiled functions take them."""
        return LinesForm(*(getattr(self, name) for name in LinesForm._fields))

    @property
    def count(self) -> int:
        """How many lines."""
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
        windows: SpanColumns,
        duration: ArrayLike,
        need: ArrayLike | None = None,
        seats: ArrayLike = 1,
        urgency: Sequence[str] | str = "normal",
        rule: Sequence[str] | str = "any_of",
        required: tuple[ArrayLike, Sequence[object], ArrayLike] = ((), (), ()),
        preferred_skills: tuple[ArrayLike, Sequence[object]] = ((), ()),
        languages: Sequence[int] | int = 0,
        language_hard: ArrayLike = False,
        gender: Sequence[str] | str = "unknown",
        gender_hard: ArrayLike = False,
        preferred: Iterable[tuple[int, int]] = (),
        excluded: Iterable[tuple[int, int]] = (),
        taken: Iterable[tuple[int, int]] = (),
        forbidden: Iterable[tuple[int, int]] = (),
    ) -> "Lines":
        """From plain columns in any order. Long tables start with the line's id: windows (id, start, end), required
        (id, skill, least level), preferred_skills (id, skill); preferred, excluded, taken and forbidden are pairs
        (line id, volunteer id). `duration` is minutes of service. Raises ValueError for what can't be."""
        columns = Columns(id)
        ids, take = columns.ids, columns.take
        all_of = columns.words("rule", rule, tuple(IntervalRule)) == tuple(IntervalRule).index(IntervalRule.ALL_OF)
        least = np.asarray(required[2], dtype=np.int64).astype(np.uint8)
        return cls(
            id=ids,
            need=ids if need is None else take("need", need, np.int64),
            **columns.places(lon, lat),
            seats=take("seats", seats, np.int32, 0),
            urgency=columns.words("urgency", urgency, URGENCIES),
            **packed("skill", rows_of(ids, required[0]), len(ids), skill=_rows(codes, required[1]), skill_level=least),
            **packed("wish", rows_of(ids, preferred_skills[0]), len(ids), wish=_rows(codes, preferred_skills[1])),
            **_slots(ids, windows, take("duration", duration, np.int64, 1), all_of),
            all_slots=all_of,
            languages=take("languages", languages, np.uint64),
            language_hard=take("language_hard", language_hard, bool),
            gender=columns.words("gender", gender, GENDERS),
            gender_hard=take("gender_hard", gender_hard, bool),
            **packed_ids("preferred", ids, preferred),
            **packed_ids("excluded", ids, excluded),
            **packed_ids("taken", ids, taken),
            **packed_ids("forbidden", ids, forbidden),
        )


def _rows(codes: Codebook, skills: Sequence[object]) -> Array:
    return np.array([codes.skill_row[skill] for skill in skills], dtype=np.int32)


def _slots(ids: Array, windows: SpanColumns, duration: Array, all_of: Array) -> dict[str, Array]:
    """The times a line's service can take: every `STEP_MINUTES` inside a window, or its beginning when all must be.

    A window shorter than the service is taken as it stands: the resident's time counts more than a usual duration.
    """
    rows = rows_of(ids, windows[0])
    starts, ends = (np.asarray(column, dtype=np.int64).reshape(-1) for column in windows[1:])
    if (starts >= ends).any():
        raise ValueError("windows: a span must end after it starts")
    slots: set[tuple[int, int, int]] = set()
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        length = min(int(duration[row]), end - start)
        last = start if all_of[row] else end - length
        slots.update((row, at, at + length) for at in range(start, last + 1, STEP_MINUTES))
    table = np.array(sorted(slots), dtype=np.int32).reshape(-1, 3)
    return packed("slot", table[:, 0], len(ids), slot_start=table[:, 1], slot_end=table[:, 2])


LinesForm: Any = namedtuple("LinesForm", [field.name for field in fields(Lines)])  # type: ignore[misc]
