"""A lapse cell on its notebook's page: the map of the month a slider chooses, the legend, all months as a table."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.core.deck_lapse import WIDTH, Lapse
from dashboard.core.notebook import Cell
from dashboard.services import map_layers, notebook_files
from dashboard.services.notebook_runs import Outcome
from dashboard.ui import lapse_words
from dashboard.ui.ask import ask
from dashboard.ui.downloads import Noted, downloads, files
from dashboard.ui.session import language, t

#: A map's most in pixels, wide and high; heights of a town's number and name on it.
_WIDEST, _HIGHEST = 620, 560
_NUMBER, _NAME = 15, 10


def shown(cell: Cell, outcome: Outcome) -> None:
    """The whole cell. Turning the slider runs this alone."""
    frame = outcome.frame
    if frame is None:
        return
    played = lapse_words.lapse(language(), cell, frame, ask(map_layers.outlines))
    rows = lapse_words.table(language(), frame)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{played.title}**")
        st.space("stretch")
        noted = Noted("notebook", len(rows.rows))
        about = " ".join(played.notes)
        downloads(played.title, about, rows.columns, lambda: rows.rows, key=f"notebook.file.{cell.name}", noted=noted)
        if played.areas:
            files(played.title, _pictures(played), key=f"notebook.picture.{cell.name}", label=t("lapse.pictures"))
    if played.areas:
        _map(cell.name, played)
    else:
        st.info(t("lapse.no_outlines"))
    st.caption(" ".join(played.notes))
    with st.expander(t("lapse.table"), expanded=not played.areas, key=f"notebook.months.{cell.name}"):
        st.dataframe(pd.DataFrame(list(rows.rows), columns=list(rows.columns)), hide_index=True)


@st.fragment
def _map(name: str, played: Lapse) -> None:
    labels = [month.label for month in played.months]
    key = f"notebook.lapse.{name}"
    if st.session_state.get(key) not in labels:
        st.session_state[key] = labels[-1]
    at = labels.index(st.select_slider(t("lapse.month"), labels, key=key))
    month = played.months[at]
    wide = round(min(_WIDEST, _HIGHEST * WIDTH / played.height))
    each = WIDTH / wide
    with st.container(horizontal=True, gap="large"):
        st.image(notebook_files.lapse_map(played, at, number=_NUMBER * each, name=_NAME * each), width=wide)
        with st.container(width=320):
            st.markdown(month.label)
            st.markdown(f"### {month.total}")
            # Both lines always, so that nothing below them moves from month to month.
            for line in (month.note, month.beside):
                st.caption(line or "\N{NO-BREAK SPACE}")
            st.image(notebook_files.lapse_legend(played))


def _pictures(played: Lapse) -> dict[str, tuple[str, Callable[[], bytes]]]:
    """All months on one picture, as files."""

    def maker(suffix: str) -> Callable[[], bytes]:
        return lambda: notebook_files.months(played, suffix)

    return {suffix: (kind, maker(suffix)) for suffix, kind in notebook_files.PICTURES.items()}
