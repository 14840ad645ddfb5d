"""The last runs: who solved what when, how good it was, what came of it; open one, or make it again and compare."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.services import match_replay, match_runs
from dashboard.services.match_desk import Head
from dashboard.services.match_runs import RunRow
from dashboard.ui import match_draft as draft
from dashboard.ui import match_say as say
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.session import actor, database, language, sentence, t

PAGE = 20
SHORT = 10


def view(_found: Head) -> None:
    """The list, and what can be done with a ticked run."""
    recent()


def recent() -> None:
    """The list by itself, for whoever has no plan yet."""
    page = int(st.session_state.get("match.runs.page", 1)) - 1
    rows = ask(match_runs.runs, page=page, size=PAGE)
    if not rows and page == 0:
        return
    st.markdown(f"**{t('match_more.runs')}**")
    picked = st.dataframe(
        pd.DataFrame([_line(row) for row in rows]),
        hide_index=True,
        key="match.runs",
        on_select="rerun",
        selection_mode="single-row",
        row_height=34,
        height=say.tall(len(rows), 560, 34),
    )
    chosen = [rows[at] for at in picked["selection"]["rows"] if at < len(rows)]
    _doings(chosen)
    if len(rows) == PAGE or page:
        st.number_input(t("match_more.runs_page"), 1, page + 1 + (len(rows) == PAGE), key="match.runs.page", width=170)


def _line(row: RunRow) -> dict[str, Any]:
    said = language()
    return {
        t("match_more.column_number"): row.id,
        t("match_more.column_at"): show.datetime_(said, row.at),
        t("match_more.column_by"): row.by or t("audit.system"),
        t("match_more.column_scope"): _scope(row),
        t("match_more.column_needs"): row.needs,
        t("matches.filled"): t("matches.filled_of", filled=say.number(row.filled), seats=say.number(row.seats)),
        t("match_more.column_empty"): say.empty_by_urgency(row.value),
        t("match_page.gap_name"): _quality(row),
        t("match_more.column_sent"): _sent(row),
        t("match_more.column_seconds"): round(row.seconds, 1),
        t("match_more.column_rules"): row.rule_version,
        t("match_more.column_digest"): row.digest[:SHORT],
    }


def _scope(row: RunRow) -> str:
    chosen = {name: str(value) for name, value in row.filters["filters"].items() if value is not None}
    words = say.scope(chosen)
    if row.filters["need_ids"]:
        words.append(t("match_page.some_needs", count=len(row.filters["need_ids"])))
    return t("show.comma").join(words) or row.place or t("app.whole_county")


def _quality(row: RunRow) -> str:
    """Proven, or the gap with what makes it hard."""
    if row.objective == row.bound and not row.kinds:
        return t("match_page.proven_short")
    return " · ".join(part for part in (say.gap(row.gap), say.kinds(row.kinds)) if part)


def _sent(row: RunRow) -> str:
    if row.committed_at is None:
        return t("match_more.drafts_of", count=row.drafts) if row.drafts else show.DASH
    at = f"{show.short_date(language(), row.committed_at)} {show.clock(row.committed_at)}"
    return t("match_more.sent_by", who=row.committed_by or t("audit.system"), at=at, edits=row.edits)


def _doings(chosen: Sequence[RunRow]) -> None:
    """Open it, or make it again."""
    row = chosen[0] if chosen else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("match_more.open_run"),
            key="match.runs.open",
            icon=":material/open_in_new:",
            disabled=row is None,
            on_click=_open,
            args=(row.id if row else 0,),
        )
        wanted = st.button(
            t("match_more.replay"),
            key="match.runs.replay",
            icon=":material/replay:",
            disabled=row is None or not row.replayable,
            help=t("match_more.replay_help"),
        )
    if wanted and row is not None:
        _replay(row.id)


def _open(run_id: int) -> None:
    """Look at a run as it was solved (a callback)."""
    draft.look_at(run_id)
    st.session_state["match.plan.view"] = "rows"


def _replay(run_id: int) -> None:
    """Solve a run's inputs again and compare byte for byte."""
    began = datetime.now(UTC)
    with st.spinner(t("match_more.replaying"), show_time=True):
        try:
            found = match_replay.replay(database(), actor(), run_id)
        except DashboardError as error:
            st.warning(sentence(error))
            return
    seconds = show.number(language(), (datetime.now(UTC) - began).total_seconds(), 1)
    if found.same and found.same_inputs:
        st.success(t("match_more.replay_same", digest=found.found[:SHORT], seconds=seconds), icon=":material/verified:")
    else:
        words = t("match_more.replay_differs", stored=found.stored[:SHORT], found=found.found[:SHORT])
        st.error(words, icon=":material/error:")
