"""Many needs of the queue at once: ticked rows or the whole list, and what to do with all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard.core.filters import Filters
from dashboard.core.permissions import Action, Actor
from dashboard.services import holds, needs, service_records
from dashboard.services.bulk import Asked, Item
from dashboard.services.needs_queue import Picked, Queue, QueueRow, View, picked
from dashboard.ui import bulk, need_list, need_picks, show
from dashboard.ui.act import act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

PAGE = "needs"
_ON, _EVERYTHING, _TICKED, _LIST = (f"needs.bulk.{name}" for name in ("on", "everything", "ticked", "list"))
#: How often the ticks were taken away: another table for the browser, without them.
_UNTICKED = "needs.bulk.unticked"
_REASON = "needs.bulk.reason"


@dataclass(frozen=True)
class Act:
    """What can be done to many: the command and its right; whether it asks for a reason, and whether it is refused
    where the need has changed since it was ticked (a hold changes nothing and asks for nothing)."""

    deed: Any
    right: Action
    reason: bool = False
    at_version: bool = True


ACTS: dict[str, Act] = {
    "verify": Act(needs.verify, Action.EDIT_NEED),
    "hand_in": Act(needs.hand_in, Action.EDIT_NEED),
    "confirm": Act(service_records.confirm, Action.RECORD_SERVICE),
    "close": Act(needs.close, Action.EDIT_NEED),
    "hold": Act(holds.hold, Action.DISPATCH, at_version=False),
    "release": Act(holds.release, Action.DISPATCH, at_version=False),
    "cancel": Act(needs.cancel, Action.EDIT_NEED, reason=True),
    "unmet": Act(needs.unmet, Action.EDIT_NEED, reason=True),
}
_NAMES = {one.deed.command_name: name for name, one in ACTS.items()}
#: What a list is mostly asked for comes first.
_FIRST = {View.TO_VERIFY: "verify", View.TO_CONFIRM: "confirm"}
_USUAL = "hold"


def _mine(who: Actor) -> list[str]:
    return [name for name, one in ACTS.items() if who.may(one.right)]


def switch(who: Actor) -> bool:
    """The switch that lets rows be ticked, for whoever may do something to them; is it on?"""
    if not _mine(who):
        return False
    st.toggle(t("bulk.do_many"), key=_ON, on_change=untick)
    return bool(st.session_state.get(_ON))


def untick() -> None:
    """Nothing is ticked any more (a callback)."""
    st.session_state.pop(_TICKED, None)
    st.session_state[_UNTICKED] = st.session_state.get(_UNTICKED, 0) + 1
    st.session_state[_EVERYTHING] = False


def result() -> None:
    """How far it is, or what came of it."""
    bulk.shown(PAGE, name=_name, anew=_anew, on_open=need_picks.pick)


def _name(asked: Asked) -> str:
    return t(f"needs.act.{_NAMES[asked.command]}")


def _anew(items: Sequence[Item]) -> list[Item]:
    """With the versions of now: a retry decides on what stands there now. What is gone is asked for all the same, so
    that its refusal is said again."""
    now = {one.id: one.version for one in ask(picked, ids=tuple(item.id for item in items))}
    return [
        replace(item, values={"seen": now[item.id]}) if "seen" in item.values and item.id in now else item
        for item in items
    ]


def bar(who: Actor, filters: Filters, found: Queue) -> None:
    """How many are meant, and what to do with them."""
    view, words = need_list.chosen(PAGE, View.TO_DISPATCH)
    if st.session_state.get(_LIST) != (filters, view, words):
        # Ticks are of the list they were made on.
        st.session_state[_LIST] = (filters, view, words)
        untick()
    everything = bool(st.session_state.get(_EVERYTHING))
    chosen = (
        ask(picked, filters=filters, view=view, words=words)
        if everything
        else tuple(st.session_state.get(_TICKED, {}).values())
    )
    acts = sorted(_mine(who), key=lambda name: name != _FIRST.get(view, _USUAL))
    with st.container(horizontal=True, vertical_alignment="center", key="needs.bulk.bar"):
        st.checkbox(
            t("bulk.everything", count=show.number(language(), len(chosen) if everything else found.total)),
            key=_EVERYTHING,
            width="content",
        )
        st.markdown(f"**{t('bulk.ticked', count=show.number(language(), len(chosen)))}**", width="content")
        name = st.selectbox(
            t("bulk.what"),
            acts,
            format_func=lambda one: t(f"needs.act.{one}"),
            key=f"needs.bulk.what.{view}",
            label_visibility="collapsed",
            width=210,
        )
        label = t("bulk.go", what=t(f"needs.act.{name}"), count=show.number(language(), len(chosen)))
        off = not chosen or bulk.busy(PAGE)
        if not ACTS[name].reason:
            _button(name, label, chosen, disabled=off)
            return
        with st.popover(label, key="needs.bulk.why", disabled=off):
            st.text_input(t("needs.act.reason"), key=_REASON, max_chars=200)
            _button(name, label, chosen, disabled=off)


def _button(name: str, label: str, chosen: Sequence[Picked], *, disabled: bool) -> None:
    st.button(
        label,
        key="needs.bulk.go",
        type="primary",
        disabled=disabled,
        on_click=_go,
        args=(name, tuple(chosen), act_key("needs.bulk")),
    )


def _go(name: str, chosen: Sequence[Picked], key: str) -> None:
    """Do it to all of them (a callback)."""
    act = ACTS[name]
    reason = {"reason": str(st.session_state.get(_REASON, ""))} if act.reason else {}
    items = [Item(one.id, one.code, {"seen": one.version} if act.at_version else {}) for one in chosen]
    if bulk.start(PAGE, Asked(act.deed, "need_id", reason), items, key):
        untick()
        st.session_state[_REASON] = ""


# -- ticks


def _ticked(rows: Sequence[QueueRow]) -> list[int]:
    """Which of the rows on screen are ticked, by their place."""
    kept: dict[int, Picked] = st.session_state.get(_TICKED, {})
    return [at for at, row in enumerate(rows) if row.id in kept]


def _tick(rows: Sequence[QueueRow], places: Sequence[int]) -> None:
    """These rows of those on screen are ticked now; what is ticked on other pages stays (a callback)."""
    kept: dict[int, Picked] = dict(st.session_state.get(_TICKED, {}))
    for at, row in enumerate(rows):
        if at not in places:
            kept.pop(row.id, None)
        elif row.id not in kept:
            kept[row.id] = Picked(row.id, row.code, row.version)
    st.session_state[_TICKED] = kept
    st.session_state[_EVERYTHING] = False


def ticks() -> need_list.Ticks:
    """For the list of rows."""
    return need_list.Ticks(_ticked, _tick, st.session_state.get(_UNTICKED, 0))
