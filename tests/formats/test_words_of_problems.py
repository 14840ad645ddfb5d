"""Every problem the readers can tell has its sentence and its remedy in both languages."""

import ast
import re
from pathlib import Path

from dashboard.formats.columns import ADDED_HEADINGS
from dashboard.text import LANGUAGES, catalogue, text

FORMATS = Path(__file__).resolve().parents[2] / "dashboard" / "formats"
#: Keys that readers take over from the core: polygon problems, text traps, times.
FROM_CORE = {
    "empty", "unclosed", "too_few_points", "swapped", "not_degrees", "self_crossing", "private_use",
    "lost_characters", "mixed_writing", "no_time", "vague_time",
}  # fmt: skip


def _calls(*names: str) -> list[ast.Call]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in FORMATS.glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) in names]


def _strings(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def _told() -> set[str]:
    keys = set(FROM_CORE)
    for call in _calls("refuse", "warn", "verify"):
        argument = call.args[1]
        if isinstance(argument, ast.IfExp):
            keys |= _strings(argument.body) | _strings(argument.orelse)
        elif isinstance(argument, ast.Constant):
            keys.add(str(argument.value))
    source = (FORMATS / "reader_child.py").read_text(encoding="utf-8")
    return keys | set(re.findall(r'"problem": "(\w+)"', source)) | {"bad_coordinates", "too_many_vertices"}


def test_every_problem_has_its_sentence_and_its_remedy() -> None:
    keys = _told()
    assert len(keys) > 45
    known = catalogue()
    missing = [key for key in keys if not {f"import_problems.{key}", f"import_problems.{key}.fix"} <= set(known)]
    assert missing == []


def test_every_refusal_of_a_file_has_its_sentence() -> None:
    keys = {call.args[0].value for call in _calls("RefusedError") if isinstance(call.args[0], ast.Constant)}
    assert len(keys) > 12
    assert [] == [key for key in keys if f"imports.{key}" not in catalogue()]


def test_the_columns_we_add_to_refused_rows_are_known_when_they_come_back() -> None:
    said = {text(language, f"imports.column.{name}") for language in LANGUAGES for name in ("row", "reason", "fix")}
    assert said == ADDED_HEADINGS
