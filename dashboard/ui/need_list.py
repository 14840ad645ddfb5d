"""The queue as a list: views with their counts, search, a page of rows with their clocks."""

import hashlib
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from dashboard.core.filters import Filters, query
from dashboard.services.needs_queue import PAGE, WATCHED, Queue, QueueRow, View, queue
from dashboard.services.questions import answer
from dashboard.text import text
from dashboard.ui import clocks, need_picks, show
from dashboard.ui.ask import ask
from dashboard.ui.downloads import Noted, downloads
from dashboard.ui.session import actor, database, language, t

#: How a row that is late or about to be is coloured; readable in print too.
_LATE, _SOON = "color: #a3262a; font-weight: 600", "color: #9a5a00"
#: Pixels in which the longest clock ("Take up 100.3 h late") can be read.
_CLOCK_WIDTH = {"zh": 150, "en": 172}


def head(filters: Filters, *, key: str, first: View = View.TO_DISPATCH) -> Queue:
    """The switch of views and the search; returns the page of the queue they ask for."""
    found = asked(filters, key, first)
    names = _names(found)
    st.segmented_control(
        t("needs.view"),
        [view for view in View if view not in WATCHED],
        default=first,
        required=True,
        format_func=names.__getitem__,
        key=f"{key}.view",
        label_visibility="collapsed",
        persist_state="session",
        on_change=_view_changed,
        args=(key,),
    )
    return found


def watch(found: Queue, *, key: str) -> None:
    """The lists of what needs a second look, each with its count; one that is chosen goes before the view."""
    names = _names(found)
    kept = f"{key}.watch"
    st.pills(
        t("needs.watch"),
        [view for view in WATCHED if found.views[view] or st.session_state.get(kept) == view],
        format_func=names.__getitem__,
        key=kept,
        label_visibility="collapsed",
        on_change=_first_page,
        args=(key,),
    )


def _names(found: Queue) -> dict[View, str]:
    return {view: t("needs.view_count", view=t(f"needs.view.{view}"), count=found.views[view]) for view in View}


def search(*, key: str) -> None:
    """The field that looks into code and title."""
    st.text_input(
        t("needs.search"),
        key=f"{key}.words",
        label_visibility="collapsed",
        placeholder=t("needs.search"),
        icon=":material/search:",
        persist_state="session",
        on_change=_first_page,
        args=(key,),
    )


def asked(filters: Filters, key: str, first: View) -> Queue:
    """The page of the queue that the view, the search and the pager of this list ask for."""
    view, words = chosen(key, first)
    page = int(st.session_state.get(f"{key}.page", 1)) - 1
    return ask(queue, filters=filters, view=view, words=words, page=page, language=language())


def chosen(key: str, first: View) -> tuple[View, str]:
    """The view and the words this list is asked for with."""
    view = st.session_state.get(f"{key}.watch") or st.session_state.get(f"{key}.view") or first
    return View(view), str(st.session_state.get(f"{key}.words") or "")


def _view_changed(key: str) -> None:
    """Whoever asks for a view leaves the list that went before it."""
    st.session_state[f"{key}.watch"] = None
    _first_page(key)


def _first_page(key: str) -> None:
    st.session_state[f"{key}.page"] = 1


class Ticks(NamedTuple):
    """Which of the rows on screen are ticked, by their place; what is told of a change (within a callback); a number
    that is another after they were all taken away."""

    which: Callable[[Sequence[QueueRow]], list[int]]
    changed: Callable[[Sequence[QueueRow], Sequence[int]], None]
    number: int


def rows(
    found: Queue, *, key: str, compact: bool = False, height: int | None = None, ticks: Ticks | None = None
) -> None:
    """A page of the queue; a click on a row opens the need, or with `ticks` ticks it. `compact` leaves out what a
    narrow column can't hold."""
    st.caption(t("needs.total", total=found.total, overdue=found.overdue))
    if not found.rows:
        st.info(t("needs.none"), icon=":material/task_alt:")
        st.caption(t("needs.none_lead"))
        return
    now = datetime.now(UTC)
    lines = pd.DataFrame([_line(row, now, language(), compact) for row in found.rows])
    st.session_state[f"{key}.shown"] = [row.id for row in found.rows]
    styles = [_style(row) for row in found.rows]
    first = t("needs.column.clock")
    styled = lines.style.apply(lambda column: styles if column.name == first else [""] * len(styles))
    st.dataframe(
        styled,
        hide_index=True,
        **(_opens(key) if ticks is None else _ticks(found.rows, key, ticks)),
        row_height=34,
        column_config={first: st.column_config.Column(width=_CLOCK_WIDTH[language()])},
        height=height or min(38 + 34 * len(found.rows), 660),
    )
    pages = math.ceil(found.total / PAGE)
    if pages > 1:
        st.number_input(t("needs.page", pages=pages), 1, pages, key=f"{key}.page", width=200)


def _opens(key: str) -> dict[str, Any]:
    return {"key": f"{key}.table", "on_select": lambda: _clicked(key), "selection_mode": "single-row"}


def _ticks(shown: Sequence[QueueRow], key: str, ticks: Ticks) -> dict[str, Any]:
    """The browser keeps places, not rows: other rows, another table, so that no tick goes over to another need."""
    words = ",".join(str(number) for number in (ticks.number, *(row.id for row in shown)))
    table = f"{key}.ticks.{hashlib.sha256(words.encode()).hexdigest()[:12]}"
    return {
        "key": table,
        "on_select": lambda: ticks.changed(shown, st.session_state[table]["selection"]["rows"]),
        "selection_mode": "multi-row",
        "selection_default": {"selection": {"rows": ticks.which(shown)}},
    }


def _clicked(key: str) -> None:
    chosen = st.session_state[f"{key}.table"]["selection"]["rows"]
    shown = st.session_state.get(f"{key}.shown", [])
    if chosen and chosen[0] < len(shown):
        need_picks.pick(shown[chosen[0]])


def _style(row: QueueRow) -> str:
    tint = clocks.colour(row.clock)
    return _LATE if tint == "red" else _SOON if tint == "orange" else ""


def _line(row: QueueRow, now: datetime, shown: str, compact: bool = False) -> dict[str, str]:
    """Heading -> cell, in a language, without Streamlit: a file of the list is made outside the page's run."""
    cells = {
        "clock": clocks.left(row.clock, shown),
        "urgency": text(shown, f"words.urgency.{row.urgency}"),
        "title": row.title,
        "place": row.place or text(shown, "words.precision.none"),
        "time": when(row, shown),
        "seats": text(shown, "needs.seats_of", open=row.open_seats, all=row.seats),
        "calls": _calls(row, shown),
        "category": row.category,
        "state": text(shown, f"words.need_state.{row.state}"),
        "held": held(row, now, shown),
        "code": row.code,
    }
    if compact:
        cells = {name: cells[name] for name in ("clock", "title", "place", "time", "seats", "held")}
    return {text(shown, f"needs.column.{name}"): value for name, value in cells.items()}


def _calls(row: QueueRow, shown: str) -> str:
    """ "1 人 / 4 次" where somebody called again, and whether that raised the need."""
    if row.calls < 2:
        return ""
    said = text(shown, "needs.calls_of", people=row.callers, calls=row.calls)
    return f"{said} · {text(shown, 'needs.raised')}" if row.raised else said


def file_lines(rows: Sequence[QueueRow], now: datetime, shown: str) -> list[list[object]]:
    """The cells of these rows as the list on screen shows them."""
    return [list(_line(row, now, shown).values()) for row in rows]


def export(filters: Filters, found: Queue, *, key: str, first: View = View.TO_DISPATCH) -> None:
    """The whole list that is on screen, all its pages in the same order, as xlsx or csv."""
    if not found.rows:
        return
    view, words = chosen(key, first)
    asked_for: dict[str, Any] = {"filters": filters, "view": view, "words": words}
    db, who, shown, now = database(), actor(), language(), datetime.now(UTC)

    def lines() -> list[list[object]]:
        every = answer(db, queue, who, **asked_for, size=found.total, language=shown, now=now)
        return file_lines(every.rows, now, shown)

    name = t(f"needs.view.{view}")
    limits = [words, *(f"{word}={value}" for word, value in query(filters).items())]
    total = t("needs.total", total=found.total, overdue=found.overdue)
    caption = " · ".join(part for part in (name, total, *limits) if part)
    downloads(
        name,
        caption,
        list(_line(found.rows[0], now, shown)),
        lines,
        key=f"{key}.file",
        noted=Noted("needs", found.total),
    )


def when(row: QueueRow, shown: str) -> str:
    """The next wanted span, or that it has passed."""
    if row.time_past:
        return text(shown, "needs.time_past")
    return show.span(shown, row.start, row.end)


def held(row: QueueRow, now: datetime, shown: str) -> str:
    """ "李某 · 还有 4 分", empty when nobody holds it."""
    if row.holder is None or row.held_until is None:
        return ""
    minutes = max(1, math.ceil((row.held_until - now).total_seconds() / 60))
    return text(shown, "needs.held", who=row.holder, minutes=minutes)
