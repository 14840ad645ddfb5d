"""A notebook: cells in order, later ones reading what earlier ones gave. One engine for admin, report and meeting.

Kinds: text (Markdown), query (one SELECT), figure (defined figures), chart (columns of an earlier query, or a spec that
draws its rows), map (its rows at their sites, grids or coordinates), lapse (a figure by month and town, as a map that
plays), input (a value that queries read as `:name`), editor (a register's rows of a query, changed as a table), action
(a deed behind a button, done by no run). A cell's plain form is {"name", "kind", ...its own fields}, all text.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from dashboard.core.chart_spec import parse
from dashboard.core.chart_types import Refused
from dashboard.core.errors import Invalid
from dashboard.core.figures import BY_KEY
from dashboard.core.lapse import FEWEST, MOST, USUAL, LapseFigure
from dashboard.core.notebook_inputs import InputType, fits, parameters, spoken
from dashboard.core.registers import FIRST, REGISTERS, Register
from dashboard.core.replay import Known

MOST_CELLS = 60
#: Characters of one field.
LONGEST = 20_000
#: What a cell may be called.
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BRACED = re.compile(r"\{([a-z][a-z0-9_]*)\}")
#: What no file and no database holds.
_UNFIT = re.compile("[\x00\ud800-\udfff]")


class Kind(StrEnum):
    """The words are `notebook.kind.<kind>`."""

    TEXT = "text"
    QUERY = "query"
    FIGURE = "figure"
    CHART = "chart"
    MAP = "map"
    LAPSE = "lapse"
    INPUT = "input"
    EDITOR = "editor"
    ACTION = "action"


class Sharing(StrEnum):
    """What others who may run queries may do with a notebook. The words are `notebook.sharing.<sharing>`."""

    PRIVATE = "private"
    READ = "read"
    EDIT = "edit"
    #: Read it, and begin notebooks of their own from it.
    TEMPLATE = "template"


class Deed(StrEnum):
    """What an action cell does at a click. The words are `notebook.deed.<deed>`."""

    CHECK = "check"
    IMPORT = "import"
    MATCH = "match"
    STARS = "stars"
    BACKUP = "backup"


class Mark(StrEnum):
    """How a chart is drawn. The words are `notebook.mark.<mark>`."""

    BARS = "bars"
    LINES = "lines"


#: Each kind's fields.
FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("markdown", "notes"),
    Kind.QUERY: ("title", "sql"),
    Kind.FIGURE: ("keys",),
    #: With a `spec` (Vega-Lite) the columns picked are not looked at.
    Kind.CHART: ("title", "source", "mark", "x", "y", "series", "spec"),
    Kind.MAP: ("title", "source", "y"),
    #: `months` up to the day `until`, empty for today.
    Kind.LAPSE: ("title", "figure", "months", "until", "known"),
    Kind.INPUT: ("title", "value", "type"),
    Kind.EDITOR: ("title", "source", "register"),
    Kind.ACTION: ("title", "deed"),
}


@dataclass(frozen=True)
class Cell:
    """A cell. `fields` are those of its kind, all text; a figure's `keys` are separated by spaces."""

    name: str
    kind: Kind
    fields: Mapping[str, str]

    def plain(self) -> dict[str, str]:
        """As it is stored."""
        return {"name": self.name, "kind": self.kind.value, **self.fields}

    @property
    def keys(self) -> tuple[str, ...]:
        """The figures of a figure cell."""
        return tuple(self.fields["keys"].split())

    @property
    def register(self) -> Register:
        """The register that an editor cell changes."""
        return REGISTERS[self.fields["register"]]


def cells_of(plain: Any) -> tuple[Cell, ...]:
    """The cells of a stored or sent notebook. Raises Invalid that names the cell, the field and what is wrong."""
    if not isinstance(plain, Sequence) or isinstance(plain, str | bytes) or len(plain) > MOST_CELLS:
        raise Invalid("notebook.too_many_cells", most=MOST_CELLS)
    cells = tuple(_cell(number, one) for number, one in enumerate(plain, 1))
    seen: set[str] = set()
    for number, cell in enumerate(cells, 1):
        # A deed's fields stand on a page once.
        for one in (cell.name, *([f"deed:{cell.fields['deed']}"] if cell.kind is Kind.ACTION else [])):
            if one in seen:
                key = "notebook.twice" if one == cell.name else "notebook.deed_twice"
                raise Invalid(key, number=number, name=cell.name)
            seen.add(one)
    return cells


def _cell(number: int, plain: Any) -> Cell:
    if not isinstance(plain, Mapping):
        raise Invalid("notebook.no_cell", number=number)
    name, said = str(plain.get("name", "")), str(plain.get("kind", ""))
    if not NAME.fullmatch(name):
        raise Invalid("notebook.bad_name", number=number, name=name[:40])
    if said not in list(Kind):
        raise Invalid("notebook.bad_kind", number=number, name=name, kind=said[:20])
    kind = Kind(said)
    strange = set(plain) - {"name", "kind", *FIELDS[kind]}
    if strange:
        raise Invalid("notebook.bad_field", number=number, name=name, field=min(map(str, strange))[:40])
    fields = {field: plain.get(field, "") for field in FIELDS[kind]}
    for field, value in fields.items():
        if not isinstance(value, str) or len(value) > LONGEST or _UNFIT.search(value):
            raise Invalid("notebook.bad_value", number=number, name=name, field=field, most=LONGEST)
    if kind is Kind.INPUT:
        # Cells of before there were types have none.
        fields["type"] = fields["type"] or InputType.TEXT.value
        if fields["type"] not in list(InputType) or not fits(fields["type"], fields["value"]):
            raise Invalid("notebook.bad_input", number=number, name=name)
    if kind is Kind.LAPSE:
        _check_lapse(number, name, fields)
    if kind is Kind.EDITOR:
        # Cells of before there were several name none.
        fields["register"] = fields["register"] or FIRST
        if fields["register"] not in REGISTERS:
            raise Invalid("notebook.bad_register", number=number, name=name)
    cell = Cell(name, kind, fields)
    if kind is Kind.FIGURE and (unknown := [key for key in cell.keys if key not in BY_KEY]):
        raise Invalid("notebook.bad_figure", number=number, name=name, key=unknown[0][:40])
    if kind is Kind.ACTION and fields["deed"] not in list(Deed):
        raise Invalid("notebook.bad_deed", number=number, name=name)
    if kind is Kind.CHART and fields["mark"] not in list(Mark):
        raise Invalid("notebook.bad_mark", number=number, name=name)
    if kind is Kind.CHART and fields["spec"].strip():
        try:
            parse(fields["spec"])
        except Refused as error:
            raise error.of(number=number, name=name) from error
    return cell


def _check_lapse(number: int, name: str, fields: dict[str, str]) -> None:
    """Raises Invalid for a lapse that can't be; fills in what may be left empty."""
    fields["months"] = fields["months"] or str(USUAL)
    fields["known"] = fields["known"] or Known.THEN.value
    months = fields["months"]
    if fields["figure"] not in list(LapseFigure):
        raise Invalid("lapse.bad_figure", number=number, name=name, figure=fields["figure"][:40])
    if not (months.isascii() and months.isdigit() and len(months) < 4 and FEWEST <= int(months) <= MOST):
        raise Invalid("lapse.bad_months", number=number, name=name, fewest=FEWEST, most=MOST)
    if not fits(InputType.DAY, fields["until"]):
        raise Invalid("lapse.bad_until", number=number, name=name)
    if fields["known"] not in list(Known):
        raise Invalid("lapse.bad_known", number=number, name=name)


Names = Callable[[str], Collection[str]]


def reads(cell: Cell, earlier: Iterable[Cell], names: Names, values_in: Names) -> tuple[str, ...]:
    """The earlier cells this one needs, in their order. `names` gives the tables a SQL text reads, in small letters,
    `values_in` its `:name`s."""
    if cell.kind in (Kind.CHART, Kind.MAP, Kind.EDITOR):
        wanted = {cell.fields["source"]}
        return tuple(one.name for one in earlier if one.kind is Kind.QUERY and one.name in wanted)
    if cell.kind is not Kind.QUERY:
        return ()
    tables, values = set(names(cell.fields["sql"])), set(values_in(cell.fields["sql"]))
    return tuple(
        one.name
        for one in earlier
        if (one.kind is Kind.QUERY and one.name in tables)
        or (one.kind is Kind.INPUT and not values.isdisjoint(parameters(one.fields["type"], one.name)))
    )


def worded(cells: Sequence[Cell], today: date) -> tuple[Cell, ...]:
    """The cells as they are read: `{name}` in a title or a text is what the input of that name holds, and an input
    holds a day where it is written as so many days ago. Anything else in braces stays."""
    values: dict[str, str] = {}
    for cell in cells:
        if cell.kind is Kind.INPUT:
            values.update(spoken(cell.fields["type"], cell.name, cell.fields["value"], today))
    if not values:
        return tuple(cells)

    def said(words: str) -> str:
        return _BRACED.sub(lambda found: values.get(found[1], found[0]), words)

    def one(cell: Cell) -> Cell:
        given = {field: said(cell.fields[field]) for field in ("title", "markdown", "notes") if field in cell.fields}
        if cell.kind is Kind.INPUT and cell.fields["type"] in (InputType.DAY, InputType.RANGE):
            given["value"] = values[cell.name]
        return Cell(cell.name, cell.kind, {**cell.fields, **given})

    return tuple(map(one, cells))


def below(cells: Sequence[Cell], changed: Collection[str], names: Names, values_in: Names) -> frozenset[str]:
    """What a change of some cells makes stale: they, and whatever reads them, directly or not."""
    stale = set(changed)
    for at, cell in enumerate(cells):
        if any(name in stale for name in reads(cell, cells[:at], names, values_in)):
            stale.add(cell.name)
    return frozenset(stale)


def changes(before: Sequence[Cell], after: Sequence[Cell]) -> tuple[tuple[str, str], ...]:
    """(what, name) of the cells that differ between two versions: added, gone, changed, moved."""
    old, new = {cell.name: cell for cell in before}, {cell.name: cell for cell in after}
    found = [("gone", name) for name in old if name not in new]
    found += [("added", name) for name in new if name not in old]
    found += [("changed", name) for name in new if name in old and new[name] != old[name]]
    kept_old, kept_new = [name for name in old if name in new], [name for name in new if name in old]
    moved = [name for was, name in zip(kept_old, kept_new, strict=True) if was != name]
    return tuple(found + [("moved", name) for name in moved])
