"""The best plan of a tiny case by trying every set of pairs at every time: the rules in the plainest words."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import product

from dashboard.core.matching.case import Case
from dashboard.core.matching.problem import Tiers
from dashboard.core.matching.proof_rows import Rows, rows_of_case
from dashboard.core.matching.rules import metres_between

#: More pairs than this are too many to try all sets of.
MOST_PAIRS = 13


def best_tiers(case: Case, pins: frozenset[int] = frozenset(), forbids: frozenset[int] = frozenset()) -> Tiers | None:
    """The least tiers of all plans that keep every rule; None when the pins leave no plan. Pins and forbids are
    positions of pairs, as in `rows_of_case`."""
    rows = rows_of_case(case)
    found = [tiers for chosen in _sets(rows, pins, forbids) if (tiers := _value(case, rows, chosen)) is not None]
    return min(found, default=None)


def _sets(rows: Rows, pins: frozenset[int], forbids: frozenset[int]) -> Iterator[list[int]]:
    """Every set of pairs that keeps the seats."""
    seats = rows.case.lines.table.seats.tolist()

    def rest(pair: int, left: list[int], chosen: list[int]) -> Iterator[list[int]]:
        if pair == len(rows.row):
            yield chosen
            return
        line = int(rows.line[pair])
        if pair not in pins:
            yield from rest(pair + 1, left, chosen)
        if pair not in forbids and left[line]:
            fewer = [n - (at == line) for at, n in enumerate(left)]
            yield from rest(pair + 1, fewer, [*chosen, pair])

    yield from rest(0, seats, [])


def _value(case: Case, rows: Rows, chosen: list[int]) -> Tiers | None:
    """The tiers of a set of pairs, None when it breaks a rule."""
    table = case.lines.table
    filled = Counter(int(rows.line[pair]) for pair in chosen)
    needs = defaultdict(list)
    for line in range(case.lines.count):
        if table.seats[line]:
            needs[int(table.need[line])].append(line)
    for roles in needs.values():
        crew = any(table.whole[line] for line in roles) and sum(int(table.seats[line]) for line in roles) > 1
        if crew and any(filled[line] for line in roles) and any(filled[line] < table.least[line] for line in roles):
            return None
    if not _can_be_done(case, rows, chosen):
        return None
    return _tiers(case, rows, chosen, filled)


def _can_be_done(case: Case, rows: Rows, chosen: list[int]) -> bool:
    """Is there a time for every need at which everybody can do what the set gives her?"""
    together: dict[int, set[int]] = {}
    for pair in chosen:
        line = int(rows.line[pair])
        places = {int(slot) - int(case.lines.table.slot_from[line]) for slot in rows.slots_of(pair)}
        need = int(case.lines.table.need[line])
        together[need] = together.get(need, places) & places
    options = [[(need, place) for place in sorted(places)] for need, places in together.items()]
    return any(_fits(case, rows, chosen, dict(times)) for times in product(*options))


def _fits(case: Case, rows: Rows, chosen: list[int], times: dict[int, int]) -> bool:
    table, slots = case.lines.table, case.lines.slots
    visits: dict[int, list[tuple[int, int, int]]] = defaultdict(list)  # person -> (line, start, end)
    for pair in chosen:
        line = int(rows.line[pair])
        first = int(table.slot_from[line]) + times[int(table.need[line])]
        last = int(table.slot_to[line]) if table.all_slots[line] else first + 1
        visits[int(rows.row[pair])] += [(line, int(s.start), int(s.end)) for s in slots[first:last]]
    return all(_possible(case, row, tasks) for row, tasks in visits.items())


def _possible(case: Case, row: int, tasks: list[tuple[int, int, int]]) -> bool:
    table, person = case.lines.table, case.people.table[row]
    for a, (line, start, end) in enumerate(tasks):
        for other, from_, to in tasks[:a]:
            if line == other:
                continue
            metres = int(metres_between(table[line], table[other]))
            travel = -(-metres // case.policy.settings.metres_per_minute)
            if table.need[line] == table.need[other] or (start < to + travel and from_ < end + travel):
                return False
    before = [int(one.start) for one in case.people.spans[person.busy_from : person.busy_to]]
    days = [(start + 480) // 1440 for start in before + [task[1] for task in tasks]]
    weeks = [(day + 3) // 7 for day in days]
    new = range(len(before), len(days))
    return all(days.count(days[k]) <= person.cap_day and weeks.count(weeks[k]) <= person.cap_week for k in new)


def _tiers(case: Case, rows: Rows, chosen: list[int], filled: Counter[int]) -> Tiers:
    table = case.lines.table
    unmet = [0, 0, 0]
    for line in range(case.lines.count):
        unmet[int(table.urgency[line])] += int(table.seats[line]) - filled[line]
    held = [line for line in range(case.lines.count) if table.holder[line]]
    kept = {int(rows.line[pair]) for pair in chosen if table.holder[rows.line[pair]] == case.people.id[rows.row[pair]]}
    load = Counter((int(rows.row[pair]), int(rows.week[pair])) for pair in chosen)
    had = {key: rows.tasks_in_week(*key) for key in load}
    return Tiers(
        tuple(unmet),
        len(held) - len(kept),
        max((had[key] + count for key, count in load.items()), default=0),
        sum((had[key] + count) ** 2 - had[key] ** 2 for key, count in load.items()),
        sum(case.policy.top_score - int(rows.score[pair]) for pair in chosen),
    )


def value_of(case: Case, tiers: Tiers) -> int:
    """What is minimised, written out: seats by urgency, promises, spread, points."""
    scale = case.scale
    seats = tiers.unmet[0] * scale.step**2 + tiers.unmet[1] * scale.step + tiers.unmet[2]
    return seats * scale.rung + tiers.displaced * scale.displaced + tiers.spread * scale.load + tiers.lost
