"""Open needs as record arrays, one record a line: a role of a need with its open seats. See docs/matching.md."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dashboard.core.matching.arrays import (
    PLACE,
    Array,
    Columns,
    SpanColumns,
    id_entries,
    lists,
    pool,
    records,
    rows_of,
)
from dashboard.core.matching.words import GENDERS, TOP_LEVEL, URGENCIES, Codebook
from dashboard.core.words import IntervalRule

#: Where a window is longer than the service, a start is tried every so many minutes.
STEP_MINUTES = 30

LINE = np.dtype(
    [
        ("id", "i8"),  # the role
        ("need", "i8"),  # the need it belongs to
        *PLACE,
        ("seats", "i4"),  # open seats
        ("least", "i4"),  # fewest of them that make a crew complete
        ("holder", "i8"),  # volunteer's id whose promise this line is and who may lose it, 0 for an ordinary line
        ("urgency", "i4"),  # position in words.URGENCIES
        ("gender", "i4"),  # position in words.GENDERS, 0 for no wish
        ("languages", "u8"),  # any of these bits will do, 0 for no wish
        ("gender_hard", "?"),
        ("language_hard", "?"),
        ("all_slots", "?"),  # every slot must be served, else any one
        ("whole", "?"),  # a crew: every role of the need gets its least, or nobody comes
        *lists("skill", "wish"),  # required and preferred skills, in `skills`
        *lists("slot"),  # times the service can take, earliest first, in `slots`
        *lists("preferred", "excluded", "taken", "forbidden"),  # volunteers' ids, in `names`
    ],
    align=True,
)
ASKED = np.dtype([("skill", "i4"), ("level", "i4")], align=True)
SLOT = np.dtype([("start", "i4"), ("end", "i4")], align=True)


@dataclass(frozen=True, eq=False)
class Lines:
    """Roles of needs with open seats, sorted by id. Build with `Lines.build`; never change an array in place."""

    table: Any  # LINE[m], fields as attributes
    skills: Any  # ASKED pool
    slots: Any  # SLOT pool
    names: Array  # int64 pool of volunteers' ids: preferred, not wanted, already sent, forbidden by a coordinator

    @property
    def count(self) -> int:
        """How many lines."""
        return len(self.table)

    @property
    def id(self) -> Array:
        """Their ids, ascending."""
        ids: Array = self.table["id"]
        return ids

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
        least: ArrayLike | None = None,
        whole: ArrayLike = False,
        holder: ArrayLike = 0,
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
        (line id, volunteer id). `duration` is minutes of service. `whole` marks the roles of a crew: each gets its
        `least` people (all seats, unless said) or the need gets nobody. A line with a `holder` is a promise already
        given to that volunteer, one seat, which the plan may take from her at the price of a tier. Raises ValueError
        for what can't be."""
        columns = Columns(id)
        ids, take = columns.ids, columns.take
        all_of = columns.words("rule", rule, tuple(IntervalRule)) == tuple(IntervalRule).index(IntervalRule.ALL_OF)
        skill_parts = {
            "skill": _asked(codes, ids, required),
            "wish": _asked(codes, ids, (*preferred_skills, np.ones(len(preferred_skills[1])))),
        }
        skills, skill_lists = pool(len(ids), skill_parts)
        slots, slot_lists = pool(len(ids), {"slot": _slots(ids, windows, take("duration", duration, int, 1), all_of)})
        people = {"preferred": preferred, "excluded": excluded, "taken": taken, "forbidden": forbidden}
        names, name_lists = pool(len(ids), {kind: id_entries(ids, pairs) for kind, pairs in people.items()})
        facts = {
            "id": ids,
            "need": ids if need is None else take("need", need, np.int64),
            "seats": take("seats", seats, np.int32, 0),
            "least": take("least", seats if least is None else least, np.int32, 0),
            "whole": take("whole", whole, bool),
            "holder": take("holder", holder, np.int64, 0),
            "urgency": columns.words("urgency", urgency, URGENCIES),
            "gender": columns.words("gender", gender, GENDERS),
            "languages": take("languages", languages, np.uint64),
            "gender_hard": take("gender_hard", gender_hard, bool),
            "language_hard": take("language_hard", language_hard, bool),
            "all_slots": all_of,
        }
        pointers = skill_lists | slot_lists | name_lists
        if (facts["least"] > facts["seats"]).any():
            raise ValueError("least: more than seats")
        table = records(LINE, len(ids), facts | columns.place(lon, lat) | pointers)
        return cls(table, skills, slots, np.asarray(names))


def _asked(codes: Codebook, ids: Array, table: tuple[ArrayLike, Sequence[object], ArrayLike]) -> tuple[Array, Any]:
    """(line's row, entries) sorted by line, then skill."""
    owner, level = rows_of(ids, table[0]), np.asarray(table[2], dtype=np.int64)
    if ((level < 1) | (level > TOP_LEVEL)).any():
        raise ValueError(f"required: a level outside 1 .. {TOP_LEVEL}")
    skill = np.array([codes.skill_row[s] for s in table[1]], dtype=np.int64)
    order = np.lexsort((level, skill, owner))
    return owner[order], records(ASKED, len(owner), {"skill": skill, "level": level})[order]


def _slots(ids: Array, windows: SpanColumns, duration: Array, all_of: Array) -> tuple[Array, Any]:
    """(line's row, slots): every `STEP_MINUTES` inside a window, or its beginning when all windows must be served.

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
    table = np.array(sorted(slots), dtype=np.int64).reshape(-1, 3)
    return table[:, 0], records(SLOT, len(table), {"start": table[:, 1], "end": table[:, 2]})
