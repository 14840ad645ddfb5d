"""Which plan is looked at, and what is done to it: numbers and words in the session, the draft itself in the database.

The callbacks here do one thing in one transaction each and say how it went; nothing of Streamlit happens in between.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.filters import Filters
from dashboard.services import draft_commit, draft_edits, jobs, match_drafts, match_jobs
from dashboard.services.commands import perform
from dashboard.services.match_drafts import DraftRow
from dashboard.services.match_jobs import JobStatus
from dashboard.ui import match_say as say
from dashboard.ui import need_picks
from dashboard.ui.act import act_key, notify, renew_key
from dashboard.ui.ask import ask
from dashboard.ui.session import actor, database

_RUN, _JOB, _LOST, _REFUSED, _WHOLE = (f"match.plan.{name}" for name in ("run", "job", "lost", "refused", "whole"))
#: Lists whose ticks belong to the rows they were ticked on.
TICKED = ("match.empty", "match.marks")
#: Rows of the plan that are ticked, as (role's id, volunteer's id); how often they were unticked by the page.
ROWS, UNTICKED = "match.rows.ticked", "match.rows.unticked"
NOTHING: dict[str, dict[str, list[Any]]] = {"selection": {"rows": [], "columns": [], "cells": []}}

Edits = Sequence[tuple[str, int, int]]


def own() -> tuple[DraftRow, ...]:
    """One's own drafts that are neither sent nor dropped, newest first."""
    return ask(match_drafts.drafts)


def current() -> int | None:
    """The draft or run that is looked at; else the newest of one's own."""
    chosen: int | None = st.session_state.get(_RUN)
    if chosen is not None:
        return chosen
    mine = own()
    return mine[0].run_id if mine else None


def look_at(run_id: int | None) -> None:
    """Look at another plan (a callback)."""
    if run_id is None:
        st.session_state.pop(_RUN, None)
    else:
        st.session_state[_RUN] = run_id
    st.session_state.pop(_REFUSED, None)
    st.session_state.pop(_LOST, None)
    for name in ("match.rows.page", "match.empty.page", "match.price.who"):
        st.session_state.pop(name, None)
    untick()


def untick() -> None:
    """Ticks are of rows that may stand elsewhere now."""
    for name in TICKED:
        if name in st.session_state:
            st.session_state[name] = NOTHING
    if st.session_state.pop(ROWS, None):
        st.session_state[UNTICKED] = st.session_state.get(UNTICKED, 0) + 1


def edited() -> None:
    """The browser has an edit answered already: what belonged to the plan before it goes."""
    st.session_state.pop(_REFUSED, None)
    st.session_state.pop(ROWS, None)


# -- solving


def solve(filters: Filters) -> None:
    """Begin to solve in the background (a callback), with the marks of what is looked at where that is asked for."""
    marks_of = current() if st.session_state.get("match.keep_marks", True) else None
    _begin(filters, marks_of)


def _begin(filters: Filters, marks_of: int | None) -> None:
    try:
        st.session_state[_JOB] = match_jobs.start(
            database(), actor(), now=datetime.now(UTC), filters=filters, marks_of=marks_of
        )
    except DashboardError as error:
        notify("error", error.key, **error.values)
    st.session_state.pop(_REFUSED, None)


def job() -> JobStatus | None:
    """The reader's own job that is under way, here or in another tab; one that is over is taken in first."""
    job_id, who = st.session_state.get(_JOB), actor()
    try:
        found = match_jobs.mine(who) if job_id is None else match_jobs.status(job_id, who)
    except DashboardError:
        # The server was started anew: the job is gone, its run isn't.
        st.session_state.pop(_JOB, None)
        return None
    if found is None or found.state == "running":
        st.session_state[_JOB] = None if found is None else found.job_id
        return found
    if job_id is not None:
        _take_in(found)
    return None


def _take_in(found: JobStatus) -> None:
    """A job is over: its plan is looked at, or what became of it is said."""
    st.session_state.pop(_JOB, None)
    sending = found.kind == match_jobs.SENDING
    if found.state != "done" and not sending:
        # Whatever was to be made ready is not; asking for it again would go round in a circle.
        st.session_state[_LOST] = current()
    if found.state == "failed":
        notify("error", found.error, **found.values)
    elif found.state == "cancelled":
        notify("info", "match_jobs.send_cancelled" if sending else "match_jobs.cancelled")
    elif found.sent is not None:
        _sent(found.sent)
    elif found.draft_id is None:
        notify("info", "match_jobs.nothing")
    else:
        look_at(found.draft_id)


def make_ready(run_id: int) -> bool:
    """Is the plan at hand? If not, it is made again in the background; False when even that can't be."""
    if match_jobs.ready(database(), run_id):
        return True
    if st.session_state.get(_LOST) != run_id:
        st.session_state[_JOB] = match_jobs.reopen(database(), actor(), run_id=run_id)
        st.rerun()
    return False


def cancel(job_id: str) -> None:
    """Stop a job (a callback)."""
    try:
        match_jobs.cancel(job_id, actor())
    except DashboardError as error:
        notify("error", error.key, **error.values)


# -- changing


def edit(run_id: int, version: int, edits: Edits, reason: str) -> None:
    """Change the draft and solve it again, all of these at once (a callback)."""
    _change(
        draft_edits.edit_many,
        run_id=run_id,
        version=version,
        edits=tuple(edits),
        reason=reason,
    )


def undo(run_id: int, version: int) -> None:
    """Take the last edit back (a callback)."""
    _change(draft_edits.undo_edit, run_id=run_id, version=version)


def _change(deed: Callable[..., draft_edits.Changed], **values: Any) -> None:
    try:
        done = deed(database(), actor(), now=datetime.now(UTC), **values)
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return
    st.session_state.pop(_REFUSED, None)
    untick()
    for reason in done.refused:
        notify("warning", "match_page.pin_refused", reason=say.pin_refused(reason))


def command(deed: Callable[..., dict[str, Any]], *, then: str = "", **values: Any) -> None:
    """Copy, rename or drop a draft (a callback). `then`: "open" what it made, "close" what it ended."""
    try:
        made = perform(database(), deed, actor(), now=datetime.now(UTC), **values)
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return
    if then == "open":
        look_at(made["run_id"])
    elif then == "close":
        look_at(None)


# -- sending


def commit(run_id: int, version: int, key: str, leave_out: Sequence[draft_commit.Whose] = ()) -> None:
    """Send the whole draft, or all but some rows, in one transaction (a callback): it goes, or what stands against it
    is kept to be shown. What takes longer than a moment goes on in the background."""
    who = actor()
    try:
        values = {"run_id": run_id, "version": version, "now": datetime.now(UTC), "key": key}
        job_id = match_jobs.send(database(), who, leave_out=tuple(leave_out), **values)  # type: ignore[arg-type]
        found = match_jobs.wait(job_id, who, jobs.MOMENT)
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return
    finally:
        renew_key(key)
    if found.state == "running":
        st.session_state[_JOB] = job_id
        st.session_state[_WHOLE] = True
    else:
        _take_in(found)


def _sent(found: match_jobs.Sent) -> None:
    """A sending is over: it went, or what stood against it is kept."""
    done = found.committed
    if done.sent:
        st.session_state[_RUN] = done.run_id
        st.session_state.pop(_REFUSED, None)
        notify("success", "match_drafts.sent", count=len(done.done))
        untick()
        st.session_state[_WHOLE] = True
    else:
        rows = [row.plain() for row in done.refused]
        st.session_state[_REFUSED] = {"run": done.run_id, "rows": rows, "left_out": list(found.left_out)}


def commit_key() -> str:
    """The idempotency key of the next sending."""
    return act_key("match.commit")


def refused(run_id: int) -> list[dict[str, Any]]:
    """What stood against the last sending of this draft."""
    kept = st.session_state.get(_REFUSED) or {}
    rows: list[dict[str, Any]] = kept.get("rows", []) if kept.get("run") == run_id else []
    return rows


def left_out(run_id: int) -> list[draft_commit.Whose]:
    """What stays behind when the others are sent: what was left out before, and what stood against that sending. Where
    a refusal is about the whole need, or more than a row of it, all of it stays."""
    kept = st.session_state.get(_REFUSED) or {}
    found: list[draft_commit.Whose] = list(kept.get("left_out", []))
    for row in refused(run_id):
        whose = row["need_id"], row["role_id"], row["volunteer_id"]
        found.append(whose if None not in whose else (row["need_id"], None, None))
    return found


def forget_refused() -> None:
    """It was read (a callback)."""
    st.session_state.pop(_REFUSED, None)


def run_whole_page() -> None:
    """After a deed that changes more than the plan's own part of the page, run all of it, unless that is going on."""
    if st.session_state.pop(_WHOLE, False):
        st.rerun()


def whole_page_runs() -> None:
    """All of the page is running: nothing more has to be asked for."""
    st.session_state.pop(_WHOLE, None)


def to_one_need(need_id: int) -> None:
    """Open a need in the mode of single needs (a callback)."""
    st.session_state["match.mode"] = "one"
    need_picks.pick(need_id)
    st.session_state[_WHOLE] = True


def solve_again(filters: Filters, run_id: int) -> None:
    """Solve for the same needs as they are now, with the marks of a draft that could not be sent (a callback)."""
    _begin(filters, run_id)
    st.session_state[_WHOLE] = True
