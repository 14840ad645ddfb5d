"""What stored data must keep to, where a rule needs more than a comparison of columns: first states, and polygons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import shapely

from dashboard.core.geo import OVERLAP_SHARE, overlaps
from dashboard.core.words import DispatchState, Level, NeedState

#: States in which a need may come into the world; a dispatch always begins as an offer.
FIRST_NEED_STATES: tuple[NeedState, ...] = (NeedState.DRAFT, NeedState.TO_VERIFY, NeedState.OPEN)
FIRST_DISPATCH_STATES: tuple[DispatchState, ...] = (DispatchState.OFFERED,)
#: Height in the tree of sites: nothing may stand under something lower.
HEIGHT: Mapping[Level, int] = {Level.CENTRE: 3, Level.INSTITUTE: 2, Level.STATION: 1, Level.POINT: 0}


@dataclass(frozen=True)
class Outline:
    """A stored grid: its polygon in degrees, the days [valid_from, valid_to) on which it holds, and its parent."""

    id: int
    code: str
    parent_id: int | None
    shape: shapely.Geometry
    valid_from: date
    valid_to: date | None

    def holds_with(self, other: "Outline") -> bool:
        """Is there a day on which both hold?"""
        return (self.valid_to is None or other.valid_from < self.valid_to) and (
            other.valid_to is None or self.valid_from < other.valid_to
        )


def clashes(outlines: Sequence[Outline], share: float = OVERLAP_SHARE) -> list[tuple[Outline, Outline]]:
    """Pairs that hold on a common day and overlap by more than `share` of the smaller one.

    A grid lies in the grids above it: those pairs are none.
    """
    above = {outline.id: outline.parent_id for outline in outlines}
    pairs = ((outlines[left], outlines[right]) for left, right, _ in overlaps([one.shape for one in outlines], share))
    return [
        (one, other)
        for one, other in pairs
        if one.holds_with(other)
        and not _stands_under(one.id, other.id, above)
        and not _stands_under(other.id, one.id, above)
    ]


def _stands_under(row_id: int, ancestor: int, above: Mapping[int, int | None]) -> bool:
    """Does `ancestor` stand somewhere above `row_id`? A circle of parents ends the search."""
    seen: set[int] = set()
    here = above.get(row_id)
    while here is not None and here not in seen:
        if here == ancestor:
            return True
        seen.add(here)
        here = above.get(here)
    return False


def strays(outlines: Sequence[Outline], boundary: shapely.Geometry, inside_share: float) -> list[Outline]:
    """Grids of which less than `inside_share` (0 to 1) lies inside the boundary."""
    shapely.prepare(boundary)
    return [
        outline
        for outline in outlines
        if not boundary.contains(outline.shape)
        and outline.shape.intersection(boundary).area < inside_share * outline.shape.area
    ]
