"""A notebook's outcomes as a deck's values: small counts hidden; a text cell that begins with a heading opens a screen.

Words come from the caller: this floor knows no language.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboard.core.chart_spec import Spec, against, parse
from dashboard.core.deck import Block, Chart, Deck, Line, Number, Slide, Table, Words
from dashboard.core.deck_lapse import Lapse
from dashboard.core.errors import Invalid
from dashboard.core.figures import Value
from dashboard.core.frame_suppression import HIDDEN, IDS, Figures, Seen, Shown, hide_deck
from dashboard.core.frames import Frame, Scalar
from dashboard.core.notebook import Cell, Kind
from dashboard.core.permissions import Actor
from dashboard.core.query_names import tokens
from dashboard.core.suppression import THRESHOLD
from dashboard.core.words import Role
from dashboard.formats.markdown_lines import lines
from dashboard.services.month_figures import TwoMonths
from dashboard.services.notebook_runs import Outcome

#: A table's rows that a freeze keeps; a screen shows fewer.
KEPT = 60


@dataclass(frozen=True)
class Speech:
    """How values are written in the reader's language: a figure as a block (key, value, which of the figure and its two
    months are hidden), a cell, the word for a hidden cell, the notes "{rest} more", "below n are hidden" and "no rows",
    a chart's words for who can't see it."""

    figure: Callable[[str, Value, tuple[bool, bool, bool]], Number]
    cell: Callable[[Scalar], str]
    hidden: str
    more: str
    small: str
    #: The same of a chart that sums up what is left.
    partial: str
    none: str
    alt: Callable[[str, Frame], str]
    draw: Callable[[Cell, Frame], Mapping[str, Any]]
    #: Of a lapse cell, what is shown; the same with the counts that are hidden in it, for the county's sums; and the
    #: columns whose sum is hidden.
    lapse: Callable[[Cell, Frame, Frame, Collection[int]], Lapse]


def reader_of_decks(actor: Actor) -> Actor:
    """In whose name a deck is read: a leader's of the actor's part. Nothing personal can be in it, whoever freezes."""
    return replace(actor, role=Role.LEADER)


def deck_of(
    title: str,
    foot: str,
    cells: Sequence[Cell],
    outcomes: Mapping[str, Outcome],
    speech: Speech,
    first: Sequence[Slide] = (),
    hidden_below: int = THRESHOLD,
    months: TwoMonths | None = None,
) -> Deck:
    """The deck. `first` are screens before the notebook's own; counts below `hidden_below` are hidden, and what of all
    screens together, and of the `months` beside the figures, would tell them.
    Raises Invalid naming the first cell that has no result: a deck with a hole is none."""
    slides: list[Slide] = []
    for at, cell in enumerate(cells, 1):
        if not outcomes[cell.name].good:
            raise Invalid("notebook.cell_failed", name=cell.name)
        if cell.kind is Kind.CHART and cell.fields["spec"].strip() and (op := parse(cell.fields["spec"]).counts):
            raise Invalid("chart_spec.counts_on_deck", number=at, name=cell.name, path="{ }", op=op)
    seen = _seen(cells, outcomes, months or TwoMonths(), hidden_below)
    for cell in cells:
        outcome = outcomes[cell.name]
        if cell.kind is Kind.TEXT:
            opened = _opened(cell)
            if opened is not None:
                slides.append(opened)
                continue
        if cell.kind is Kind.MAP and (source := outcomes[cell.fields["source"]].frame) is not None:
            blocks: tuple[Block, ...] = (_map(cell, outcome, source, seen, speech),)
        else:
            blocks = tuple(_blocks(cell, outcome, speech, seen))
        if not blocks:
            continue
        if not slides:
            slides.append(Slide(cell.name, title, ()))
        slides[-1] = replace(slides[-1], blocks=slides[-1].blocks + blocks)
    return Deck(title, foot, (*first, *slides))


def _seen(cells: Sequence[Cell], outcomes: Mapping[str, Outcome], months: TwoMonths, hidden_below: int) -> Seen:
    """What may be seen of the tables and figures of a deck. Charts and maps show no other numbers than their query."""
    tables = {}
    for cell in cells:
        frame = outcomes[cell.name].frame
        if frame is not None and cell.kind is Kind.QUERY:
            said = frozenset(token.text for token in tokens(cell.fields["sql"]) if token.kind == "string")
            tables[cell.name] = Shown(frame, said)
        elif frame is not None and cell.kind is Kind.LAPSE:
            tables[cell.name] = Shown(frame, months=True)
    figures = {key: value for one in outcomes.values() for key, value in one.figures.items()}
    sets = (Figures(figures), Figures(months.now, months.month), Figures(months.before))
    return hide_deck(tables, sets, hidden_below)


def _opened(cell: Cell) -> Slide | None:
    """The screen a text cell opens when it begins with a heading."""
    said = lines(cell.fields["markdown"])
    if not said or said[0].style != "heading":
        return None
    rest = tuple(Line(line.style, line.text) for line in said[1:])
    return Slide(cell.name, said[0].text, (Words(rest),) if rest else (), cell.fields["notes"])


def _blocks(cell: Cell, outcome: Outcome, speech: Speech, seen: Seen) -> list[Block]:
    if cell.kind is Kind.TEXT:
        said = lines(cell.fields["markdown"])
        return [Words(said)] if said else []
    if cell.kind is Kind.FIGURE:
        figure, now, before = seen.figures
        return [
            speech.figure(key, value, (key in figure, key in now, key in before))
            for key, value in outcome.figures.items()
        ]
    if outcome.frame is None or cell.kind is Kind.EDITOR:
        return []
    frame = seen.frames[cell.fields["source"] if cell.kind is Kind.CHART else cell.name]
    hid = frame != outcome.frame
    frame = frame if cell.kind in (Kind.CHART, Kind.LAPSE) else _without_ids(frame)
    title = cell.fields["title"] or cell.name
    note = speech.small if hid else ""
    if cell.kind is Kind.LAPSE:
        played = speech.lapse(cell, frame, outcome.frame, seen.sums.get(cell.name, ()))
        if played.areas:
            return [played]
    if cell.kind is Kind.CHART:
        return [_chart(cell, frame, speech)]
    rows = tuple(
        tuple(speech.hidden if value is HIDDEN else speech.cell(value) for value in row) for row in frame.rows[:KEPT]
    )
    if not rows:
        note = speech.none
    numeric = tuple(
        all(isinstance(row[at], int | float) or row[at] in (None, HIDDEN) for row in frame.rows)
        for at in range(len(frame.columns))
    )
    return [Table(title, frame.columns, rows, numeric, len(frame.rows) - len(rows), note, speech.more)]


def _chart(cell: Cell, frame: Frame, speech: Speech) -> Chart:
    """A chart of a table whose small counts are hidden. A spec draws what the table shows and counts nothing itself."""
    if not cell.fields["spec"].strip():
        at = frame.columns.index(cell.fields["y"])
        return _drawn(cell, frame, speech.small if any(row[at] is HIDDEN for row in frame.rows) else "", speech)
    spec = parse(cell.fields["spec"])
    shown, hid = seen_by(spec, frame)
    note = speech.partial if spec.computes else speech.small
    return _drawn(cell, shown, note if hid else "", speech)


def seen_by(spec: Spec, frame: Frame) -> tuple[Frame, bool]:
    """What a spec is given of a table: the columns it names, and whether any count in them is hidden. A sum over a
    hidden count would be a number that is nowhere: where a spec computes or writes, such a row isn't there at all."""
    names = against(spec, frame.columns).columns
    at = [frame.columns.index(name) for name in names]
    rows = [tuple(row[place] for place in at) for row in frame.rows]
    gone = [HIDDEN in row for row in rows]
    if spec.computes or spec.writes:
        rows = [row for row, hidden in zip(rows, gone, strict=True) if not hidden]
    return Frame(names, tuple(rows), frame.cut), any(gone)


def _map(cell: Cell, outcome: Outcome, source: Frame, seen: Seen, speech: Speech) -> Chart:
    """A map shows no number that the table of its query hides: rows are hidden by the name they have on the map."""
    frame = outcome.frame if outcome.frame is not None else Frame((), ())
    hidden: set[Scalar] = set()
    if value := cell.fields["y"]:
        at = source.columns.index(value)
        for row, shown in zip(source.rows, seen.frames[cell.fields["source"]].rows, strict=True):
            if shown[at] is HIDDEN:
                hidden.add(next((one for one in row if isinstance(one, str)), None))
    rows = tuple((*row[:3], HIDDEN) if row[0] in hidden or None in hidden else row for row in frame.rows)
    return _drawn(cell, Frame(frame.columns, rows, frame.cut), speech.small if hidden else "", speech)


def _drawn(cell: Cell, frame: Frame, note: str, speech: Speech) -> Chart:
    """A picture, whose heading says that numbers are missing: a bar that is hidden looks like none."""
    title = cell.fields["title"] or cell.name
    said = f"{title} · {note}" if note else title
    return Chart(said, speech.draw(cell, frame), speech.alt(said, frame))


def _without_ids(frame: Frame) -> Frame:
    """Without the columns that tell rows apart for queries and maps; nobody in a meeting reads them."""
    kept = [at for at, name in enumerate(frame.columns) if name not in IDS]
    if not kept or len(kept) == len(frame.columns):
        return frame
    return Frame(
        tuple(frame.columns[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in frame.rows), frame.cut
    )
