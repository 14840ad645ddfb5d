"""The rows of a plan, fifty at a time: find some, tick them, say a word about them with a reason."""

from typing import Any

import streamlit as st

from dashboard.core.filters import Filters
from dashboard.services import match_desk
from dashboard.services.desk_rows import Sheet, SheetRow
from dashboard.services.match_desk import Desk
from dashboard.ui import match_draft as draft
from dashboard.ui import match_map, match_pair, plan_parts, show
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

ONLY = ("", "changed", "marked", "urgent")


def asked(run_id: int) -> Desk:
    """The plan with the page of rows that the fields above the table ask for."""
    return ask(match_desk.desk, run_id=run_id, language=language(), **_asked())


def _asked() -> dict[str, Any]:
    only = str(st.session_state.get("match.rows.only") or "")
    return {
        "words": str(st.session_state.get("match.rows.words") or ""),
        "only": only if only in ONLY else "",
        "page": int(st.session_state.get("match.rows.page", 1)) - 1,
    }


def view(desk: Desk, filters: Filters) -> None:
    """Table and words on the left; map, what changed and the ticked row on the right."""
    found, ticked = desk.head, _ticked(desk.sheet)
    with st.container(key="match.plan.desk"):
        left, right = st.columns([7, 5], gap="medium")
    with left:
        plan_parts.rows(desk, _asked(), match_map.KEY)
        _pages(desk.sheet)
    chosen = ticked[0].row if len(ticked) == 1 else None
    with right:
        match_map.plan_map(found, desk.drawn, filters, chosen=chosen)
        plan_parts.strip(found, desk.difference)
        if chosen is not None:
            match_pair.of_row(found, chosen)
        elif desk.sheet.rows and not ticked:
            st.caption(t("match_page.tick_one"))


def fields() -> None:
    """Words to find rows by, and which rows."""
    names = {only: t(f"match_page.only_{only or 'all'}") for only in ONLY}
    st.segmented_control(
        t("match_page.only"),
        ONLY,
        default="",
        required=True,
        format_func=names.__getitem__,
        key="match.rows.only",
        label_visibility="collapsed",
        on_change=_first_page,
    )
    st.text_input(
        t("match_page.find"),
        key="match.rows.words",
        placeholder=t("match_page.find"),
        label_visibility="collapsed",
        icon=":material/search:",
        width=190,
        max_chars=100,
        on_change=_first_page,
    )


def _pages(sheet: Sheet) -> None:
    if sheet.pages < 2:
        return
    with st.container(horizontal=True, horizontal_alignment="right"):
        pages = show.number(language(), sheet.pages)
        st.number_input(
            t("needs.page", pages=pages), 1, sheet.pages, key="match.rows.page", width=170, on_change=draft.untick
        )


def _first_page() -> None:
    st.session_state["match.rows.page"] = 1
    draft.untick()


def _ticked(sheet: Sheet) -> list[SheetRow]:
    here = {(one.row.role_id, one.row.who.volunteer_id): one for one in sheet.rows}
    return [here[pair] for pair in plan_parts.ticked() if pair in here]
