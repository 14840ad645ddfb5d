"""Which colour a class of a figure has. The classes themselves are made once, in core/map_layers.py.

Sequential ramps are ColorBrewer's (Cynthia Brewer, Apache-2.0 style licence), readable with colour-blind eyes and in
grey print: the more, the darker. What is missing rather than counted (no contact, a gap) has a colour of its own.
"""

from dashboard.core.lapse import LapseFigure
from dashboard.core.map_layers import Gap, MapFigure, Shading

#: Five steps from light to dark.
ORANGES = ("#fdd9b5", "#fdae6b", "#f58534", "#d94801", "#8c2d04")
REDS = ("#fcc5b5", "#fb8a6a", "#ef4836", "#c1151b", "#7a0010")
BLUES = ("#d3e4f3", "#9fc9e2", "#5ba3cf", "#2474b7", "#08407d")
GREENS = ("#d9f0d3", "#a6dba0", "#6bbf73", "#2c9150", "#00551f")

#: Nothing to count here.
NONE = "#f1efe8"
#: Nothing here where there should be something.
MISSING = "#d7301f"
#: A grid that the question does not cover: outside the filter or the reader's part of the county.
BEYOND = "#c9c7c1"

RAMPS: dict[MapFigure, tuple[str, ...]] = {
    MapFigure.OPEN_NEEDS: ORANGES,
    MapFigure.OVERDUE: REDS,
    MapFigure.VOLUNTEERS: BLUES,
    MapFigure.CONTACTS: GREENS,
}

#: The colour of zero.
ZERO: dict[MapFigure, str] = {
    MapFigure.OPEN_NEEDS: NONE,
    MapFigure.OVERDUE: NONE,
    MapFigure.VOLUNTEERS: NONE,
    MapFigure.CONTACTS: MISSING,
}

#: A count that is not shown.
UNSEEN = "#d3d6da"
LAPSE_RAMPS: dict[LapseFigure, tuple[str, ...]] = {
    LapseFigure.NEEDS_OPEN: ORANGES,
    LapseFigure.NEEDS_REGISTERED: BLUES,
    LapseFigure.NEEDS_CLOSED: GREENS,
    LapseFigure.SERVICES: GREENS,
}
DARK, LIGHT = "#1d2733", "#ffffff"

GAPS: dict[Gap | None, str] = {
    None: "#dbe7d3",
    Gap.NO_CONTACT: "#f2d16b",
    Gap.NOT_ON_MENU: "#8da0cb",
    Gap.OVERDUE: "#f58534",
    Gap.NO_HELPER: "#a50f15",
}


def colours(shading: Shading) -> list[str]:
    """One colour a class, in the order of `shading.classes`."""
    if shading.figure is MapFigure.COVERAGE:
        return [GAPS[found.gap] for found in shading.classes]
    ramp = RAMPS[shading.figure]
    above = len(shading.classes) - 1
    return [ZERO[shading.figure], *(ramp[_step(number, above, len(ramp))] for number in range(above))]


def lapse_colours(figure: LapseFigure, above: int) -> list[str]:
    """One colour a class of a map that plays: zero's, then so many from light to dark."""
    ramp = LAPSE_RAMPS[figure]
    return [NONE, *(ramp[_step(number, above, len(ramp))] for number in range(above))]


def ink(colour: str) -> str:
    """What is read on a colour: the darker or the lighter of two inks, by its luminance (WCAG 2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return DARK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.22 else LIGHT


def _step(number: int, of: int, steps: int) -> int:
    """Spread `of` classes over the ramp; a single class takes the middle."""
    if of == 1:
        return steps // 2
    return round(number * (steps - 1) / (of - 1))
