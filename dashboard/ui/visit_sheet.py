"""The visit sheet: choose a village or grid, look at it, print it or take it as a workbook to fill in offline."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.core.permissions import Action, Actor
from dashboard.services import need_choices, visit_sheets
from dashboard.services.visit_sheets import COLUMNS, VisitSheet
from dashboard.ui import show
from dashboard.ui.act import act
from dashboard.ui.ask import ask
from dashboard.ui.downloads import FORMS
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

_OPEN = "needs.visits.opened"
_MADE = "needs.visits.sheet"
#: What stands on paper, and how many empty lines follow.
_ON_PAPER = ("source_id", "name", "phone", "title", "wanted", "visit", "note")
_EMPTY_LINES = 8
#: On paper only the sheet, black on white, across an A4 page.
_STYLE = """
<style>
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  .st-key-app-heading, .st-key-needs-visits-head, [data-testid="stAlert"] { display: none !important; }
  .st-key-needs-visits-paper, .st-key-needs-visits-paper * {
    color: #000 !important; background: #fff !important; opacity: 1 !important;
  }
  .st-key-needs-visits-paper table { font-size: 11px; }
  .st-key-needs-visits-paper tr { break-inside: avoid; }
}
.st-key-needs-visits-paper td, .st-key-needs-visits-paper th { border: 1px solid #555 !important; min-width: 5em; }
.st-key-needs-visits-paper td { height: 2.8em; }
.st-key-needs-visits-paper td:last-child { width: 26%; }
.st-key-needs-visits-paper td:nth-last-child(2) { width: 10%; }
</style>
"""


def start(who: Actor) -> None:
    """The button that opens it, for those who may take lists away."""
    if who.may(Action.EXPORT):
        st.button(
            t("needs.visits.open"),
            key="needs.visits.start",
            type="tertiary",
            icon=":material/assignment:",
            on_click=_open,
        )


def is_open() -> bool:
    """Is a visit sheet wanted instead of the page?"""
    return bool(st.session_state.get(_OPEN))


def _open() -> None:
    st.session_state[_OPEN] = True


def _close() -> None:
    for key in (_OPEN, _MADE):
        st.session_state.pop(key, None)


def sheet(who: Actor) -> None:
    """What to choose, and the sheet once it is made."""
    st.html(_STYLE)
    with st.container(key="needs.visits.head"):
        st.button(t("needs.visits.back"), key="needs.visits.back", icon=":material/arrow_back:", on_click=_close)
        st.caption(t("needs.visits.lead"))
        _choose(who)
        made: VisitSheet | None = st.session_state.get(_MADE)
        if made is not None:
            _take(made)
    if made is not None:
        with st.container(key="needs.visits.paper"):
            _paper(made)


def _choose(who: Actor) -> None:
    villages = dict(ask(need_choices.choices, language=language()).villages)
    place, part = st.columns(2)
    village = place.selectbox(
        t("needs.visits.village"),
        list(villages),
        index=None,
        format_func=villages.__getitem__,
        key="needs.visits.village",
        placeholder=t("needs.form.choose"),
        on_change=_forget,
    )
    grids = dict(ask(need_choices.grids_of, village=village)) if village else {}
    grid = part.selectbox(
        t("needs.visits.grid"),
        list(grids),
        index=None,
        format_func=grids.__getitem__,
        key=f"needs.visits.grid.{village}",
        placeholder=t("needs.form.choose"),
        disabled=not grids,
        on_change=_forget,
    )
    named, reason = False, ""
    if who.may(Action.REVEAL):
        named = st.checkbox(t("needs.visits.named"), key="needs.visits.named", on_change=_forget)
        if named:
            reason = st.text_input(t("needs.visits.reason"), key="needs.visits.reason", max_chars=200)
    st.button(
        t("needs.visits.make"),
        key="needs.visits.make",
        type="primary",
        disabled=village is None,
        on_click=act,
        args=(visit_sheets.make,),
        kwargs={
            "done": "needs.visits.made",
            "keep": _MADE,
            "village": village,
            "grid_id": grid,
            "named": named,
            "reason": reason,
        },
    )


def _forget() -> None:
    """Another choice: the sheet that was made is not of it."""
    st.session_state.pop(_MADE, None)


def _take(made: VisitSheet) -> None:
    name = t("needs.visits.title", place=made.place)
    caption = (name, show.datetime_(language(), datetime.now(UTC)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            t("needs.visits.file"),
            data=lambda: visit_sheets.workbook(made, caption),
            file_name=f"{name}.xlsx",
            mime=FORMS[".xlsx"],
            key="needs.visits.file",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(t("needs.visits.how"), width="content")


def _paper(made: VisitSheet) -> None:
    st.markdown(f"#### {plain(t('needs.visits.title', place=made.place))}")
    st.caption(t("needs.visits.by_hand"))
    if not made.rows:
        st.caption(t("needs.visits.none"))
    places = [COLUMNS.index(field) for field in _ON_PAPER]
    lines = [[plain(row[place]) for place in places] for row in made.rows]
    lines += [[" "] * len(_ON_PAPER) for _ in range(_EMPTY_LINES)]
    headings = [t(f"needs.visits.column.{field}") for field in _ON_PAPER]
    st.table(pd.DataFrame(lines, columns=headings), hide_index=True)
