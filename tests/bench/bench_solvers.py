"""The matching solver beside others: same integers, same objective required, ratios and targets printed.

`make bench-match`, or `python -m tests.bench.bench_solvers [--quick] [--json] [--only plain,week]`. Seconds of one
machine say little and drift; ratios count. Each peer runs in a process of its own, rounds interleaved. A run in which
two exact solvers disagree, or a plan breaks a rule, ends with an error; a missed target is printed as MISSED.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.instances import Recipe, a_county, capacities, plain
from tests.bench.integers import RANKS, Instance, weighted
from tests.bench.peers_linear import BY_NAME, PEERS
from tests.bench.report import Section, Target
from tests.bench.trials import Trial, told_by, trials

#: What is measured, and how often: a folder for instances, is it a quick run, rounds of quick peers.
Options = tuple[Path, bool, int]
LARGE = Recipe()


def peers_of(kind: str, quick: bool, largest: int) -> list[str]:
    """Those that can express it, take such costs, and fit into the time."""
    return [peer.name for peer in PEERS if kind in peer.kinds and peer.largest >= largest and not (quick and peer.long)]


def compared(
    options: Options, instance: Instance, names: Sequence[str], limit_s: float = 60.0
) -> tuple[list[dict[str, Any]], dict[str, Trial]]:
    """(rows of a table, trials) of the peers on an instance; times and costs beside ours."""
    folder, _, rounds = options
    found = trials(instance.save(folder / "instance.npz"), names, rounds, limit_s)
    runs = {name: run for name, run in found.items() if isinstance(run, Trial)}
    best = max(run.worth for run in runs.values())
    rows = []
    for name in names:
        run = found[name]
        if isinstance(run, str):
            rows.append({"solver": name, "can't express, or what happened": run})
            continue
        rows.append(
            {
                "solver": name,
                "s": run.seconds,
                "building": run.built_s,
                "x ours": run.seconds / runs[names[0]].seconds,
                "peak MB": run.peak_mb,
                "rise MB": run.rise_mb,
                "worth %": 100 * run.worth / best,
                "urgent/soon/normal": run.filled,
                "can't express, or what happened": BY_NAME[name].lacks,
            }
        )
    return rows, runs


def ratio(what: str, runs: dict[str, Trial], name: str, wanted: float) -> list[Target]:
    """How many times ours is faster, when the peer ran."""
    return [Target(what, runs[name].seconds / runs["ours"].seconds, wanted)] if name in runs else []


def described(instance: Instance) -> str:
    """Size and scarcity of an instance in a line."""
    seats = np.bincount(instance.urgency, instance.seats, RANKS).astype(int)
    alone = int(np.minimum(np.diff(instance.ptr), instance.seats).sum())
    return (
        f"{int(instance.volunteers):,} volunteers, {len(np.unique(instance.need)):,} needs, {int(seats.sum()):,} seats "
        f"({' / '.join(f'{n:,}' for n in seats)} urgent / soon / normal), {len(instance.cost):,} pairs; "
        f"{alone:,} seats could be filled one by one"
    )


def gain(runs: dict[str, Trial]) -> str:
    """What the optimum buys over greedy, in words."""
    best, rough = sum(runs["ours"].filled), sum(runs["greedy"].filled)
    share = 100 * (best - rough) / best
    saying = f"greedy leaves {best - rough:,} more seats empty, {share:.1f} % of those that can be filled"
    return f"{saying}: supply is ample and the optimum gains little" if share < 1 else saying


def bench_plain(options: Options) -> Section:
    """One task a person."""
    instance = plain(*a_county(replace(LARGE, one_task=True)))
    rows, runs = compared(options, instance, peers_of("plain", options[1], int(instance.unmet.max())))
    section = Section("plain", f"Plain seats. {described(instance)}", rows)
    section.remarks.append(gain(runs))
    section.targets += ratio("solve beside scipy dense, building included", runs, "scipy dense", 100)
    section.targets += ratio("solve beside OR-Tools", runs, "OR-Tools flow", 2.5)
    if "scipy dense" in runs:
        dense, own = runs["scipy dense"], runs["ours"]
        section.targets.append(Target("memory the solve takes beside scipy dense", dense.rise_mb / own.rise_mb, 30))
        section.remarks += [
            f"the call alone, its table ready: scipy dense {dense.solve_s:.2f} s, {dense.solve_s / own.solve_s:.0f} x",
            f"peak of the whole process {own.peak_mb:,.0f} MB, scipy dense {dense.peak_mb:,.0f} MB: "
            f"{dense.peak_mb / own.peak_mb:.0f} x; most of ours is the interpreter with numpy, scipy and numba",
        ]
        _whole_way(section, dense)
    return section


def _whole_way(section: Section, dense: Trial) -> None:
    """From rows to a proven plan of the same county beside the dense solve, which gets its pairs for nothing."""
    told = told_by("tests.bench.county_trials", ["whole", json.dumps({"one_task": True})], 600)
    if isinstance(told, str):
        section.remarks.append(f"rows to plan: {told}")
        return
    assert tuple(told["filled"]) == dense.filled, f"rows to plan fill {told['filled']}, scipy {dense.filled}"
    known = told["prepare_s"] + told["flow_s"] + told["sound_s"]
    proven = told["prepare_s"] + told["plan_s"] + told["prove_s"]
    section.targets.append(Target("candidates, solve and certificate beside scipy dense", dense.seconds / known, 15))
    section.remarks.append(
        f"rows to plan in the product's own tiers: candidates {told['prepare_s']:.2f} s, flow {told['flow_s']:.2f}, "
        f"all prices checked {told['sound_s']:.3f}; with the plan as shown ({told['plan_s']:.2f}) and the independent "
        f"proof from the rows, all {told['volunteers'] * told['lines']:,} pairs ({told['prove_s']:.2f}): "
        f"{dense.seconds / proven:.1f} x"
    )


def bench_weighted(options: Options) -> Section:
    """The same pairs with small costs, for solvers that take longer, or give up, on large ones."""
    instance = plain(*a_county(replace(LARGE, one_task=True)))
    instance = replace(instance, unmet=weighted(instance.urgency))
    names = [name for name in peers_of("plain", True, int(instance.unmet.max())) if not name.startswith("greedy")]
    rows, runs = compared(options, instance, names)
    section = Section("weighted", "Plain seats, a weighted sum (12,000 / 6,000 / 3,000) in place of the tiers", rows)
    section.targets += ratio("solve beside OR-Tools", runs, "OR-Tools flow", 2.5)
    return section


def bench_week(options: Options) -> Section:
    """Blocks, days and weeks."""
    instance = capacities(*a_county(LARGE))
    rows, runs = compared(options, instance, peers_of("week", options[1], int(instance.unmet.max())))
    section = Section(
        "week",
        f"Real capacities: one task a block, so many a day and week, a need in any one of several blocks. "
        f"{described(instance)}, {instance.limits:,} limits",
        rows,
    )
    section.remarks.append(gain(runs))
    section.targets += ratio("solve beside OR-Tools", runs, "OR-Tools flow", 20)
    section.targets += ratio("solve beside LEMON", runs, "LEMON simplex", 6)
    small = replace(instance, unmet=weighted(instance.urgency))
    _, cheap = compared(options, small, ["ours", "OR-Tools flow", "LEMON simplex"])
    section.remarks.append(
        "on a weighted sum in place of the tiers: "
        + ", ".join(f"{name} {run.seconds / cheap['ours'].seconds:.1f} x" for name, run in cheap.items())
        + "; scipy and lapx can't express it"
    )
    return section


def bench_ample(options: Options) -> Section:
    """Few needs among many volunteers."""
    instance = plain(*a_county(replace(LARGE, needs=500, one_task=True)))
    rows, runs = compared(options, instance, peers_of("plain", True, int(instance.unmet.max())))
    return Section("ample", f"Ample supply. {described(instance)}", rows, remarks=[gain(runs)])


def bench_many(options: Options) -> Section:
    """No travel limit: millions of pairs."""
    recipe = replace(LARGE, travel_limit=False, one_task=True)
    instance = plain(*a_county(replace(recipe, needs=1000) if options[1] else recipe))
    names = ["ours", "ours, all pairs", "greedy", "LEMON simplex", *([] if options[1] else ["OR-Tools flow"])]
    rows, runs = compared((options[0], options[1], min(options[2], 3)), instance, names)
    section = Section("many", f"No travel limit. {described(instance)}", rows, remarks=[gain(runs)])
    section.targets += ratio("certified optimum beside the solve with all pairs", runs, "ours, all pairs", 8)
    return section


def bench_edits(options: Options) -> Section:
    """A pin, a forbid, somebody away."""
    section = Section(
        "edits", "One change, re-solved and re-certified in process, each equal to a solve from the start"
    )
    for needs, count, bound in ((5_000, 60 if options[1] else 300, 1.0), (20_000, 15 if options[1] else 60, 10.0)):
        told = told_by(
            "tests.bench.county_trials", ["edits", json.dumps({"needs": needs}), "--edits", str(count)], 1800
        )
        if isinstance(told, str):
            section.remarks.append(f"{needs:,} needs: {told}")
            continue
        section.rows += [
            {
                "needs": needs,
                "pairs": told["pairs"],
                "change": kind,
                "median ms": told["median_ms"][kind],
                "p95 ms": told["p95_ms"][kind],
                "worst ms": told["worst_ms"][kind],
                "from the start ms": 1e3 * told["cold_s"],
                "with the plan shown, p95 ms": told["plan_p95_ms"][kind],
            }
            for kind in ("pin", "forbid", "away")
        ]
        section.targets += [
            Target(f"{kind} at {needs:,} needs, p95", told["p95_ms"][kind], bound, below=True, unit="ms")
            for kind in ("pin", "forbid", "away")
        ]
        section.remarks.append(f"{needs:,} needs: {told['edits']} changes, {told['edits']} solves from the start agree")
    return section


def bench_crews(options: Options) -> Section:
    """Crews that come whole or not at all."""
    section = Section(
        "crews", "Crews (1 + 2 + 6 to 7), whole or not at all, one time each; a weighted sum, so that HiGHS can count"
    )
    for needs in (2_000, 5_000):
        recipe = json.dumps({"needs": needs, "whole_crews": True, "several_blocks": False})
        path = options[0] / "crews.npz"
        told = told_by("tests.bench.county_trials", ["crews", recipe, "--save", str(path)], 600)
        if isinstance(told, str):
            section.remarks.append(f"{needs:,} needs: {told}")
            continue
        found = trials(path, [*(() if options[1] else ("HiGHS MIP", "CP-SAT")), "greedy"], 1, 120)
        runs = {name: run for name, run in found.items() if isinstance(run, Trial)}
        best = max([told["worth"], *(run.worth for run in runs.values())])
        shown = [("ours", told["plan_s"], told["worth"], told["bound_worth"], told["filled"])]
        instance = Instance.load(path)
        shown += [
            (n, r.seconds, r.worth, None if r.bound is None else instance.worth(int(r.bound)), r.filled)
            for n, r in runs.items()
        ]
        section.rows += [
            {
                "needs": needs,
                "solver": name,
                "s": took,
                "x ours": took / told["plan_s"],
                "worth %": 100 * worth / best,
                "bound %": None if bound is None else 100 * bound / best,
                "urgent/soon/normal": tuple(filled),
            }
            for name, took, worth, bound, filled in shown
        ]
        section.remarks += [f"{name} at {needs:,} needs: {run}" for name, run in found.items() if isinstance(run, str)]
        section.remarks.append(f"{needs:,} needs: {told['crews_sent']} of {told['crews']} crews sent")
        if "HiGHS MIP" in runs:
            below = 100 * (runs["HiGHS MIP"].worth - told["worth"]) / runs["HiGHS MIP"].worth
            section.targets.append(Target(f"below HiGHS' MIP, {needs:,} needs", below, 0.5, below=True, unit="%"))
        section.targets.append(Target(f"plan at {needs:,} needs", told["plan_s"], 1.0, below=True, unit="s"))
    return section


def exponent(sizes: Sequence[float], times: Sequence[float]) -> float:
    """k of times ~ sizes ** k."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def bench_growth(options: Options) -> Section:
    """More needs, more volunteers."""
    section = Section(
        "growth", "Growth: rows to plan with real capacities, several times, all tiers; seconds. LEMON gets the flow"
    )
    sizes = [(50_000, needs) for needs in (500, 2_000, 5_000, 20_000)]
    sizes += [(volunteers, 5_000) for volunteers in ((10_000,) if options[1] else (10_000, 500_000))]
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for volunteers, needs in sizes:
        recipe = json.dumps({"volunteers": volunteers, "needs": needs})
        often = ["--rounds", str(options[2] if volunteers * needs <= 250_000_000 else 1)]
        path = options[0] / "case.npz"
        told = told_by("tests.bench.county_trials", ["whole", recipe, "--save", str(path), *often], 1800)
        if isinstance(told, str):
            section.remarks.append(f"{volunteers:,} x {needs:,}: {told}")
            continue
        found[volunteers, needs] = told
        lemon = trials(path, ["LEMON simplex"], 1)["LEMON simplex"]
        if isinstance(lemon, Trial):
            assert lemon.objective == told["flow_objective"], f"{lemon.objective} is not {told['flow_objective']}"
        section.rows.append(
            {
                "volunteers": volunteers,
                "needs": needs,
                "seats": told["seats"],
                "filled": sum(told["filled"]),
                "pairs": told["pairs"],
                "candidates": told["prepare_s"],
                "flow": told["flow_s"],
                "LEMON": lemon.seconds if isinstance(lemon, Trial) else None,
                "plan": told["plan_s"],
                "proof": told["prove_s"],
                "peak MB": told["peak_mb"],
                "rise MB": told["rise_mb"],
            }
        )
    for what, which, other in (("needs", 1, 50_000), ("volunteers", 0, 5_000)):
        same = sorted((size for size in found if size[1 - which] == other), key=lambda size: size[which])
        if len(same) > 1:
            parts = ("prepare_s", "flow_s", "plan_s")
            powers = [exponent([s[which] for s in same], [found[s][part] for s in same]) for part in parts]
            section.remarks.append(
                f"{what} {same[0][which]:,} to {same[-1][which]:,}: candidates grow with the power {powers[0]:.2f}, "
                f"the flow {powers[1]:.2f}, the whole plan {powers[2]:.2f}"
            )
    return section


def bench_counties(options: Options) -> Section:
    """Twenty counties beside each other."""
    counties = 5 if options[1] else 20
    section = Section("counties", f"{counties} counties in one process and on two workers of a Dask cluster, wall time")
    recipe = json.dumps({"counties": counties, "volunteers": 20_000 * counties, "needs": 2_000 * counties})
    told = told_by("tests.bench.county_trials", ["parts", recipe], 1200)
    if isinstance(told, str):
        section.remarks.append(told)
        return section
    section.rows = [
        {"how": "one process", "s": told["serial_s"], "x one process": 1.0},
        {"how": "two workers, first time", "s": told["first_s"], "x one process": told["first_s"] / told["serial_s"]},
        {"how": "two workers", "s": told["shared_s"], "x one process": told["shared_s"] / told["serial_s"]},
    ]
    section.remarks = [
        f"{told['volunteers']:,} volunteers, {told['seats']:,} seats, "
        f" {told['pairs']:,} pairs in {told['parts']} parts: "
        "the plans are the same byte for byte",
        f"starting the workers {told['start_s']:.1f} s, an empty task {told['empty_task_ms']:.1f} ms, cutting the case "
        f"into parts {told['cutting_s']:.2f} s (in all three)",
    ]
    return section


SECTIONS: dict[str, Callable[[Options], Section]] = {
    "plain": bench_plain,
    "weighted": bench_weighted,
    "week": bench_week,
    "ample": bench_ample,
    "edits": bench_edits,
    "many": bench_many,
    "crews": bench_crews,
    "growth": bench_growth,
    "counties": bench_counties,
}


def main(arguments: list[str]) -> int:
    """Prints each section when it is done, or one JSON object at the end with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without what takes minutes")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--only", default="", help=f"some of {', '.join(SECTIONS)}, with commas")
    parser.add_argument("--rounds", type=int, default=3)
    parsed = parser.parse_args(arguments)
    names = parsed.only.split(",") if parsed.only else list(SECTIONS)
    if unknown := set(names) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    sections = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            section = SECTIONS[name]((Path(folder), parsed.quick, parsed.rounds))
            sections.append(section)
            if not parsed.json:
                print(section.told(), end="\n\n", flush=True)
    if parsed.json:
        print(json.dumps({"recipe": asdict(LARGE), "sections": [section.as_json() for section in sections]}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
