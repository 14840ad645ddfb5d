"""Mends what a flow can't know: one time for those who serve together, crews all or nobody, the way between tasks.

Each time a pair is forbidden and the plan is best again within a fraction of a millisecond. The flow from before stays
as it is: its value bounds every plan.
"""

from copy import copy

import numpy as np

from dashboard.core.matching import times
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.case import Case, Group, able_at, pairs_of
from dashboard.core.matching.live import FREE, PINNED, Live
from dashboard.core.matching.pins import common_times, fits
from dashboard.core.matching.plan import RefusedPin, empty_seats
from dashboard.core.matching.watch import Watch

#: How many other times a need with empty seats is tried at.
OTHER_TIMES = 3


class Mending:
    """A flow, and the flow that became of it. They are one object as long as nothing had to be mended."""

    def __init__(self, case: Case, bound: Live) -> None:
        self.case, self.bound, self.live = case, bound, bound
        #: Pairs we forbade.
        self.cut: set[int] = set()
        #: Groups given up, with the pairs forbidden for it.
        self.dropped: dict[int, Array] = {}
        #: Pins that went with them.
        self.refused: list[RefusedPin] = []
        #: The one time a line may take, by its place among the line's; -1 for any.
        self.only = np.full(case.lines.count, -1, dtype=np.int64)
        self._off_time: dict[int, set[int]] = {}

    def copy(self) -> "Mending":
        """One that can be changed without this one."""
        twin = copy(self)
        twin.bound = self.bound.copy()
        twin.live = twin.bound if self.live is self.bound else self.live.copy()
        twin.cut, twin.dropped, twin.refused = set(self.cut), dict(self.dropped), list(self.refused)
        twin.only = self.only.copy()
        twin._off_time = {at: set(pairs) for at, pairs in self._off_time.items()}
        return twin

    def all(self, watch: Watch, *, by_people: bool = False) -> None:
        """From a fresh flow to a plan that keeps every rule; `by_people` as in `choose_times`."""
        self.choose_times(by_people=by_people)
        self.mend(watch)
        self.try_again(watch)
        self.try_other_times(watch)

    def choose_times(self, *, by_people: bool) -> None:
        """One time for each need that several people serve: at which the most seats can be filled, then the most of
        those can come whom the flow chose (not asked `by_people`), then the most people, then the earliest."""
        case, taken = self.case, self.live.pairs
        member = case.group_of[case.board.line[taken]]
        for at, group in enumerate(case.groups):
            if not group.timed or group.hopeless:
                continue
            roles, able, filled = able_and_filled(case, group)
            if group.crew:
                enough = [a >= case.lines.table.least[j] for a, j in zip(roles, group.lines, strict=True)]
                filled = np.where(np.logical_and.reduce(enough), filled, -1)
            chosen = np.zeros(len(able), dtype=np.int64)
            for pair in [] if by_people else taken[member == at].tolist():
                options = case.board.options[case.board.option_ptr[pair] : case.board.option_ptr[pair + 1]]
                chosen[options - case.lines.table.slot_from[case.board.line[pair]]] += 1
            ranked = np.lexsort((np.arange(len(chosen)), -able, -chosen, -filled))
            self._set_time(at, int(ranked[np.isin(ranked, self._usable(at))][0]))

    def _usable(self, at: int) -> Array:
        """The places among a group's times at which those can be who are pinned to it."""
        return common_times(self.case, self._pinned_in(at), self.case.groups[at])

    def _set_time(self, at: int, place: int) -> None:
        """Everybody of a group comes at one place among its times: who can't then is forbidden in the plan."""
        lines = self.case.groups[at].lines
        for pair in self._off_time.pop(at, ()):
            self.cut.discard(pair)
            self.live.allow(pair)
        self.only[lines] = place
        before = set(self.cut)
        for line in lines.tolist():
            for pair in self._not_then(line, place).tolist():
                self._close(pair)
        self._off_time[at] = self.cut - before

    def _not_then(self, line: int, place: int) -> Array:
        """Positions of the pairs of a line whose person can't be there at a place among its times."""
        ptr, since = self.case.pairs.ptr, self.case.pairs.option_ptr
        first, end = int(ptr[line]), int(ptr[line + 1])
        if first == end:
            return np.zeros(0, dtype=np.int64)
        slot = self.case.lines.table["slot_from"][line] + place
        then = self.case.pairs.options[since[first] : since[end]] == slot
        return first + np.flatnonzero(~np.logical_or.reduceat(then, since[first:end] - since[first]))

    def move_to(self, pair: int) -> bool:
        """Makes a pair possible that was forbidden here: another time for its group, or against another task of hers.
        False when its crew was given up."""
        case = self.case
        at = int(case.group_of[case.board.line[pair]])
        if at in self.dropped or at >= 0 and case.groups[at].hopeless:
            return False
        if at >= 0 and pair in self._off_time.get(at, ()):
            places = common_times(case, [pair, *self._pinned_in(at)], case.groups[at])
            if not len(places):
                return False
            _, able, filled = able_and_filled(case, case.groups[at])
            self._set_time(at, int(places[np.lexsort((places, -able[places], -filled[places]))[0]]))
        elif pair in self.cut:
            self.cut.discard(pair)
            self.live.allow(pair)
        return True

    def _pinned_in(self, at: int) -> list[int]:
        """Positions of the pins on a group."""
        pins = self.bound.pins
        found: list[int] = pins[self.case.group_of[self.case.board.line[pins]] == at].tolist()
        return found

    def try_other_times(self, watch: Watch) -> None:
        """Needs with empty seats are tried at their next best times: the first that makes the plan better is kept."""
        case = self.case
        for at, group in enumerate(case.groups):
            empty = empty_seats(case, self.live.pairs)[group.lines].sum() if group.timed else 0
            if not empty or group.hopeless or at in self.dropped:
                continue
            watch.look()
            _, able, filled = able_and_filled(case, group)
            ranked = np.lexsort((np.arange(len(filled)), -able, -filled))
            now = int(case.problem.seats[group.lines].sum() - empty)
            others = [place for place in ranked.tolist() if place != self.only[group.lines[0]] and filled[place] > now]
            for place in [place for place in others if place in self._usable(at)][:OTHER_TIMES]:
                kept = self.live, set(self.cut), self._off_time.get(at, set()).copy(), self.only.copy()
                objective = self.live.objective
                self.live = self.live.copy()
                self._set_time(at, place)
                taken = self.live.pairs
                if self.live.objective < objective and not self._short(taken) and not self._unfit(taken):
                    break
                self.live, self.cut, self._off_time[at], self.only = kept

    def _close(self, pair: int) -> None:
        """Forbid a pair in the plan, not in the bound."""
        if self.live is self.bound:
            self.live = self.bound.copy()
        if self.live.state(pair) == FREE:
            self.live.forbid(pair)
            self.cut.add(pair)

    def mend(self, watch: Watch) -> None:
        """Until every crew is complete or away, and everybody can do her tasks."""
        while True:
            watch.look()
            taken = self.live.pairs
            if self._drop_crews(taken):
                continue
            unfit = self._unfit(taken)
            if not unfit:
                return
            for tasks in unfit:
                self._lighten(tasks)

    def _short(self, taken: Array) -> list[int]:
        """Groups whose crew has some people and not its least in every role."""
        case = self.case
        crews = [at for at, group in enumerate(case.groups) if group.crew and not group.hopeless]
        if not crews:
            return []
        filled = np.bincount(case.board.line[taken], minlength=case.lines.count)
        least = case.lines.table.least
        found = []
        for at in crews:
            lines = case.groups[at].lines
            if filled[lines].any() and (filled[lines] < least[lines]).any():
                found.append(at)
        return found

    def _drop_crews(self, taken: Array) -> bool:
        """Give up an eighth of the short crews, the least urgent and emptiest first."""
        case, short = self.case, self._short(taken)
        if not short:
            return False
        filled = np.bincount(case.board.line[taken], minlength=case.lines.count)

        def worth(at: int) -> tuple[int, float]:
            lines = case.groups[at].lines
            share = filled[lines].sum() / case.lines.table.least[lines].sum()
            return -int(case.lines.table.urgency[lines].min()), float(share)

        for at in sorted(short, key=worth)[: max(1, len(short) // 8)]:
            self._give_up(at)
        return True

    def _give_up(self, at: int) -> None:
        case = self.case
        pairs = pairs_of(case, case.groups[at].lines)
        pinned = [pair for pair in pairs.tolist() if self.live.state(pair) == PINNED]
        for pair in pinned:  # a pin on a crew that stays short is refused
            line_id, person_id = int(case.lines.id[case.board.line[pair]]), int(case.people.id[case.board.row[pair]])
            self.refused.append(RefusedPin(line_id, person_id, "crew"))
            self.bound.unpin(pair)
            if self.live is not self.bound:
                self.live.unpin(pair)
        closed = [pair for pair in pairs.tolist() if self.live.state(pair) == FREE]
        for pair in closed:
            self._close(pair)
        self.dropped[at] = np.array(closed, dtype=np.int64)

    def try_again(self, watch: Watch) -> None:
        """Crews given up early may fit after all: each is tried once more, the most urgent and largest first."""
        case = self.case

        def first(at: int) -> tuple[int, int, int]:
            lines = case.groups[at].lines
            return int(case.lines.table.urgency[lines].min()), -int(case.lines.table.least[lines].sum()), at

        for at in sorted(self.dropped, key=first):
            watch.look()
            before, objective = self.live, self.live.objective
            self.live = before.copy()
            for pair in self.dropped[at].tolist():
                self.live.allow(pair)
            taken = self.live.pairs
            if self.live.objective < objective and not self._short(taken) and not self._unfit(taken):
                self.cut -= set(self.dropped.pop(at).tolist())
            else:
                self.live = before

    def _unfit(self, taken: Array) -> list[Array]:
        """The tasks of everybody who can't do all of hers."""
        order, starts = self.by_person(taken)
        unfit = times.first_unfit(self.case.board, order, starts, self.only, np.zeros(len(order), dtype=np.int64))
        return [order[starts[i] : starts[i + 1]] for i in unfit]

    def by_person(self, taken: Array) -> tuple[Array, Array]:
        """The pairs of those with several tasks, person after person, and where each begins."""
        row = self.case.board.row[taken]
        order = taken[np.argsort(row, kind="stable")]
        sorted_rows = np.sort(row)
        several = np.bincount(sorted_rows, minlength=self.case.people.count)[sorted_rows] > 1
        order, sorted_rows = order[several], sorted_rows[several]
        starts = np.flatnonzero(np.diff(sorted_rows, prepend=-1))
        return order, np.append(starts, len(order))

    def _lighten(self, tasks: Array) -> None:
        """Take from somebody the task whose loss costs the plan least."""
        if self.live is self.bound:
            self.live = self.bound.copy()
        live = self.live
        if not all(live.takes(int(pair)) for pair in tasks) or fits(self.case, tasks.tolist(), self.only):
            return  # what was mended before has changed it
        costs = {}
        for pair in tasks.tolist():
            if live.state(pair) == FREE:
                live.forbid(pair)
                costs[pair] = live.objective
                live.allow(pair)
        if not costs:
            raise AssertionError("pins that exclude each other")
        self._close(min(costs, key=lambda pair: (costs[pair], pair)))


def able_and_filled(case: Case, group: Group) -> tuple[list[Array], Array, Array]:
    """(people able at each of the need's times, per role; the sum of them; seats that could be filled)."""
    able = [able_at(case.lines, case.pairs, int(line)) for line in group.lines]
    filled = [np.minimum(a, case.problem.seats[line]) for a, line in zip(able, group.lines, strict=True)]
    return able, np.sum(able, axis=0), np.sum(filled, axis=0)


def only_by_people(case: Case) -> Array:
    """For needs served together: the time at which the most seats can be filled, then the one with the most people,
    then the earliest. What a coordinator would try first; int64[lines] as `Mending.only`."""
    only = np.full(case.lines.count, -1, dtype=np.int64)
    for group in case.groups:
        if group.timed:
            _, able, filled = able_and_filled(case, group)
            only[group.lines] = int(np.lexsort((np.arange(len(able)), -able, -filled))[0])
    return only
