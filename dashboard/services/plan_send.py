"""Send the rows of a plan, part by part: what is refused is named, the rest goes through."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.core.permissions import Actor
from dashboard.services.commands import perform
from dashboard.services.dispatches import dispatch_rows
from db.engine import Database

#: Rows in one transaction.
PART = 100


@dataclass(frozen=True)
class Outcome:
    """Ids of the dispatches made, and the rows refused, each with the key and values of its sentence."""

    done: tuple[int, ...]
    refused: tuple[dict[str, Any], ...]


def send_rows(
    database: Database,
    actor: Actor,
    rows: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    key: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Dispatch every row (`PlanRow.to_send`). A repeat under the same `key` does nothing twice."""
    done: list[int] = []
    refused: list[dict[str, Any]] = []
    for first in range(0, len(rows), PART):
        part = [dict(row) for row in rows[first : first + PART]]
        part_key = None if key is None else f"{key}:{first}"
        result = perform(database, dispatch_rows, actor, now=now, key=part_key, rows=part)
        done += result["done"]
        refused += result["refused"]
        if progress is not None:
            progress(min(first + PART, len(rows)), len(rows))
    return Outcome(tuple(done), tuple(refused))
