"""One deed on many rows: each by the single command, in a transaction of its own, so that a refusal stops no other.

What was refused is named with its reason. Asking again for those alone touches nothing that is done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.core.errors import DashboardError, Invalid
from dashboard.core.matching.watch import Watch
from dashboard.core.permissions import Actor
from dashboard.services import jobs
from dashboard.services.commands import perform
from db.engine import Database

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
class Asked:
    """What is asked of every row: the command, the parameter of it that takes the id, and what is the same for all."""

    deed: Callable[..., Any]
    names: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def command(self) -> str:
        """The command's registered name."""
        return str(self.deed.command_name)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Report:
    """What became of every row that was asked for. `left`: not tried, because it was stopped before."""

    asked: Asked
    done: tuple[Item, ...]
    refused: tuple[Refused, ...]
    left: tuple[Item, ...] = ()


def _on(_done: int, _total: int) -> bool:
    """Nobody watches."""
    return True


def run(
    database: Database,
    actor: Actor,
    asked: Asked,
    items: Sequence[Item],
    *,
    now: datetime,
    key: str,
    progress: Progress = _on,
) -> Report:
    """Perform what is asked on each item.

    A repeat under the same `key` does nothing twice: each item's own key follows from it. A refusal (DashboardError) is
    kept with its item; anything else is a bug and ends the run where it is.
    """
    done: list[Item] = []
    refused: list[Refused] = []
    for at, item in enumerate(items):
        if not progress(at, len(items)):
            return Report(asked, tuple(done), tuple(refused), tuple(items[at:]))
        values = {asked.names: item.id, **item.values, **asked.values}
        try:
            perform(database, asked.deed, actor, now=now, key=f"{key}:{item.id}", **values)
        except DashboardError as error:
            refused.append(Refused(item, error.key, dict(error.values)))
        else:
            done.append(item)
    progress(len(items), len(items))
    return Report(asked, tuple(done), tuple(refused))


def start(
    database: Database, actor: Actor, kind: str, asked: Asked, items: Sequence[Item], *, now: datetime, key: str
) -> str:
    """`run` in the background, as a job of this kind; its id. The same `key` again is the same job. One that is stopped
    is over as any other: its report says what was left. Raises Invalid for nothing, and for more than MOST."""
    if not items:
        raise Invalid("bulk.nothing")
    if len(items) > MOST:
        raise Invalid("bulk.too_many", count=len(items), most=MOST)

    def go(watch: Watch) -> Report:
        watch.begin("bulk", len(items))

        def progress(done: int, _total: int) -> bool:
            watch.count(done)
            return not watch.stopping

        return run(database, actor, asked, items, now=now, key=key, progress=progress)

    return jobs.begin(actor, kind, go, key=key, bug="bulk.bug")
