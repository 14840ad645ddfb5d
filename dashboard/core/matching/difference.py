"""What changes between two plans of one case: who moves, who loses, which need is now unmet, tier by tier."""

from dataclasses import dataclass

import numpy as np

from dashboard.core.matching.case import Case
from dashboard.core.matching.plan import Plan
from dashboard.core.matching.problem import Tiers


@dataclass(frozen=True)
class Move:
    """A person who serves something else than before: lines' ids, ascending."""

    person_id: int
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True)
class Difference:
    """From one plan to another."""

    moved: tuple[Move, ...]  # people in both plans with other lines
    gone: tuple[Move, ...]  # people who had tasks and have none
    came: tuple[Move, ...]  # people who had none and have some
    now_unmet: tuple[tuple[int, int], ...]  # (line's id, seats more that stay empty)
    now_met: tuple[tuple[int, int], ...]  # (line's id, seats more that are filled)
    tiers_before: Tiers
    tiers_after: Tiers

    @property
    def nothing(self) -> bool:
        """Do both plans send the same people to the same needs?"""
        return not (self.moved or self.gone or self.came)


def difference(case: Case, before: Plan, after: Plan) -> Difference:
    """What the second plan does otherwise than the first."""
    first, second = _by_person(before), _by_person(after)
    moves = [
        Move(person, first.get(person, ()), second.get(person, ()))
        for person in sorted(first.keys() | second.keys())
        if first.get(person) != second.get(person)
    ]
    more = after.empty - before.empty
    ids = case.lines.id
    return Difference(
        moved=tuple(move for move in moves if move.before and move.after),
        gone=tuple(move for move in moves if not move.after),
        came=tuple(move for move in moves if not move.before),
        now_unmet=tuple((int(ids[line]), int(more[line])) for line in np.flatnonzero(more > 0)),
        now_met=tuple((int(ids[line]), -int(more[line])) for line in np.flatnonzero(more < 0)),
        tiers_before=before.tiers,
        tiers_after=after.tiers,
    )


def _by_person(plan: Plan) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for person, line in zip(plan.person_id.tolist(), plan.line_id.tolist(), strict=True):
        found.setdefault(person, []).append(line)
    return {person: tuple(sorted(lines)) for person, lines in found.items()}
