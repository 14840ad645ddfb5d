"""What it costs to send somebody else: before the click, and proven.

The prices of the bound give, for every pair at once, the least by which a plan with that pair must be dearer (its
reduced cost). The true difference is what a plan with the pair pinned costs more; it can be larger, never smaller.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.case import Case
from dashboard.core.matching.live_plan import Edit, LivePlan
from dashboard.core.matching.plan import Plan
from dashboard.core.matching.words import URGENCIES


@dataclass(frozen=True)
class Price:
    """A difference in cost, in one integer and by tier; the higher the tier that is not 0, the less those below it
    matter."""

    packed: int
    steps: int  # steps of urgency of seats left empty: an urgent seat is three, a normal one is one
    promises: int
    spread: int  # sum of squares of tasks a person and week
    points: int


def price_of(case: Case, packed: int) -> Price:
    """The tiers in a packed difference >= 0. A rest below half a step belongs to the tier below."""
    scale = case.scale
    steps, rest = 0, packed
    for rank, price in enumerate(scale.unmet(np.arange(len(URGENCIES))).tolist()):
        seats = _whole(rest, price)
        steps, rest = steps + (len(URGENCIES) - rank) * seats, rest - seats * price
    promises = _whole(rest, scale.displaced) if case.lines.table.holder.any() else 0
    rest -= promises * scale.displaced
    spread = _whole(rest, scale.load)
    return Price(packed, steps, promises, spread, rest - spread * scale.load)


def _whole(value: int, step: int) -> int:
    """The number of steps nearest to a value: the tiers below are small beside a step, and may be negative."""
    return (2 * value + step) // (2 * step)


def least(plan: LivePlan, pairs: Array) -> Array:
    """int64[pairs]: by how much any plan with each of these pairs (positions) is dearer than this one, at least.

    Where the plan is not proven (`Plan.gap`), what it is above its bound is taken off, so the claim stays true; a
    number below 0 then says that a plan with the pair might even be better.
    """
    above = plan.flow.objective - plan.bound_flow.objective
    found: Array = plan.bound_flow.reduced_cost(pairs) - above
    found[np.isin(pairs, plan.flow.pairs)] = -above
    return found


def tried(plan: LivePlan, line_id: int, person_id: int) -> tuple[Plan, Price]:
    """The plan with the pair pinned, and what it costs more. The plan asked about stays as it is."""
    before = plan.flow.objective
    twin = plan.copy()
    after = twin.edit(Edit("pin", line_id, person_id))
    return after, price_of(plan.case, max(0, twin.flow.objective - before))
