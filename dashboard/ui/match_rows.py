"""The rows of a plan, fifty at a time: find some, tick them, say a word about them with a reason."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.filters import Filters
from dashboard.core.words import Urgency
from dashboard.services import match_desk
from dashboard.services.desk_rows import Sheet, SheetRow
from dashboard.services.match_desk import Desk, DeskMark, Head
from dashboard.text import text
from dashboard.ui import match_changes, match_map, match_one, match_pair, show
from dashboard.ui import match_draft as draft
from dashboard.ui import match_say as say
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

ONLY = ("", "changed", "marked", "urgent")
#: What a coordinator says most often, first the one that stands there unasked; text: match_page.reason_<name>.
REASONS = ("decided", "resident", "herself", "phoned", "knows", "unsuited", "reserve")
#: What the buttons under the table say of the ticked rows, and their icons.
MARKS = {
    "pin": ":material/push_pin:",
    "forbid": ":material/block:",
    "away": ":material/beach_access:",
    "clear": ":material/ink_eraser:",
}


def asked(run_id: int) -> Desk:
    """The plan with the page of rows that the fields above the table ask for."""
    words = str(st.session_state.get("match.rows.words") or "")
    only = str(st.session_state.get("match.rows.only") or "")
    page = int(st.session_state.get("match.rows.page", 1)) - 1
    given = {"words": words, "only": only if only in ONLY else "", "language": language()}
    return ask(match_desk.desk, run_id=run_id, page=page, **given)


def view(desk: Desk, filters: Filters) -> None:
    """Table and words on the left; map, what changed and the ticked row on the right."""
    found, ticked = desk.head, _ticked(desk.sheet)
    with st.container(key="match.plan.desk"):
        left, right = st.columns([7, 5], gap="medium")
    with left:
        _marks(found, [one.row for one in ticked])
        _table(found, desk.sheet)
    chosen = ticked[0].row if len(ticked) == 1 else None
    with right:
        match_map.plan_map(found, desk.drawn, filters, chosen=chosen)
        match_changes.strip(desk.difference)
        if chosen is not None:
            match_pair.of_row(found, chosen)
        elif ticked:
            st.caption(t("match_page.several_ticked", count=len(ticked)))
        else:
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
        on_change=_first_page,
    )


def _table(found: Head, sheet: Sheet) -> None:
    if not sheet.rows:
        st.info(t("match_page.no_rows" if found.filled else "match_page.nobody_sent"))
        return
    st.dataframe(
        _lines(sheet, found.edits),
        hide_index=True,
        key="match.rows",
        on_select="rerun",
        selection_mode="multi-row",
        row_height=34,
        height=say.tall(len(sheet.rows), 560, 34),
        column_config=_widths(pinned=any(one.row.pinned for one in sheet.rows)),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("match_page.found", total=show.number(language(), sheet.total)), width="content")
        st.space("stretch")
        if sheet.pages > 1:
            pages = show.number(language(), sheet.pages)
            st.number_input(
                t("needs.page", pages=pages), 1, sheet.pages, key="match.rows.page", width=170, on_change=draft.untick
            )


def _first_page() -> None:
    st.session_state["match.rows.page"] = 1
    draft.untick()


def _ticked(sheet: Sheet) -> list[SheetRow]:
    picked = st.session_state.get("match.rows") or draft.NOTHING
    return [sheet.rows[at] for at in picked["selection"]["rows"] if at < len(sheet.rows)]


def _widths(*, pinned: bool) -> dict[str, Any]:
    column = st.column_config.TextColumn
    names = {"mark": 165 if pinned else 60, "who": 75, "time": 180, "distance": 85, "urgency": 55, "score": 55}
    heads = {"urgency": t("needs.column.urgency")} | {
        name: t(f"matches.column.{name}") for name in names if name != "urgency"
    }
    return {heads[name]: column(heads[name], width=width) for name, width in names.items()}


#: Columns of the table, in their order; text keys.
_COLUMNS = (
    "matches.column.mark",
    "needs.column.title",
    "needs.column.urgency",
    "needs.column.place",
    "matches.column.who",
    "matches.column.time",
    "matches.column.distance",
    "matches.column.score",
    "needs.column.code",
)


def _lines(sheet: Sheet, edits: Sequence[DeskMark]) -> pd.DataFrame:
    """The page of rows in words; the column of marks only where there is one."""
    shown = language()
    said = {(one.role_id, one.volunteer_id): one for one in draft.holding(edits)}
    urgency = {name.value: text(shown, f"words.urgency.{name}") for name in Urgency}
    lines = [
        (
            _mark(one, said),
            one.row.need.title,
            urgency[one.row.need.urgency],
            one.row.need.place,
            one.row.who.name,
            show.span(shown, one.row.start, one.row.end),
            match_one.metres(one.row.metres, exact=one.row.exact),
            one.row.score,
            one.row.need.code,
        )
        for one in sheet.rows
    ]
    table = pd.DataFrame(lines, columns=[text(shown, key) for key in _COLUMNS])
    return table if any(line[0] for line in lines) else table.iloc[:, 1:]


def _mark(one: SheetRow, said: dict[tuple[int, int], DeskMark]) -> str:
    """New in this draft; pinned by whom and why."""
    own = said.get((one.row.role_id, one.row.who.volunteer_id))
    pinned = own is not None and own.kind == "pin"
    if not (one.changed or pinned or one.pin_by):
        return ""
    parts = [t("match_page.mark_new")] if one.changed else []
    if own is not None and pinned:
        parts.append(t("match_page.mark_pin", reason=own.reason, by=own.by))
    elif one.pin_by:
        parts.append(t("match_page.mark_standing", reason=one.pin_reason, by=one.pin_by))
    return " ".join(parts)


def reason() -> str:
    """A reason from the list, or typed in; it goes with the mark."""
    words = [t(f"match_page.reason_{name}") for name in REASONS]
    chosen = st.selectbox(
        t("match_page.reason"),
        words,
        key="match.reason",
        accept_new_options=True,
        label_visibility="collapsed",
        placeholder=t("match_page.reason"),
        width=170,
    )
    return str(chosen or words[0])


def _marks(found: Head, rows: list[Any]) -> None:
    """The words that can be said of the ticked rows; each solves again at once."""
    if not found.open:
        st.caption(t("match_page.copy_to_change"))
        return
    with st.container(horizontal=True, vertical_alignment="center", key="match.mark_row"):
        why = reason()
        for kind, icon in MARKS.items():
            edits = tuple(_edit(kind, row.role_id, row.who.volunteer_id) for row in rows)
            st.button(
                t(f"match_page.do_{kind}"),
                key=f"match.mark.{kind}",
                icon=icon,
                disabled=not rows,
                on_click=draft.edit,
                args=(found.run_id, found.version, edits, why),
            )


def _edit(kind: str, role_id: int, volunteer_id: int) -> tuple[str, int, int]:
    if kind == "away":
        return "away", 0, volunteer_id
    return ("unpin" if kind == "clear" else kind), role_id, volunteer_id
