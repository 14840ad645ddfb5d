"""Act as the signed-in user: one command, one transaction, one notice. Meant for `on_click=act`.

No Streamlit call happens inside or between the steps of a deed: a rerun may end the script at any such call.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.services.commands import perform
from dashboard.text import text
from dashboard.ui.session import actor, database, language

NOTICE = "notice"


def act(
    command: Callable[..., Any],
    *,
    key: str | None = None,
    done: str | Callable[[Any], tuple[str, str]] = "app.done",
    done_values: dict[str, object] | None = None,
    keep: str | None = None,
    **values: Any,
) -> None:
    """Perform the command; a DashboardError becomes a notice in the reader's language, a bug stays loud.

    `key` makes a double click one deed. `done` is the text key of the notice after success, or gives (kind, key) of the
    command's result; it is filled with `done_values` and, if it is a mapping, the result. `keep` names the session key
    the result goes to.
    """
    try:
        result = perform(database(), command, actor(), now=datetime.now(UTC), key=key, **values)
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return
    finally:
        renew_key(key)
    if keep is not None:
        st.session_state[keep] = result
    kind, said = ("success", done) if isinstance(done, str) else done(result)
    notify(kind, said, **(done_values or {}), **(result if isinstance(result, dict) else {}))


def notify(kind: str, key: str, **values: object) -> None:
    """Leave a notice for the top of the page: kind "success", "info", "warning" or "error"."""
    st.session_state.setdefault(NOTICE, []).append((kind, text(language(), key, **values)))


def act_key(name: str) -> str:
    """The idempotency key of a button, made when it is first drawn and renewed after each deed."""
    slot = f"act_key.{name}"
    if slot not in st.session_state:
        st.session_state[slot] = f"{name}:{secrets.token_hex(12)}"
    return str(st.session_state[slot])


def renew_key(key: str | None) -> None:
    """Forget a used key, so that the next drawing of its button makes a new one."""
    if key is None:
        return
    slot = f"act_key.{key.rsplit(':', 1)[0]}"
    if st.session_state.get(slot) == key:
        del st.session_state[slot]
