"""The card beside the map: what was clicked, what is needed there, the next action; and the numbers above it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from dashboard.core.errors import NotFound
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import Precision
from dashboard.services import map_cards
from dashboard.services.contacts import call_contact
from dashboard.services.map_cards import ContactLine, GridCard, NeedCard, NeedLine, SiteCard
from dashboard.services.map_figures import Overview
from dashboard.ui import show as written
from dashboard.ui.act import act
from dashboard.ui.ask import ask
from dashboard.ui.map_view import split
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

_PICK = "pick"
_FOCUS = "map.focus"
_CALLED = "map.called"
_PAGES = Path(__file__).resolve().parents[2] / "pages"
#: Colour of a badge by urgency.
URGENCY_COLOURS: dict[str, Literal["red", "orange", "blue"]] = {"urgent": "red", "soon": "orange", "normal": "blue"}


def picked() -> str | None:
    """What is chosen, as it stands in the URL: "grid:12"; None for nothing or nonsense."""
    what = st.query_params.get(_PICK)
    return what if split(what) else None


def pick(what: str) -> None:
    """Choose what was clicked on the map (a callback). The map stays where it is."""
    st.query_params[_PICK] = what


def pick_and_go(what: str) -> None:
    """Choose from a list (a callback): the map moves there."""
    pick(what)
    st.session_state[_FOCUS] = what


def unpick() -> None:
    """Close the card (a callback)."""
    st.query_params.pop(_PICK, None)


def focus(town: str | None) -> str | None:
    """Where the map should be: what a list or link chose, else the filter's town. A click on the map changes nothing."""
    if st.session_state.setdefault("map.focus_town", town) != town:
        st.session_state["map.focus_town"] = town
        st.session_state[_FOCUS] = None
    if _FOCUS not in st.session_state:
        st.session_state[_FOCUS] = picked()
    return st.session_state[_FOCUS] or (f"town:{town}" if town else None)


def numbers(overview: Overview) -> None:
    """The figures of the filter, and why the map may look empty."""
    with st.container(horizontal=True, gap="medium"):
        st.metric(t("map.kpi.open_needs"), written.number(language(), overview.open_needs))
        st.metric(t("map.kpi.overdue"), written.number(language(), overview.overdue))
        st.metric(t("map.kpi.grids"), written.number(language(), overview.grids))


def explain(overview: Overview, *, filtered: bool) -> None:
    """Missing cases in words: no grids, no needs, needs without a place."""
    if not overview.grids:
        st.info(t("map.no_grids"), icon=":material/grid_off:")
    if not overview.open_needs:
        st.info(t("map.no_needs_filtered" if filtered else "map.no_needs"), icon=":material/task_alt:")
    if overview.unplaced:
        st.caption(t("map.unplaced", count=overview.unplaced))


def card(who: Actor, what: str | None) -> None:
    """The card of what is chosen, or how to choose."""
    found = split(what)
    if found is None:
        st.info(t("map.hint"), icon=":material/touch_app:")
        return
    kind, number = found
    with st.container(border=True, key="map.card"):
        try:
            _SHOWN[kind](who, number)
        except NotFound as error:
            st.warning(t(error.key, **error.values))
        st.button(t("map.close"), key="map.close", on_click=unpick, type="tertiary", icon=":material/close:")


def _site(who: Actor, number: int) -> None:
    site: SiteCard = ask(map_cards.site_card, site_id=number, language=language())
    _title(site.name, f"{t(f'words.level.{site.level}')} · {t(f'words.site_kind.{site.kind}')}")
    for key, value in (("parent", site.parent), ("address", site.address), ("opening", site.opening)):
        if value:
            st.caption(plain(t(f"map.card.{key}", **{_FIELD[key]: value})))
    if site.phone:
        _phone(t("map.card.phone", phone=site.phone), site.phone)
    counts = ("sites_below", site.sites_below), ("teams", site.teams), ("volunteers", site.volunteers)
    _counts(*((t(f"map.card.{name}"), value) for name, value in counts if value))
    _needs(who, site.needs, site.open_needs, site.overdue)


_FIELD = {"parent": "name", "address": "address", "opening": "opening"}


def _grid(who: Actor, number: int) -> None:
    grid: GridCard = ask(map_cards.grid_card, grid_id=number, language=language())
    households = t("map.card.households", count=written.number(language(), grid.households)) if grid.households else ""
    kind = t(f"words.grid_kind.{grid.kind}")
    _title(grid.name, " · ".join(part for part in (grid.place, kind, grid.code, households) if part))
    if grid.within:
        _counts((t("map.card.volunteers"), grid.volunteers), (t("map.kpi.open_needs"), grid.open_needs))
        _needs(who, grid.needs, grid.open_needs, grid.overdue)
    else:
        st.caption(t("map.card.not_yours"))
    _contacts(who, grid.contacts, callable_=grid.within)


def _need(who: Actor, number: int) -> None:
    need: NeedCard = ask(map_cards.need_card, need_id=number, language=language())
    now = datetime.now(UTC)
    _title(need.title, f"{need.category} · {need.code}")
    with st.container(horizontal=True):
        st.badge(t(f"words.urgency.{need.urgency}"), color=URGENCY_COLOURS.get(need.urgency, "blue"))
        st.badge(t(f"words.need_state.{need.state}"), color="gray")
        _clock(need.due, need.overdue, now)
    if need.resident:
        st.caption(plain(t("map.card.resident", name=need.resident)))
    st.caption(plain(t("map.card.where", place=need.place, grid=need.grid)))
    if need.precision != Precision.POINT:
        st.caption(t("map.imprecise"))
    for start, end in need.wanted[:3]:
        st.caption(t("map.card.wanted", span=written.span(language(), start, end)))
    st.markdown(f"**{t('map.card.seats', open=need.open_seats, seats=need.seats)}**")
    with st.container(horizontal=True):
        if need.open_seats and who.may(Action.SEE_MATCH):
            _go("match", t("map.card.match"), need.id, icon=":material/person_search:", main=True)
        if who.may(Action.SEE_NEEDS):
            _go("needs", t("map.card.open"), need.id, icon=":material/open_in_new:")
    _contacts(who, need.contacts, callable_=True)


_SHOWN = {"site": _site, "grid": _grid, "need": _need}


def _title(name: str, below: str) -> None:
    st.markdown(f"##### {plain(name)}")
    st.caption(plain(below))


def _counts(*pairs: tuple[str, int]) -> None:
    if pairs:
        with st.container(horizontal=True):
            for label, value in pairs:
                st.metric(label, written.number(language(), value))


def _clock(due: datetime | None, overdue: bool, now: datetime) -> None:
    if due is None:
        st.badge(t("map.card.no_due"), color="gray")
    elif overdue:
        st.badge(t("map.card.late", length=written.length(language(), now - due)), color="red", icon=":material/alarm:")
    else:
        st.badge(t("map.card.due", when=written.datetime_(language(), due)), color="green", icon=":material/schedule:")


def _needs(who: Actor, lines: tuple[NeedLine, ...], count: int, overdue: int) -> None:
    st.markdown(f"**{t('map.card.needs')}** · {t('map.kpi.open_needs')} {count} · {t('map.kpi.overdue')} {overdue}")
    if not lines:
        st.caption(t("map.card.no_needs"))
    for line in lines:
        late = ":red[●] " if line.overdue else ""
        st.button(
            f"{late}{plain(line.title, 40)} · {plain(line.category)}",
            key=f"map.need.{line.id}",
            on_click=pick_and_go,
            args=(f"need:{line.id}",),
            width="stretch",
            type="tertiary",
            disabled=not who.may(Action.SEE_NEEDS),
        )
    if count > len(lines):
        st.caption(t("map.card.more", count=count - len(lines)))


def _contacts(who: Actor, contacts: tuple[ContactLine, ...], *, callable_: bool) -> None:
    st.markdown(f"**{t('map.card.contacts')}**")
    if not contacts:
        st.warning(t("map.card.no_contacts"), icon=":material/contact_phone:")
    called: dict[str, Any] = st.session_state.get(_CALLED) or {}
    for contact in contacts:
        with st.container(horizontal=True, vertical_alignment="center"):
            if called.get("contact_id") == contact.id:
                _phone(t("map.card.called", name=called["name"], phone=called["phone"]), called["phone"])
                continue
            st.markdown(f"{plain(contact.name)} {plain(contact.duty)} `{contact.phone}`", width="stretch")
            if callable_ and contact.phone and who.may(Action.CALL_CONTACT):
                _call(contact)


def _call(contact: ContactLine) -> None:
    """Ask why, then show the number. No idempotency key: the answer is personal and is kept nowhere."""
    with st.popover(t("map.card.call"), icon=":material/call:", key=f"map.call.{contact.id}"):
        reason = st.text_input(t("map.call.reason"), t("map.call.usual"), key=f"map.reason.{contact.id}")
        st.button(
            t("map.call.show"),
            key=f"map.number.{contact.id}",
            on_click=act,
            args=(call_contact,),
            kwargs={"contact_id": contact.id, "reason": reason, "keep": _CALLED, "done": "map.call.done"},
        )


def _phone(words: str, phone: str) -> None:
    """A number to tap on a phone."""
    digits = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    st.link_button(plain(words), f"tel:{digits}", icon=":material/call:")


def _go(page: str, label: str, need_id: int, *, icon: str, main: bool = False) -> None:
    """A button to another page with this need open, where that page is there."""
    if st.button(label, key=f"map.{page}.{need_id}", icon=icon, type="primary" if main else "secondary"):
        st.switch_page(_PAGES / f"{page}.py", query_params={"need": str(need_id)})
