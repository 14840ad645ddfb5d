"""Buttons that act: at once, or after a reason. The idempotency key is made when the button is drawn."""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from dashboard.ui.act import act, act_key
from dashboard.ui.session import t

Kind = Literal["primary", "secondary", "tertiary"]


def deed(
    label: str,
    command: Callable[..., Any],
    *,
    key: str,
    done: str,
    icon: str | None = None,
    kind: Kind = "secondary",
    tip: str | None = None,
    disabled: bool = False,
    **values: Any,
) -> None:
    """A button that performs a command with these values."""
    st.button(
        label,
        key=key,
        icon=icon,
        type=kind,
        help=tip,
        disabled=disabled,
        on_click=act,
        args=(command,),
        kwargs={"key": act_key(key), "done": done, **values},
    )


def with_reason(
    label: str, command: Callable[..., Any], *, key: str, done: str, icon: str | None = None, **values: Any
) -> None:
    """A popover that asks why, then performs the command with `reason`."""
    with st.popover(label, icon=icon, key=f"{key}.open"):
        st.text_input(t("needs.act.reason"), key=f"{key}.reason", max_chars=200)
        st.button(
            t("needs.act.do"),
            key=key,
            type="primary",
            on_click=_reasoned,
            args=(command, key, act_key(key), done, values),
        )


def _reasoned(command: Callable[..., Any], key: str, deed_key: str, done: str, values: dict[str, Any]) -> None:
    reason = str(st.session_state.get(f"{key}.reason", ""))
    act(command, key=deed_key, done=done, reason=reason, **values)
