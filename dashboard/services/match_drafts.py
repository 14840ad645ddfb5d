"""Drafts: a run and an ordered list of edits (pin, forbid, keep free), each with its author and reason.

What a draft's plan is follows from the run's inputs and the edits; the row holds those, and the plan's value for the
list. Only its author changes, sends or drops a draft; whoever sees the run may copy it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.intake import clean
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.show_times import stamp
from dashboard.core.words import Subject
from dashboard.services import live_plans
from dashboard.services.commands import Work, changed, command, perform
from dashboard.services.dispatch_checks import account_name
from dashboard.services.live_plans import Kept
from dashboard.services.match_runs import (
    DROPPED,
    SOLVED,
    Value,
    new_draft,
    plan_columns,
    seen_by,
    value_from_json,
    value_of,
)
from dashboard.services.questions import question
from db.engine import Database
from db.models import MatchRun

KINDS = ("pin", "unpin", "forbid", "allow", "away", "back")
#: Edits about a person, not about a pair.
OF_A_PERSON = ("away", "back")


@dataclass(frozen=True)
class DraftRow:
    """A draft in one line, with what its plan is worth; `run_id` is the draft's own id, `of` that of its run."""

    run_id: int
    of: int
    name: str
    at: datetime
    version: int
    state: str
    edits: int
    objective: int
    bound: int
    gap: float
    kinds: tuple[str, ...]
    value: Value
    unedited: Value
    ended_at: datetime | None


@dataclass(frozen=True)
class Edited:
    """After an edit: the draft's new version, what its plan is worth, and why a pin can't be kept ("" when it is)."""

    run_id: int
    version: int
    value: Value
    objective: int
    bound: int
    gap: float
    refused: str


@question(Subject.PLANS)
def drafts(session: Session, actor: Actor, *, of: int | None = None, ended: bool = False) -> tuple[DraftRow, ...]:
    """The actor's own drafts, newest first, their tiers side by side: of one run, or all. `ended`: those sent or
    dropped too."""
    require(actor, Action.SEE_MATCH)
    mine = [seen_by(actor), MatchRun.draft_of.is_not(None), MatchRun.account_id == actor.account_id]
    if of is not None:
        mine.append(MatchRun.draft_of == of)
    if not ended:
        mine.append(MatchRun.state == SOLVED)
    rows = session.execute(select(*(getattr(MatchRun, name) for name in _SHOWN)).where(*mine).order_by(_NEWEST)).all()
    roots = {
        row.id: row
        for row in session.execute(
            select(MatchRun.id, MatchRun.tiers).where(MatchRun.id.in_({row.draft_of for row in rows}))
        )
    }
    return tuple(
        DraftRow(
            run_id=row.id,
            of=row.draft_of,
            name=row.name,
            at=row.at,
            version=row.version,
            state=row.state,
            edits=len(row.edits),
            objective=int(row.objective),
            bound=int(row.bound),
            gap=row.gap,
            kinds=tuple(row.kinds),
            value=value_from_json(row.tiers),
            unedited=value_from_json(roots[row.draft_of].tiers),
            ended_at=row.ended_at,
        )
        for row in rows
    )


_NEWEST = MatchRun.id.desc()
_SHOWN = (
    "id",
    "draft_of",
    "name",
    "at",
    "version",
    "state",
    "edits",
    "objective",
    "bound",
    "gap",
    "kinds",
    "tiers",
    "ended_at",
)


@command(Action.SEE_MATCH, Subject.PLANS)
def copy_draft(work: Work, *, run_id: int, name: str = "") -> dict[str, Any]:
    """Another draft of the same run, of one's own, beginning like this one (or like the run)."""
    source = live_plans.row_of(work.session, work.actor, run_id)
    run = source if source.draft_of is None else work.session.get_one(MatchRun, source.draft_of)
    draft = new_draft(work, run, source, clean(name))
    work.audit("match_run", draft.id, after={"copied_from": run_id, "edits": len(draft.edits)})
    return {"run_id": draft.id, "version": draft.version}


@command(Action.SEE_MATCH, Subject.PLANS)
def drop_draft(work: Work, *, run_id: int, version: int | None = None) -> dict[str, Any]:
    """Give a draft up; its row stays."""
    row = own_draft(work, run_id, version)
    end(work, row, DROPPED)
    work.audit("match_run", row.id, before={"state": SOLVED}, after={"state": DROPPED})
    return {"run_id": row.id}


@command(Action.SEE_MATCH, Subject.PLANS)
def rename_draft(work: Work, *, run_id: int, version: int | None = None, name: str) -> dict[str, Any]:
    """Call a draft something else."""
    row = own_draft(work, run_id, version)
    before, row.name = row.name, clean(name)[:60]
    work.audit("match_run", row.id, before={"name": before}, after={"name": row.name})
    return {"run_id": row.id, "version": row.version}


def own_draft(work: Work, run_id: int, version: int | None) -> MatchRun:
    """One's own draft that is not over, at the version seen, raised by one. Raises NotFound, Forbidden, Conflict."""
    row = live_plans.row_of(work.session, work.actor, run_id)
    if row.draft_of is None:
        raise Invalid("match_drafts.is_a_run")
    _require_own(work.session, work.actor, row)
    if row.state != SOLVED:
        raise Conflict(f"match_drafts.already_{row.state}", at=stamp(row.ended_at) if row.ended_at else "")
    return work.at_version(row, version)


def _require_own(session: Session, actor: Actor, row: MatchRun) -> None:
    if row.account_id != actor.account_id:
        raise Forbidden("match_drafts.not_yours", who=account_name(session, row.account_id))


def end(work: Work, row: MatchRun, state: str, **columns: Any) -> None:
    """A draft is over: sent or dropped."""
    ended = work.session.execute(
        update(MatchRun)
        .where(MatchRun.id == row.id, MatchRun.state == SOLVED)
        .values(state=state, ended_at=work.now, ended_by=work.actor.account_id, **columns)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise changed(row)


def edit_draft(
    database: Database,
    actor: Actor,
    *,
    run_id: int,
    version: int,
    kind: str,
    volunteer_id: int,
    now: datetime,
    role_id: int = 0,
    reason: str = "",
) -> Edited:
    """One more edit of one's own draft, at the version seen. `kind` is one of KINDS; "away" and "back" are about the
    person and take no role. The plan is solved again from the last answer; the row is one update.

    Raises Conflict when the draft was changed since, Invalid for an edit that says nothing new or names somebody who
    may take none of the plan's needs.
    """
    require(actor, Action.SEE_MATCH)
    url = str(database.url)
    with database.read() as session, live_plans.held(session, actor, run_id) as (row, made):
        _require_own(session, actor, row)
        if row.version != version:
            raise changed(row)
        edit = (kind, 0 if kind in OF_A_PERSON else role_id, volunteer_id)
        _require_news(made, *edit)
        try:
            made.apply([edit])
            raised = perform(
                database,
                append_edit,
                actor,
                now=now,
                run_id=run_id,
                version=version,
                edit=[*edit, actor.account_id, clean(reason)],
                columns=plan_columns(made.plan),
            )
        except BaseException:
            # What is kept must follow from the row: it is made again from there.
            live_plans.forget(url, run_id)
            raise
        plan = made.plan
        pair = (edit[1], edit[2])
        refused = next((pin.reason for pin in plan.refused if (pin.line_id, pin.person_id) == pair), "")
        return Edited(
            run_id, raised["version"], value_of(plan.tiers), plan.objective, plan.bound, float(plan.gap), refused
        )


def _require_news(made: Kept, kind: str, line_id: int, person_id: int) -> None:
    """Raises Invalid for an edit that is none."""
    case, live = made.case, made.live
    if kind not in KINDS:
        raise Invalid("match_drafts.no_such_edit")
    if person_id not in case.people.id:
        raise NotFound("match_drafts.not_among_people")
    pair, of_person = (line_id, person_id), kind in OF_A_PERSON
    if not of_person and line_id not in case.lines.id:
        raise NotFound("match_drafts.not_among_needs")
    if kind == "back" and person_id in made.inputs.away:
        raise Invalid("match_drafts.at_her_limit")
    said = {
        "pin": pair in live.pins,
        "unpin": pair not in live.pins,
        "forbid": pair in live.forbids,
        "allow": pair not in live.forbids,
        "away": person_id in live.away,
        "back": person_id not in live.away,
    }
    if said[kind]:
        raise Invalid("match_drafts.said_already")


@command(Action.SEE_MATCH, Subject.PLANS)
def append_edit(
    work: Work, *, run_id: int, version: int, edit: Sequence[Any], columns: dict[str, Any]
) -> dict[str, Any]:
    """Write an edit and what the plan is worth after it. Called by `edit_draft`, which knows the plan."""
    row = own_draft(work, run_id, version)
    row.edits = [*row.edits, list(edit)]
    for name, value in columns.items():
        setattr(row, name, value)
    work.session.flush()
    kind, line_id, person_id, _, reason = edit
    shown = {"edit": kind, "role_id": line_id or None, "volunteer_id": person_id, "number": len(row.edits)}
    work.audit("match_run", row.id, after=shown, reason=str(reason))
    return {"version": row.version}
