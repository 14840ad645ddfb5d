"""The slow path gives the same answers; machine code is kept where it may be written and done without where not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.core.matching import compiled

ROOT = Path(__file__).parents[3]

#: Prints a ranking and a plan of a small county, and whether the functions were compiled.
ANSWERS = """
import json, sys
if {blocked}:
    sys.modules["numba"] = None
from dashboard.core.matching import candidates, compiled, plan
from dashboard.core.matching.certify import certify
from tests.bench.county import a_county
people, lines = a_county(400, 14, seed=3)
ranking = candidates.ranked(people, lines, 0)
case = plan.prepare(people, lines)
best = plan.best_plan(case)
print(json.dumps([compiled.COMPILED, [
    ranking.id.tolist(), ranking.score.tolist(), ranking.points.tolist(),
    best.line_id.tolist(), best.person_id.tolist(),
    best.canonical().decode(),
    [plan.causes(case, best, int(line)) for line in best.unmet[:3]], len(certify(case, best)),
]]))
"""


def answers(blocked: bool = False, **environment: str) -> tuple[bool, list[object]]:
    command = [sys.executable, "-c", ANSWERS.format(blocked=blocked)]
    run = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found, values = json.loads(run.stdout)
    return found, values


@pytest.fixture(scope="module")
def fast() -> list[object]:
    was_compiled, found = answers()
    assert was_compiled
    return found


def test_without_numba_the_answers_are_the_same(fast: list[object]) -> None:
    assert answers(blocked=True) == (False, fast)


def test_with_compiling_switched_off_the_answers_are_the_same(fast: list[object]) -> None:
    assert answers(NUMBA_DISABLE_JIT="1") == (False, fast)


def test_machine_code_is_kept_under_the_digest_of_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    kept = compiled.directory()
    assert kept is not None
    assert Path(kept).parent == tmp_path
    monkeypatch.setattr(compiled, "_HERE", tmp_path)  # other sources: none
    assert compiled.directory() != kept


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert compiled.directory() is None
    monkeypatch.setattr(compiled, "_DIRECTORY", None)
    assert compiled.compiled(abs_of)(-3) == 3


def abs_of(number: int) -> int:
    return number if number >= 0 else -number


def test_warming_up_compiles_everything_that_pages_ask() -> None:
    from dashboard.core.matching import warm

    warm.warm_up()
    before = warm.signatures()
    assert before and all(before.values())
    answers_of_a_page()
    assert warm.signatures() == before


def answers_of_a_page() -> None:
    """What the match page asks, on people and needs unlike those of the warm-up."""
    from dashboard.core.matching import candidates, explain, plan
    from tests.bench.county import CODES, a_county

    people, lines = a_county(500, 20, seed=2)
    case = plan.prepare(people, lines)
    plan.causes(case, plan.best_plan(case), 0)
    explain.why_not(people, lines, 0, 0, CODES)
    explain.reasons(people, lines, 0, 0)
    candidates.ranked(people, lines, 0)
