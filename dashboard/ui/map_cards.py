"""What stands beside the map: the card of what was clicked, the call to a contact, the numbers of the filter.

The card itself is fetched and drawn by the browser (static/map_card.js, ui/map_card_words.py): a click on the map, or
on a need in the card, runs no page. What it leads to does: a match, a need's page, a call.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.core.errors import NotFound
from dashboard.draw.maps import STATIC
from dashboard.services import map_cards, map_layers
from dashboard.services.contacts import call_contact
from dashboard.services.map_cards import ContactLine
from dashboard.services.map_figures import Overview
from dashboard.ui import notices
from dashboard.ui import show as written
from dashboard.ui.act import act
from dashboard.ui.ask import ask
from dashboard.ui.map_card_words import phone_link
from dashboard.ui.map_view import split
from dashboard.ui.plain import plain
from dashboard.ui.reveal import SHOWN_FOR
from dashboard.ui.session import language, t

PICK = "pick"
_CARD = "map.card"
_FOCUS = "map.focus"
_TOWN = "map.focus_town"
_CALLING = "map.calling"
_CALLED = "map.called"
_GOING = "map.going"
_PAGES = Path(__file__).resolve().parents[2] / "pages"

_card = st.components.v2.component(
    "civic_map_card",
    js=(STATIC / "map_card.js").read_text(encoding="utf-8"),
    css=(STATIC / "map_card.css").read_text(encoding="utf-8"),
)


def picked() -> str | None:
    """What is chosen, as it stands in the URL: "grid:12"; None for nothing or nonsense."""
    what = st.query_params.get(PICK)
    return what if split(what) else None


def pick_and_go(what: str) -> None:
    """Choose from a list (a callback): the map moves there."""
    st.query_params[PICK] = what
    st.session_state[_FOCUS] = what


def focus(town: str | None) -> str | None:
    """Where the map should be: what a list or link chose, else the filter's town. Clicks on the map change nothing."""
    if st.session_state.setdefault(_TOWN, town) != town:
        st.session_state[_TOWN] = town
        st.session_state[_FOCUS] = None
    if _FOCUS not in st.session_state:
        st.session_state[_FOCUS] = picked()
    return st.session_state[_FOCUS] or (f"town:{town}" if town else None)


def numbers(overview: Overview, grids: int) -> None:
    """The figures of the filter; `grids` are those it leaves."""
    with st.container(horizontal=True, gap="medium"):
        st.metric(t("map.kpi.open_needs"), written.number(language(), overview.open_needs))
        st.metric(t("map.kpi.overdue"), written.number(language(), overview.overdue))
        st.metric(t("map.kpi.grids"), written.number(language(), grids))


def explain(overview: Overview, *, filtered: bool) -> None:
    """Missing cases in words: no grids, no needs, needs without a place."""
    if not overview.grids:
        st.info(t("map.no_grids"), icon=":material/grid_off:")
    if not overview.open_needs:
        st.info(t("map.no_needs_filtered" if filtered else "map.no_needs"), icon=":material/task_alt:")
    if overview.unplaced:
        st.caption(t("map.unplaced", count=overview.unplaced))


@st.fragment
def beside(key: str, town: str | None) -> None:
    """The card of the map `key`. The browser changes it by itself; this runs when something on it is done."""
    if going := st.session_state.pop(_GOING, None):
        st.switch_page(_PAGES / f"{going[0]}.py", query_params={"need": str(going[1])})
    seen = ask(map_layers.versions)
    _card(
        key=_CARD,
        data={
            "map": key,
            "message": {"selected": picked(), "focus": focus(town), "points": False},
            "parameter": PICK,
            "url": f"/map-data/card.json?lang={language()}",
            # Another number, and the browser asks for the card again.
            "version": f"{seen.places}.{seen.needs}.{seen.people}.{seen.catalogue}",
            "hint": t("map.hint"),
            "failed": t("map.failed"),
            "calling": _CALLING in st.session_state,
        },
        on_did_change=_did,
    )
    notices.show()
    calling = st.session_state.get(_CALLING)
    if calling is not None:
        _call(calling)


def _did() -> None:
    """Something on the card was done. The browser may say what it likes: every word is looked at."""
    did = ((st.session_state.get(_CARD) or {}).get("did") or {}).get("what")
    kind, _, number = str(did).partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return
    if kind in ("match", "needs"):
        st.session_state[_GOING] = (kind, int(number))
    elif kind == "call":
        st.session_state[_CALLING] = int(number)
    elif kind == "hang_up":
        _hang_up()


def _call(contact_id: int) -> None:
    """Ask why, then show the number for a while. No idempotency key: the answer is personal and is kept nowhere."""
    try:
        contact: ContactLine = ask(map_cards.contact, contact_id=contact_id)
    except NotFound as error:
        st.warning(t(error.key, **error.values))
        return
    with st.container(border=True, key="map.call"):
        if number := _number_of(contact):
            link = phone_link(t("map.card.called", name=number["name"], phone=number["phone"]), number["phone"])
            st.link_button(plain(link["words"]), link["href"], icon=":material/call:", type="primary")
        else:
            _why(contact)
        st.button(t("map.close"), key="map.hang_up", type="tertiary", on_click=_hang_up)


def _why(contact: ContactLine) -> None:
    reason = st.text_input(t("map.call.reason"), t("map.call.usual"), key=f"map.reason.{contact.id}")
    st.button(
        t("map.call.show", name=plain(contact.name)),
        key=f"map.show.{contact.id}",
        type="primary",
        icon=":material/call:",
        on_click=act,
        args=(call_contact,),
        kwargs={"contact_id": contact.id, "reason": reason, "keep": _CALLED, "done": "map.call.done"},
    )


def _number_of(contact: ContactLine) -> dict[str, Any] | None:
    """The number asked for a short while ago, None for another contact or too long ago."""
    called: dict[str, Any] = st.session_state.get(_CALLED) or {}
    if called.get("contact_id") != contact.id:
        return None
    return called if datetime.now(UTC) - datetime.fromisoformat(called["at"]) < SHOWN_FOR else None


def _hang_up() -> None:
    st.session_state.pop(_CALLED, None)
    st.session_state.pop(_CALLING, None)
