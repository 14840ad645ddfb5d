"""The inner loops: the rules and terms of `policy` tried on many pairs at once. Numbers only; see `candidates`."""

from typing import Any, NamedTuple

import numpy as np

from dashboard.core.matching import rules, terms
from dashboard.core.matching.arrays import Array, Row
from dashboard.core.matching.compiled import compiled, compiled_maker
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import HARD, PAIR_RULES, TERMS, Policy
from dashboard.core.matching.rules import Settings

FIRST_TIMED = PAIR_RULES
RULES = len(HARD)
TERM_COUNT = len(TERMS)


class Pools(NamedTuple):
    """The lists behind the records, and the policy's numbers."""

    skills: Any  # People.skills
    spans: Any  # People.spans
    asked: Any  # Lines.skills
    slots: Any  # Lines.slots
    names: Array  # Lines.names
    setting: Settings
    weights: Array  # int64[terms]


def pools(people: People, lines: Lines, policy: Policy) -> Pools:
    """What the loops need besides the two tables."""
    return Pools(
        people.skills, people.spans, lines.skills, lines.slots, lines.names, policy.settings, policy.weight_array
    )


@compiled
def pair_short(rule: int, person: Row, line: Row, skills: Any, asked: Any, names: Array) -> int:
    """What rule number `rule` of policy.HARD says, one that doesn't depend on the time."""
    if rule == 0:
        return rules.need_not_ready(line)
    if rule == 1:
        return rules.not_active(person)
    if rule == 2:
        return rules.out_of_scope(person)
    if rule == 3:
        return rules.not_placed(person)
    if rule == 4:
        return rules.skill_missing(person, line, skills, asked)
    if rule == 5:
        return rules.too_far(person, line)
    if rule == 6:
        return rules.free_time_unknown(person)
    if rule == 7:
        return rules.language_missing(person, line)
    if rule == 8:
        return rules.gender_differs(person, line)
    if rule == 9:
        return rules.excluded(person, line, names)
    if rule == 10:
        return rules.forbidden(person, line, names)
    return rules.already_on_it(person, line, names)


@compiled
def time_short(rule: int, person: Row, line: Row, lists: Pools, first: int, last: int) -> int:
    """What rule number `rule` of policy.HARD says, one that depends on the time."""
    if rule == FIRST_TIMED:
        return rules.certificate_missing(person, line, lists.skills, lists.asked, lists.slots, last)
    if rule == FIRST_TIMED + 1:
        return rules.not_free(person, lists.spans, lists.slots, first, last)
    if rule == FIRST_TIMED + 2:
        return rules.kept_free(person, lists.spans, lists.slots, first, last)
    if rule == FIRST_TIMED + 3:
        return rules.clash(person, line, lists.spans, lists.slots, lists.setting, first, last)
    if rule == FIRST_TIMED + 4:
        return rules.over_day(person, lists.spans, lists.slots, first, last)
    return rules.over_week(person, lists.spans, lists.slots, first, last)


@compiled
def term_of(term: int, person: Row, line: Row, lists: Pools, first: int) -> tuple[int, int]:
    """What term number `term` of policy.TERMS measures: (measure, points)."""
    if term == 0:
        return terms.distance(person, line, lists.setting)
    if term == 1:
        return terms.skill(person, line, lists.skills, lists.asked)
    if term == 2:
        return terms.preferred_skill(person, line, lists.skills, lists.asked)
    if term == 3:
        return terms.continuity(person, line, lists.names)
    if term == 4:
        return terms.language(person, line)
    if term == 5:
        return terms.gender(person, line)
    if term == 6:
        return terms.week_load(person, lists.spans, lists.slots, lists.setting, first)
    if term == 7:
        return terms.load_90(person, lists.setting)
    if term == 8:
        return terms.last_served(person, lists.slots, lists.setting, first)
    return terms.reliability(person, lists.setting)


@compiled
def first_short(person: Row, line: Row, lists: Pools, first: int, last: int) -> int:
    """Number of the first timed rule that fails for these slots; RULES when none does."""
    for rule in range(FIRST_TIMED, RULES):
        if time_short(rule, person, line, lists, first, last) > 0:
            return rule
    return RULES


@compiled
def best_slot(person: Row, line: Row, lists: Pools) -> tuple[int, int]:
    """(number of the first timed rule that fails, slot) at the earliest slot at which she may serve, else at the
    earliest of those that pass the most rules in a row. Where all slots must be served, the first stands for all."""
    if line.all_slots:
        return first_short(person, line, lists, line.slot_from, line.slot_to), line.slot_from
    reached, best = -1, line.slot_from
    for slot in range(line.slot_from, line.slot_to):
        rule = first_short(person, line, lists, slot, slot + 1)
        if rule > reached:
            reached, best = rule, slot
            if rule == RULES:
                break
    return reached, best


@compiled
def judge(person: Row, line: Row, lists: Pools) -> tuple[int, int]:
    """(number of the first rule that fails or RULES, slot): may she take the line, and when?"""
    for rule in range(FIRST_TIMED):
        if pair_short(rule, person, line, lists.skills, lists.asked, lists.names) > 0:
            return rule, line.slot_from
    return best_slot(person, line, lists)


@compiled
def score_of(person: Row, line: Row, lists: Pools, slot: int) -> int:
    """Sum of points times weight."""
    score = 0
    for term in range(TERM_COUNT):
        score += lists.weights[term] * term_of(term, person, line, lists, slot)[1]
    return score


@compiled
def better(score: int, metres: int, row: int, other_score: int, other_metres: int, other_row: int) -> bool:
    """The tie rule: the higher score, then the nearer home, then the smaller id."""
    if score != other_score:
        return score > other_score
    if metres != other_metres:
        return metres < other_metres
    return row < other_row


@compiled
def shelf_part(line: Row, asked: Any, ptr: Array, lat: Array, reach: float) -> tuple[int, int]:
    """[begin, end) of the part of the shelves (`People.shelves`) in which everybody lies who may take the line: the
    shortest shelf of a required skill, between two latitudes."""
    shelf = len(ptr) - 2
    for at in range(line.skill_from, line.skill_to):
        other = asked[at].skill
        if ptr[other + 1] - ptr[other] < ptr[shelf + 1] - ptr[shelf]:
            shelf = other
    part = lat[ptr[shelf] : ptr[shelf + 1]]
    begin = np.searchsorted(part, line.lat - reach)
    end = np.searchsorted(part, line.lat + reach)
    return ptr[shelf] + begin, ptr[shelf] + end


@compiled
def top(people: Any, line: Row, lists: Pools, who: Array, table: Array) -> tuple[int, int]:
    """Fills `table` int64[limit, 4] with (row, slot, score, metres) of the best among rows `who`, best first.
    Returns (how many were filled, how many are eligible)."""
    limit = table.shape[0]
    filled, eligible = 0, 0
    for at in range(len(who)):
        row = who[at]
        person = people[row]
        if rules.too_far(person, line) > 0:  # cheap, and removes most of a shelf
            continue
        rule, slot = judge(person, line, lists)
        if rule < RULES:
            continue
        eligible += 1
        score = score_of(person, line, lists, slot)
        metres = rules.metres_between(person, line)
        place = filled
        if filled == limit:
            if limit == 0 or not better(score, metres, row, table[-1, 2], table[-1, 3], table[-1, 0]):
                continue
            place = limit - 1
        else:
            filled += 1
        while place > 0 and better(score, metres, row, table[place - 1, 2], table[place - 1, 3], table[place - 1, 0]):
            for column in range(4):
                table[place, column] = table[place - 1, column]
            place -= 1
        table[place, 0], table[place, 1], table[place, 2], table[place, 3] = row, slot, score, metres
    return filled, eligible


@compiled
def measure(people: Any, line: Row, lists: Pools, rows: Array, slots: Array, measures: Array, points: Array) -> None:
    """Fills `measures` and `points`, int64[k, TERM_COUNT], for k pairs of a line."""
    for at in range(len(rows)):
        for term in range(TERM_COUNT):
            found = term_of(term, people[rows[at]], line, lists, slots[at])
            measures[at, term], points[at, term] = found[0], found[1]


@compiled
def removed(people: Any, line: Row, lists: Pools, counts: Array) -> None:
    """Adds everybody to the count of the rule that removed her first; counts int64[RULES + 1], the last: eligible."""
    for row in range(len(people)):
        counts[judge(people[row], line, lists)[0]] += 1


@compiled
def may_ever(person: Row, line: Row, lists: Pools) -> bool:
    """Does somebody from the shelves pass the rules that don't depend on the time? The same rules as `judge`, those
    aside that hold for everybody on the shelves; where nobody asks which one fails, their order is free."""
    if rules.skill_missing(person, line, lists.skills, lists.asked) > 0 or rules.too_far(person, line) > 0:
        return False
    if rules.language_missing(person, line) > 0 or rules.gender_differs(person, line) > 0:
        return False
    if rules.excluded(person, line, lists.names) > 0 or rules.forbidden(person, line, lists.names) > 0:
        return False
    return rules.already_on_it(person, line, lists.names) == 0


@compiled
def may_at(person: Row, line: Row, lists: Pools, first: int, last: int) -> bool:
    """Does she pass the rules that depend on the time, for these slots? The one that fails most often comes first."""
    if rules.not_free(person, lists.spans, lists.slots, first, last) > 0:
        return False
    if rules.certificate_missing(person, line, lists.skills, lists.asked, lists.slots, last) > 0:
        return False
    if rules.kept_free(person, lists.spans, lists.slots, first, last) > 0:
        return False
    if rules.clash(person, line, lists.spans, lists.slots, lists.setting, first, last) > 0:
        return False
    if rules.over_day(person, lists.spans, lists.slots, first, last) > 0:
        return False
    return rules.over_week(person, lists.spans, lists.slots, first, last) == 0


@compiled
def first_slot(person: Row, line: Row, lists: Pools) -> int:
    """The earliest slot at which she may serve, the first of all that must be; -1 for none."""
    if line.all_slots:
        return line.slot_from if may_at(person, line, lists, line.slot_from, line.slot_to) else -1
    for slot in range(line.slot_from, line.slot_to):
        if may_at(person, line, lists, slot, slot + 1):
            return slot
    return -1


@compiled
def week_of_slot(slots: Any, slot: int) -> int:
    """The week, Monday to Sunday, in which a slot begins."""
    return (rules.day_of(int(slots[slot].start)) + 3) // 7


@compiled_maker
def eligible_pairs(people: Any, lines: Any, lists: Pools, watch: Array, shelves: Any, begin: int, end: int) -> Any:
    """(count int64[lines], pairs int64[2, total], options int32[total], slots int32[options]) for lines begin:end: row
    and score of everybody who may take each line, line after line, and at which slots of the first week in which she
    may, found on the shelves. Where all slots must be served the first stands for all."""
    ptr, row, lat, reach, x, y, z, chord = shelves
    counts = np.zeros(end - begin, dtype=np.int64)
    found = np.empty((2, 1024), dtype=np.int64)
    options, open_ = np.empty(1024, dtype=np.int32), np.empty(1024, dtype=np.int32)
    total, opened = 0, 0
    for j in range(begin, end):
        watch[1] += 1
        if watch[0] != 0:
            break
        line = lines[j]
        if rules.need_not_ready(line) > 0 or line.seats == 0:
            continue
        first, last = shelf_part(line, lists.asked, ptr, lat, reach)
        before = total
        for at in range(first, last):
            dx, dy, dz = x[at] - line.x, y[at] - line.y, z[at] - line.z
            if dx * dx + dy * dy + dz * dz > chord[at]:
                continue
            person = people[row[at]]
            slot = first_slot(person, line, lists) if may_ever(person, line, lists) else -1
            if slot < 0:
                continue
            if total == len(options):
                found, options = wider_table(found), wider(options)
            found[0, total], found[1, total] = row[at], score_of(person, line, lists, slot)
            since = opened
            if opened == len(open_):
                open_ = wider(open_)
            open_[opened] = slot
            opened += 1
            if not line.all_slots:
                week = week_of_slot(lists.slots, slot)
                for other in range(slot + 1, line.slot_to):
                    if week_of_slot(lists.slots, other) != week:
                        break
                    if may_at(person, line, lists, other, other + 1):
                        if opened == len(open_):
                            open_ = wider(open_)
                        open_[opened] = other
                        opened += 1
            options[total] = opened - since
            total += 1
        counts[j - begin] = total - before
    return counts, found[:, :total].copy(), options[:total].copy(), open_[:opened].copy()


@compiled_maker
def wider(values: Array) -> Array:
    """The same values in an array twice as long."""
    more = np.empty(2 * len(values), dtype=values.dtype)
    more[: len(values)] = values
    return more


@compiled_maker
def wider_table(values: Array) -> Array:
    """The same columns in a table twice as wide."""
    more = np.empty((values.shape[0], 2 * values.shape[1]), dtype=values.dtype)
    more[:, : values.shape[1]] = values
    return more
