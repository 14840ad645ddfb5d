"""Who could help here at all: the needs no volunteer within reach has the skills for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from dashboard.core.geo import EARTH_M

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: A volunteer further away than this does not cover a need, metres.
REACH_M = 5000.0
_NEAREST = 16


def without_helper(
    needs: tuple[Floats, Floats],
    skills: Sequence[frozenset[int]],
    volunteers: tuple[Floats, Floats],
    reach_m: Floats,
    holders: dict[int, Flags],
    most_m: float = REACH_M,
) -> Flags:
    """True for each need that nobody covers.

    `needs` and `volunteers` are (lon, lat) arrays in degrees, `skills[i]` the ids a helper of need i must all have,
    `reach_m[j]` how far volunteer j goes, `holders[skill]` who has it. A volunteer covers a need within `most_m` and
    her own reach. Whether she is free is another question: this one is about the place, not the day.
    """
    lonely = np.ones(len(skills), dtype=bool)
    places, homes = _space(*needs), _space(*volunteers)
    for wanted in set(skills):
        able = np.ones(len(homes), dtype=bool)
        for skill in wanted:
            able &= holders.get(skill, np.zeros(len(homes), dtype=bool))
        asking = np.array([skill == wanted for skill in skills], dtype=bool)
        if able.any():
            lonely[asking] = ~_reached(places[asking], homes[able], np.minimum(reach_m[able], most_m), most_m)
    return lonely


def _reached(places: Floats, homes: Floats, reach: Floats, most_m: float) -> Flags:
    """Is each place within the reach of some home? Asks the nearest few, then everybody where that leaves it open."""
    tree = cKDTree(homes)
    few = min(_NEAREST, len(homes))
    distance, index = tree.query(places, k=[*range(1, few + 1)])
    found: Flags = (distance <= reach[index]).any(axis=1)
    unsure = np.flatnonzero(~found & (distance[:, -1] <= most_m) & (few < len(homes)))
    for number, near in zip(unsure, tree.query_ball_point(places[unsure], most_m), strict=True):
        away = np.linalg.norm(homes[near] - places[number], axis=1)
        found[number] = bool((away <= reach[near]).any())
    return found


def _space(lon: Floats, lat: Floats) -> Floats:
    """Points on the globe in metres: within a county the chord is the way, to a millimetre."""
    x, y = np.radians(lon), np.radians(lat)
    return EARTH_M * np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
