"""What a view of queries is: its columns, their kinds, who sees them. The views themselves: `core.query_views`."""

from dataclasses import dataclass, replace
from typing import Literal

from dashboard.core.permissions import Action, Actor
from dashboard.core.words import Subject

Kind = Literal["id", "text", "word", "number", "flag", "time", "day", "month"]


@dataclass(frozen=True)
class Column:
    """A column of a view. `formula` is its SQL over stored columns where it is not stored itself; with `{now}` in it it
    is timed. `right`: who lacks it does not see the column."""

    name: str
    kind: Kind
    formula: str = ""
    right: Action | None = None

    @property
    def stored(self) -> bool:
        return not self.formula

    @property
    def timed(self) -> bool:
        return "{now}" in self.formula

    @property
    def meaning(self) -> str:
        """The key of its words; columns of one name mean the same in every view."""
        return f"query_views.column.{self.name}"


@dataclass(frozen=True)
class View:
    """A documented view: one row a `row`. `reads` are the subjects whose revisions make a copy of it go stale. A
    `counted` one is no copy: it is counted anew for each query, by what the pages ask, and depends on the day."""

    name: str
    columns: tuple[Column, ...]
    reads: tuple[Subject, ...]
    right: Action
    counted: bool = False

    @property
    def timed(self) -> bool:
        """Does what a query finds in it depend on the day?"""
        return self.counted or any(column.timed for column in self.columns)

    @property
    def key(self) -> str | None:
        """The column that tells rows apart, where one does."""
        first = self.columns[0]
        return first.name if first.kind == "id" and self.name not in ("memberships", "volunteer_skills") else None

    @property
    def meaning(self) -> str:
        """The key of the words that say what a row is."""
        return f"query_views.view.{self.name}"

    def shown_to(self, actor: Actor) -> "View | None":
        """The view with the columns this actor may see; None where she may not see it at all."""
        if not (actor.may(Action.RUN_QUERIES) and actor.may(self.right)):
            return None
        columns = tuple(column for column in self.columns if column.right is None or actor.may(column.right))
        return replace(self, columns=columns)
