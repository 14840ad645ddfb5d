"""The rules of the house, held by the build: who may import whom, page shape, one catalogue, no address outside."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.__main__ import COMMANDS
from dashboard.core import permissions, words
from dashboard.text import catalogue
from tests.longest import LONGEST

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted(
    path
    for room in ("dashboard", "pages", "db")
    for path in (ROOT / room).rglob("*.py")
    if "versions" not in path.parts
)
PAGES = sorted((ROOT / "pages").glob("*.py"))

#: Room -> the rooms it may import. A room always may import itself.
RULE: dict[str, set[str]] = {
    "core": set(),
    "text": set(),
    "db": set(),
    "formats": {"core"},
    "draw": {"core"},
    "services": {"core", "db", "formats"},
    "ui": {"services", "draw", "core", "text", "db.engine"},
    "pages": {"ui", "services", "draw", "core"},
    "web": {"services", "core", "text", "db.engine"},
    # `run` starts the server, which is a door.
    "cli": {"services", "formats", "core", "text", "db", "doors"},
    "doors": {"web", "cli", "ui", "services", "core", "text", "db"},
}
#: Libraries kept to their rooms.
LIBRARIES = {
    "streamlit": {"pages", "ui", "doors"},
    "streamlit_folium": {"ui"},
    "sqlalchemy": {"db", "services"},
    "folium": {"draw"},
    "branca": {"draw"},
    "altair": {"draw"},
}


def _room(module: str) -> str | None:
    parts = module.split(".")
    if parts[0] in ("pages", "db"):
        return parts[0]
    if parts[0] != "dashboard":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in RULE else "doors"


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module in ("dashboard", "db"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CODE, ids=_id)
def test_imports_follow_the_floors(path: Path) -> None:
    here = _room(_module(path))
    assert here is not None
    wrong = []
    for name in _imports(path):
        there = _room(name)
        library = name.split(".")[0]
        if library in LIBRARIES and here not in LIBRARIES[library]:
            wrong.append(name)
        if there is None or there == here or there in RULE[here] or (name == "db.engine" and "db.engine" in RULE[here]):
            continue
        wrong.append(name)
    assert [] == wrong


@pytest.mark.parametrize("path", CODE, ids=_id)
def test_a_module_fits_in_a_reader_s_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", CODE, ids=_id)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", PAGES, ids=_id)
def test_a_page_is_a_short_direct_script(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert len(source.splitlines()) <= 80
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert not re.search(r"st\.title\(|\.groupby\(|\bselect\(|unsafe_allow_html", source)
    assert "guard(Action." in source


def _literals(path: Path) -> Iterator[tuple[int, str]]:
    """String literals of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


SPEAKING = [path for path in CODE if _room(_module(path)) in ("pages", "ui", "web", "doors", "draw", "services")]


@pytest.mark.parametrize("path", SPEAKING, ids=_id)
def test_words_for_people_stand_in_the_catalogue(path: Path) -> None:
    chinese = [(line, words) for line, words in _literals(path) if re.search(r"[\u4e00-\u9fff]", words)]
    assert [] == chinese


def test_every_key_used_has_its_two_sentences() -> None:
    known = catalogue()
    rooms = {key.split(".")[0] for key in known}
    shape = re.compile(rf"(?:{'|'.join(sorted(rooms))})(?:\.[a-z0-9_]+)+")
    missing = {
        (str(path.relative_to(ROOT)), line, key)
        for path in CODE
        if _room(_module(path)) not in ("db", "text")
        for line, key in _text_keys(path)
        if shape.fullmatch(key) and key not in known
    }
    assert set() == missing


def _text_keys(path: Path) -> Iterator[tuple[int, str]]:
    """Literals that are handed to text, t, notify or an error, or named *_key."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("text", "t", "notify", "Invalid", "Forbidden", "Conflict", "NotFound", "Problem", "Warned"):
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def test_both_languages_say_something_and_have_the_same_gaps() -> None:
    for key, (chinese, english) in catalogue().items():
        assert chinese.strip() and english.strip(), key
        assert _gaps(chinese) == _gaps(english), key


def _gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


LISTS = {
    "level": words.Level,
    "site_kind": words.SiteKind,
    "grid_kind": words.GridKind,
    "precision": words.Precision,
    "gender": words.Gender,
    "volunteer_status": words.VolunteerStatus,
    "consent": words.Consent,
    "team_kind": words.TeamKind,
    "aspect": words.Aspect,
    "season": words.Season,
    "channel": words.Channel,
    "urgency": words.Urgency,
    "need_state": words.NeedState,
    "dispatch_state": words.DispatchState,
    "grade": words.Grade,
    "outcome": words.Outcome,
    "role": words.Role,
    "constraint_kind": words.ConstraintKind,
    "import_kind": words.ImportKind,
}


@pytest.mark.parametrize(("name", "members"), LISTS.items())
def test_every_word_of_a_list_is_translated(name: str, members: type) -> None:
    assert [] == [value for value in members if f"words.{name}.{value}" not in catalogue()]


def test_every_role_has_rights() -> None:
    assert set(words.Role) == set(permissions.RIGHTS)


ADDRESS = re.compile(r"(?:https?:|wss?:)?//[\w-]+(?:\.[\w-]+)+")
ALLOWED = ("127.0.0.1", "www.w3.org", "json-schema.org")
SHIPPED = sorted(
    path
    for room in ("dashboard", "pages", "db")
    for path in (ROOT / room).rglob("*")
    if path.suffix in (".py", ".js", ".css", ".html", ".toml", ".svg", ".json") and "vendor" not in path.parts
)


@pytest.mark.parametrize("path", SHIPPED, ids=_id)
def test_no_address_on_the_internet_in_what_we_ship(path: Path) -> None:
    addresses = ADDRESS.findall(path.read_text(encoding="utf-8"))
    assert [] == [address for address in addresses if not any(allowed in address for allowed in ALLOWED)]


def test_every_page_and_command_is_documented() -> None:
    guide = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    rights = (ROOT / "docs" / "rights.md").read_text(encoding="utf-8")
    assert [] == [path.name for path in PAGES if f"pages/{path.name}" not in guide]
    assert [] == [name for name in COMMANDS if f"## {name}" not in commands]
    assert [] == [action for action in permissions.Action if f"`{action}`" not in rights]


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [] == [path.name for path in (ROOT / "docs" / "adr").glob("*.md") if path.name not in index]


#: What findings showed to matter, with the reason in dashboard/.streamlit/config.toml.
SETTINGS = {
    ("browser", "gatherUsageStats"): False,
    ("client", "showErrorDetails"): "none",
    ("client", "showErrorLinks"): False,
    ("client", "toolbarMode"): "minimal",
    ("client", "disableDataExport"): True,
    ("runner", "postScriptGC"): False,
}


@pytest.mark.parametrize(("place", "value"), SETTINGS.items())
def test_streamlit_is_set_as_measured(place: tuple[str, str], value: object) -> None:
    settings = tomllib.loads((ROOT / "dashboard" / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert value == settings[place[0]][place[1]]


def test_the_longest_test_files_are_files() -> None:
    assert [] == [name for name in LONGEST if not (ROOT / "tests" / name).is_file()]


def test_only_the_customer_s_entries_stand_at_the_top() -> None:
    fixed = {"dashboard", "pages", "db", "tests", "requirements.txt", "README.md"}
    demanded_by_a_tool = {"pyproject.toml", "Makefile", "CHANGELOG.md", "docs"}
    standing = {path.name for path in ROOT.iterdir() if not path.name.startswith(".") and path.name not in ("var",)}
    assert standing <= fixed | demanded_by_a_tool
