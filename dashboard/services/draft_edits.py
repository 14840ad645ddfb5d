"""Several edits of a draft at once, and the last of them taken back.

Ticked rows are pinned together: one transaction, one version, one answer. Taking back goes to the very plan that was
there before, not to another one of the same value: it is kept for the last few changes, and else made again from the
run and the edits that are left.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cachetools import LRUCache
from sqlalchemy.orm import Session

from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.intake import clean
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services import live_plans
from dashboard.services.commands import Work, changed, command, perform
from dashboard.services.dispatch_checks import account_name
from dashboard.services.live_plans import Kept
from dashboard.services.match_drafts import KINDS, OF_A_PERSON, own_draft
from dashboard.services.match_people import url_of
from dashboard.services.match_runs import plan_columns
from db.engine import Database
from db.models import MatchRun

#: (kind, role's id or 0, volunteer's id)
Edit = tuple[str, int, int]
#: Longer reasons are cut.
LONGEST = 200
#: A draft's plan is copied every so many edits: taking one back then repeats at most as many.
STRIDE = 8


@dataclass
class _Past:
    """What this process remembers of a draft's changes: how many edits there were before each, and its plan a few edits
    ago."""

    starts: list[int] = field(default_factory=list)
    copy: Kept | None = None


_PAST: LRUCache[tuple[str, int], _Past] = LRUCache(maxsize=live_plans.MOST)
_GATE = threading.Lock()


@dataclass(frozen=True)
class Changed:
    """A draft after a change: its new version, and why pins of this change can't be kept."""

    run_id: int
    version: int
    refused: tuple[str, ...]


def edit_many(
    database: Database,
    actor: Actor,
    *,
    run_id: int,
    version: int,
    edits: Sequence[Edit],
    now: datetime,
    reason: str = "",
) -> Changed:
    """Some edits of one's own draft, in their order, at the version seen; those that say nothing new are left out.

    Raises Conflict when the draft was changed since, Invalid when none of them says anything new, NotFound for a role
    or a person that is not in the plan.
    """
    require(actor, Action.SEE_MATCH)
    with database.read() as session, live_plans.held(session, actor, run_id) as (row, made):
        _require_mine(session, actor, row, version)
        _remember(str(database.url), run_id, made)
        fresh: list[Edit] = []
        try:
            for edit in (_plain(edit) for edit in edits):
                if _is_news(made, edit):
                    made.apply([edit])
                    fresh.append(edit)
            if not fresh:
                raise Invalid("match_drafts.said_already")
            stored = [[*edit, actor.account_id, clean(reason)[:LONGEST]] for edit in fresh]
            raised = _write(database, actor, run_id, version, now, [*row.edits, *stored], made)
        except BaseException:
            # What is kept must follow from the row: it is made again from there.
            live_plans.forget(str(database.url), run_id)
            raise
        asked = {(edit[1], edit[2]) for edit in fresh if edit[0] == "pin"}
        refused = (pin.reason for pin in made.plan.refused if (pin.line_id, pin.person_id) in asked)
        return Changed(run_id, raised, tuple(refused))


def undo_edit(database: Database, actor: Actor, *, run_id: int, version: int, now: datetime) -> Changed:
    """Take the last change back: the edits made together, where this process remembers them, else the last one. Raises
    Invalid when there is none."""
    require(actor, Action.SEE_MATCH)
    url = str(database.url)
    with database.read() as session:
        row = live_plans.row_of(session, actor, run_id)
        _require_mine(session, actor, row, version)
        edits = list(row.edits)
        if not edits:
            raise Invalid("match_page.nothing_to_undo")
        left = edits[: _start(url, run_id, len(edits))]
        made = _made_with(session, row, live_plans.plain_edits(left))
        with made.gate:
            raised = _write(database, actor, run_id, version, now, left, made)
            live_plans.keep(url, run_id, made)
        return Changed(run_id, raised, ())


def standing(edits: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """What some edits come to: the pins, forbidden pairs and people kept free that hold after the last of them, each as
    it was said."""
    held: dict[tuple[str, int, int], list[Any]] = {}
    for edit in edits:
        kind, line_id, person_id = edit[:3]
        for other in _OVERRULED[kind]:
            held.pop((other, line_id, person_id), None)
        if kind in _HOLDS:
            held[kind, line_id, person_id] = list(edit)
    return list(held.values())


#: Edits that say something that holds, and what each edit takes away.
_HOLDS = ("pin", "forbid", "away")
_OVERRULED = {
    "pin": ("pin", "forbid"),
    "unpin": ("pin",),
    "forbid": ("pin", "forbid"),
    "allow": ("forbid",),
    "away": ("away",),
    "back": ("away",),
}


def take_over(database: Database, actor: Actor, *, source: int, target: int, now: datetime) -> int:
    """Begin a fresh draft with the marks of another, each with its author and reason; those about needs or people that
    are not in it any more, or that it says already, are left out. How many were taken over."""
    with database.read() as session:
        marks = standing(live_plans.row_of(session, actor, source).edits)
    with database.read() as session, live_plans.held(session, actor, target) as (row, made):
        _require_mine(session, actor, row, row.version)
        taken = []
        try:
            for mark in marks:
                edit = (str(mark[0]), int(mark[1]), int(mark[2]))
                if _still_says(made, edit):
                    made.apply([edit])
                    taken.append(mark)
            if taken:
                _write(database, actor, target, row.version, now, [*row.edits, *taken], made)
        except BaseException:
            live_plans.forget(str(database.url), target)
            raise
        return len(taken)


def _still_says(made: Kept, edit: Edit) -> bool:
    try:
        return _is_news(made, edit)
    except (NotFound, Invalid):
        return False


def _remember(url: str, run_id: int, made: Kept) -> None:
    """Where a change begins; and now and then the plan it begins from."""
    with _GATE:
        past = _PAST.setdefault((url, run_id), _Past())
        past.starts = [start for start in past.starts if start < len(made.edits)] + [len(made.edits)]
        known = past.copy
    last = 0 if known is None or known.edits != made.edits[: len(known.edits)] else len(known.edits)
    if len(made.edits) - last >= STRIDE:
        copied = made.twin()
        with _GATE:
            past.copy = copied


def _start(url: str, run_id: int, count: int) -> int:
    """How many edits there were before the last change."""
    with _GATE:
        past = _PAST.get((url, run_id), _Past())
        starts = [start for start in past.starts if start < count]
        past.starts = starts[:-1]
        return starts[-1] if starts else count - 1


def _made_with(session: Session, row: MatchRun, edits: list[Edit]) -> Kept:
    """A draft's plan with these edits, from a plan that is not far before, else from its run."""
    url, root = url_of(session), row.draft_of or row.id
    with _GATE:
        past = _PAST.get((url, row.id), _Past())
    if past.copy is not None and past.copy.edits == edits[: len(past.copy.edits)]:
        base = past.copy
    else:
        known = live_plans.known(url, root)
        base = live_plans.solve(live_plans.inputs_of(session, root)) if known is None else known
        if known is None:
            live_plans.keep(url, root, base)
    made = base.twin()
    made.apply(edits[len(made.edits) :])
    return made


def _require_mine(session: Session, actor: Actor, row: MatchRun, version: int) -> None:
    if row.draft_of is None:
        raise Invalid("match_drafts.is_a_run")
    if row.account_id != actor.account_id:
        raise Forbidden("match_drafts.not_yours", who=account_name(session, row.account_id))
    if row.version != version:
        raise changed(row)


def _plain(edit: Edit) -> Edit:
    kind, line_id, person_id = edit
    if kind not in KINDS:
        raise Invalid("match_drafts.no_such_edit")
    return kind, 0 if kind in OF_A_PERSON else line_id, person_id


def _is_news(made: Kept, edit: Edit) -> bool:
    """Does an edit say what the draft doesn't say yet? Raises NotFound, Invalid for one that can't be."""
    kind, line_id, person_id = edit
    if person_id not in made.case.people.id:
        raise NotFound("match_drafts.not_among_people")
    if kind not in OF_A_PERSON and line_id not in made.case.lines.id:
        raise NotFound("match_drafts.not_among_needs")
    if kind == "back" and person_id in made.inputs.away:
        raise Invalid("match_drafts.at_her_limit")
    live, pair = made.live, (line_id, person_id)
    return {
        "pin": pair not in live.pins,
        "unpin": pair in live.pins,
        "forbid": pair not in live.forbids,
        "allow": pair in live.forbids,
        "away": person_id not in live.away,
        "back": person_id in live.away,
    }[kind]


def _write(
    database: Database, actor: Actor, run_id: int, version: int, now: datetime, edits: list[Any], made: Kept
) -> int:
    columns = plan_columns(made.plan)
    done = perform(database, set_edits, actor, now=now, run_id=run_id, version=version, edits=edits, columns=columns)
    return int(done["version"])


@command(Action.SEE_MATCH, Subject.PLANS)
def set_edits(
    work: Work, *, run_id: int, version: int, edits: Sequence[Sequence[Any]], columns: dict[str, Any]
) -> dict[str, Any]:
    """Write a draft's edits and what its plan is worth with them. Called by those above, who know the plan."""
    row = own_draft(work, run_id, version)
    before = list(row.edits)
    row.edits = [list(edit) for edit in edits]
    for name, value in columns.items():
        setattr(row, name, value)
    work.session.flush()
    same = sum(1 for old, new in zip(before, row.edits, strict=False) if list(old) == new)
    reason = str(row.edits[-1][4]) if len(row.edits) > same else ""
    work.audit(
        "match_run",
        row.id,
        before={"edits": [_shown(edit) for edit in before[same:]]},
        after={"edits": [_shown(edit) for edit in row.edits[same:]], "number": len(row.edits)},
        reason=reason,
    )
    return {"version": row.version}


def _shown(edit: Sequence[Any]) -> dict[str, Any]:
    kind, line_id, person_id = edit[:3]
    return {"edit": kind, "role_id": line_id or None, "volunteer_id": person_id}
