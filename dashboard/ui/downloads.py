"""The list on screen as a file: the same rows in the same order, under a line that says what and when."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import streamlit as st

from dashboard.core.permissions import Action, Actor
from dashboard.services.commands import perform
from dashboard.services.exports import Listing, as_file
from dashboard.services.list_exports import note_export
from dashboard.ui import show
from dashboard.ui.session import actor, database, language, t
from db.engine import Database

Rows = Sequence[Sequence[object]]
FORMS = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv"}


class Noted(NamedTuple):
    """What the access log says of a list that was taken: its name and how many rows."""

    what: str
    rows: int


def downloads(
    name: str,
    caption: str,
    headings: Sequence[str],
    rows: Callable[[], Rows],
    *,
    key: str,
    noted: Noted | None = None,
) -> None:
    """Buttons for xlsx and csv. Draws nothing for roles that may not export.

    rows: called when a button is pressed, outside the page's run: it may use nothing of Streamlit, nor `ask` and `t`.
    noted: what the access log says of the taking, when people are in the list.
    """
    taken = show.datetime_(language(), datetime.now(UTC))
    makers = {
        suffix: (kind, file_of((caption, taken), tuple(headings), rows, suffix)) for suffix, kind in FORMS.items()
    }
    files(name, makers, key=key, noted=noted)


def files(
    name: str,
    makers: Mapping[str, tuple[str, Callable[[], bytes]]],
    *,
    key: str,
    label: str = "",
    noted: Noted | None = None,
) -> None:
    """Buttons for files by suffix, each (MIME type, what makes it when it is wanted). Draws nothing for roles that may
    not export.

    The page does not run again: the answer to a file that is made when wanted is lost when a run of the page begins in
    the same moment, so a taking is noted by what makes the file, never by `on_click`.
    """
    if not actor().may(Action.EXPORT):
        return
    opening = label or t("downloads.open")
    with st.popover(opening, icon=":material/download:", key=f"{key}.open", help=t("downloads.help")):
        if noted is not None:
            st.caption(t("downloads.noted", rows=show.number(language(), noted.rows)))
        for suffix, (kind, made) in makers.items():
            st.download_button(
                suffix,
                data=made if noted is None else written_down(database(), actor(), noted, made),
                file_name=f"{name}{suffix}",
                mime=kind,
                key=f"{key}.{suffix.strip('.')}",
                width="stretch",
                on_click="ignore",
            )


def written_down(db: Database, who: Actor, noted: Noted, made: Callable[[], bytes]) -> Callable[[], bytes]:
    """What makes the file once its taking is written down; outside the page's run."""

    def taken() -> bytes:
        perform(db, note_export, who, now=datetime.now(UTC), what=noted.what, rows=noted.rows)
        return made()

    return taken


def file_of(
    caption: tuple[str, ...], headings: tuple[str, ...], rows: Callable[[], Rows], suffix: str
) -> Callable[[], bytes]:
    """What makes the file when it is wanted."""
    return lambda: as_file(Listing(caption, headings, rows()), suffix)
