"""The card beside the map: what was clicked, what is needed there, the next action; and the numbers above it.

The card is one element of ours (static/map_card.js), not a dozen of Streamlit's: a click on the map shows it at once.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.core.errors import NotFound
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import Precision
from dashboard.draw.maps import STATIC
from dashboard.services import map_cards
from dashboard.services.contacts import call_contact
from dashboard.services.map_cards import ContactLine, GridCard, NeedCard, NeedLine, SiteCard
from dashboard.services.map_figures import Overview
from dashboard.ui import notices
from dashboard.ui import show as written
from dashboard.ui.act import act
from dashboard.ui.ask import ask
from dashboard.ui.map_view import map_picks, split
from dashboard.ui.reveal import SHOWN_FOR
from dashboard.ui.session import actor, language, t

PICK = "pick"
_FOCUS = "map.focus"
_TOWN = "map.focus_town"
_CALLING = "map.calling"
_CALLED = "map.called"
_GOING = "map.going"
_CARD = "map.card"
_PAGES = Path(__file__).resolve().parents[2] / "pages"
#: Colour of a badge by urgency.
TONES = {"urgent": "red", "soon": "orange", "normal": "blue"}

Card = dict[str, Any]

_draw = st.components.v2.component(
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
    """What stands beside the map `key`. A click on the map runs this and nothing else of the page."""
    if going := st.session_state.pop(_GOING, None):
        st.switch_page(_PAGES / f"{going[0]}.py", query_params={"need": str(going[1])})
    what = picked()
    map_picks(key, selected=what, focus=focus(town), parameter=PICK)
    found = split(what)
    if found is None:
        st.info(t("map.hint"), icon=":material/touch_app:")
        return
    try:
        shown, contacts = _CARDS[found[0]](actor(), found[1])
    except NotFound as error:
        shown, contacts = _blank(t(error.key, **error.values)), ()
    _draw(key=_CARD, data={"card": shown}, on_did_change=_did)
    notices.show()
    for contact in contacts:
        if st.session_state.get(_CALLING) == contact.id:
            _call(contact)


def _did() -> None:
    """Something on the card was clicked. The browser may say what it likes: every word is looked at."""
    did = ((st.session_state.get(_CARD) or {}).get("did") or {}).get("what")
    kind, _, number = str(did).partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return
    if kind == "close":
        st.query_params.pop(PICK, None)
    elif kind in ("match", "needs"):
        st.session_state[_GOING] = (kind, int(number))
    elif kind == "call":
        st.session_state[_CALLING] = int(number)
    elif split(f"{kind}:{number}"):
        pick_and_go(f"{kind}:{number}")


def _blank(title: str) -> Card:
    empty: Card = {"title": title, "close": t("map.close")}
    return empty | {part: [] for part in ("badges", "lines", "facts", "lists", "doings", "links")}


def _site(who: Actor, number: int) -> tuple[Card, tuple[ContactLine, ...]]:
    site: SiteCard = ask(map_cards.site_card, site_id=number, language=language())
    about = {
        "map.card.parent": {"name": site.parent},
        "map.card.address": {"address": site.address},
        "map.card.opening": {"opening": site.opening},
    }
    counts = {"sites_below": site.sites_below, "teams": site.teams, "volunteers": site.volunteers}
    card = _blank(site.name) | {
        "lines": [
            f"{t(f'words.level.{site.level}')} · {t(f'words.site_kind.{site.kind}')}",
            *(t(key, **values) for key, values in about.items() if all(values.values())),
        ],
        "facts": _facts(counts),
        "links": [_phone(t("map.card.phone", phone=site.phone), site.phone)] if site.phone else [],
        "lists": [_needs(who, site.needs, site.open_needs, site.overdue)],
    }
    return card, ()


def _grid(who: Actor, number: int) -> tuple[Card, tuple[ContactLine, ...]]:
    grid: GridCard = ask(map_cards.grid_card, grid_id=number, language=language())
    households = t("map.card.households", count=written.number(language(), grid.households)) if grid.households else ""
    about = (grid.place, t(f"words.grid_kind.{grid.kind}"), grid.code, households)
    card = _blank(grid.name) | {"lines": [" · ".join(part for part in about if part)]}
    contacts = _contacts(who, grid.contacts, may_call=grid.within)
    if grid.within:
        needs = _needs(who, grid.needs, grid.open_needs, grid.overdue)
        card |= {"facts": _facts({"volunteers": grid.volunteers}), "lists": [needs, contacts]}
    else:
        card |= {"lines": [*card["lines"], t("map.card.not_yours")], "lists": [contacts]}
    return card, grid.contacts


def _need(who: Actor, number: int) -> tuple[Card, tuple[ContactLine, ...]]:
    need: NeedCard = ask(map_cards.need_card, need_id=number, language=language())
    doings = []
    if need.open_seats and who.may(Action.SEE_MATCH):
        doings.append({"words": t("map.card.match"), "do": f"match:{need.id}", "main": True})
    if who.may(Action.SEE_NEEDS):
        doings.append({"words": t("map.card.open"), "do": f"needs:{need.id}"})
    lines = [
        f"{need.category} · {need.code} · {t(f'words.need_state.{need.state}')}",
        t("map.card.where", place=need.place, grid=need.grid),
        "" if need.precision == Precision.POINT else t("map.imprecise"),
        t("map.card.resident", name=need.resident) if need.resident else "",
        *(t("map.card.wanted", span=written.span(language(), *span)) for span in need.wanted[:3]),
        t("map.card.seats", open=need.open_seats, seats=need.seats),
    ]
    card = _blank(need.title) | {
        "badges": [[t(f"words.urgency.{need.urgency}"), TONES.get(need.urgency, "blue")], _clock(need)],
        "lines": [line for line in lines if line.strip()],
        "doings": doings,
        "lists": [_contacts(who, need.contacts, may_call=True)] if need.grid_id else [],
    }
    return card, need.contacts


_CARDS: dict[str, Callable[[Actor, int], tuple[Card, tuple[ContactLine, ...]]]] = {
    "site": _site,
    "grid": _grid,
    "need": _need,
}


def _facts(counts: dict[str, int]) -> list[list[str]]:
    return [[t(f"map.card.{name}"), written.number(language(), count)] for name, count in counts.items()]


def _clock(need: NeedCard) -> list[str]:
    if need.due is None:
        return [t("map.card.no_due"), "gray"]
    if need.overdue:
        return [t("map.card.late", length=written.length(language(), datetime.now(UTC) - need.due)), "red"]
    return [t("map.card.due", when=written.datetime_(language(), need.due)), "green"]


def _needs(who: Actor, lines: tuple[NeedLine, ...], count: int, overdue: int) -> dict[str, Any]:
    """What is needed here; a click on one opens its card."""
    may = who.may(Action.SEE_NEEDS)
    return {
        "title": f"{t('map.card.needs')} · {t('map.kpi.open_needs')} {count} · {t('map.kpi.overdue')} {overdue}",
        "empty": t("map.card.no_needs"),
        "more": t("map.card.more", count=count - len(lines)) if count > len(lines) else "",
        "rows": [
            {
                "words": f"{line.title} · {line.category}",
                "mark": "late" if line.overdue else "",
                "do": f"need:{line.id}" if may else "",
            }
            for line in lines
        ],
    }


def _contacts(who: Actor, contacts: tuple[ContactLine, ...], *, may_call: bool) -> dict[str, Any]:
    """Who answers for the grid; a click on one asks why, then shows the number."""
    may = may_call and who.may(Action.CALL_CONTACT)
    return {
        "title": t("map.card.contacts"),
        "empty": t("map.card.no_contacts"),
        "more": "",
        "rows": [
            {
                "words": " ".join(part for part in (contact.name, contact.duty, contact.phone) if part),
                "mark": "call" if may and contact.phone else "",
                "do": f"call:{contact.id}" if may and contact.phone else "",
            }
            for contact in contacts
        ],
    }


def _call(contact: ContactLine) -> None:
    """Ask why, then show the number for a while. No idempotency key: the answer is personal and is kept nowhere."""
    if number := _number_of(contact):
        link = _phone(t("map.card.called", name=number["name"], phone=number["phone"]), number["phone"])
        shown = _blank(contact.duty or contact.name) | {"links": [link]}
        _draw(key="map.number", data={"card": shown}, on_did_change=_hang_up)
        return
    with st.container(border=True):
        reason = st.text_input(t("map.call.reason"), t("map.call.usual"), key=f"map.reason.{contact.id}")
        st.button(
            t("map.call.show", name=contact.name),
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


def _phone(words: str, phone: str) -> dict[str, str]:
    """A number to tap on a phone."""
    digits = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    return {"words": words, "href": f"tel:{digits}"}
