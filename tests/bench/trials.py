"""Trials of the benchmark: each peer on one instance in a process of its own, rounds interleaved, medians.

A quick peer solves the whole instance once to warm up and then again for the clock, as a server does that has been up
for a while; one that takes long warms up on a tiny one. Seconds are the lesser of processor and wall time, so that
neither a busy machine nor a second thread speaks against a peer. Memory is the process's peak, and how far it rose
above what it had with everything imported.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tests.bench.integers import Instance, at_random
from tests.bench.peers import LIMIT_S, Marks
from tests.bench.peers_linear import BY_NAME

ROOT = Path(__file__).resolve().parents[2]
#: A process that hangs is ended this long after its limit.
PATIENCE_S = 240.0


@dataclass(frozen=True)
class Trial:
    """What one run, or the median of several, says."""

    peer: str
    seconds: float
    built_s: float
    objective: int
    worth: int
    filled: tuple[int, ...]
    peak_mb: float
    rise_mb: float
    bound: float | None

    @property
    def solve_s(self) -> float:
        """Without building the model."""
        return self.seconds - self.built_s


def peak_mb() -> float:
    """The process's largest resident memory so far."""
    for row in Path("/proc/self/status").read_text().splitlines():
        if row.startswith("VmHWM"):
            return int(row.split()[1]) / 1024
    raise RuntimeError("the system tells no peak memory")


def tried(name: str, path: Path, limit_s: float) -> Trial:
    """One run, in this process."""
    peer, instance = BY_NAME[name], Instance.load(path)
    peer.solve(at_random(np.random.default_rng(1), 10, 10), Marks(1.0))
    before = peak_mb()
    if not peer.long:
        peer.solve(instance, Marks(limit_s))
        risen = peak_mb()
    marks = Marks(limit_s)
    pairs = peer.solve(instance, marks)
    if peer.long:
        risen = peak_mb()
    instance.check(pairs)
    value = instance.value(pairs)
    return Trial(
        name,
        min(marks.solved_s, marks.solved_cpu_s),
        min(marks.built_s, marks.built_cpu_s),
        value,
        instance.worth(value),
        instance.filled(pairs),
        risen,
        risen - before,
        marks.bound,
    )


def _in_its_own(name: str, path: Path, limit_s: float) -> Trial | str:
    """The trial, or why there is none."""
    told = told_by("tests.bench.trials", [name, str(path), "--limit", str(limit_s)], limit_s + PATIENCE_S)
    return told if isinstance(told, str) else Trial(**(told | {"filled": tuple(told["filled"])}))


def told_by(module: str, arguments: Sequence[str], patience_s: float) -> dict[str, Any] | str:
    """What a program of the benchmark prints last, as JSON; or why it said nothing."""
    command = [sys.executable, "-m", module, *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=patience_s)
    except subprocess.TimeoutExpired:
        return f"no answer after {patience_s:.0f} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def trials(path: Path, names: Sequence[str], rounds: int, limit_s: float = LIMIT_S) -> dict[str, Trial | str]:
    """The median trial of each peer, or why there is none. Raises AssertionError when two that claim the optimum, or
    two runs of one peer, differ."""
    runs: dict[str, list[Trial]] = {name: [] for name in names}
    failed: dict[str, str] = {}
    for turn in range(rounds):
        for name in names:
            if name in failed or (turn and BY_NAME[name].long):
                continue
            print(f"  {name}, {turn + 1} of {rounds}   ", end="\r", file=sys.stderr, flush=True)
            found = _in_its_own(name, path, limit_s)
            if isinstance(found, str):
                failed[name] = found
            else:
                runs[name].append(found)
    print(" " * 50, end="\r", file=sys.stderr)
    exact = {run.objective for name in names if BY_NAME[name].exact for run in runs[name]}
    assert len(exact) <= 1, f"no agreement on the optimum: { ({n: [r.objective for r in runs[n]] for n in names}) }"
    if exact:
        best = min(run.objective for parts in runs.values() for run in parts)
        assert best == min(exact), f"a plan of {best} is cheaper than the optimum {min(exact)}"
    return {name: failed[name] if name in failed else _median(runs[name]) for name in names}


def _median(runs: list[Trial]) -> Trial:
    first = asdict(runs[0])
    for field in ("seconds", "built_s", "peak_mb", "rise_mb"):
        first[field] = median(getattr(run, field) for run in runs)
    return Trial(**first)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=sorted(BY_NAME))
    parser.add_argument("instance", type=Path)
    parser.add_argument("--limit", type=float, default=LIMIT_S)
    options = parser.parse_args(arguments)
    print(json.dumps(asdict(tried(options.peer, options.instance, options.limit))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
