"""Measures the matching: `python -m tests.bench.bench_match [--json]` (about a minute; 2 GB for the dense method).

Ratios of one run are what counts; each compared pair of methods must give the same answer, or the run fails.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from dashboard.core.matching import assign, candidates, plan
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.certify import certify
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import DEFAULT
from dashboard.core.matching.problem import Problem, filled_seats
from dashboard.core.matching.warm import warm_up
from tests.bench import in_pandas
from tests.bench.county import a_county
from tests.bench.integers import RANKS, ladder

VOLUNTEERS, NEEDS, QUESTIONS, ROUNDS = 50_000, 2_000, 60, 5


def seconds(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> tuple[float, Any]:
    """(time taken, answer)."""
    start = clock()
    answer = work()
    return clock() - start, answer


def ranking(people: People, lines: Lines) -> dict[str, Any]:
    """One need's top 20 beside pandas, CPU seconds, interleaved; the same ids, scores, hours and points."""
    frames = in_pandas.frames_of(people)
    rows = [row for row in range(lines.count) if not lines.table[row].all_slots][:QUESTIONS]
    ours, theirs, most = [], [], 0
    for row in rows:
        ours_now, found = seconds(lambda row=row: candidates.ranked(people, lines, row), time.process_time)
        theirs_now, table = seconds(lambda row=row: in_pandas.ranked(frames, lines, row, DEFAULT), time.process_time)
        assert found.id.tolist() == table["id"].tolist(), f"line {row}: another order"
        same = table[["score", "metres", "start"]].to_numpy() == np.column_stack(
            [found.score, found.metres, found.start]
        )
        assert same.all() and (table.iloc[:, 4:].to_numpy() == found.points).all(), f"line {row}: another score"
        ours.append(ours_now)
        theirs.append(theirs_now)
        most = max(most, found.eligible)
    assert most > 100, "the questions are too easy"
    return {
        "questions": len(rows),
        "ours_ms": 1e3 * float(np.median(ours)),
        "ours_worst_ms": 1e3 * max(ours),
        "pandas_ms": 1e3 * float(np.median(theirs)),
        "ratio": float(np.median(np.array(theirs) / np.array(ours))),
        "ratio_of_sums": sum(theirs) / sum(ours),
    }


def one_task_each(people: People, lines: Lines) -> tuple[Problem, Array]:
    """The problem of 2,000 needs with one seat each, packed costs, and the urgency of each."""
    pairs = candidates.eligible_pairs(people, lines)
    cost = DEFAULT.top_score - pairs.score
    ones, urgency = np.ones(lines.count, dtype=np.int64), lines.table.urgency.astype(np.int64)
    unmet = ladder(urgency, ones, DEFAULT.top_score)
    capacity = np.ones(people.count, dtype=np.int64)
    return Problem.of_people(ones, unmet, capacity, pairs.ptr, pairs.row, cost), urgency


def solving(people: People, lines: Lines) -> dict[str, Any]:
    """The solve alone, costs ready, beside scipy's dense method over all pairs on the same integers; CPU seconds,
    interleaved."""
    problem, urgency = one_task_each(people, lines)
    dense = np.repeat(problem.unmet.astype(np.float64)[:, None], people.count, axis=1)
    dense[problem.line, problem.entry] = problem.cost
    assert int(problem.unmet.max()) * lines.count < 2**53
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours_now, found = seconds(lambda: assign.solve(problem), time.process_time)
        theirs_now, (row, column) = seconds(lambda: linear_sum_assignment(dense), time.process_time)
        ours.append(ours_now)
        theirs.append(theirs_now)
    value = int(dense[row, column].sum())
    assert value == found.objective, f"{found.objective} is not scipy's {value}"
    order = np.lexsort((np.arange(lines.count), urgency))
    rough = assign.greedy(problem, order)
    return {
        "needs": lines.count,
        "pairs": len(problem.cost),
        "ours_s": float(np.median(ours)),
        "scipy_dense_s": float(np.median(theirs)),
        "ratio": float(np.median(theirs) / np.median(ours)),
        "objective": found.objective,
        "tiers": _tiers(problem, urgency, found.pairs),
        "greedy_tiers": _tiers(problem, urgency, rough),
        "largest_packed_cost": int(problem.unmet.max()),
    }


def _tiers(problem: Problem, urgency: Array, pairs: Array) -> list[Any]:
    empty = problem.seats - filled_seats(problem, pairs)
    return [np.bincount(urgency, empty, RANKS).astype(int).tolist(), int(problem.cost[pairs].sum())]


def end_to_end(people: People, lines: Lines) -> dict[str, Any]:
    """Arrays to plan: common times, candidates, solve; needs with several seats too. And the proof."""
    times = []
    for _ in range(3):
        now, case = seconds(lambda: plan.prepare(people, lines))
        again, found = seconds(lambda case=case: plan.best_plan(case))
        times.append((now, again))
    proof, flaws = seconds(lambda: certify(case, found))
    assert flaws == [], flaws[:3]
    return {
        "seats": int(lines.table.seats.sum()),
        "pairs": len(case.pairs.row),
        "prepare_s": min(first for first, _ in times),
        "plan_s": min(second for _, second in times),
        "certify_s": proof,
        "tiers": list(found.tiers),
        "greedy_tiers": list(found.greedy),
        "needs_with_a_common_time_chosen": len(found.timed_needs),
    }


def measure() -> dict[str, Any]:
    """All figures of one run."""
    warming, _ = seconds(warm_up)
    people, lines = a_county(VOLUNTEERS, NEEDS)
    shelving, _ = seconds(lambda: people.shelves)
    candidates.ranked(people, lines, 0)
    return {
        "warm_up_s": warming,
        "shelves_s": shelving,
        "ranking": ranking(people, lines),
        "solve": solving(people, lines),
        "end_to_end": end_to_end(people, lines),
    }


def lines_of_report(found: dict[str, Any]) -> list[str]:
    """The figures in words."""
    top, solve, whole = found["ranking"], found["solve"], found["end_to_end"]
    unmet, greedy_unmet = solve["tiers"][0], solve["greedy_tiers"][0]
    return [
        f"top 20 of {VOLUNTEERS:,}: {top['ours_ms']:.2f} ms CPU (worst {top['ours_worst_ms']:.2f}), pandas "
        f"{top['pandas_ms']:.1f} ms: {top['ratio']:.0f} x, same {top['questions']} answers (target 8 x, under 5 ms)",
        f"match all, {solve['needs']:,} needs, {solve['pairs']:,} pairs: {1e3 * solve['ours_s']:.1f} ms CPU, scipy "
        f"dense {solve['scipy_dense_s']:.2f} s: {solve['ratio']:.0f} x, same objective (target 20 x)",
        f"  seats left empty, urgent / soon / normal: {unmet}, greedy {greedy_unmet}: "
        f"{sum(greedy_unmet) - sum(unmet)} fewer filled by greedy",
        f"arrays -> plan with several seats: prepare {whole['prepare_s']:.2f} s, plan {1e3 * whole['plan_s']:.0f} ms, "
        f"proof over all {VOLUNTEERS * NEEDS:,} pairs {whole['certify_s']:.1f} s; {whole['tiers'][0]} of "
        f"{whole['seats']:,} seats empty, greedy {whole['greedy_tiers'][0]}",
        f"warm-up {found['warm_up_s']:.1f} s, shelves {1e3 * found['shelves_s']:.0f} ms",
    ]


def main(arguments: list[str]) -> int:
    """Prints the report, or one JSON object with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    found = measure()
    print(json.dumps(found, indent=1) if options.json else "\n".join(lines_of_report(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
