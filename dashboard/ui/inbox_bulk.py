"""Many messages at once: those ticked on this page of the list are marked as sent, not reached, or sent again."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.core.messages import Failure, State
from dashboard.services import messages
from dashboard.services.bulk import Asked, Item
from dashboard.services.messages import Line
from dashboard.ui import bulk, show
from dashboard.ui.act import act_key
from dashboard.ui.session import language, t

PAGE = "messages"
_ON = "messages.bulk.on"

#: The act's name -> its command, and what it takes beside the message.
ACTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "copied": (messages.mark_copied, {}),
    "unreached": (messages.mark_failed, {"failure": str(Failure.UNREACHED)}),
    "retry": (messages.retry, {}),
}
_NAMES = {deed.command_name: name for name, (deed, _) in ACTS.items()}
#: What stands under each heading -> what makes sense there for many.
_OF_TAB = {"waiting": ("copied", "unreached"), "sent": ("unreached",), "failed": ("retry", "copied"), "dropped": ()}


def switch(which: str) -> None:
    """The switch that lets messages be ticked, where something can be done with them."""
    if _OF_TAB[which]:
        st.toggle(t("bulk.do_many"), key=_ON)


def result() -> None:
    """How far it is, or what came of it."""
    bulk.shown(PAGE, name=lambda asked: t(f"messages.act.{_NAMES[asked.command]}"), anew=list)


def ticks(which: str, line: Line) -> bool:
    """May this message be ticked?"""
    on = bool(_OF_TAB[which]) and bool(st.session_state.get(_ON))
    return on and not line.outdated and line.told.state is not State.SENDING


def tick(line: Line) -> None:
    """The box before a message."""
    st.checkbox(t("bulk.tick"), key=_key(line.told.id), label_visibility="collapsed", width="content")


def bar(which: str, lines: Sequence[Line]) -> None:
    """How many are ticked, and what to do with them."""
    here = [line for line in lines if ticks(which, line)]
    if not here:
        return
    chosen = [line for line in here if st.session_state.get(_key(line.told.id))]
    count = show.number(language(), len(chosen))
    with st.container(horizontal=True, vertical_alignment="center", key="messages.bulk.bar"):
        every = len(chosen) == len(here)
        st.button(
            t("bulk.untick") if every else t("bulk.this_page", count=show.number(language(), len(here))),
            key="messages.bulk.everything",
            type="tertiary",
            icon=":material/select_all:",
            on_click=_tick,
            args=([line.told.id for line in here], not every),
        )
        st.markdown(f"**{t('bulk.ticked', count=count)}**", width="content")
        items = tuple(Item(one.told.id, f"{one.told.facts.code} {one.told.name}".strip()) for one in chosen)
        for name in _OF_TAB[which]:
            key = f"messages.bulk.{name}"
            st.button(
                t("bulk.go", what=t(f"messages.act.{name}"), count=count),
                key=key,
                type="primary" if name == _OF_TAB[which][0] else "secondary",
                disabled=not chosen or bulk.busy(PAGE),
                on_click=_go,
                args=(name, items, act_key(key)),
            )


def _key(message_id: int) -> str:
    return f"messages.tick.{message_id}"


def _tick(ids: Sequence[int], ticked: bool) -> None:
    for message_id in ids:
        st.session_state[_key(message_id)] = ticked


def _go(name: str, items: Sequence[Item], key: str) -> None:
    """Do it to all that are ticked (a callback)."""
    deed, values = ACTS[name]
    if bulk.start(PAGE, Asked(deed, "message_id", values), items, key):
        _tick([item.id for item in items], False)
