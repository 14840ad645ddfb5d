"""A map that plays in the reader's language: its frame as what is drawn and written. No Streamlit here."""

from collections.abc import Collection, Sequence
from datetime import date

from dashboard.core.deck_lapse import Lapse, Month, Place, Shade, areas_of
from dashboard.core.frame_suppression import HIDDEN
from dashboard.core.frames import Frame, Scalar
from dashboard.core.lapse import LapseFigure, classes, steps
from dashboard.core.notebook import Cell
from dashboard.core.suppression import THRESHOLD
from dashboard.draw.colours import BEYOND, DARK, UNSEEN, ink, lapse_colours
from dashboard.services.lapse import PLACE
from dashboard.text import text
from dashboard.ui import show

#: A class beside those of numbers: a count that is hidden, a town that the reader's part doesn't hold.
_SMALL, _BEYOND = "small", "beyond"
_Key = int | str


def lapse(
    language: str,
    cell: Cell,
    frame: Frame,
    outlines: Sequence[Place],
    whole: Frame | None = None,
    hidden_below: int = THRESHOLD,
    hidden_sums: Collection[int] = (),
) -> Lapse:
    """What a lapse cell shows. Where counts of the frame are hidden, `whole` is the frame with all of them: the
    county's numbers are its sums, themselves hidden in the columns `hidden_sums`."""
    figure = LapseFigure(cell.fields["figure"])
    days = [date.fromisoformat(name) for name in frame.columns[len(PLACE) :]]
    found = {str(row[0]): row[len(PLACE) :] for row in frame.rows}
    towns = [one for one in outlines if one.code]
    # Of what is shown alone: limits of all counts would tell the hidden ones.
    limits = classes(value for row in found.values() for value in row if isinstance(value, int))
    keys = [[_class(found.get(one.code), at, limits) for one in towns] for at in range(len(days))]
    shades, place = _shades(language, figure, limits, {key for row in keys for key in row}, hidden_below)
    areas, height = areas_of(towns)
    totals = _totals(language, frame if whole is None else whole, hidden_below, hidden_sums)
    unit = text(language, f"lapse.unit.{figure}")
    # Of a reader of a part, the sums are those of her part.
    total = "lapse.total" if all(one.code in found for one in towns) else "lapse.total_of_part"
    months = tuple(
        Month(
            label=show.month(language, day),
            note=_so_far(language, day),
            total=text(language, total, count=totals[at], unit=unit),
            beside=_beside(language, frame, towns, at),
            values=tuple(_written(language, found[one.code][at]) if one.code in found else "" for one in towns),
            classes=tuple(place[key] for key in keys[at]),
        )
        for at, day in enumerate(days)
    )
    title = cell.fields["title"] or text(language, f"lapse.figure.{figure}")
    notes = tuple(text(language, f"lapse.note.{name}") for name in (figure, cell.fields["known"], "places"))
    return Lapse(title, height, areas, shades, months, notes, _alt(language, title, months, towns))


def table(language: str, frame: Frame) -> Frame:
    """The same numbers as rows to read: a town a row, a month a column."""
    names = [show.month(language, date.fromisoformat(name)) for name in frame.columns[len(PLACE) :]]
    rows = tuple((row[1] or text(language, "lapse.nowhere"), *row[len(PLACE) :]) for row in frame.rows)
    return Frame((text(language, "lapse.town"), *names), rows, frame.cut)


def _class(row: Sequence[Scalar] | None, at: int, limits: Sequence[tuple[int, int]]) -> _Key:
    if row is None:
        return _BEYOND
    value = row[at]
    if value == HIDDEN:
        return _SMALL
    return next(number for number, (_, high) in enumerate(limits) if int(value or 0) <= high)


def _shades(
    language: str, figure: LapseFigure, limits: Sequence[tuple[int, int]], used: set[_Key], hidden_below: int
) -> tuple[tuple[Shade, ...], dict[_Key, int]]:
    """The legend, and where each class stands in it."""
    shades: list[Shade] = []
    place: dict[_Key, int] = {}
    colours = lapse_colours(figure, len(limits) - 1)
    for number, ((low, high), colour) in enumerate(zip(limits, colours, strict=True)):
        place[number] = len(shades)
        words = text(language, "map.class.one", value=low) if low == high else _span(language, low, high)
        shades.append(Shade(colour, ink(colour), words))
    for name, colour, words in (
        (_SMALL, UNSEEN, text(language, "lapse.small", most=hidden_below)),
        (_BEYOND, BEYOND, text(language, "map.beyond")),
    ):
        if name in used:
            place[name] = len(shades)
            shades.append(Shade(colour, DARK, words))
    return tuple(shades), place


def _span(language: str, low: int, high: int) -> str:
    return text(language, "map.class.span", low=show.number(language, low), high=show.number(language, high))


def _written(language: str, value: Scalar) -> str:
    return text(language, "notebook.hidden") if value == HIDDEN else show.number(language, int(value or 0))


def _so_far(language: str, day: date) -> str:
    """Of a month that isn't over, up to which day it goes."""
    (step,) = steps(day, 1)
    return "" if step.whole else text(language, "lapse.so_far", day=show.date(language, day))


def _totals(language: str, frame: Frame, hidden_below: int, hidden: Collection[int]) -> list[str]:
    """The county's numbers, but the hidden ones."""
    found = []
    for at in range(len(PLACE), len(frame.columns)):
        count = sum(int(row[at] or 0) for row in frame.rows)
        if at not in hidden:
            found.append(show.number(language, count))
        else:
            name = "notebook.below" if count < hidden_below else "notebook.hidden"
            found.append(text(language, name, most=hidden_below))
    return found


def _beside(language: str, frame: Frame, towns: Sequence[Place], at: int) -> str:
    """What is counted and not drawn: of towns without an outline, and of no town."""
    drawn = {one.code for one in towns}
    parts = [
        f"{row[1] or text(language, 'lapse.nowhere')} {_written(language, row[len(PLACE) + at])}"
        for row in frame.rows
        if row[0] not in drawn and row[len(PLACE) + at]
    ]
    return text(language, "show.comma").join(parts)


def _alt(language: str, title: str, months: Sequence[Month], towns: Sequence[Place]) -> str:
    """For one who can't see it: the county's numbers, and the last month's of every town."""
    comma = text(language, "show.comma")
    totals = comma.join(f"{month.label} {month.total}" for month in months)
    last = comma.join(f"{one.name} {value}" for one, value in zip(towns, months[-1].values, strict=True))
    return text(language, "lapse.alt", title=title, totals=totals, month=months[-1].label, last=last)
