"""Compiles, or loads, the inner loops before the first question: seconds on a fresh machine, a third of one after."""

from dashboard.core.matching import candidates, certify, explain, flow, limits, live, plan, screen, times
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.live_plan import Edit, LivePlan
from dashboard.core.matching.people import People
from dashboard.core.matching.words import Codebook


def warm_up() -> None:
    """Asks every question once, on two volunteers and two needs."""
    codes = Codebook(("skill",))
    people = People.build(
        codes,
        id=[1, 2],
        lon=[108.0, 108.0],
        lat=[28.5, 28.5],
        precision="point",
        known=True,
        skills=([1], ["skill"], [1]),
        free=([1, 2], [0, 0], [240, 240]),
    )
    lines = Lines.build(
        codes,
        id=[1, 2],
        lon=[108.0, 108.0],
        lat=[28.5, 28.5],
        windows=([1, 2], [0, 120], [120, 240]),
        duration=120,
        seats=2,
        required=([1], ["skill"], [1]),
    )
    case = plan.prepare(people, lines)
    draft = LivePlan(case, pins=[(1, 1)])
    for kind in ("pin", "unpin", "forbid", "allow"):
        draft.edit(Edit(kind, 2, 2))
    certify.certify(case, draft.plan)
    plan.causes(case, draft.plan, 0)
    live.Live(case.problem, many=0)
    draft.flow.reach(0)
    candidates.ranked(people, lines, 0)
    explain.why_not(people, lines, 0, 0, codes)
    explain.reasons(people, lines, 0, 0)


def signatures() -> dict[str, int]:
    """How many times each loop that pages call has been compiled or loaded; 0 without numba."""
    loops = {
        "top": screen.top,
        "measure": screen.measure,
        "removed": screen.removed,
        "eligible_pairs": screen.eligible_pairs,
        "shelf_part": screen.shelf_part,
        "best_slot": screen.best_slot,
        "pair_short": screen.pair_short,
        "time_short": screen.time_short,
        "residual": flow._residual,
        "send": flow._send,
        "forward": flow._forward,
        "backward": flow._backward,
        "sound": flow._sound,
        "limits": limits._build,
        "schedule": times.schedule,
        "first_unfit": times.first_unfit,
        "by_score": times.by_score,
    }
    return {name: len(getattr(loop, "signatures", ())) for name, loop in loops.items()}
