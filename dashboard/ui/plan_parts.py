"""The parts of a plan that an edit changes, drawn by the browser (static/plan.js): numbers, rows, differences.

A mark on ticked rows goes to web/plan_edits.py by URL and is drawn from its answer; the page runs afterwards and finds
the same. Only what the rest of the page needs comes back: which rows are ticked, the reason, that there was an edit.
"""

from typing import Any

import streamlit as st

from dashboard.draw.maps import STATIC
from dashboard.services.draft_facts import DraftDifference
from dashboard.services.match_desk import Desk, Head
from dashboard.ui import match_draft as draft
from dashboard.ui import plan_words
from dashboard.ui.session import language, t

_ROWS = "match.rows"
_REASON = "match.reason"
#: More than a page of rows is nothing the browser can have ticked.
MOST = 200

_part = st.components.v2.component(
    "civic_plan",
    js=(STATIC / "plan.js").read_text(encoding="utf-8"),
    css=(STATIC / "plan.css").read_text(encoding="utf-8"),
)


def numbers(found: Head) -> None:
    """What the plan reaches, beside what the simple way would."""
    _part(key="match.numbers", data=_said(found, "numbers", plan_words.numbers(found)))


def strip(found: Head, changed: DraftDifference | None) -> None:
    """What the edits changed, in a few lines."""
    _part(key="match.strip", data=_said(found, "strip", plan_words.strip(changed)))


def rows(desk: Desk, asked: dict[str, Any], map_key: str) -> None:
    """The page of rows with the marks that can be said of those ticked. `asked` is how the page was asked for, which an
    edit asks for again; `map_key` names the map that draws the plan's lines."""
    said = _said(desk.head, "rows", plan_words.rows(desk)) | {
        "url": f"/plan/mark?lang={language()}",
        "asked": asked,
        "map": map_key,
        "ticked": ticked(),
        "reason": str(st.session_state.get(_REASON, "")),
        "unticked": st.session_state.get(draft.UNTICKED, 0),
    }
    _part(key=_ROWS, data=said, on_told_change=_told)


def ticked() -> list[tuple[int, int]]:
    """The ticked rows as (role's id, volunteer's id), in the order in which they were ticked."""
    found: list[tuple[int, int]] = st.session_state.get(draft.ROWS) or []
    return found


def reason() -> str:
    """What the coordinator says of her marks."""
    return str(st.session_state.get(_REASON) or t(f"match_page.reason_{plan_words.REASONS[0]}"))


def _said(found: Head, part: str, told: Any) -> dict[str, Any]:
    return {"part": part, "run": found.run_id, "version": found.version, "told": told}


def _told() -> None:
    """Something was ticked, typed or edited. The browser may say what it likes: every word is looked at."""
    told = (st.session_state.get(_ROWS) or {}).get("told") or {}
    pairs = told.get("ticked")
    if isinstance(pairs, list):
        st.session_state[draft.ROWS] = [(pair[0], pair[1]) for pair in pairs[:MOST] if _is_pair(pair)]
    if isinstance(told.get("reason"), str):
        st.session_state[_REASON] = told["reason"][:MOST]
    if told.get("edited") is True:
        draft.edited()


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(type(one) is int for one in pair)
