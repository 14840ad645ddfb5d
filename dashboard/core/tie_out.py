"""Identities: two ways to the same number that must agree, each with its formula in words and the rows at fault.

A line's words are the text keys `tie_out.<key>` (name), `.formula` (formula in words) and `.mend` (what to do where it
doesn't hold). Only what can break stands here: that different people are no more than person-times follows from how the
two are counted, so its line turns red by its rows, somebody counted twice at one time.
"""

from dataclasses import dataclass
from enum import StrEnum

from dashboard.core.figures import BY_KEY

#: So many of the rows at fault are listed.
LISTED = 50


class Relation(StrEnum):
    """How the two sides must stand to each other."""

    EQUAL = "="
    AT_MOST = "≤"


@dataclass(frozen=True)
class Term:
    """A part of a side: a defined figure, or a count named `tie_out.term.<name>`."""

    name: str
    value: int

    @property
    def figure(self) -> str | None:
        """The figure whose rows it is, None for a count of its own."""
        return self.name if self.name in BY_KEY else None

    @property
    def words(self) -> str:
        return BY_KEY[self.name].name if self.name in BY_KEY else f"tie_out.term.{self.name}"


@dataclass(frozen=True)
class AtFault:
    """A row at fault by its code (never personal data), and the order to open where it is one."""

    code: str
    need_id: int | None = None


@dataclass(frozen=True)
class Line:
    """An identity as counted: left = right (or left <= right), and the rows at fault. `page` is where it is mended."""

    key: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    at_fault: tuple[AtFault, ...]
    found: int
    page: str
    relation: Relation = Relation.EQUAL

    @property
    def sums(self) -> tuple[int, int]:
        left, right = (sum(term.value for term in side) for side in (self.left, self.right))
        return left, right

    @property
    def agrees(self) -> bool:
        """Do the two sides stand to each other as they must?"""
        left, right = self.sums
        return left <= right if self.relation is Relation.AT_MOST else left == right

    @property
    def holds(self) -> bool:
        """Both sides agree and no row is at fault: two wrongs that cancel out are still wrong."""
        return self.agrees and not self.found

    @property
    def name(self) -> str:
        return f"tie_out.{self.key}"
