"""The entry form: an order by phone in under a minute, repeats shown before saving; the same form corrects an order.

Every value lives in its widget under `needs.form.<field>`; the callbacks read them when they run.
"""

from dataclasses import dataclass

import streamlit as st

from dashboard.core import needs as rules
from dashboard.core.errors import DashboardError
from dashboard.core.orders import Order
from dashboard.core.words import Channel, Urgency
from dashboard.services import need_choices, need_repeats, needs
from dashboard.services.need_card import NeedCard
from dashboard.services.need_choices import Choices
from dashboard.ui import need_fields as fields
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.need_place import place_fields
from dashboard.ui.need_words import missing_words
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

_OPEN = "needs.form.open"


@dataclass(frozen=True)
class Opened:
    """What the form is open for: a new order, or the need it corrects at the version that was shown."""

    need_id: int | None
    version: int
    code: str


def opened() -> Opened | None:
    """The form's business, None while it is closed."""
    kept = st.session_state.get(_OPEN)
    return None if kept is None else Opened(kept["need_id"], kept["version"], kept["code"])


def open_new() -> None:
    """Start a new order (a callback)."""
    fields.clear()
    st.session_state[_OPEN] = {"need_id": None, "version": 0, "code": ""}


def open_for(need: NeedCard) -> None:
    """Start correcting an order (a callback)."""
    fields.clear()
    fields.fill(need)
    st.session_state[_OPEN] = {"need_id": need.id, "version": need.version, "code": need.code}


def leave() -> None:
    """Close the form without saving (a callback)."""
    fields.clear()
    st.session_state.pop(_OPEN, None)


def form(business: Opened) -> None:
    """Draw the form with what is still missing, possible repeats, and the buttons."""
    found = ask(need_choices.choices, language=language())
    with st.container(border=True, key="needs.form"):
        editing = business.need_id is not None
        st.markdown(f"##### {plain(t('needs.form.editing', code=business.code)) if editing else t('needs.form.title')}")
        _what(found)
        place_fields(found.villages)
        fields.times()
        _who(editing)
        fields.more(found)
        order = _order_now()
        if order is not None:
            _repeats(order, editing)
            _lacks(order)
        _buttons(business)


def _what(found: Choices) -> None:
    names = {one.id: one.name for one in found.categories}
    category, people = st.columns([3, 1])
    with category:
        fields.select("category", t("needs.form.category"), names)
    people.number_input(t("needs.form.people"), 0, 500, key=fields.key("people"), step=1)
    urgency, channel = st.columns([3, 2], vertical_alignment="bottom")
    urgency.segmented_control(
        t("needs.form.urgency"),
        list(Urgency),
        required=True,
        format_func=lambda word: t(f"words.urgency.{word}"),
        key=fields.key("urgency"),
    )
    with channel:
        fields.select("channel", t("needs.form.channel"), {one: t(f"words.channel.{one}") for one in Channel})
    if not st.session_state[fields.key("people")]:
        st.text_input(t("needs.form.people_words"), key=fields.key("people_words"), max_chars=60)


def _who(editing: bool) -> None:
    """The resident; when an order is corrected only what is filled in replaces what is known."""
    name, phone = st.columns(2)
    name.text_input(t("needs.form.name"), key=fields.key("name"), max_chars=60)
    phone.text_input(t("needs.form.phone"), key=fields.key("phone"), max_chars=30)
    st.text_input(t("needs.form.address"), key=fields.key("address"), max_chars=200)
    if editing:
        return
    with st.expander(t("needs.form.reporter"), key="needs.form.reporter"):
        name, phone = st.columns(2)
        name.text_input(t("needs.form.reporter_name"), key=fields.key("reporter_name"), max_chars=60)
        phone.text_input(t("needs.form.reporter_phone"), key=fields.key("reporter_phone"), max_chars=30)


def _order_now() -> Order | None:
    """The order as the form stands, None while it can't be read (the saving says why)."""
    try:
        return fields.order()
    except DashboardError:
        return None


def _repeats(order: Order, editing: bool) -> None:
    """Needs this call may repeat, side by side; one may be chosen to link to."""
    if editing:
        return
    try:
        found = ask(need_repeats.repeats, order=order)
    except DashboardError:
        return
    known = {one.id: one for one in found}
    if st.session_state.get(fields.key("repeats")) not in known:
        st.session_state[fields.key("repeats")] = None
    if not found:
        return
    with st.container(border=True, key="needs.repeats"):
        st.markdown(f":orange[**{t('needs.repeats.title')}**]")
        st.caption(t("needs.repeats.lead"))
        st.radio(
            t("needs.repeats.link"),
            [None, *known],
            format_func=lambda one: t("needs.repeats.none") if one is None else _repeat(known[one]),
            key=fields.key("repeats"),
        )


def _repeat(one: need_repeats.Repeat) -> str:
    return plain(
        t(
            "needs.repeats.line",
            code=one.code,
            title=one.title,
            place=one.place,
            when=show.short_date(language(), one.registered_at),
            state=t(f"words.need_state.{one.state}"),
            why=t(f"needs.repeats.{one.why}", metres=one.metres),
        )
    )


def _lacks(order: Order) -> None:
    """What keeps the order from being dispatched at once."""
    lacking = rules.missing(fields.precision(order.place), len(order.intervals), order.people, order.category_id)
    if lacking:
        st.caption(f":orange[{t('needs.form.lacks', what=missing_words(lacking))}]")
    else:
        st.caption(f":green[{t('needs.form.ready')}]")


def _buttons(business: Opened) -> None:
    editing = business.need_id is not None
    if editing:
        st.text_input(t("needs.form.reason"), key=fields.key("reason"), max_chars=200)
    with st.container(horizontal=True):
        st.button(
            t("needs.form.save_edit" if editing else "needs.form.save"),
            key="needs.save",
            type="primary",
            icon=":material/save:",
            on_click=_save,
            args=(act_key("needs.save"), False),
        )
        if not editing:
            st.button(t("needs.form.draft"), key="needs.draft", on_click=_save, args=(act_key("needs.draft"), True))
        st.button(t("needs.form.leave"), key="needs.leave", type="tertiary", on_click=leave)


def _save(deed_key: str, draft: bool) -> None:
    """Read the widgets and save; the form stays open when that is refused."""
    business = opened()
    if business is None:
        return
    order = fields.order_or_notice()
    if order is None:
        return
    kept = "needs.form.saved"
    st.session_state.pop(kept, None)
    if business.need_id is None:
        repeats = st.session_state.get(fields.key("repeats"))
        act(needs.create, key=deed_key, done="needs.created", keep=kept, order=order, draft=draft, repeats=repeats)
    else:
        act(
            needs.edit,
            key=deed_key,
            done="needs.saved",
            keep=kept,
            need_id=business.need_id,
            version=business.version,
            order=order,
            reason=str(st.session_state.get(fields.key("reason"), "")),
        )
    saved = st.session_state.pop(kept, None)
    if saved is not None:
        leave()
        st.query_params["need"] = str(saved["need_id"])
