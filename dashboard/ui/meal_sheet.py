"""The sheet of a day's meal round, for whoever carries: one A4 page, black on white, with room to tick by hand."""

import pandas as pd
import streamlit as st

from dashboard.core.permissions import Action, Actor
from dashboard.services import meal_days
from dashboard.services.meal_days import RoundSheet
from dashboard.ui import show
from dashboard.ui.act import act
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

_OPEN, _MADE = "meals.sheet.opened", "meals.sheet.made"
_STYLE = """
<style>
@media print {
  @page { size: A4; margin: 12mm; }
  .st-key-app-heading, .st-key-meals-sheet-head, [data-testid="stAlert"], [data-testid="stHeader"],
  [data-testid="stSidebar"], [data-testid="stToolbar"] { display: none !important; }
  .st-key-meals-sheet-paper, .st-key-meals-sheet-paper * {
    color: #000 !important; background: #fff !important; opacity: 1 !important;
  }
  [data-testid="stAppViewContainer"], [data-testid="stMain"], .stApp { overflow: visible !important; height: auto; }
  [data-testid="stAppViewContainer"] { position: static; }
  .st-key-meals-sheet-paper [data-testid="stHeaderActionElements"] { display: none !important; }
  .st-key-meals-sheet-paper tr { break-inside: avoid; }
}
.st-key-meals-sheet-paper td, .st-key-meals-sheet-paper th { border: 1px solid #555 !important; }
.st-key-meals-sheet-paper td { height: 2.6em; }
.st-key-meals-sheet-paper td:last-child { width: 28%; }
.st-key-meals-sheet-paper td:nth-last-child(2) { width: 10%; }
</style>
"""


def start(who: Actor, day_id: int) -> None:
    """The button that opens the sheet of a day's round, for those who may take lists away."""
    if who.may(Action.EXPORT):
        label = t("meals.act.sheet")
        st.button(label, key=f"meals.sheet.{day_id}", icon=":material/print:", on_click=_open, args=(day_id,))


def is_open() -> bool:
    """Is a sheet wanted instead of the page?"""
    return _OPEN in st.session_state


def _open(day_id: int) -> None:
    st.session_state.pop(_MADE, None)
    st.session_state[_OPEN] = day_id


def _close() -> None:
    for key in (_OPEN, _MADE):
        st.session_state.pop(key, None)


def _forget() -> None:
    st.session_state.pop(_MADE, None)


def sheet(who: Actor) -> None:
    """Whether names stand in full, and the sheet once it is made."""
    st.html(_STYLE)
    with st.container(key="meals.sheet.head"):
        st.button(t("meals.paper.back"), key="meals.sheet.back", icon=":material/arrow_back:", on_click=_close)
        st.caption(t("meals.paper.how"))
        named, reason = False, ""
        if who.may(Action.REVEAL):
            named = st.checkbox(t("meals.paper.named"), key="meals.sheet.named", on_change=_forget)
            if named:
                reason = st.text_input(t("meals.paper.reason"), key="meals.sheet.reason", max_chars=200)
        st.button(
            t("meals.paper.make"),
            key="meals.sheet.make",
            type="primary",
            on_click=act,
            args=(meal_days.make_sheet,),
            kwargs={
                "done": "meals.paper.made",
                "keep": _MADE,
                "day_id": int(st.session_state[_OPEN]),
                "named": named,
                "reason": reason,
            },
        )
    made: RoundSheet | None = st.session_state.get(_MADE)
    if made is not None:
        with st.container(key="meals.sheet.paper"):
            _paper(made)


def _paper(made: RoundSheet) -> None:
    st.markdown(f"#### {plain(t('meals.paper.title', name=made.name))}")
    said = t(
        "meals.paper.lead",
        start=show.datetime_(language(), made.start),
        kitchen=made.kitchen,
        carrier=made.carrier or show.DASH,
        stops=len(made.lines),
        meals=sum(line.meals for line in made.lines),
    )
    st.markdown(plain(said))
    headings = [t(f"meals.column.{name}") for name in ("position", "who", "place", "meals", "tick", "note")]
    lines = [[str(line.position), plain(line.who), plain(line.place), str(line.meals), "□", " "] for line in made.lines]
    st.table(pd.DataFrame(lines, columns=headings), hide_index=True)
