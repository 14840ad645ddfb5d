"""Named errors: a key and values that become the sentence the reader sees, in her language."""

from collections.abc import Mapping


class DashboardError(Exception):
    """A refusal in words. `key` is looked up in the text catalogue and filled with `values`."""

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.key}({shown})"


class Invalid(DashboardError):
    """What was asked for breaks a rule: wrong value, illegal move, unreadable file."""


class Forbidden(DashboardError):
    """The actor has no right to this action, or not in this part of the site tree."""


class Conflict(DashboardError):
    """Somebody else changed it first: an old version, a taken volunteer, a full need."""


class NotFound(DashboardError):
    """There is no such row, or none within the actor's part of the tree."""
