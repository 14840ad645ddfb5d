"""A week of a rota on paper: compounds by days, one A4 page across, black on white."""

import pandas as pd
import streamlit as st

from dashboard.core.permissions import Action, Actor
from dashboard.services import rota_duties
from dashboard.services.rota_duties import RotaSheet
from dashboard.services.rota_reading import Week
from dashboard.ui import show
from dashboard.ui.act import act
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

_OPEN, _MADE = "rotas.sheet.opened", "rotas.sheet.made"
_STYLE = """
<style>
@media print {
  @page { size: A4 landscape; margin: 10mm; }
  .st-key-app-heading, .st-key-rotas-sheet-head, [data-testid="stAlert"], [data-testid="stHeader"],
  [data-testid="stSidebar"], [data-testid="stToolbar"] { display: none !important; }
  .st-key-rotas-sheet-paper, .st-key-rotas-sheet-paper * {
    color: #000 !important; background: #fff !important; opacity: 1 !important;
  }
  [data-testid="stAppViewContainer"], [data-testid="stMain"], .stApp { overflow: visible !important; height: auto; }
  [data-testid="stAppViewContainer"] { position: static; }
  .st-key-rotas-sheet-paper [data-testid="stHeaderActionElements"] { display: none !important; }
  .st-key-rotas-sheet-paper tr { break-inside: avoid; }
}
.st-key-rotas-sheet-paper td, .st-key-rotas-sheet-paper th {
  border: 1px solid #555 !important; white-space: normal !important; vertical-align: top;
}
.st-key-rotas-sheet-paper td { height: 3.2em; }
</style>
"""


def start(who: Actor, week: Week) -> None:
    """The button that opens the sheet of a week, for those who may take lists away."""
    if who.may(Action.EXPORT) and week.all:
        st.button(t("rotas.act.sheet"), key="rotas.sheet", icon=":material/print:", on_click=_open, args=(week,))


def is_open() -> bool:
    """Is a sheet wanted instead of the page?"""
    return _OPEN in st.session_state


def _open(week: Week) -> None:
    st.session_state.pop(_MADE, None)
    st.session_state[_OPEN] = (week.rota_id, week.monday)


def _close() -> None:
    for key in (_OPEN, _MADE):
        st.session_state.pop(key, None)
    st.session_state["rounds.view"] = "rotas"


def sheet() -> None:
    """The sheet, once it is made."""
    st.html(_STYLE)
    rota_id, monday = st.session_state[_OPEN]
    with st.container(key="rotas.sheet.head"):
        st.button(t("rotas.paper.back"), key="rotas.sheet.back", icon=":material/arrow_back:", on_click=_close)
        st.caption(t("rotas.paper.how"))
        st.button(
            t("rotas.paper.make"),
            key="rotas.sheet.make",
            type="primary",
            on_click=act,
            args=(rota_duties.make_sheet,),
            kwargs={"done": "rotas.paper.made", "keep": _MADE, "rota_id": rota_id, "monday": monday},
        )
    made: RotaSheet | None = st.session_state.get(_MADE)
    if made is not None:
        with st.container(key="rotas.sheet.paper"):
            _paper(made)


def _paper(made: RotaSheet) -> None:
    week = made.week
    st.markdown(f"#### {plain(t('rotas.paper.title', name=made.name))}")
    first, last = (show.date(language(), week.days[n]) for n in (0, 6))
    st.markdown(plain(t("rotas.paper.lead", team=made.team, first=first, last=last)))
    days = [day for day in week.days if any(duty.day == day for duty in week.all)]
    heads = [plain(t("rotas.compound")), *(plain(show.short_date(language(), day)) for day in days)]
    lines = []
    for place_id, name in week.places:
        cells = [week.duties.get((place_id, day), ()) for day in days]
        # Written by hand where somebody is missing.
        said = [
            " ".join(
                f"{show.clock(duty.start)} {plain(t('show.comma').join(one for _, one in duty.people))}"
                + " \\_\\_\\_\\_\\_\\_" * duty.missing
                for duty in cell
            )
            for cell in cells
        ]
        lines.append([plain(name), *(one or " " for one in said)])
    st.table(pd.DataFrame(lines, columns=heads), hide_index=True)
