"""Squads 小分队: teams of one aspect of service at a level, and which of them a need goes to.

A need goes to the lowest level that can take it: the squad of its aspect at its own station, then that of its town,
then that of the county. Where none of them can, the squad for all else takes it, by the same climb.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from dashboard.core.words import Aspect, Level

#: From below: village or community station, town institute, county centre. A point has no squads.
LEVELS: tuple[Level, ...] = (Level.STATION, Level.INSTITUTE, Level.CENTRE)


class Cannot(StrEnum):
    """Why a level can't take a need."""

    NO_SQUAD = "no_squad"
    INACTIVE = "inactive"
    #: The squad belongs to another part of the county and isn't shared with the reader's.
    NOT_SHARED = "not_shared"
    #: Nobody of the squad is eligible for the need.
    NOBODY = "nobody"


#: Says why the squad of an aspect at a level can't take the need; None when it can.
Look = Callable[[Level, Aspect], Cannot | None]


@dataclass(frozen=True)
class Step:
    """A squad that was looked at; `cannot` is None for the one that takes the need."""

    level: Level
    aspect: Aspect
    cannot: Cannot | None


@dataclass(frozen=True)
class Climb:
    """The path taken, step by step. Only the last step may be one that takes the need."""

    steps: tuple[Step, ...]

    @property
    def taken(self) -> Step | None:
        """Who takes the need; None when no level can."""
        return self.steps[-1] if self.steps and self.steps[-1].cannot is None else None


def climb(aspect: Aspect | None, levels: Collection[Level], look: Look) -> Climb:
    """Which squad takes a need of an aspect (None: of none, it belongs to all else), among the levels there are above
    its place. A squad is only looked at once everyone before it has been found unable."""
    steps: list[Step] = []
    for wanted in dict.fromkeys((aspect or Aspect.ALL_ELSE, Aspect.ALL_ELSE)):
        for level in LEVELS:
            if level not in levels:
                continue
            steps.append(Step(level, wanted, look(level, wanted)))
            if steps[-1].cannot is None:
                return Climb(tuple(steps))
    return Climb(tuple(steps))
