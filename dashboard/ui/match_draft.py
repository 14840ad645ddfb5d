"""The draft of a plan: what is looked at, what is pinned, forbidden, left out. Plain words in the session, no plan."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard.core.filters import Filters
from dashboard.services import match_plan, plan_send
from dashboard.services.match_plan import PlanView
from dashboard.ui.act import act_key, notify, renew_key
from dashboard.ui.ask import ask
from dashboard.ui.session import actor, database, language

_AT, _PINS, _FORBIDS, _OUT, _REFUSED = (f"match.draft.{name}" for name in ("at", "pins", "forbids", "out", "refused"))


def solved_at() -> datetime | None:
    """When the plan was asked for, None when there is none."""
    kept = st.session_state.get(_AT)
    return None if kept is None else datetime.fromisoformat(kept)


def solve() -> None:
    """Ask for a plan, or for a new one (a callback). Marks stay."""
    st.session_state[_AT] = datetime.now(UTC).isoformat()
    st.session_state.pop(_REFUSED, None)


def drop() -> None:
    """Forget the plan and its marks (a callback)."""
    for name in (_AT, _PINS, _FORBIDS, _OUT, _REFUSED):
        st.session_state.pop(name, None)


def plan(filters: Filters, at: datetime) -> PlanView:
    """The plan as it follows from the data, the time it was asked for, and the draft's marks."""
    return ask(
        match_plan.plan,
        filters=filters,
        now=at,
        pins=pairs(_PINS),
        forbids=pairs(_FORBIDS),
        language=language(),
    )


def pairs(name: str) -> tuple[tuple[int, int], ...]:
    """(role id, volunteer id) pairs of a list of marks."""
    found = (key.split(":") for key in st.session_state.get(name, []))
    return tuple(sorted((int(role), int(volunteer)) for role, volunteer in found))


def pinned() -> tuple[tuple[int, int], ...]:
    return pairs(_PINS)


def forbidden() -> tuple[tuple[int, int], ...]:
    return pairs(_FORBIDS)


def left_out() -> frozenset[str]:
    """Keys of the rows that are not to be sent."""
    return frozenset(st.session_state.get(_OUT, []))


def mark(kind: str, keys: Iterable[str]) -> None:
    """Mark rows "pins", "forbids" or "out", or clear their marks with "" (a callback)."""
    chosen = set(keys)
    for name in (_PINS, _FORBIDS, _OUT):
        rest = set(st.session_state.get(name, [])) - chosen
        st.session_state[name] = sorted(rest | (chosen if name.endswith(f".{kind}") else set()))


def allow(key: str) -> None:
    """Take a pair off the forbidden ones (a callback)."""
    mark("", [key])


def refused() -> list[dict[str, Any]]:
    """The rows the last sending refused."""
    found: list[dict[str, Any]] = st.session_state.get(_REFUSED, [])
    return found


def forget_refused() -> None:
    """They were read (a callback)."""
    st.session_state.pop(_REFUSED, None)


def send(rows: Sequence[dict[str, Any]], key: str) -> None:
    """Dispatch rows (a callback): what is refused is kept to be shown, the rest goes through. Nothing of Streamlit
    happens while it writes."""
    try:
        done = plan_send.send_rows(database(), actor(), rows, now=datetime.now(UTC), key=key)
    finally:
        renew_key(key)
    st.session_state[_REFUSED] = [dict(row) for row in done.refused]
    if done.refused:
        notify("warning", "dispatches.plan_partly", count=len(done.done), refused=len(done.refused))
    else:
        notify("success", "dispatches.plan_sent", count=len(done.done))


def send_key() -> str:
    """The idempotency key of the next sending."""
    return act_key("match.send_plan")
