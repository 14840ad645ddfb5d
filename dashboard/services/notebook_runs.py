"""Running a notebook: each cell's result or error, those below an error saying why they waited.

Results are the reader's: queries see her views, her part of the tree and her rights, and nobody else is shown them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import DashboardError
from dashboard.core.figures import Value
from dashboard.core.frames import Frame, Scalar
from dashboard.core.notebook import Cell, Kind, reads
from dashboard.core.notebook_inputs import bound
from dashboard.core.permissions import Actor
from dashboard.core.query_names import names_in, parameters_in
from dashboard.services import figures
from dashboard.services.query_cells import DEFAULTS, Limits, run_query
from dashboard.services.questions import answer
from db.engine import Database

#: The kinds that ask the data; the others follow from what is there.
ASKING = frozenset({Kind.QUERY, Kind.FIGURE})


@dataclass(frozen=True)
class Outcome:
    """What a cell gave: a frame (query, chart: that of its source), figures, or an error with its values; or the name
    of the cell it waits for."""

    frame: Frame | None = None
    figures: Mapping[str, Value] = field(default_factory=dict)
    error: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    waits_for: str = ""
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        return not self.error and not self.waits_for


Progress = Callable[[int, int, str], None]


def _silent(done: int, total: int, name: str) -> None:
    """No progress is wanted."""


def run(
    database: Database,
    actor: Actor,
    cells: Sequence[Cell],
    now: datetime,
    *,
    progress: Progress = _silent,
    limits: Limits = DEFAULTS,
    only: Collection[str] | None = None,
    found: dict[str, Outcome] | None = None,
) -> dict[str, Outcome]:
    """Every cell's outcome, in order. `progress` is told (cells done, of how many, the next one's name).

    With `only` other cells keep what they have in `found`, which is filled as cells are done: a run that is cut short
    leaves there what it has. A cell that asks nothing of the data is always done anew."""
    found = {} if found is None else found
    asked = [cell.name for cell in cells if cell.kind in ASKING and (only is None or cell.name in only)]
    for at, cell in enumerate(cells):
        if cell.kind in ASKING:
            if cell.name not in asked:
                continue
            progress(asked.index(cell.name), len(asked), cell.name)
        needed = reads(cell, cells[:at], names_in, parameters_in)
        broken = next((name for name in needed if name not in found or not found[name].good), "")
        if broken:
            found[cell.name] = Outcome(waits_for=broken)
            continue
        try:
            found[cell.name] = _one(database, actor, cell, cells[:at], found, now, limits)
        except DashboardError as error:
            found[cell.name] = Outcome(error=error.key, values=dict(error.values))
    return found


def _one(
    database: Database,
    actor: Actor,
    cell: Cell,
    earlier: Sequence[Cell],
    found: Mapping[str, Outcome],
    now: datetime,
    limits: Limits,
) -> Outcome:
    if cell.kind is Kind.QUERY:
        frames = {name: one.frame for name, one in found.items() if one.frame is not None and _is_query(earlier, name)}
        inputs = inputs_of(earlier, now)
        told = run_query(database, actor, cell.fields["sql"], inputs=inputs, frames=frames, now=now, limits=limits)
        return Outcome(frame=told.frame, seconds=told.seconds)
    if cell.kind is Kind.FIGURE:
        sheet = answer(database, figures.sheet, actor, now=now)
        return Outcome(figures={key: sheet.values[key] for key in cell.keys})
    if cell.kind is Kind.CHART:
        source = found.get(cell.fields["source"])
        frame = None if source is None else source.frame
        if frame is None:
            return Outcome(error="notebook.no_source", values={"name": cell.fields["source"]})
        wanted = [cell.fields[name] for name in ("x", "y", "series") if cell.fields[name]]
        missing = next((name for name in wanted if name not in frame.columns), "")
        if missing or not cell.fields["x"] or not cell.fields["y"]:
            return Outcome(error="notebook.no_column", values={"name": missing or "x, y"})
        return Outcome(frame=frame)
    return Outcome()


def inputs_of(cells: Sequence[Cell], now: datetime) -> dict[str, Scalar]:
    """What queries are given as `:name` by the inputs among the cells."""
    today, found = now.astimezone(COUNTY_TIME).date(), {}
    for cell in cells:
        if cell.kind is Kind.INPUT:
            found.update(bound(cell.fields["type"], cell.name, cell.fields["value"], today))
    return found


def _is_query(earlier: Sequence[Cell], name: str) -> bool:
    return any(cell.name == name and cell.kind is Kind.QUERY for cell in earlier)
