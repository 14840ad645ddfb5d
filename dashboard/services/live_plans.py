"""Plans that can be changed, kept in this process: the draft's row is the truth, what is kept here follows from it.

A draft is solved once from its run's inputs and its edits applied in order; from then on an edit costs a fraction of a
millisecond. What is lost (another process, a restart, too many drafts) is made again in the same way.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cachetools import LRUCache
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from dashboard.core.errors import Invalid, NotFound
from dashboard.core.matching.case import Case, prepare
from dashboard.core.matching.live_plan import Edit, LivePlan
from dashboard.core.matching.plan import Plan
from dashboard.core.matching.watch import Watch
from dashboard.core.permissions import Actor
from dashboard.services.match_inputs import Inputs, unpack
from dashboard.services.match_people import url_of
from dashboard.services.match_runs import seen_by
from db.models import MatchRun

#: Drafts kept at once; the drafts of one run share all but a few megabytes.
MOST = 12
#: (database, draft's id)
Key = tuple[str, int]
_LIGHT = (defer(MatchRun.inputs), defer(MatchRun.plan))


@dataclass
class Kept:
    """One draft. `base` is the run's plan, `edits` those applied to `live` so far; hold `gate` to use `live`."""

    inputs: Inputs
    base: Plan
    live: LivePlan
    plan: Plan
    edits: list[tuple[str, int, int]] = field(default_factory=list)
    gate: threading.RLock = field(default_factory=threading.RLock)

    @property
    def case(self) -> Case:
        return self.live.case

    def apply(self, edits: Sequence[tuple[str, int, int]]) -> None:
        """One edit after the other."""
        for kind, line_id, person_id in edits:
            self.plan = self.live.edit(Edit(kind, line_id, person_id))  # type: ignore[arg-type]
            self.edits.append((kind, line_id, person_id))

    def twin(self) -> "Kept":
        """The same draft once more, to be changed without this one."""
        with self.gate:
            return Kept(self.inputs, self.base, self.live.copy(), self.plan, list(self.edits))


_KEPT: LRUCache[Key, Kept] = LRUCache(maxsize=MOST)
_GATE = threading.Lock()
#: One solve at a time: a second one of the same draft would only double the memory.
_SOLVING = threading.Lock()


def solve(inputs: Inputs, watch: Watch | None = None) -> Kept:
    """The plan of some inputs, without edits. Raises Stopped when `watch` says so."""
    case = prepare(inputs.people, inputs.lines, inputs.policy, watch)
    live = LivePlan(case, pins=inputs.pins, away=inputs.away, watch=watch)
    plan = live.plan
    return Kept(inputs, plan, live, plan)


def keep(url: str, draft_id: int, made: Kept) -> None:
    """Remember a draft's plan."""
    with _GATE:
        _KEPT[url, draft_id] = made


def forget(url: str, draft_id: int) -> None:
    """Let go of a draft's plan: it no longer follows from its row."""
    with _GATE:
        _KEPT.pop((url, draft_id), None)


def forget_all() -> None:
    """Let go of everything (tests; as after a restart)."""
    with _GATE:
        _KEPT.clear()


def known(url: str, draft_id: int) -> Kept | None:
    """What is kept of a draft, if anything."""
    with _GATE:
        return _KEPT.get((url, draft_id))


def row_of(session: Session, actor: Actor, run_id: int) -> MatchRun:
    """A run or draft within reach, without its packed columns. Raises NotFound."""
    row = session.scalar(select(MatchRun).options(*_LIGHT).where(seen_by(actor), MatchRun.id == run_id))
    if row is None:
        raise NotFound("match_runs.no_such")
    return row


def inputs_of(session: Session, run_id: int) -> Inputs:
    """What a run solved. Raises Invalid when its inputs have gone."""
    packed = session.scalar(select(MatchRun.inputs).where(MatchRun.id == run_id))
    if packed is None:
        raise Invalid("match_runs.inputs_gone")
    return unpack(packed)


@contextmanager
def held(session: Session, actor: Actor, run_id: int) -> Iterator[tuple[MatchRun, Kept]]:
    """A draft (or a run, which has no edits) as its row says it, for this thread alone."""
    row = row_of(session, actor, run_id)
    made = _at(session, row)
    with made.gate:
        if _follows(made, row):
            yield row, made
            return
    # Another past than the row's: made anew, with no gate in hand while it is.
    made = _remade(session, row)
    with made.gate:
        yield row, made


def _at(session: Session, row: MatchRun) -> Kept:
    made = known(url_of(session), row.id)
    return made if made is not None else _remade(session, row)


def _follows(made: Kept, row: MatchRun) -> bool:
    """Bring what is kept up to the row's edits; False when its past is another than the row's."""
    wanted = plain_edits(row.edits)
    if made.edits != wanted[: len(made.edits)]:
        return False
    made.apply(wanted[len(made.edits) :])
    return True


def make_ready(session: Session, row: MatchRun, watch: Watch | None = None) -> None:
    """See to it that a run or draft is kept. Raises Stopped when `watch` says so."""
    made = known(url_of(session), row.id)
    if made is None or made.edits != plain_edits(row.edits):
        _remade(session, row, watch)


def _remade(session: Session, row: MatchRun, watch: Watch | None = None) -> Kept:
    """From the run's plan where that is kept, else from its inputs; then the edits in their order."""
    url, root = url_of(session), row.draft_of or row.id
    with _SOLVING:
        again = known(url, row.id)
        if again is not None and again.edits == plain_edits(row.edits):
            return again
        base = known(url, root)
        if base is None:
            base = solve(inputs_of(session, root), watch)
            keep(url, root, base)
        made = base.twin() if row.draft_of is not None else base
        made.apply(plain_edits(row.edits))
        keep(url, row.id, made)
        return made


def plain_edits(edits: Iterable[Any]) -> list[tuple[str, int, int]]:
    """(kind, line id, person id) of stored edits."""
    return [(str(edit[0]), int(edit[1]), int(edit[2])) for edit in edits]
