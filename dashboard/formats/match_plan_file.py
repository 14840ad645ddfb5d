"""A plan of the matching as a file: values -> bytes, the same bytes for the same plan, and back."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from dashboard.core.matching import proof
from dashboard.core.matching.arrays import Array
from dashboard.formats import strict_json
from dashboard.formats.match_arcs import Arcs
from dashboard.formats.match_document import check_schema

PLAN_SCHEMA = "match_plan.schema.json"
Document = Mapping[str, Any]


def to_bytes(plan: Document) -> bytes:
    """One entry of a list a line, so that two plans can be compared line by line."""
    parts = []
    for key, value in plan.items():
        if isinstance(value, list) and value:
            words = "[\n" + ",\n".join(map(_json, value)) + "\n]"
        else:
            words = _json(value)
        parts.append(f"{_json(key)}: {words}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def read_plan(data: bytes) -> dict[str, Any]:
    """The plan that the bytes of a file hold; not proven yet. Raises Refused."""
    plan: dict[str, Any] = strict_json.parse(data)
    check_schema(PLAN_SCHEMA, plan)
    return plan


def plan_of_arcs(arcs: Arcs, taken: Array, need_price: Array, volunteer_price: Array) -> dict[str, Any]:
    """The plan that takes the arcs at `taken`, ascending, with the prices that prove it."""
    tiers = arcs_tiers(arcs, taken)
    prices = need_price, volunteer_price
    objective = objective_of_arcs(arcs, taken)
    bound = proof.bound_of(arcs.seats, arcs.unmet, arcs.capacity, arcs.need, arcs.volunteer, arcs.cost, *prices)
    assert bound is not None
    volunteers = np.flatnonzero(volunteer_price).tolist()
    return {
        "pairs": [
            {"need": arcs.needs[need], "volunteer": arcs.volunteers[volunteer], "cost": cost}
            for need, volunteer, cost in zip(
                arcs.need[taken].tolist(), arcs.volunteer[taken].tolist(), arcs.cost[taken].tolist(), strict=True
            )
        ],
        "objective": objective,
        "tiers": tiers,
        "bound": bound,
        "gap": gap_per_cent(objective, bound),
        "kinds": [],
        "duals": {
            "needs": [[one, price] for one, price in zip(arcs.needs, need_price.tolist(), strict=True)],
            "volunteers": [[arcs.volunteers[row], int(volunteer_price[row])] for row in volunteers],
        },
        "unmet": unmet_of_arcs(arcs, taken),
        "digest": arcs.digest,
    }


def gap_per_cent(objective: int, bound: int) -> float:
    """By how much of its cost a plan may be dearer than the best, in per cent; 0.0 when it is proven."""
    return 0.0 if objective == bound else 100.0 * (objective - bound) / max(1, abs(objective))


def arcs_tiers(arcs: Arcs, taken: Array) -> dict[str, int]:
    """How many seats stay empty, and what the pairs cost."""
    empty = sum(arcs.seats.tolist()) - len(taken)
    return {"unmet_seats": empty, "cost": sum(arcs.cost[taken].tolist())}


def objective_of_arcs(arcs: Arcs, taken: Array) -> int:
    """What the pairs and the empty seats cost."""
    filled = np.bincount(arcs.need[taken], minlength=len(arcs.needs))
    return proof.cost_of(arcs.unmet, arcs.seats, filled, arcs.cost[taken].tolist())


def unmet_of_arcs(arcs: Arcs, taken: Array) -> list[dict[str, Any]]:
    """Each need with empty seats and what became of the volunteers who have an arc to it: chosen for it; with no
    capacity at all; full elsewhere; free, but dearer than an empty seat. `cause` is what had to be different first."""
    filled = np.bincount(arcs.need[taken], minlength=len(arcs.needs))
    used = np.bincount(arcs.volunteer[taken], minlength=len(arcs.volunteers))
    here = np.zeros(len(arcs.need), dtype=bool)
    here[taken] = True
    none, full = arcs.capacity == 0, used >= arcs.capacity
    kinds = {
        "chosen": here,
        "capacity": ~here & none[arcs.volunteer],
        "elsewhere": ~here & full[arcs.volunteer] & ~none[arcs.volunteer],
        "penalty": ~here & ~full[arcs.volunteer],
    }
    counts = {name: np.bincount(arcs.need[mask], minlength=len(arcs.needs)) for name, mask in kinds.items()}
    found = []
    for need in np.flatnonzero(filled < arcs.seats).tolist():
        own = {name: int(count[need]) for name, count in counts.items()}
        cause = next((name for name in ("elsewhere", "penalty") if own[name]), "capacity")
        seats = int(arcs.seats[need] - filled[need])
        found.append({"need": arcs.needs[need], "seats": seats, "cause": cause, "counts": own})
    return found
