"""`match --problem` and `certify` from the shell: two files in, exit code, words and JSON out; no database."""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from dashboard.__main__ import main
from dashboard.cli import workers
from dashboard.core.errors import Invalid
from tests.formats.match_files import a_need, a_people_problem, a_volunteer, an_arcs_problem, as_bytes

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "assignment"
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, document: Any) -> str:
    path.write_bytes(document if isinstance(document, bytes) else as_bytes(document))
    return str(path)


def solve(here: Path, problem: Any, *more: str) -> int:
    return main(["match", "--problem", write(here / "P.json", problem), "--out", str(here / "plan.json"), *more])


def certify(here: Path, *more: str) -> int:
    return main(["certify", str(here / "P.json"), str(here / "plan.json"), *more])


def documented() -> list[dict[str, Any]]:
    page = (ROOT / "docs" / "match-problem.md").read_text(encoding="utf-8")
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]


@pytest.mark.parametrize("problem", [an_arcs_problem(), a_people_problem(), *documented()])
def test_a_problem_is_solved_and_its_plan_certified(here: Path, capsys: Captured, problem: dict[str, Any]) -> None:
    assert 0 == solve(here, problem, "--json")
    told = json.loads(capsys.readouterr().out)
    plan = json.loads((here / "plan.json").read_bytes())
    assert told["filled"] + told["empty"] == told["seats"]
    assert (len(plan["pairs"]), plan["objective"], plan["digest"]) == (
        told["filled"],
        told["objective"],
        told["digest"],
    )
    proven = plan["gap"] == 0
    assert (0 if proven else 1) == certify(here, "--json")
    found = json.loads(capsys.readouterr().out)
    assert {"proven", "feasible", "objective", "bound", "gap", "flaws"} == set(found)
    assert (proven, True, plan["objective"], plan["bound"], plan["gap"]) == tuple(found.values())[:5]
    assert 0 == certify(here, "--within", "100")


@pytest.mark.parametrize(("size", "best"), [(100, 305), (200, 475), (300, 626)])
def test_published_instances_have_their_published_optimum(here: Path, capsys: Captured, size: int, best: int) -> None:
    count, *costs = map(int, (DATA / f"assign{size}.txt").read_text(encoding="ascii").split())
    rows = range(count)
    problem = {
        "needs": [{"id": row, "people": 1} for row in rows],
        "volunteers": [{"id": row, "capacity": 1} for row in rows],
        "arcs": [[row, column, costs[row * count + column]] for row in rows for column in rows],
        "unmet_penalty": 100_000,
    }
    assert (0, 0) == (solve(here, problem), certify(here, "--json"))
    assert best == json.loads(capsys.readouterr().out.splitlines()[-1])["objective"]


def test_the_same_problem_gives_the_same_bytes_and_no_database_is_made(here: Path) -> None:
    elsewhere = f"sqlite:///{here / 'none.db'}"
    assert 0 == solve(here, an_arcs_problem(), "--db", elsewhere)
    first = (here / "plan.json").read_bytes()
    mixed = an_arcs_problem(arcs=an_arcs_problem()["arcs"][::-1])
    assert 0 == solve(here, dict(reversed(mixed.items())), "--db", elsewhere)
    assert first == (here / "plan.json").read_bytes()
    assert 0 == certify(here, "--db", elsewhere)
    assert {"P.json", "plan.json"} == {path.name for path in here.iterdir()}


@pytest.mark.parametrize(
    "words",
    [
        ["match", "--problem", "P.json"],
        ["match", "--out", "plan.json"],
        ["match", "--problem", "P.json", "--out", "P.json"],
        ["match", "--problem", "P.json", "--out", "plan.json", "--commit"],
        ["match", "--problem", "P.json", "--out", "plan.json", "--dry-run"],
        ["match", "--problem", "P.json", "--out", "plan.json", "--scope", "x"],
        ["match", "--workers", "local:2"],
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(here: Path, capsys: Captured, words: list[str]) -> None:
    write(here / "P.json", an_arcs_problem())
    assert 2 == main(words)
    assert capsys.readouterr().err.strip()
    assert not (here / "plan.json").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["certify", "P.json"],
        ["certify", "P.json", "plan.json", "--within", "-1"],
        ["certify", "P.json", "plan.json", "--within", "nan"],
        ["certify", "P.json", "plan.json", "--within", "much"],
        ["match", "--problem", "P.json", "--out", "plan.json", "--workers", "many"],
        ["match", "--problem", "P.json", "--out", "plan.json", "--workers", "local:0"],
    ],
)
def test_words_the_shell_does_not_know_are_wrong_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert 2 == stopped.value.code


def test_mistakes_are_told_with_their_places_in_both_languages(here: Path, capsys: Captured) -> None:
    problem = an_arcs_problem(arcs=[[7, "cook", -1], [7, "cook", 2**70], [8, 12, 1.5]])
    assert 1 == solve(here, problem, "--language", "zh")
    shown = capsys.readouterr()
    assert "" == shown.out
    assert ["/arcs/0/2：-1 太小，最小 0"] == [line for line in shown.err.splitlines() if line.startswith("/arcs/0")]
    assert 1 == solve(here, problem, "--language", "en", "--json")
    shown = capsys.readouterr()
    told = json.loads(shown.out)
    assert ("match_files.refused", 4) == (told["error"], told["values"]["count"])
    assert "/arcs/2/0: there is no 8 in needs" in shown.err.splitlines()
    first = told["problems"][0]
    assert ("/arcs/0/2", "-1", "match_files.too_small") == (first["place"], first["value"], first["key"])
    assert not (here / "plan.json").exists()


def test_twenty_mistakes_are_told_and_the_rest_counted(here: Path, capsys: Captured) -> None:
    assert 1 == solve(here, an_arcs_problem(arcs=[[7, "cook", -1]] * 50), "--language", "en")
    lines = capsys.readouterr().err.splitlines()
    assert (22, "... and 30 more") == (len(lines), lines[-1])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"a": "\xb0\xa1"}',
        b"[" * 100_000,
        b"[]",
        b'{"needs": NaN}',
        b'{"needs": 1, "needs": 2}',
    ],
)
def test_what_is_no_problem_file_is_refused_in_words_and_never_a_traceback(
    here: Path, capsys: Captured, data: bytes
) -> None:
    assert 1 == solve(here, data)
    write(here / "plan.json", {})
    assert 1 == certify(here, "--json")
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (False, False, None) == (found["proven"], found["feasible"], found["objective"])
    assert found["flaws"][0]["message"]
    write(here / "P.json", an_arcs_problem())
    write(here / "plan.json", data)
    assert 1 == certify(here, "--json")


def test_files_that_are_not_there_or_can_not_be_written_are_told(here: Path, capsys: Captured) -> None:
    assert 1 == main(["match", "--problem", "none.json", "--out", "plan.json"])
    assert 1 == main(["match", "--problem", ".", "--out", "plan.json"])
    assert 1 == main(["certify", "none.json", "plan.json", "--json"])
    problem = write(here / "P.json", an_arcs_problem())
    assert 1 == main(["match", "--problem", problem, "--out", str(here / "no" / "plan.json")])
    assert 1 == main(["match", "--problem", problem, "--out", str(here)])
    assert ["P.json"] == [path.name for path in here.iterdir()]
    assert "none.json" in capsys.readouterr().err


def test_a_plan_that_is_not_proven_is_told_in_words(here: Path, capsys: Captured) -> None:
    assert 0 == solve(here, an_arcs_problem())
    plan = json.loads((here / "plan.json").read_bytes())
    tampered = copy.deepcopy(plan)
    tampered["objective"] -= 1
    write(here / "plan.json", tampered)
    capsys.readouterr()
    assert 1 == certify(here, "--language", "en")
    shown = capsys.readouterr()
    assert ("", "the objective says 109 and is 110") == (shown.out, shown.err.splitlines()[1])
    write(here / "plan.json", plan | {"digest": "0" * 64})
    assert 1 == certify(here, "--within", "100", "--json")
    assert ["match_files.flaw_digest"] == [flaw["key"] for flaw in json.loads(capsys.readouterr().out)["flaws"]]


def test_a_pin_that_can_not_be_kept_is_said(here: Path, capsys: Captured) -> None:
    pin = {"kind": "pin", "need": "N1", "volunteer": "V1"}
    problem = a_people_problem(volunteers=[a_volunteer(active=False)], constraints=[pin])
    assert 0 == solve(here, problem, "--json", "--language", "en")
    assert [{"need": "N1", "volunteer": "V1", "reason": "active"}] == json.loads(capsys.readouterr().out)[
        "refused_pins"
    ]
    assert 0 == solve(here, problem, "--language", "en")
    assert "A pin is refused: need N1 with volunteer V1 (not active)" in capsys.readouterr().out


# -- several processes


def districts(count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both forms, in parts that have nothing to do with each other."""
    needs = [a_need(f"N{k}", lon=100.0 + k // 2, people=2) for k in range(2 * count)]
    people = [a_volunteer(f"V{k}", lon=100.0 + k // 3, max_distance_m=5000) for k in range(3 * count)]
    near = [(k, j) for k in range(2 * count) for j in range(3 * count) if k // 2 == j // 3]
    explicit = {
        "needs": [{"id": need["id"], "people": 2} for need in needs],
        "volunteers": [{"id": one["id"], "capacity": 1} for one in people],
        "arcs": [[f"N{k}", f"V{j}", (7 * k + 5 * j) % 11] for k, j in near],
        "unmet_penalty": 100,
    }
    return {"needs": needs, "volunteers": people}, explicit


def in_processes(*words: str) -> None:
    """A program of its own, because the test runner's processes can't start a cluster's."""
    command = [sys.executable, "-m", "tests.services.in_processes", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_two_processes_make_the_same_bytes_as_one(here: Path) -> None:
    people, explicit = districts(4)
    for problem in (people, explicit):
        assert 0 == solve(here, problem)
        alone = (here / "plan.json").read_bytes()
        in_processes("match", str(here / "P.json"), str(here / "shared.json"), "local:2")
        assert alone == (here / "shared.json").read_bytes()


def test_workers_that_die_are_an_error_and_not_a_wait() -> None:
    in_processes("die")


def test_workers_that_can_not_be_had_are_told(here: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PATIENCE", 1)
    assert 1 == solve(here, an_arcs_problem(), "--workers", "tcp://127.0.0.1:9", "--language", "en")
    assert "the scheduler tcp://127.0.0.1:9 cannot be reached" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert 1 == solve(here, an_arcs_problem(), "--workers", "local:2", "--language", "en")
    assert "--workers needs an optional install" in capsys.readouterr().err
    assert not (here / "plan.json").exists()


def test_a_scheduler_without_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PATIENCE", 1)
    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address=None, silence_logs="CRITICAL") as cluster,
        pytest.raises(Invalid) as told,
        workers.workers(cluster.scheduler_address),
    ):
        pass
    assert "match_files.no_workers" == told.value.key
