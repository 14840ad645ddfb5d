"""The list on screen as a file: the same rows in the same order, under a line that says what and when."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard.core.permissions import Action
from dashboard.services.exports import Listing, as_file
from dashboard.ui import show
from dashboard.ui.session import actor, language, t

Rows = Sequence[Sequence[object]]
FORMS = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv"}


def downloads(
    name: str, caption: str, headings: Sequence[str], rows: Callable[[], Rows], *, key: str, **clicked: Any
) -> None:
    """Buttons for xlsx and csv. Draws nothing for roles that may not export.

    rows: called when a button is pressed, outside the page's run: it may use nothing of Streamlit, nor `ask` and `t`.
    clicked: `on_click`, `args`, `kwargs` of a deed that notes the taking; without them the page does not run again.
    """
    taken = show.datetime_(language(), datetime.now(UTC))
    makers = {
        suffix: (kind, file_of((caption, taken), tuple(headings), rows, suffix)) for suffix, kind in FORMS.items()
    }
    files(name, makers, key=key, **clicked)


def files(
    name: str, makers: Mapping[str, tuple[str, Callable[[], bytes]]], *, key: str, label: str = "", **clicked: Any
) -> None:
    """Buttons for files by suffix, each (MIME type, what makes it when it is wanted). Draws nothing for roles that may
    not export."""
    if not actor().may(Action.EXPORT):
        return
    opening = label or t("downloads.open")
    with st.popover(opening, icon=":material/download:", key=f"{key}.open", help=t("downloads.help")):
        for suffix, (kind, made) in makers.items():
            st.download_button(
                suffix,
                data=made,
                file_name=f"{name}{suffix}",
                mime=kind,
                key=f"{key}.{suffix.strip('.')}",
                width="stretch",
                **(clicked or {"on_click": "ignore"}),
            )


def file_of(
    caption: tuple[str, ...], headings: tuple[str, ...], rows: Callable[[], Rows], suffix: str
) -> Callable[[], bytes]:
    """What makes the file when it is wanted."""
    return lambda: as_file(Listing(caption, headings, rows()), suffix)
