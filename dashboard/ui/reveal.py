"""Show a person's masked values after a click with a reason.

`reveal(person_id, key="needs.person.12")` draws the button; after the click it shows the values instead, for five
minutes. The values are only in this tab's memory, and gone when another account signs in.
"""

from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Action, Personal, may_reveal
from dashboard.services import access
from dashboard.services.commands import perform
from dashboard.ui.act import notify
from dashboard.ui.session import actor, database, t

#: Values are hidden again after this time.
SHOWN_FOR = timedelta(minutes=5)
REASONS = ("dispatch", "verify", "follow_up", "emergency", "other")
CONTACT = (Personal.NAME, Personal.PHONE, Personal.ADDRESS)


def reveal(person_id: int, *, key: str, fields: tuple[Personal, ...] = CONTACT) -> None:
    """The button, or the values it led to. Draws nothing for a role that may not ask."""
    who = actor()
    allowed = tuple(field for field in fields if may_reveal(who.role, field))
    if not who.may(Action.REVEAL) or not allowed:
        return
    found = _kept(key, person_id)
    if found is None:
        _ask(person_id, key, allowed)
    else:
        _show(found, key)


def _ask(person_id: int, key: str, fields: tuple[Personal, ...]) -> None:
    with st.popover(t("access.show"), icon=":material/visibility:", key=f"{key}.open"):
        st.caption(t("access.lead"))
        words = {reason: t(f"access.reason_{reason}") for reason in REASONS}
        st.selectbox(t("access.reason"), REASONS, format_func=words.__getitem__, key=f"{key}.reason")
        if st.session_state[f"{key}.reason"] == "other":
            st.text_input(t("access.reason_words"), key=f"{key}.words", max_chars=200)
        st.button(
            t("access.confirm"),
            key=f"{key}.confirm",
            type="primary",
            on_click=_look,
            args=(person_id, key, fields),
        )


def _look(person_id: int, key: str, fields: tuple[Personal, ...]) -> None:
    reason = st.session_state.get(f"{key}.reason", "")
    why = st.session_state.get(f"{key}.words", "") if reason == "other" else t(f"access.reason_{reason}")
    now = datetime.now(UTC)
    names = tuple(str(field) for field in fields)
    try:
        values = perform(database(), access.reveal, actor(), now=now, person_id=person_id, fields=names, reason=why)
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return
    st.session_state[_slot(key)] = {"person": person_id, "until": (now + SHOWN_FOR).timestamp(), "values": values}


def _show(values: dict[str, str | None], key: str) -> None:
    with st.container(border=True, key=f"{key}.values"):
        for field, value in values.items():
            label, text = st.columns([1, 3], vertical_alignment="center")
            label.caption(t(f"access.{field}"))
            text.text(value or t("access.nothing"))
        st.button(t("access.hide"), key=f"{key}.hide", type="tertiary", on_click=_forget, args=(key,))


def _kept(key: str, person_id: int) -> dict[str, str | None] | None:
    kept = st.session_state.get(_slot(key))
    if kept is None or kept["person"] != person_id or kept["until"] < datetime.now(UTC).timestamp():
        _forget(key)
        return None
    values: dict[str, str | None] = kept["values"]
    return values


def _forget(key: str) -> None:
    st.session_state.pop(_slot(key), None)


def _slot(key: str) -> str:
    return f"revealed.{key}"
