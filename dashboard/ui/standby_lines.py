"""The standby list of a need, in its order: ask the first who fits, put somebody on it, move up, take off."""

from typing import Any

import streamlit as st

from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import NeedState
from dashboard.services import standbys
from dashboard.services.matches import Ranked
from dashboard.services.need_card import NeedCard
from dashboard.services.standbys import StandbyList, Waiting
from dashboard.text import known
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t


def standby(who: Actor, need: NeedCard, ranked: Ranked | None = None) -> None:
    """The list; with `ranked` also the field that puts one of the candidates on it. Nothing where there is neither."""
    takes, sends = NeedState(need.state) in TAKES_PEOPLE, who.may(Action.DISPATCH)
    found = ask(standbys.standby_list, need_id=need.id)
    adds = sends and takes and ranked is not None and bool(_choices(found, ranked))
    if not (found.waiting or found.dropped or adds):
        return
    with st.container(key="standbys.list", gap="small"):
        st.markdown(f"**{t('standbys.title')}**", help=t("standbys.lead"))
        roles: dict[int, list[Waiting]] = {}
        for one in found.waiting:
            roles.setdefault(one.role_id, []).append(one)
        for role_id, waiting in roles.items():
            _role(need, role_id, waiting, sends and takes)
        for gone in found.dropped:
            when = show.datetime_(language(), gone.at)
            st.caption(plain(t("standbys.dropped", volunteer=gone.volunteer, when=when, why=why(gone.why)), 300))
        if adds and ranked is not None:
            _add(need, found, ranked)


def why(key: str) -> str:
    """A rule in a few words: the sentence of a refusal names her again."""
    cause = f"match_rules.cause_{key.rpartition('.')[2]}"
    if key.startswith(("dispatches.rule.", "dispatches.ask_reason.")) and known(cause):
        return t(cause)
    if key == standbys.ASKED_ALREADY:
        return t("standbys.why_asked")
    if key in ("dispatches.taken_by", "dispatches.no_time_to_travel", "commands.volunteer_taken"):
        return t("standbys.why_busy")
    return t("standbys.why_full") if key.startswith("claims.") else t("standbys.why_rule")


def _role(need: NeedCard, role_id: int, waiting: list[Waiting], acts: bool) -> None:
    seat = next((seat for seat in need.seats if seat.role_id == role_id), None)
    if seat is not None and len(need.seats) > 1:
        st.caption(plain(seat.name or seat.skill))
    for number, one in enumerate(waiting, start=1):
        with st.container(horizontal=True, vertical_alignment="center", key=f"standbys.line.{one.id}"):
            # Who put her here is a touch away: beside the name it would push the buttons off the line.
            by = t("standbys.by", who=one.by or t("audit.system"), when=show.datetime_(language(), one.since))
            words = plain(t("standbys.line", number=number, volunteer=one.volunteer))
            st.markdown(words, width="content", help=plain(by))
            st.space("stretch")
            if acts and number > 1:
                _step(one, "up", standbys.raise_standby, "moved", ":material/arrow_upward:")
            if acts:
                _step(one, "remove", standbys.remove_standby, "removed", ":material/close:")
    if acts and seat is not None and seat.open:
        name = f"standbys.ask.{need.id}.{role_id}"
        st.button(
            t("standbys.ask"),
            key=name,
            type="primary",
            icon=":material/campaign:",
            on_click=_asked,
            args=(need.id, role_id, act_key(name)),
        )


def _step(one: Waiting, name: str, command: Any, done: str, icon: str) -> None:
    key = f"standbys.{name}.{one.id}"
    deed(
        t(f"standbys.{name}"), command, key=key, done=f"standbys.{done}", icon=icon, kind="tertiary", standby_id=one.id
    )


def _asked(need_id: int, role_id: int, deed_key: str) -> None:
    """Ask the first who fits; say whom, or that nobody did (a callback)."""
    act(standbys.offer_standby, key=deed_key, done=_answer, need_id=need_id, role_id=role_id)


def _answer(result: dict[str, Any]) -> tuple[str, str]:
    """Somebody was asked, or nobody on the list could be."""
    return ("warning", "standbys.all_dropped") if result["offered"] is None else ("success", "standbys.offered")


def _choices(found: StandbyList, ranked: Ranked) -> dict[int, str]:
    """Volunteer -> rank and name, of the candidates who are not on the list."""
    there = {one.volunteer_id for one in found.waiting}
    return {
        one.profile.volunteer_id: f"{one.rank} {one.profile.name}"
        for one in ranked.candidates
        if one.profile.volunteer_id not in there
    }


def _add(need: NeedCard, found: StandbyList, ranked: Ranked) -> None:
    names = _choices(found, ranked)
    key = f"standbys.add.{need.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            t("standbys.who"),
            list(names),
            index=None,
            format_func=lambda one: names.get(one, ""),
            key=f"{key}.who",
            placeholder=t("standbys.who_pick"),
        )
        deed(
            t("standbys.add"),
            standbys.add_standby,
            key=key,
            done="standbys.added",
            icon=":material/playlist_add:",
            disabled=chosen is None,
            need_id=need.id,
            role_id=ranked.role_id,
            volunteer_id=chosen,
        )
