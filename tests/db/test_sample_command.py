"""`python -m dashboard sample`: what it says and how it exits."""

import json
from pathlib import Path

import pytest

from dashboard.__main__ import main

TODAY = ["--today", "2026-11-20", "--json"]


def said(capsys: pytest.CaptureFixture[str], words: list[str]) -> tuple[int, dict[str, object], str]:
    """(exit code, JSON on stdout, stderr)."""
    code = main(["sample", *words])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def test_it_makes_adds_and_refuses_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    db = ["--db", f"sqlite:///{tmp_path / 'sample.db'}"]
    code, result, progress = said(capsys, ["--size", "small", "--seed", "3", *TODAY, *db])
    assert code == 0
    assert (result["made"], result["size"], result["seed"], result["today"]) == (True, "small", 3, "2026-11-20")
    assert result["rows"]["volunteers"] == 600  # type: ignore[index]
    assert "100 %" in progress

    code, result, _ = said(capsys, ["--needs", "25", *TODAY, *db])
    assert (code, result["made"], result["rows"]["needs"]) == (0, False, 25)  # type: ignore[index]

    code, result, words = said(capsys, ["--size", "small", *TODAY, *db])
    assert (code, result["error"]) == (1, "sample.already")
    assert "--force" in words

    code, result, _ = said(capsys, ["--size", "small", "--force", "--needs", "10", *TODAY, *db])
    assert (code, result["made"], result["seed"]) == (0, True, 1)


@pytest.mark.parametrize("words", ["--today yesterday", "--today 0999-01-01", "--needs -1", "--size huge"])
def test_wrong_usage_exits_2(words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sample", *words.split()])
    assert ended.value.code == 2
