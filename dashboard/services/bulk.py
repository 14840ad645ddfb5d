"""One deed on many rows: each by the single command, in a transaction of its own, so that a refusal stops no other.

What was refused is named with its reason. Asking again for those alone touches nothing that is done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.core.errors import DashboardError
from dashboard.core.matching.watch import Watch
from dashboard.core.permissions import Actor
from dashboard.services import jobs
from dashboard.services.commands import perform
from db.engine import Database

KIND = "bulk"
#: Most rows of one asking.
MOST = 5000

#: Told how many are done with, of how many; answers whether to go on.
Progress = Callable[[int, int], bool]


@dataclass(frozen=True)
class Item:
    """A row of a bulk deed: its id, the words it is named by, and what the command takes for it alone (`version`)."""

    id: int
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A row that was refused: the key and values of the sentence why."""

    item: Item
    key: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Report:
    """What became of every row that was asked for. `left`: not tried, because it was stopped before."""

    done: tuple[Item, ...]
    refused: tuple[Refused, ...]
    left: tuple[Item, ...] = ()


def _on(_done: int, _total: int) -> bool:
    """Nobody watches."""
    return True


def run(
    database: Database,
    deed: Callable[..., Any],
    actor: Actor,
    items: Sequence[Item],
    *,
    now: datetime,
    key: str,
    names: str,
    progress: Progress = _on,
    **values: Any,
) -> Report:
    """Perform `deed` on each item, given to it as `names` (the parameter that takes the id), with `values` for all.

    A repeat under the same `key` does nothing twice: each item's own key follows from it. A refusal (DashboardError) is
    kept with its item; anything else is a bug and ends the run where it is.
    """
    done: list[Item] = []
    refused: list[Refused] = []
    for at, item in enumerate(items):
        if not progress(at, len(items)):
            return Report(tuple(done), tuple(refused), tuple(items[at:]))
        try:
            perform(
                database,
                deed,
                actor,
                now=now,
                key=f"{key}:{item.id}",
                **{names: item.id},
                **item.values,
                **values,
            )
        except DashboardError as error:
            refused.append(Refused(item, error.key, dict(error.values)))
        else:
            done.append(item)
    progress(len(items), len(items))
    return Report(tuple(done), tuple(refused))


def start(
    database: Database,
    deed: Callable[..., Any],
    actor: Actor,
    items: Sequence[Item],
    *,
    now: datetime,
    key: str,
    names: str,
    **values: Any,
) -> str:
    """`run` in the background; the job's id, its result is the report. The same `key` again is the same job. Stopped,
    it is done all the same: its report says what was left."""

    def go(watch: Watch) -> Report:
        watch.begin("bulk", len(items))

        def progress(done: int, _total: int) -> bool:
            watch.count(done)
            return not watch.stopping

        return run(database, deed, actor, items, now=now, key=key, names=names, progress=progress, **values)

    return jobs.begin(actor, KIND, go, key=key, bug="bulk.bug")
