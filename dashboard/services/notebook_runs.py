"""Running a notebook: each cell's result or error, those below an error saying why they waited.

Results are the reader's: queries see her views, her part of the tree and her rights, and nobody else is shown them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.core.chart_rows import fits
from dashboard.core.chart_spec import parse
from dashboard.core.chart_types import Refused
from dashboard.core.errors import DashboardError
from dashboard.core.figures import Value, county_today
from dashboard.core.frames import Frame, Scalar
from dashboard.core.lapse import LapseFigure
from dashboard.core.notebook import Cell, Kind, reads
from dashboard.core.notebook_inputs import bound, day_of
from dashboard.core.permissions import Actor
from dashboard.core.query_names import names_in, parameters_in
from dashboard.core.replay import Known
from dashboard.services import figures, lapse
from dashboard.services.query_cells import DEFAULTS, Limits, run_query
from dashboard.services.questions import answer
from db.engine import Database

#: The kinds that ask the data; the others follow from what is there.
ASKING = frozenset({Kind.QUERY, Kind.FIGURE, Kind.MAP, Kind.LAPSE})


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
    leaves there what it has."""
    found = {} if found is None else found
    asked = [cell.name for cell in cells if cell.kind in ASKING and (only is None or cell.name in only)]
    for at, cell in enumerate(cells):
        if only is not None and cell.name not in only:
            continue
        if cell.name in asked:
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
    if cell.kind is Kind.LAPSE:
        return Outcome(frame=answer(database, lapse.by_town, actor, **_played(cell, now), now=now))
    if cell.kind in (Kind.CHART, Kind.MAP, Kind.EDITOR):
        source = found.get(cell.fields["source"])
        frame = None if source is None else source.frame
        if frame is None:
            return Outcome(error="notebook.no_source", values={"name": cell.fields["source"]})
        if cell.kind is Kind.MAP:
            return _placed(database, actor, cell, frame, now, limits)
        if cell.kind is Kind.EDITOR:
            if cell.register.column not in frame.columns:
                return Outcome(error="notebook.no_column", values={"name": cell.register.column})
            return Outcome(frame=frame)
        if cell.fields["spec"].strip():
            try:
                fits(parse(cell.fields["spec"]), frame)
            except Refused as error:
                raise error.of(number=len(earlier) + 1, name=cell.name) from error
            return Outcome(frame=frame)
        wanted = [cell.fields[name] for name in ("x", "y", "series") if cell.fields[name]]
        missing = next((name for name in wanted if name not in frame.columns), "")
        if missing or not cell.fields["x"] or not cell.fields["y"]:
            return Outcome(error="notebook.no_column", values={"name": missing or "x, y"})
        return Outcome(frame=frame)
    return Outcome()


def _played(cell: Cell, now: datetime) -> dict[str, Any]:
    """What a lapse cell asks for."""
    return {
        "figure": LapseFigure(cell.fields["figure"]),
        "months": int(cell.fields["months"]),
        "until": day_of(cell.fields["until"], county_today(now)),
        "known": Known(cell.fields["known"]),
    }


#: The columns of a map cell's frame.
PLACES = ("place", "lon", "lat", "value")
#: Columns that say where a row is, and the query for their coordinates.
_PLACED = {
    "site_id": "select site_id, lon, lat from sites where lon is not null",
    "grid_id": "select grid_id, lon, lat from grids where lon is not null",
}


def _placed(database: Database, actor: Actor, cell: Cell, frame: Frame, now: datetime, limits: Limits) -> Outcome:
    """The rows that have a place, as `PLACES`: by their own coordinates, else by their site or grid."""
    at = {name.lower(): number for number, name in enumerate(frame.columns)}
    value, own = cell.fields["y"], {"lon", "lat"} <= at.keys()
    by = next((name for name in _PLACED if name in at), "")
    if value and value not in frame.columns:
        return Outcome(error="notebook.no_column", values={"name": value})
    if not own and not by:
        return Outcome(error="notebook.no_place")
    known: dict[Scalar, tuple[Scalar, Scalar]] = {}
    if not own:
        told = run_query(database, actor, _PLACED[by], now=now, limits=limits)
        known = {key: (lon, lat) for key, lon, lat in told.frame.rows}
    rows = []
    for number, row in enumerate(frame.rows, 1):
        lon, lat = (row[at["lon"]], row[at["lat"]]) if own else known.get(row[at[by]], (None, None))
        if not (_degrees(lon, 180) and _degrees(lat, 90)):
            continue
        name = next((one for one in row if isinstance(one, str)), str(row[at[by]] if by else number))
        shown = row[frame.columns.index(value)] if value else None
        rows.append((name, lon, lat, shown if isinstance(shown, int | float) else None))
    return Outcome(frame=Frame(PLACES, tuple(rows), frame.cut))


def _degrees(value: Scalar, most: int) -> bool:
    return isinstance(value, int | float) and abs(value) <= most


def inputs_of(cells: Sequence[Cell], now: datetime) -> dict[str, Scalar]:
    """What queries are given as `:name` by the inputs among the cells."""
    today, found = county_today(now), {}
    for cell in cells:
        if cell.kind is Kind.INPUT:
            found.update(bound(cell.fields["type"], cell.name, cell.fields["value"], today))
    return found


def _is_query(earlier: Sequence[Cell], name: str) -> bool:
    return any(cell.name == name and cell.kind is Kind.QUERY for cell in earlier)
