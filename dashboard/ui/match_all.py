"""Match all: solve for the filter's needs in the background, read and change the plan, send it whole or not at all."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard.core.filters import Filters
from dashboard.core.permissions import Actor
from dashboard.services import match_desk, match_jobs, match_plan
from dashboard.services.match_desk import Head
from dashboard.ui import (
    match_changes,
    match_compare,
    match_empty,
    match_fair,
    match_head,
    match_job,
    match_refused,
    match_rows,
    match_rules,
    match_runs,
    match_sheet,
    notices,
    show,
)
from dashboard.ui import match_draft as draft
from dashboard.ui.ask import ask
from dashboard.ui.session import database, language, t

VIEWS = ("rows", "empty", "changes", "compare", "fair", "runs")
#: A plan older than this is better made anew.
FRESH = timedelta(minutes=30)


def bar(who: Actor, filters: Filters) -> None:
    """How many needs the filter holds, and the button that solves for them; in the page's first row."""
    draft.whole_page_runs()
    busy, run_id = draft.job() is not None, draft.current()
    needs = ask(match_plan.open_count, filters=filters)
    st.button(
        t("match_page.solve" if run_id is None else "match_page.solve_again"),
        key="match.solve",
        type="primary" if run_id is None else "secondary",
        icon=":material/hub:",
        shortcut="Ctrl+Enter",
        disabled=not needs or busy,
        on_click=draft.solve,
        args=(filters,),
    )
    if run_id is not None:
        st.checkbox(t("match_page.keep_marks"), value=True, key="match.keep_marks", width="content")
    st.markdown(t("matches.set", needs=show.number(language(), needs)), width="content")
    st.space("stretch")
    match_rules.rules(who)


def panel(filters: Filters) -> None:
    """All below."""
    running, run_id = draft.job(), draft.current()
    if running is not None:
        match_job.progress()
    if run_id is None and running is None:
        _nothing_yet()
    if run_id is None:
        match_runs.recent()
    elif running is None and not draft.make_ready(run_id):
        _lost(run_id)
    elif running is None or (running.kind != match_jobs.SENDING and match_jobs.ready(database(), run_id)):
        _desk(filters)


def _nothing_yet() -> None:
    with st.container(border=True, key="match.nothing"):
        st.markdown(f"**{t('match_page.nothing_yet')}**")
        st.caption(t("match_page.nothing_yet_lead"))


def _lost(run_id: int) -> None:
    """The plan can't be made again: what was said above is why."""
    with st.container(border=True, key="match.lost"):
        st.markdown(t("match_page.lost", number=run_id))
        st.button(t("match_page.close"), key="match.close", on_click=draft.look_at, args=(None,))
    match_runs.recent()


@st.fragment
def _desk(filters: Filters) -> None:
    """The plan: what is clicked here runs this part alone."""
    draft.run_whole_page()
    notices.show()
    run_id = draft.current()
    if run_id is None:
        st.rerun()
    if not match_jobs.ready(database(), run_id):
        st.rerun()
    desk = match_rows.asked(run_id) if st.session_state.get("match.plan.view", "rows") == "rows" else None
    found = desk.head if desk else ask(match_desk.head, run_id=run_id, language=language())
    if match_sheet.is_open():
        match_sheet.sheet(found)
        return
    match_refused.box(found, filters)
    match_head.head(found)
    _stale(found)
    with st.container(horizontal=True, vertical_alignment="center", key="match.views"):
        view = _views(found)
        st.space("stretch")
        if view == "rows":
            match_rows.fields()
        match_sheet.doors(found)
    if view == "rows":
        match_rows.view(desk or match_rows.asked(run_id), filters)
    elif view == "empty":
        match_empty.view(found, filters)
    else:
        shown = {
            "changes": match_changes.view,
            "compare": match_compare.view,
            "fair": match_fair.view,
            "runs": match_runs.view,
        }
        shown[view](found)


def _stale(found: Head) -> None:
    age = datetime.now(UTC) - found.solved_at
    if found.state == "solved" and age > FRESH:
        st.warning(t("matches.stale", age=show.length(language(), age)), icon=":material/update:")


def _views(found: Head) -> str:
    counts = {
        "rows": show.number(language(), found.filled),
        "empty": show.number(language(), found.value.empty),
        "changes": show.number(language(), len(found.edits)),
    }
    names = {view: " ".join((t(f"match_page.view_{view}"), counts.get(view, ""))).strip() for view in VIEWS}
    chosen = st.segmented_control(
        t("match_page.view"),
        VIEWS,
        default="rows",
        required=True,
        format_func=names.__getitem__,
        key="match.plan.view",
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen)
