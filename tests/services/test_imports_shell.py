"""`python -m dashboard import` and `export`: the JSON scripts rely on, exit codes, sentences."""

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.__main__ import main

DATA = Path(__file__).resolve().parents[1] / "data"
PROMISED = {"rows", "stored", "unchanged", "refused", "linked", "warnings", "problems"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'new.db'}"


def shell(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code, out, _ = shell(capsys, *words, "--json")
    return code, json.loads(out)


def test_a_register_comes_into_a_database_that_was_not_there(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = as_json(capsys, "import", "sites", str(DATA / "sites.xlsx"), "--db", url)
    assert code == 1, "two rows are refused, and that is told"
    assert set(told) >= PROMISED
    assert (told["rows"], told["stored"], told["unchanged"], told["refused"]) == (9, 7, 0, 2)
    first = next(problem for problem in told["problems"] if problem["severity"] == "refused")
    assert {"row", "column", "value", "key", "message"} <= set(first)
    assert (first["row"], first["column"], first["key"]) == (11, "阵地名称", "repeated_site")
    assert first["message"] and first["fix"]


def test_all_rows_stored_is_done(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(DATA / "volunteers.csv")
    code, told = as_json(capsys, "import", "volunteers", file, "--db", url)
    assert (code, told["stored"], told["warnings"]) == (0, 12, 11)
    code, told = as_json(capsys, "import", "volunteers", file, "--db", url)
    assert (code, told["stored"], told["unchanged"]) == (0, 0, 12)


def test_a_dry_run_leaves_the_register_to_come(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(DATA / "needs.xlsx")
    words = ("import", "needs", file, "--db", url, "--today", "2026-11-28")
    _, tried = as_json(capsys, *words, "--dry-run")
    _, done = as_json(capsys, *words)
    assert tried["batch"] is None
    assert {key: tried[key] for key in PROMISED} == {key: done[key] for key in PROMISED}
    assert (done["stored"], done["linked"]) == (11, 2)


def test_progress_goes_to_stderr_and_the_result_to_stdout(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = shell(capsys, "import", "sites", str(DATA / "sites.xlsx"), "--db", url, "--language", "en")
    assert "9 rows: 7 stored" in out and "GCJ-02" in out
    assert "%" in err and "9 rows" not in err


@pytest.mark.parametrize(
    ("kind", "content"),
    [("sites", b"%PDF-1.4"), ("sites", b""), ("volunteers", b"a,b\n1,2\n"), ("grids", b"a,b\n1,2\n"), ("needs", None)],
)
def test_a_file_that_is_none_is_refused_in_words(
    kind: str, content: bytes | None, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "register"
    if content is not None:
        path.write_bytes(content)
    code, out, err = shell(capsys, "import", kind, str(path), "--db", url, "--json")
    assert code == 1
    assert json.loads(out)["error"].startswith("imports.") and json.loads(out)["message"] in err


@pytest.mark.parametrize("words", [["import"], ["import", "cats", "x"], ["import", "sites", "x", "--datum", "moon"]])
def test_wrong_usage_is_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def test_refused_rows_are_written_where_asked(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind, file, out in (("needs", "needs.xlsx", "r.xlsx"), ("grids", "grids.geojson", "r.geojson")):
        words = ("import", kind, str(DATA / file), "--db", url, "--today", "2026-11-28")
        _, told = as_json(capsys, *words, "--refused", str(tmp_path / out))
        _, again = as_json(capsys, "import", kind, str(tmp_path / out), "--db", url, "--dry-run")
        assert again["rows"] == told["refused"] > 0
        assert again["unchanged"] == 0
    nothing = tmp_path / "none.xlsx"
    shell(capsys, "import", "volunteers", str(DATA / "volunteers.csv"), "--db", url, "--refused", str(nothing))
    assert not nothing.exists()


def test_a_mapping_is_read_from_a_file(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"甲": "name", "乙": "phone"}), encoding="utf-8")
    (tmp_path / "v.csv").write_text("甲,乙\n张三,13800000001\n", encoding="utf-8")
    words = ("import", "volunteers", str(tmp_path / "v.csv"), "--db", url)
    assert as_json(capsys, *words)[0] == 1
    assert as_json(capsys, *words, "--mapping", str(tmp_path / "m.json"))[1]["stored"] == 1
    assert as_json(capsys, *words, "--mapping", "nowhere")[1]["error"] == "imports.unknown_mapping"
    (tmp_path / "m.json").write_text("[1]", encoding="utf-8")
    assert as_json(capsys, *words, "--mapping", str(tmp_path / "m.json"))[1]["error"] == "imports.bad_mapping"


def test_many_changes_ask_again_and_yes_goes_on(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.csv"
    path.write_text("阵地名称,级别,地址\n县中心,中心,甲\n", encoding="utf-8")
    words = ("import", "sites", str(path), "--db", url)
    assert as_json(capsys, *words)[0] == 0
    path.write_text("阵地名称,级别,地址\n县中心,中心,乙\n", encoding="utf-8")
    code, told = as_json(capsys, *words)
    assert (code, told["error"]) == (1, "imports.many_changes")
    assert as_json(capsys, *words, "--yes")[1]["stored"] == 1


def test_a_register_is_exported(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell(capsys, "import", "volunteers", str(DATA / "volunteers.csv"), "--db", url)
    for name in ("v.csv", "v.xlsx"):
        code, told = as_json(capsys, "export", "volunteers", str(tmp_path / name), "--db", url)
        assert (code, told["rows"]) == (0, 12)
        assert as_json(capsys, "import", "volunteers", str(tmp_path / name), "--db", url)[1]["unchanged"] == 12
    _, told = as_json(capsys, "export", "volunteers", str(tmp_path / "v.pdf"), "--db", url)
    assert told["error"] == "imports.bad_export"
    shell(capsys, "import", "grids", str(DATA / "grids.geojson"), "--db", url)
    assert as_json(capsys, "export", "grids", str(tmp_path / "g.geojson"), "--db", url)[1]["rows"] == 4


def test_an_import_of_needs_is_listed_tried_and_undone_once(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    as_json(capsys, "import", "needs", str(DATA / "needs.xlsx"), "--db", url, "--today", "2026-11-28")
    code, told = as_json(capsys, "undo-import", "--db", url)
    assert (code, [(one["batch"], one["stored"], one["undone_at"]) for one in told["imports"]]) == (0, [(1, 11, None)])
    code, tried = as_json(capsys, "undo-import", "1", "--dry-run", "--db", url)
    assert (code, tried["needs"], tried["possible"], tried["in_the_way"], tried["touched"]) == (0, 11, True, 0, [])
    code, done = as_json(capsys, "undo-import", "1", "--db", url)
    assert (code, done) == (0, {"batch": 1, "needs": 11, "unlinked": 0, "file": "needs.xlsx"})
    code, out, err = shell(capsys, "undo-import", "1", "--db", url, "--language", "en")
    assert (code, out) == (1, "") and "undone before, in the shell on" in err
    _, out, _ = shell(capsys, "undo-import", "--db", url, "--language", "en")
    assert "needs.xlsx  11 stored  Undone: " in out and out.strip().endswith("by Shell")
