"""Drafts of notebooks: what is edited stays in the session, whatever view or notebook is open and whoever saves
meanwhile. It is gone when it is saved or dropped, or with the session.
"""

import json
from dataclasses import asdict, dataclass

import streamlit as st

from dashboard.core.notebook import FIELDS, Kind
from dashboard.services.notebooks import Opened

#: Before the number of a notebook: where its draft stands, as JSON.
_SLOT = "notebook.drafts."
#: Before the number of a notebook: how many drafts of it were dropped. Fields of a new draft are new fields, or the
#: browser would go on showing what was typed in those of the old one.
_TURN = "notebook.draft_turn."


@dataclass
class Draft:
    """Cells as they are typed. `base` is the version it began from, `begun` what stood there. Of each cell `key` is the
    name its fields go by, `known` the last good name, by which other cells read it."""

    notebook: int
    base: int
    turn: int
    title: str
    cells: list[dict[str, str]]
    begun: str

    @property
    def slot(self) -> str:
        """What the keys of its fields begin with."""
        return f"notebook.draft.{self.notebook}.{self.base}.{self.turn}"

    @property
    def title_key(self) -> str:
        return f"notebook.title.{self.notebook}.{self.base}.{self.turn}"

    def key(self, at: int) -> str:
        """What the keys of a cell's fields begin with."""
        return f"{self.slot}.{at}.{self.cells[at]['kind']}.{self.cells[at]['key']}"

    def plain(self) -> list[dict[str, str]]:
        """The cells as they are saved."""
        return [{name: value for name, value in cell.items() if name not in ("key", "known")} for cell in self.cells]

    @property
    def changed(self) -> bool:
        return self.begun != _digest(self.title, self.plain())


def of(found: Opened) -> Draft:
    """The draft of a notebook, begun from its newest version where there is none or nothing was typed."""
    kept = st.session_state.get(f"{_SLOT}{found.id}")
    if kept is not None:
        draft = Draft(**json.loads(kept))
        if draft.base == found.newest or draft.changed:
            return draft
    cells = [cell.plain() for cell in found.cells]
    turn = int(st.session_state.get(f"{_TURN}{found.id}", 0))
    named = [{**cell, "key": cell["name"], "known": cell["name"]} for cell in cells]
    draft = Draft(found.id, found.newest, turn, found.title, named, _digest(found.title, cells))
    keep(draft)
    return draft


def is_changed(found: Opened) -> bool:
    """Was something typed that isn't saved?"""
    return f"{_SLOT}{found.id}" in st.session_state and of(found).changed


def keep(draft: Draft) -> None:
    st.session_state[f"{_SLOT}{draft.notebook}"] = json.dumps(asdict(draft), ensure_ascii=False)


def forget(notebook_id: int) -> None:
    """It was saved or dropped."""
    st.session_state.pop(f"{_SLOT}{notebook_id}", None)
    turn = f"{_TURN}{notebook_id}"
    st.session_state[turn] = int(st.session_state.get(turn, 0)) + 1


def note() -> None:
    """Put what stands in the fields into the drafts: fields that aren't drawn in a run lose what was typed in them."""
    for slot in [str(key) for key in st.session_state if str(key).startswith(_SLOT)]:
        noted(int(slot.removeprefix(_SLOT)))


def noted(notebook_id: int) -> Draft:
    """The draft there is of a notebook, with what stands in its fields."""
    draft = Draft(**json.loads(st.session_state[f"{_SLOT}{notebook_id}"]))
    draft.title = str(st.session_state.get(draft.title_key, draft.title))
    for at, cell in enumerate(draft.cells):
        key = draft.key(at)
        for field in ("name", *FIELDS[Kind(cell["kind"])]):
            told = st.session_state.get(f"{key}.{field}", cell.get(field, ""))
            cell[field] = " ".join(told) if isinstance(told, list) else str(told or "")
    keep(draft)
    return draft


def _digest(title: str, cells: list[dict[str, str]]) -> str:
    return json.dumps([title, cells], ensure_ascii=False, sort_keys=True)
