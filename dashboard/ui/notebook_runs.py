"""Running a notebook's cells: one, the stale ones or all, with progress; a run can be cancelled between two cells.

What is to run stands in the session, so that any click that interrupts a run only pauses it: the next run of the page
goes on with the cells that are left. Cancelling empties the list.
"""

from datetime import UTC, datetime

import streamlit as st

from dashboard.core.notebook import Cell
from dashboard.core.permissions import Actor
from dashboard.services import notebook_results
from dashboard.services.notebook_results import Seen
from dashboard.services.notebook_runs import ASKING
from dashboard.services.notebooks import Opened
from dashboard.ui.session import database, t


def seen(who: Actor, found: Opened, cells: tuple[Cell, ...]) -> dict[str, Seen]:
    """What there is of each cell, after running what was asked for and what never ran; with the buttons to run more."""
    place, slot, db = st.empty(), _slot(found), database()
    there = notebook_results.look(db, who, found.id, cells, datetime.now(UTC))
    asking = [cell.name for cell in cells if cell.kind in ASKING]
    never = [name for name in asking if there[name].outcome is None]
    wanted = [name for name in st.session_state.get(slot, never) if name in asking]
    if wanted:
        with place.container(horizontal=True, vertical_alignment="center"):
            bar = st.empty()
            st.button(
                t("notebook.cancel"), key="notebook.cancel", icon=":material/stop:", on_click=_cancel, args=(slot,)
            )

        def progress(done: int, total: int, name: str) -> None:
            # A run that was stopped ends here, before it says what is left to run.
            bar.progress(done / max(total, 1), t("notebook.running", name=name, done=done, total=total))
            left = [one for one in asking if one in wanted]
            if name in left:
                st.session_state[slot] = left[left.index(name) :]

        notebook_results.run_cells(db, who, found.id, cells, wanted, datetime.now(UTC), progress)
        st.session_state.pop(slot, None)
        place.empty()
        there = notebook_results.look(db, who, found.id, cells, datetime.now(UTC))
    stale = [name for name in asking if there[name].stale]
    with place.container(horizontal=True):
        if stale:
            st.button(
                t("notebook.run_stale", count=len(stale)),
                key="notebook.run_stale",
                type="primary",
                icon=":material/play_arrow:",
                on_click=run,
                args=(found, stale),
            )
        if asking:
            st.button(
                t("notebook.run_all"),
                key="notebook.run_all",
                icon=":material/refresh:",
                on_click=run,
                args=(found, asking),
            )
    return there


def run(found: Opened, names: list[str]) -> None:
    """Ask for these cells to be run (a callback)."""
    st.session_state[_slot(found)] = names


def run_stale(who: Actor, found: Opened, cells: tuple[Cell, ...]) -> None:
    """Ask for whatever is stale of these cells to be run."""
    there = notebook_results.look(database(), who, found.id, cells, datetime.now(UTC))
    run(found, [cell.name for cell in cells if cell.kind in ASKING and there[cell.name].stale])


def _cancel(slot: str) -> None:
    """Nothing more is run until somebody asks for it (a callback)."""
    st.session_state[slot] = []


def _slot(found: Opened) -> str:
    return f"notebook.run.{found.id}"
