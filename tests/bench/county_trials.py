"""Trials of the product's own way from rows to a proven plan, each in a process of its own: one county, one question.

`python -m tests.bench.county_trials whole '{"needs": 500}'` prints what it measured as JSON.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.cli.workers import workers
from dashboard.core.matching import assign
from dashboard.core.matching.case import Case, prepare
from dashboard.core.matching.certify import certify
from dashboard.core.matching.live import FREE, Live
from dashboard.core.matching.live_plan import Edit, LivePlan
from dashboard.core.matching.parts import parts_of, plan_in_parts
from dashboard.core.matching.warm import warm_up
from tests.bench.instances import Recipe, a_county, of_case
from tests.bench.integers import exact_dot, weighted
from tests.bench.trials import peak_mb


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """(the lesser of processor and wall time, answer)."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return min(time.perf_counter() - wall, time.process_time() - cpu), answer


def best_of(rounds: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """The median time of some rounds, and the last answer."""
    runs = [seconds(work) for _ in range(rounds)]
    return float(np.median([run[0] for run in runs])), runs[-1][1]


def warmed(recipe: Recipe) -> None:
    """Everything compiled or loaded, on a county of the same kind that is small."""
    warm_up()
    case = prepare(*a_county(replace(recipe, volunteers=2_000, needs=200)))
    certify(case, LivePlan(case).plan)


def whole(recipe: Recipe, rounds: int, save: Path | None, prove: bool) -> dict[str, Any]:
    """Rows to plan: candidates, the flow alone, the plan with all that is mended, its proof over all pairs."""
    warmed(recipe)
    people, lines = a_county(recipe)
    before = peak_mb()
    _, _ = people.shelves, prepare(people, lines)
    prepare_s, case = best_of(rounds, lambda: prepare(people, lines))
    flow_s, flow = best_of(rounds, lambda: Live(case.problem))
    sound_s, sound = best_of(rounds, flow.sound)
    assert sound
    plan_s, live = best_of(rounds, lambda: LivePlan(case))
    show_s, plan = best_of(rounds, lambda: live.plan)
    risen = peak_mb()
    prove_s = None
    if prove:
        prove_s, flaws = best_of(rounds, lambda: certify(case, plan))
        assert flaws == [], flaws[:3]
    if save:
        of_case(case).save(save)
    table = lines.table
    return {
        "volunteers": people.count,
        "needs": recipe.needs,
        "lines": lines.count,
        "seats": int(table.seats.sum()),
        "pairs": len(case.pairs.row),
        "prepare_s": prepare_s,
        "flow_s": flow_s,
        "plan_s": plan_s + show_s,
        "prove_s": prove_s,
        "peak_mb": risen,
        "rise_mb": risen - before,
        "kinds": list(case.kinds),
        "objective": plan.objective,
        "bound": plan.bound,
        "nobody": exact_dot(case.problem.unmet, case.problem.seats),
        "flow_objective": flow.objective,
        "sound_s": sound_s,
        "filled": [int(table.seats[table.urgency == rank].sum()) - plan.tiers.unmet[rank] for rank in range(3)],
        "short_crews": len(plan.short_crews),
        "crews": int(len(np.unique(table.need[table.whole]))),
    }


def in_parts(recipe: Recipe, workers_named: str) -> dict[str, Any]:
    """Counties beside each other planned in one process and by the workers of a cluster: the same plan, byte for byte.
    Wall time."""
    warmed(recipe)
    case = prepare(*a_county(recipe))
    cutting, parts = _wall(lambda: parts_of(case))
    serial_s, serial = _wall(lambda: plan_in_parts(case))
    start = time.perf_counter()
    with workers(workers_named) as run:
        start_s = time.perf_counter() - start
        first_s, shared = _wall(lambda: plan_in_parts(case, run=run))
        runs = [_wall(lambda: plan_in_parts(case, run=run)) for _ in range(3)]
        nothing_s, _ = _wall(lambda: run(_nothing, list(range(len(parts)))))
    for other in (shared, *(answer for _, answer in runs)):
        assert other.plan.canonical() == serial.plan.canonical(), "the workers made another plan"
    return {
        "counties": recipe.counties,
        "volunteers": case.people.count,
        "seats": int(case.lines.table.seats.sum()),
        "pairs": len(case.pairs.row),
        "parts": len(parts),
        "cutting_s": cutting,
        "serial_s": serial_s,
        "start_s": start_s,
        "first_s": first_s,
        "shared_s": float(np.median([took for took, _ in runs])),
        "empty_task_ms": 1e3 * nothing_s / len(parts),
    }


def _nothing(part: int) -> int:
    return part


def _wall(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def crews(recipe: Recipe, rounds: int, save: Path | None) -> dict[str, Any]:
    """The plan with crews that come whole or not at all, on costs that HiGHS can count in: seats weighed by urgency,
    points, and no price on a person's load. Everything else is the product's."""
    warmed(recipe)
    case = prepare(*a_county(recipe))
    problem, chain = case.problem, case.problem.limits
    cost = case.policy.top_score - case.pairs.score
    free = replace(chain, link_cost=np.zeros_like(chain.link_cost))
    unmet = weighted(case.lines.table.urgency)
    case = replace(case, problem=replace(problem, unmet=unmet, cost=cost, limits=free))
    instance = of_case(case)
    if save:
        instance.save(save)
    plan_s, live = best_of(rounds, lambda: LivePlan(case))
    pairs = live.flow.pairs
    instance.check(pairs)
    value = instance.value(pairs)
    return {
        "pairs": len(cost),
        "seats": int(instance.seats.sum()),
        "crews": len(np.unique(instance.need[instance.whole])),
        "crews_sent": len(np.unique(instance.need[instance.line[pairs]][instance.whole[instance.line[pairs]]])),
        "plan_s": plan_s,
        "objective": value,
        "worth": instance.worth(value),
        "bound_worth": instance.worth(live.bound_flow.objective),
        "filled": instance.filled(pairs),
    }


def edits(recipe: Recipe, count: int) -> dict[str, Any]:
    """A pair forbidden, another pinned, somebody away, each re-solved and re-certified, and the same cost as a solve
    from the start; on the flow, and on the plan that is shown."""
    warmed(recipe)
    case = prepare(*a_county(recipe))
    live, chance = Live(case.problem), np.random.default_rng(recipe.seed)
    times: dict[str, list[float]] = {"pin": [], "forbid": [], "away": []}
    reached = []
    for k in range(count):
        kind = tuple(times)[k % len(times)]
        times[kind].append(_edited(live, case, kind, chance))
        reached.append((live.pins, np.flatnonzero(~live.allowed), live.objective))
    cold_s = []
    for pins, struck, objective in reached:
        now, cold = seconds(partial(assign.solve, case.problem, pins, struck))
        cold_s.append(now)
        assert cold.objective == objective, f"after {len(struck)} struck pairs: {objective}, cold {cold.objective}"
    assert live.sound()
    return {
        "needs": recipe.needs,
        "pairs": len(case.pairs.row),
        "edits": count,
        "cold_s": float(np.median(cold_s)),
        "median_ms": {kind: 1e3 * float(np.median(part)) for kind, part in times.items()},
        "p95_ms": {kind: 1e3 * float(np.percentile(part, 95)) for kind, part in times.items()},
        "worst_ms": {kind: 1e3 * max(part) for kind, part in times.items()},
        "plan_p95_ms": _plan_edits(case, min(count, 60), chance),
    }


def _edited(live: Live, case: Case, kind: str, chance: np.random.Generator) -> float:
    """One change on the flow, timed. A pin that has no room left is another try."""
    while True:
        taken = live.pairs
        if kind == "pin":
            pair = int(chance.integers(len(case.problem.cost)))
            if live.state(pair) != FREE or live.takes(pair):
                continue
            took, step = seconds(partial(live.pin, pair))
            if step.possible:
                return took
            continue
        pair = int(chance.choice(taken[~np.isin(taken, live.pins)]))
        if kind == "forbid":
            return seconds(partial(live.forbid, pair))[0]
        hers = [
            one for one in np.flatnonzero(case.pairs.row == case.pairs.row[pair]).tolist() if live.state(one) == FREE
        ]
        return seconds(partial(live.forbid_all, hers))[0]


def _plan_edits(case: Case, count: int, chance: np.random.Generator) -> dict[str, float]:
    """The same through the plan that a page shows, the whole plan laid out each time."""
    live = LivePlan(case)
    times: dict[str, list[float]] = {"pin": [], "forbid": [], "away": []}
    for k in range(count):
        plan, kind = live.plan, ("pin", "forbid", "away")[k % 3]
        if kind == "pin":
            pair = int(chance.integers(len(case.pairs.row)))
            line, person = int(case.lines.id[case.pairs.line[pair]]), int(case.people.id[case.pairs.row[pair]])
            if person in live.away or (line, person) in live.forbids:
                continue
        else:
            at = int(chance.choice(np.flatnonzero(~plan.pinned)))
            line, person = int(plan.line_id[at]), int(plan.person_id[at])
        edit = Edit(kind, 0 if kind == "away" else line, person)
        times[kind].append(seconds(partial(live.edit, edit))[0])
    return {kind: 1e3 * float(np.percentile(part, 95)) for kind, part in times.items()}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("whole", "crews", "edits", "parts"))
    parser.add_argument("recipe", help="fields of Recipe as JSON")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--edits", type=int, default=150)
    parser.add_argument("--workers", default="local:2")
    parser.add_argument("--save", type=Path, help="the case's problem as .npz")
    parser.add_argument("--no-proof", action="store_true")
    options = parser.parse_args(arguments)
    recipe = Recipe(**json.loads(options.recipe))
    if options.what == "whole":
        found = whole(recipe, options.rounds, options.save, not options.no_proof)
    elif options.what == "crews":
        found = crews(recipe, options.rounds, options.save)
    elif options.what == "parts":
        found = in_parts(recipe, options.workers)
    else:
        found = edits(recipe, options.edits)
    print(json.dumps(found | {"recipe": asdict(recipe)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
