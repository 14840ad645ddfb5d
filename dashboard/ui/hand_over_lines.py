"""转交 on screen: what a coordinator is asked for and told, a held need asked for, an order for another."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.core.permissions import Action, Actor
from dashboard.core.words import DispatchState
from dashboard.services import hand_over_orders, hand_overs, matches, notices
from dashboard.services.hand_overs import Asked, Line
from dashboard.services.matches import Ranked
from dashboard.services.need_card import NeedCard, Sent
from dashboard.ui import need_links, show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed, with_reason
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

#: Seconds between two looks whether somebody asks: a request for a hold waits three minutes.
EVERY = 15


def told(who: Actor) -> None:
    """At the top of a coordinator's page: what she is asked for and what she was told; it comes by itself."""
    if not who.may(Action.DISPATCH):
        return
    asked, lines = _now(who)
    _watch(who, (asked, lines))
    if not (asked or lines):
        return
    with st.container(border=True, key="hand_overs.told", gap="small"):
        for one in asked:
            _banner(one)
        for line in lines:
            _line(line)


def _now(who: Actor) -> tuple[tuple[Asked, ...], tuple[Line, ...]]:
    return ask(hand_overs.waiting), ask(hand_overs.notices)


@st.fragment(run_every=EVERY)
def _watch(who: Actor, seen: tuple[tuple[Asked, ...], tuple[Line, ...]]) -> None:
    """Shows nothing; the whole page runs when there is something else to show."""
    if _now(who) != seen:
        st.rerun()


def _banner(one: Asked) -> None:
    words = t("hand_overs.wants", who=one.asker, code=one.code, title=one.title, reason=one.reason)
    minutes = max(1, -(-int((one.answer_by - datetime.now(UTC)).total_seconds()) // 60))
    with st.container(horizontal=True, vertical_alignment="center", key=f"hand_overs.banner.{one.id}"):
        left = t("hand_overs.left", minutes=minutes)
        st.markdown(f":material/front_hand: **{plain(words, 400)}** :orange[{left}]", width="content")
        deed(
            t("hand_overs.grant"),
            hand_overs.grant_hold,
            key=f"hand_overs.grant.{one.id}",
            done="hand_overs.granted",
            icon=":material/swap_horiz:",
            kind="primary",
            hand_over_id=one.id,
        )
        with_reason(
            t("hand_overs.refuse"),
            hand_overs.refuse_hold,
            key=f"hand_overs.refuse.{one.id}",
            done="hand_overs.refused",
            icon=":material/block:",
            hand_over_id=one.id,
        )


def _line(line: Line) -> None:
    values = {"who": line.who, "code": line.code, "title": line.title, "answer": line.answer}
    words = t(f"hand_overs.notice.{line.kind}", **values)
    when = show.ago(language(), line.at, datetime.now(UTC))
    with st.container(horizontal=True, vertical_alignment="center", key=f"hand_overs.notice.{line.id}"):
        st.markdown(f":material/notifications: {plain(words, 400)} :gray[{when}]", width="content")
        icon, place = ":material/open_in_new:", f"told{line.id}"
        need_links.go("needs", line.need_id, t("hand_overs.open"), icon=icon, place=place, kind="tertiary")
        deed(
            t("hand_overs.seen"),
            notices.close,
            key=f"hand_overs.seen.{line.id}",
            done="hand_overs.seen_done",
            kind="tertiary",
            icon=":material/check:",
            notice_id=line.id,
        )


# -- a held need


def hold(who: Actor, need: NeedCard) -> None:
    """On the card of a need that another holds: ask for it, or who has asked."""
    if need.holder_id is None or not who.may(Action.DISPATCH):
        return
    for one in ask(hand_overs.waiting, need_id=need.id):
        mine = one.asker_id == who.account_id
        if one.holder_id == who.account_id:
            continue  # the banner at the top asks her
        key = "hand_overs.you_asked" if mine else "hand_overs.other_asked"
        st.caption(
            plain(
                t(key, asker=one.asker, who=one.holder, until=show.until(language(), one.answer_by, datetime.now(UTC)))
            )
        )
        if mine:
            deed(
                t("hand_overs.withdraw"),
                hand_overs.withdraw_hold,
                key=f"hand_overs.withdraw.{one.id}",
                done="hand_overs.withdrawn",
                kind="tertiary",
                icon=":material/undo:",
                hand_over_id=one.id,
            )
        return
    if need.holder_id != who.account_id:
        with_reason(
            t("hand_overs.ask_hold"),
            hand_overs.ask_hold,
            key=f"hand_overs.ask.{need.id}",
            done="hand_overs.asked_hold",
            icon=":material/swap_horiz:",
            need_id=need.id,
        )


# -- an order


def beside(need: NeedCard, one: Sent) -> str:
    """What the line of a dispatch says: whom she would take over from, or who was asked to take over from her."""
    names = {other.volunteer_id: other.volunteer for other in need.sent}
    if one.in_place_of is not None:
        return t("hand_overs.in_place_of", volunteer=names.get(one.in_place_of, ""))
    waits = _asked(need, one)
    return "" if waits is None else t("hand_overs.waits_for", volunteer=waits.volunteer)


def _asked(need: NeedCard, one: Sent) -> Sent | None:
    """The offer that waits in place of this volunteer."""
    offers = (
        other
        for other in need.sent
        if other.in_place_of == one.volunteer_id
        and other.role_id == one.role_id
        and other.state == DispatchState.OFFERED
    )
    return next(offers, None)


def order(who: Actor, need: NeedCard, one: Sent, ranked: Ranked | None) -> None:
    """For a volunteer who said yes and calls: ask another to take the order over, a candidate or anybody by name."""
    if not (who.may(Action.DISPATCH) and one.state == DispatchState.ACCEPTED) or _asked(need, one) is not None:
        return
    key = f"hand_overs.order.{one.id}"
    with st.popover(t("hand_overs.ask_order"), icon=":material/swap_horiz:", key=f"{key}.open"):
        st.caption(plain(t("hand_overs.order_lead", volunteer=one.volunteer)))
        words = st.text_input(t("hand_overs.by_name"), key=f"{key}.words", max_chars=40)
        names = _found(words) if words.strip() else _candidates(ranked)
        names.pop(one.volunteer_id, None)
        if words.strip() and not names:
            st.caption(t("matches.found_none"))
        if st.session_state.get(f"{key}.who") not in names:
            # Who is found by name stands there at once; of the ranked list a person chooses.
            st.session_state[f"{key}.who"] = next(iter(names), None) if words.strip() else None
        chosen = st.selectbox(
            t("hand_overs.who"),
            list(names),
            index=None,
            format_func=lambda each: names.get(each, ""),
            key=f"{key}.who",
            placeholder=t("standbys.who_pick") if names else "",
            disabled=not names,
        )
        st.text_input(t("hand_overs.why"), key=f"{key}.reason", max_chars=200)
        st.button(
            t("hand_overs.send"),
            key=key,
            type="primary",
            disabled=chosen is None,
            on_click=_send,
            args=(one.id, key, act_key(key)),
        )


def _candidates(ranked: Ranked | None) -> dict[int, str]:
    return (
        {}
        if ranked is None
        else {one.profile.volunteer_id: f"{one.rank} {one.profile.name}" for one in ranked.candidates}
    )


def _found(words: str) -> dict[int, str]:
    return {
        one.volunteer_id: t("matches.found_line", name=one.name, tail=one.phone_tail, site=one.site)
        for one in ask(matches.find, words=words)
    }


def _send(dispatch_id: int, key: str, deed_key: str) -> None:
    """Ask whom the form names (a callback)."""
    chosen = st.session_state.get(f"{key}.who")
    if chosen is None:
        return
    act(
        hand_over_orders.ask_order,
        key=deed_key,
        done="hand_overs.asked_order",
        dispatch_id=dispatch_id,
        volunteer_id=int(chosen),
        reason=str(st.session_state.get(f"{key}.reason", "")),
    )
