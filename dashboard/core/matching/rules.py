"""The rules nobody may break, one function each.

A function says by how much a volunteer misses a line, in the rule's unit: 0 is "she may". The same functions screen
50,000 people, count what removed them and explain one. `person` and `line` are records of `People.table` and
`Lines.table`; lists come as their pools. Rules about time look at the slots first .. last - 1 of the line, all of
which she would serve. The functions are compiled: numbers in, one int out, no clock, no objects.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

from dashboard.core.geo import EARTH_M
from dashboard.core.matching.arrays import Array, Row
from dashboard.core.matching.compiled import compiled
from dashboard.core.spans import DAY_MINUTES, LOCAL_MINUTES

_DIAMETER = 2 * EARTH_M


@dataclass(frozen=True)
class Rule:
    """A hard rule: its name, unit and function. `timed` rules depend on when the service takes place."""

    name: str
    unit: str
    short: Any
    timed: bool = False

    @property
    def yes(self) -> str:
        """Key of the sentence for who passes."""
        return f"match_rules.{self.name}_yes"

    @property
    def no(self) -> str:
        """Key of the sentence for who doesn't."""
        return f"match_rules.{self.name}_no"

    @property
    def change(self) -> str:
        """Key of the sentence that says what would have to change."""
        return f"match_rules.{self.name}_change"


class Settings(NamedTuple):
    """Numbers of the policy, all integers; see `Policy` for their meaning."""

    metres_per_minute: int = 300
    unplaced_minutes: int = 30
    far_m: int = 10_000
    full_week: int = 4
    full_90: int = 20
    rested_days: int = 90
    least_asked: int = 5
    unknown_points: int = 80


@compiled
def metres_between(here: Row, there: Row) -> int:
    """Whole great-circle metres between two records with x, y, z on the sphere; -1 when one place is unknown.

    arc = chord * (1 + h / 6 + 3 h^2 / 40) with h = (chord / 2R)^2, the series of 2R asin(chord / 2R): under a
    millimetre off at 500 km, and the same in numba, numpy and pandas to the last bit.
    """
    x, y, z = here.x - there.x, here.y - there.y, here.z - there.z
    chord = sqrt(x * x + y * y + z * z)
    h = (chord / _DIAMETER) * (chord / _DIAMETER)
    metres = chord * (1.0 + h * (1.0 / 6.0 + h * 0.075))
    return int(metres + 0.5) if metres >= 0.0 else -1


@compiled
def day_of(minute: int) -> int:
    """The county's day that holds a minute, like `spans.day_of`."""
    return (minute + LOCAL_MINUTES) // DAY_MINUTES


@compiled
def listed(names: Array, begin: int, end: int, wanted: int) -> int:
    """1 when `wanted` is among names[begin:end], else 0."""
    for at in range(begin, end):
        if names[at] == wanted:
            return 1
    return 0


@compiled
def need_not_ready(line: Row) -> int:
    """1 when the need has no place or no time yet: then nobody can be sent."""
    return 0 if line.lon == line.lon and line.slot_from < line.slot_to else 1


@compiled
def not_active(person: Row) -> int:
    """1 when her membership is paused or over."""
    return 0 if person.active else 1


@compiled
def out_of_scope(person: Row) -> int:
    """1 when she belongs to another part of the site tree and no team of hers is shared."""
    return 0 if person.in_scope or person.shared else 1


@compiled
def not_placed(person: Row) -> int:
    """1 when nobody knows where she lives."""
    return 0 if person.lon == person.lon else 1


@compiled
def level_of(person: Row, skills: Any, skill: int) -> int:
    """Her level in a skill, 0 without it."""
    for at in range(person.skill_from, person.skill_to):
        if skills[at].skill == skill:
            return int(skills[at].level)
    return 0


@compiled
def skill_missing(person: Row, line: Row, skills: Any, asked: Any) -> int:
    """Levels she lacks in the required skills, added up."""
    short = 0
    for at in range(line.skill_from, line.skill_to):
        short += max(0, int(asked[at].level) - level_of(person, skills, asked[at].skill))
    return short


@compiled
def too_far(person: Row, line: Row) -> int:
    """Metres beyond her own limit; the limit itself is near enough."""
    return max(0, metres_between(person, line) - int(person.max_distance_m))


@compiled
def free_time_unknown(person: Row) -> int:
    """1 when nobody knows when she is free: unknown is not free."""
    return 0 if person.known else 1


@compiled
def language_missing(person: Row, line: Row) -> int:
    """1 when a language is a must and she speaks none of those wished."""
    return 1 if line.language_hard and line.languages != 0 and person.languages & line.languages == 0 else 0


@compiled
def gender_differs(person: Row, line: Row) -> int:
    """1 when the gender is a must and hers is another or unknown."""
    return 1 if line.gender_hard and line.gender != 0 and person.gender != line.gender else 0


@compiled
def excluded(person: Row, line: Row, names: Array) -> int:
    """1 when the resident will not have her."""
    return listed(names, line.excluded_from, line.excluded_to, person.id)


@compiled
def forbidden(person: Row, line: Row, names: Array) -> int:
    """1 when a coordinator forbade the pair."""
    return listed(names, line.forbidden_from, line.forbidden_to, person.id)


@compiled
def already_on_it(person: Row, line: Row, names: Array) -> int:
    """1 when she is dispatched to this need already."""
    return listed(names, line.taken_from, line.taken_to, person.id)


@compiled
def certificate_missing(person: Row, line: Row, skills: Any, asked: Any, slots: Any, last: int) -> int:
    """Required licences without a certificate valid up to the last day of service. Nobody can override this."""
    day = day_of(int(slots[last - 1].end) - 1)
    short = 0
    for at in range(line.skill_from, line.skill_to):
        for own in range(person.skill_from, person.skill_to):
            if skills[own].skill == asked[at].skill and skills[own].valid_until < day:
                short += 1
    return short


@compiled
def covered(spans: Any, begin: int, stop: int, start: int, end: int) -> int:
    """Minutes of [start, end) that lie in the disjoint, sorted spans[begin:stop]."""
    low, high = begin, stop
    while low < high:
        middle = (low + high) // 2
        if spans[middle].end <= start:
            low = middle + 1
        else:
            high = middle
    minutes = 0
    while low < stop and spans[low].start < end:
        minutes += min(int(spans[low].end), end) - max(int(spans[low].start), start)
        low += 1
    return minutes


@compiled
def not_free(person: Row, spans: Any, slots: Any, first: int, last: int) -> int:
    """Minutes of the service outside her free time; 0 when that is unknown, which is a reason of its own."""
    if not person.known:
        return 0
    short = 0
    for at in range(first, last):
        start, end = int(slots[at].start), int(slots[at].end)
        short += end - start - covered(spans, person.free_from, person.free_to, start, end)
    return short


@compiled
def kept_free(person: Row, spans: Any, slots: Any, first: int, last: int) -> int:
    """Minutes of the service inside time a coordinator keeps free for her."""
    short = 0
    for at in range(first, last):
        short += covered(spans, person.keep_from, person.keep_to, int(slots[at].start), int(slots[at].end))
    return short


@compiled
def margin(task: Row, line: Row, setting: Settings) -> int:
    """Minutes of travel between a dispatched task and the need, rounded up."""
    metres = metres_between(task, line)
    if metres < 0:
        return setting.unplaced_minutes
    return (metres + setting.metres_per_minute - 1) // setting.metres_per_minute


@compiled
def clash(person: Row, line: Row, spans: Any, slots: Any, setting: Settings, first: int, last: int) -> int:
    """Least minutes by which the service must move to clear a dispatched task and the way between; back to back at
    one place is fine."""
    worst = 0
    for at in range(person.busy_from, person.busy_to):
        travel = margin(spans[at], line, setting)
        for slot in range(first, last):
            later = int(spans[at].end) + travel - int(slots[slot].start)
            earlier = int(slots[slot].end) + travel - int(spans[at].start)
            worst = max(worst, min(later, earlier))
    return worst


@compiled
def tasks_between(person: Row, spans: Any, first_day: int, end_day: int) -> int:
    """Her dispatched tasks that start on the days [first_day, end_day)."""
    tasks = 0
    for at in range(person.busy_from, person.busy_to):
        if first_day <= day_of(int(spans[at].start)) < end_day:
            tasks += 1
    return tasks


@compiled
def over_cap(person: Row, spans: Any, slots: Any, first: int, last: int, cap: int, days: int) -> int:
    """Tasks over `cap` in the fullest day (`days` 1) or week Monday to Sunday (7) the slots touch, with them added."""
    worst = 0
    for slot in range(first, last):
        day = day_of(int(slots[slot].start))
        begin = day if days == 1 else (day + 3) // 7 * 7 - 3
        added = 0
        for other in range(first, last):
            if begin <= day_of(int(slots[other].start)) < begin + days:
                added += 1
        worst = max(worst, tasks_between(person, spans, begin, begin + days) + added - cap)
    return worst


@compiled
def over_day(person: Row, spans: Any, slots: Any, first: int, last: int) -> int:
    """Tasks over what she takes on in a day."""
    return over_cap(person, spans, slots, first, last, int(person.cap_day), 1)


@compiled
def over_week(person: Row, spans: Any, slots: Any, first: int, last: int) -> int:
    """Tasks over what she takes on in a week."""
    return over_cap(person, spans, slots, first, last, int(person.cap_week), 7)
