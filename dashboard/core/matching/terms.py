"""What makes one volunteer better than another, one function a term.

A function returns (what was measured, points): the measure in the term's unit for people to read, -1 when unknown, and
0 to 100 points, more is better. Something nobody asked for gives nobody points. The score is the sum of points times
weight: integers all the way, so that the table of terms adds up to the score exactly.
"""

from dataclasses import dataclass
from typing import Any

from dashboard.core.matching.arrays import Array, Row
from dashboard.core.matching.compiled import compiled
from dashboard.core.matching.rules import Settings, day_of, level_of, listed, metres_between, tasks_between
from dashboard.core.matching.words import NEVER, TOP_LEVEL

TOP_POINTS = 100
Measured = tuple[int, int]


@dataclass(frozen=True)
class Term:
    """A term of the score: its name, unit, function and usual weight."""

    name: str
    unit: str
    measure: Any
    weight: int

    @property
    def label(self) -> str:
        """Key of its name for people."""
        return f"match_rules.{self.name}_term"

    @property
    def known(self) -> str:
        """Key of the sentence with the measure."""
        return f"match_rules.{self.name}_measure"

    @property
    def unknown(self) -> str:
        """Key of the sentence for a measure of -1."""
        return f"match_rules.{self.name}_unknown"


@compiled
def falling(value: int, zero_at: int) -> int:
    """100 points at 0, none from `zero_at` on, a straight line between."""
    return TOP_POINTS * (zero_at - value) // zero_at if value < zero_at else 0


@compiled
def distance(person: Row, line: Row, setting: Settings) -> Measured:
    """Metres from home; full points next door, none from `far_m` on."""
    metres = metres_between(person, line)
    return metres, falling(metres, setting.far_m) if metres >= 0 else 0


@compiled
def skill(person: Row, line: Row, skills: Any, asked: Any) -> Measured:
    """Her levels in the required skills, added up; full points when all are at the top."""
    total = 0
    for at in range(line.skill_from, line.skill_to):
        total += level_of(person, skills, asked[at].skill)
    top = TOP_LEVEL * (line.skill_to - line.skill_from)
    return total, TOP_POINTS * total // top if top > 0 else 0


@compiled
def preferred_skill(person: Row, line: Row, skills: Any, asked: Any) -> Measured:
    """How many of the preferred skills she has."""
    had = 0
    for at in range(line.wish_from, line.wish_to):
        had += min(1, level_of(person, skills, asked[at].skill))
    wished = line.wish_to - line.wish_from
    return had, TOP_POINTS * had // wished if wished > 0 else 0


@compiled
def continuity(person: Row, line: Row, names: Array) -> Measured:
    """1 when the resident prefers her: the one who came before, the keeper of the household."""
    known = listed(names, line.preferred_from, line.preferred_to, person.id)
    return known, TOP_POINTS * known


@compiled
def language(person: Row, line: Row) -> Measured:
    """1 when she speaks a language the resident wishes."""
    spoken = 1 if person.languages & line.languages != 0 else 0
    return spoken, TOP_POINTS * spoken


@compiled
def gender(person: Row, line: Row) -> Measured:
    """1 when her gender is the one wished."""
    wished = 1 if line.gender != 0 and person.gender == line.gender else 0
    return wished, TOP_POINTS * wished


@compiled
def week_load(person: Row, spans: Any, slots: Any, setting: Settings, first: int) -> Measured:
    """Her tasks in the week of the service, Monday to Sunday; no points from `full_week` on."""
    monday = (day_of(int(slots[first].start)) + 3) // 7 * 7 - 3
    tasks = tasks_between(person, spans, monday, monday + 7)
    return tasks, falling(tasks, setting.full_week)


@compiled
def load_90(person: Row, setting: Settings) -> Measured:
    """Her tasks in the last 90 days; no points from `full_90` on."""
    return int(person.load_90), falling(int(person.load_90), setting.full_90)


@compiled
def last_served(person: Row, slots: Any, setting: Settings, first: int) -> Measured:
    """Days from her last service to this one; full points from `rested_days` on, and for who never served (-1)."""
    if person.last_day == NEVER:
        return -1, TOP_POINTS
    days = max(0, day_of(int(slots[first].start)) - int(person.last_day))
    return days, TOP_POINTS * min(days, setting.rested_days) // setting.rested_days


@compiled
def reliability(person: Row, setting: Settings) -> Measured:
    """Per cent of accepted tasks she kept in 90 days; with fewer than `least_asked` nothing is known (-1), and the
    points are the same for everyone."""
    if person.asked < setting.least_asked:
        return -1, setting.unknown_points
    kept = TOP_POINTS * int(person.kept) // int(person.asked)
    return kept, kept
