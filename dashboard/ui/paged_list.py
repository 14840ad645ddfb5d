"""A list of rows, a page at a time: its count, its file, its table. The file holds every page in the same order."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.services.questions import answer
from dashboard.services.team_rows import PAGE, Listing
from dashboard.text import text
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.downloads import Noted, downloads
from dashboard.ui.session import actor, database, language, t

#: A row as text key of the column -> what stands in it, in a language.
Line = Callable[[Any, str], dict[str, object]]
#: Most rows of a file: more than any county has on one list.
EVERY_ROW = 200_000


def paged_list(
    question: Callable[..., Listing[Any]],
    line: Line,
    *,
    key: str,
    title: str,
    values: dict[str, Any],
    on_row: Callable[[list[Any]], None] | None = None,
) -> None:
    """Show the answer of a question that takes `page` and `size`.

    key: names the widgets, "teams.members". title: the file's name and first line.
    on_row: called with the rows shown when one is clicked, as a callback; st.session_state[key] says which.
    """
    shown = language()
    number = f"{key}.page"
    found = ask(question, page=max(int(st.session_state.get(number, 1)) - 1, 0), **values)
    if not found.rows and found.total:
        st.session_state[number] = 1
        found = ask(question, page=0, **values)
    if not found.rows:
        st.info(t("teams.empty"))
        return
    lines = [line(row, shown) for row in found.rows]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{t('teams.total_rows', total=show.number(shown, found.total))}**", width="content")
        st.space("stretch")
        pages = -(-found.total // PAGE)
        if pages > 1:
            st.number_input(t("teams.page_number", pages=pages), 1, pages, key=number, width=190)
        headings = [text(shown, column) for column in lines[0]]
        _file(question, line, key, title, values, headings, found.total)
    table = pd.DataFrame(lines).rename(columns=dict(zip(lines[0], headings, strict=True)))
    picks: dict[str, Any] = {}
    if on_row is not None:
        rows, picked = list(found.rows), on_row
        picks = {"selection_mode": "single-row", "on_select": lambda: picked(rows)}
    st.dataframe(table, hide_index=True, key=key, height="content", **picks)


def _file(
    question: Callable[..., Listing[Any]],
    line: Line,
    key: str,
    title: str,
    values: dict[str, Any],
    headings: list[str],
    total: int,
) -> None:
    db, who, shown = database(), actor(), language()

    def rows() -> list[list[object]]:
        found = answer(db, question, who, page=0, size=EVERY_ROW, **values)
        return [list(line(row, shown).values()) for row in found.rows]

    downloads(title, title, headings, rows, key=f"{key}.file", noted=Noted(key, total))
