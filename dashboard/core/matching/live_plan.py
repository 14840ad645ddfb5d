"""A plan that can be changed: pin, forbid, keep somebody free, and see at once what follows.

First the flow is solved, which knows limits but no choice between times and no crews: its value is the bound. Then what
it could not know is mended (`mending`). Nothing to mend means that the plan is the best.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dashboard.core.matching import times
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.candidates import service_minutes
from dashboard.core.matching.case import Case
from dashboard.core.matching.live import FORBIDDEN, Live
from dashboard.core.matching.mending import Mending, only_by_people
from dashboard.core.matching.pins import accepted, pairs_of_person, position_of, row_of
from dashboard.core.matching.plan import PairId, Plan, RefusedPin, empty_seats, packed, prices_of, tiers_of
from dashboard.core.matching.watch import Watch, watched

EditKind = Literal["pin", "unpin", "forbid", "allow", "away", "back"]


@dataclass(frozen=True)
class Edit:
    """One change of a draft. "away" and "back" are about a person: line_id 0."""

    kind: EditKind
    line_id: int
    person_id: int


class LivePlan:
    """See the module. Pairs are given by ids; positions are those of `case.pairs`."""

    def __init__(
        self,
        case: Case,
        *,
        pins: Iterable[PairId] = (),
        forbids: Iterable[PairId] = (),
        away: Iterable[int] = (),
        watch: Watch | None = None,
    ) -> None:
        self.case = case
        self.pins, self.forbids, self.away = set(pins), set(forbids), set(away)
        self._solve(watched(watch))

    def copy(self) -> "LivePlan":
        """One that can be changed without this one."""
        twin = copy(self)
        twin.pins, twin.forbids, twin.away = set(self.pins), set(self.forbids), set(self.away)
        twin._mending = self._mending.copy()
        return twin

    @property
    def bound_flow(self) -> Live:
        """The flow behind the bound; its prices are the certificate."""
        return self._mending.bound

    @property
    def flow(self) -> Live:
        """The flow behind the plan; the same as `bound_flow` where nothing had to be mended."""
        return self._mending.live

    def edit(self, edit: Edit) -> Plan:
        """The plan after one more change."""
        pair = (edit.line_id, edit.person_id)
        if edit.kind == "pin":
            self.pins.add(pair)
            self.forbids.discard(pair)
        elif edit.kind == "unpin":
            self.pins.discard(pair)
        elif edit.kind == "forbid":
            self.forbids.add(pair)
            self.pins.discard(pair)
        elif edit.kind == "allow":
            self.forbids.discard(pair)
        elif edit.kind == "away":
            self.away.add(edit.person_id)
        else:
            self.away.discard(edit.person_id)
        if not self._changed(edit):
            self._solve(Watch())
        return self.plan

    # -- a change

    def _changed(self, edit: Edit) -> bool:
        """Bring the flows from the last answer to the next; False when it is to be solved from the start."""
        if self._refused or self._mending.refused or edit.kind == "pin" and self._blocked(edit):
            return False
        if edit.kind in ("away", "back"):
            pairs = pairs_of_person(self.case, edit.person_id)
        else:
            at = position_of(self.case, edit.line_id, edit.person_id)
            if at < 0 and edit.kind == "pin":
                return False
            pairs = np.array([at] if at >= 0 else [], dtype=np.int64)
        mending = self._mending
        if edit.kind == "away" and np.isin(pairs, mending.bound.pins).any():
            return False
        if edit.kind == "pin" and not all(mending.move_to(pair) for pair in pairs.tolist()):
            return False
        for flow in (mending.bound, mending.live) if mending.live is not mending.bound else (mending.bound,):
            open_ = [pair for pair in pairs.tolist() if not (flow is mending.live and pair in mending.cut)]
            if edit.kind == "away":
                flow.forbid_all(open_)
            elif not all(self._apply(flow, edit.kind, pair) for pair in open_):
                return False
        mending.mend(Watch())
        return True

    def _blocked(self, edit: Edit) -> bool:
        """Does a pin need the long way: is she kept free or unknown, or pinned to something else too?"""
        row = row_of(self.case, edit.person_id)
        others = self.bound_flow.pins
        return edit.person_id in self.away or row < 0 or bool((self.case.board.row[others] == row).any())

    def _apply(self, flow: Live, kind: EditKind, pair: int) -> bool:
        if kind == "pin":
            return flow.pin(pair).possible
        if kind == "unpin":
            return flow.unpin(pair).possible
        wanted = self._free(pair)
        if wanted and flow.state(pair) == FORBIDDEN:
            return flow.allow(pair).possible
        if not wanted and flow.state(pair) != FORBIDDEN:
            return flow.forbid(pair).possible
        return True

    def _free(self, pair: int) -> bool:
        person = int(self.case.people.id[self.case.board.row[pair]])
        line = int(self.case.lines.id[self.case.board.line[pair]])
        group = int(self.case.group_of[self.case.board.line[pair]])
        hopeless = group >= 0 and self.case.groups[group].hopeless
        return not hopeless and person not in self.away and (line, person) not in self.forbids

    # -- from the start

    def _solve(self, watch: Watch) -> None:
        case = self.case
        self._refused: list[RefusedPin]
        kept, self._refused = accepted(case, self.pins, self.forbids, self.away)
        closed = [case.hopeless_pairs, *(pairs_of_person(case, person) for person in sorted(self.away))]
        closed.append(np.array([position_of(case, *pair) for pair in sorted(self.forbids)], dtype=np.int64))
        shut = np.unique(np.concatenate(closed))
        shut = shut[shut >= 0]
        watch.begin("solve", int(case.problem.seats.sum()))
        bound = Live(case.problem, kept, np.setdiff1d(shut, kept), watch)
        watch.begin("compare")
        self._greedy = tiers_of(case, self._by_score(kept, shut))
        watch.begin("mend")
        again = bound.copy() if len(kept) else bound  # mending may refuse pins
        self._mending = Mending(case, bound)
        self._mending.all(watch)
        if self._greedy < tiers_of(case, self._mending.live.pairs):
            # the simple way happened upon better times for those who serve together: take them and solve again
            other = Mending(case, again)
            other.all(watch, by_people=True)
            if tiers_of(case, other.live.pairs) < tiers_of(case, self._mending.live.pairs):
                self._mending = other

    def _by_score(self, kept: Array, shut: Array) -> Array:
        """The pairs that "most urgent first, best free volunteer" would take beside the pins."""
        case = self.case
        free = np.ones(len(case.board.row), dtype=bool)
        free[shut] = False
        free[np.isin(case.board.row, case.board.row[kept])] = False  # simple: who is pinned does no more
        source = np.flatnonzero(free)
        line = case.board.line[source]
        best = source[np.lexsort((case.board.row[source], -case.pairs.score[source], line))]
        ptr = np.searchsorted(line, np.arange(case.lines.count + 1))
        seats = case.problem.seats - np.bincount(case.board.line[kept], minlength=case.lines.count)
        urgency = case.lines.table.urgency
        order = np.lexsort((np.arange(len(urgency)), urgency))
        only = only_by_people(case)
        return np.concatenate([kept, times.by_score(case.board, order, ptr, best, seats, only)])

    # -- the answer

    @property
    def plan(self) -> Plan:
        """The plan as it stands."""
        case, taken = self.case, self.flow.pairs
        slot = self._slots(taken)
        line, row = case.board.line[taken], case.board.row[taken]
        start, end = service_minutes(case.lines, line, slot)
        solution = self.bound_flow.solution_later()
        tiers = tiers_of(case, taken)
        given_up = self._mending.dropped
        return Plan(
            line=line,
            person=row,
            line_id=case.lines.id[line],
            person_id=case.people.id[row],
            slot=slot,
            start=start,
            end=end,
            score=case.pairs.score[taken],
            pinned=np.isin(taken, self.flow.pins),
            empty=empty_seats(case, taken),
            tiers=tiers,
            greedy=self._greedy,
            objective=packed(case, tiers),
            bound=self.bound_flow.objective,
            kinds=case.kinds,
            timed_needs=tuple(sorted(group.need for group in case.groups if group.timed)),
            short_crews=tuple(sorted(g.need for at, g in enumerate(case.groups) if g.hopeless or at in given_up)),
            refused=(*self._refused, *self._mending.refused),
            certificate=lambda: prices_of(case, solution()),
        )

    def _slots(self, taken: Array) -> Array:
        """The slot of each pair."""
        case, only = self.case, self._mending.only
        place, first = only[case.board.line[taken]], case.pairs.slot[taken]
        slot: Array = np.where(place >= 0, case.lines.table.slot_from[case.board.line[taken]] + place, first)
        order, starts = self._mending.by_person(taken)
        chosen = np.zeros(len(order), dtype=np.int64)
        if len(times.first_unfit(case.board, order, starts, only, chosen)):
            raise AssertionError("somebody can't do what the plan gives her")
        slot[np.searchsorted(taken, order)] = case.board.options[chosen]
        return slot
