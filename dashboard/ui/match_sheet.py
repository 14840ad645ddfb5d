"""The plan on paper and as a file: a sheet of the rows to print, and all rows as xlsx or csv."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.services import match_desk
from dashboard.services.match_desk import Head
from dashboard.services.match_plan import PlanRow
from dashboard.services.questions import answer
from dashboard.text import text
from dashboard.ui import match_say as say
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.downloads import Noted, downloads
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, database, language, t

#: Rows on one sheet; a plan of a whole county goes out as a file.
SHEET = 200
#: Columns of sheet and file, in order; text keys.
COLUMNS = (
    "matches.column.time",
    "needs.column.title",
    "needs.column.urgency",
    "needs.column.place",
    "matches.column.who",
    "match_more.column_home",
    "matches.column.distance",
    "needs.column.code",
)
_OPEN = "match.plan.sheet"
#: On paper only the sheet; long tables break between rows.
_STYLE = """
<style>
@media print {
  .st-key-app-heading, .st-key-match-head, .st-key-match-sheet-head {
    display: none !important;
  }
  .st-key-match-sheet table { font-size: 11px; }
  .st-key-match-sheet tr { break-inside: avoid; }
}
</style>
"""
#: More rows than any plan has.
EVERY_ROW = 1_000_000


def doors(found: Head) -> None:
    """Print and file, side by side."""
    if not found.filled:
        return
    st.button(t("match_more.print"), key="match.print", icon=":material/print:", type="tertiary", on_click=_open)
    _file(found)


def is_open() -> bool:
    """Is the sheet wanted instead of the plan?"""
    return bool(st.session_state.get(_OPEN))


def _open() -> None:
    st.session_state[_OPEN] = True


def _close() -> None:
    st.session_state.pop(_OPEN, None)


def _line(row: PlanRow, shown: str) -> list[str]:
    """A row in a language, without Streamlit: a file is made outside the page's run."""
    return [
        show.span(shown, row.start, row.end),
        row.need.title,
        text(shown, f"words.urgency.{row.need.urgency}"),
        row.need.place,
        row.who.name,
        row.who.place or row.who.site,
        show.distance(shown, row.metres),
        row.need.code,
    ]


def sheet(found: Head) -> None:
    """The rows found on the page as a plain table that prints as it stands, with nothing around it."""
    st.html(_STYLE)
    words = str(st.session_state.get("match.rows.words", ""))
    only = str(st.session_state.get("match.rows.only") or "")
    rows = ask(match_desk.sheet, run_id=found.run_id, size=SHEET, words=words, only=only, language=language())
    with st.container(horizontal=True, vertical_alignment="center", key="match.sheet.head"):
        st.button(t("match_more.sheet_back"), key="match.sheet.back", icon=":material/arrow_back:", on_click=_close)
        st.caption(t("match_more.sheet_how"), width="content")
    with st.container(key="match.sheet"):
        st.markdown(f"#### {t('match_more.sheet_title')}")
        st.caption(plain(_caption(found, rows.total), 300))
        heads = [t(key) for key in COLUMNS] + [t("match_more.column_signed")]
        lines = [[*map(plain, _line(one.row, language())), ""] for one in rows.rows]
        st.table(pd.DataFrame(lines, columns=heads), hide_index=True)
    if rows.total > SHEET:
        st.info(t("match_more.sheet_first", count=SHEET, total=rows.total))


def _caption(found: Head, total: int) -> str:
    return t(
        "match_more.sheet_lead",
        rows=say.number(total),
        run=found.run_id,
        at=show.datetime_(language(), datetime.now(UTC)),
        by=actor().name,
    )


def _file(found: Head) -> None:
    db, who, shown = database(), actor(), language()

    def lines() -> Sequence[Sequence[object]]:
        rows = answer(db, match_desk.sheet, who, run_id=found.run_id, size=EVERY_ROW, language=shown).rows
        return [_line(one.row, shown) for one in rows]

    caption = _caption(found, found.filled)
    heads = [t(key) for key in COLUMNS]
    title = t("match_more.sheet_title")
    downloads(title, caption, heads, lines, key="match.file", noted=Noted("match_plan", found.filled))
