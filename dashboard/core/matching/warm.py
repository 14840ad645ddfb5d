"""Compiles, or loads, the inner loops before the first question: seconds on a fresh machine, a third of one after."""

from dashboard.core.matching import assign, candidates, explain, flow, plan, screen
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.words import Codebook


def warm_up() -> None:
    """Asks every question once, on one volunteer and one need."""
    codes = Codebook(("skill",))
    people = People.build(
        codes,
        id=[1],
        lon=[108.0],
        lat=[28.5],
        precision="point",
        known=True,
        skills=([1], ["skill"], [1]),
        free=([1], [0], [240]),
    )
    lines = Lines.build(
        codes,
        id=[1],
        lon=[108.0],
        lat=[28.5],
        windows=([1], [0], [240]),
        duration=120,
        seats=2,
        required=([1], ["skill"], [1]),
    )
    case = plan.prepare(people, lines)
    plan.causes(case, plan.best_plan(case), 0)
    candidates.ranked(people, lines, 0)
    explain.why_not(people, lines, 0, 0, codes)
    explain.reasons(people, lines, 0, 0)


def signatures() -> dict[str, int]:
    """How many times each loop that pages call has been compiled or loaded; 0 without numba."""
    loops = {
        "top": screen.top,
        "measure": screen.measure,
        "removed": screen.removed,
        "slot_counts": screen.slot_counts,
        "eligible_pairs": screen.eligible_pairs,
        "shelf_part": screen.shelf_part,
        "best_slot": screen.best_slot,
        "pair_short": screen.pair_short,
        "time_short": screen.time_short,
        "residual": flow._residual,
        "send": flow._send,
        "greedy": assign._greedy,
    }
    return {name: len(getattr(loop, "signatures", ())) for name, loop in loops.items()}
