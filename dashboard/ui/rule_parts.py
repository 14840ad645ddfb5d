"""What every kind of rules on page Rules shares: what holds, publishing from a day on, the versions there were."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.services.rules import Published
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.session import language, t


def now_held(version: int, versions: Sequence[Published]) -> None:
    """The version that holds (0: the product's own), and each that begins later."""
    st.caption(t("rules.holds" if version else "rules.holds_usual", version=version))
    for one in reversed([one for one in versions if one.version > version]):
        day = show.datetime_(language(), one.valid_from)
        st.info(t("rules.later", version=one.version, day=day), icon=":material/event:")


def publish(who: Actor, command: Callable[..., Any], what: Mapping[str, Any], from_help: str) -> None:
    """The day, the reason and the button: `command(work, **what, reason, valid_from)`. The rules are the whole
    county's: an admin of a part can only try. from_help: what a version binds from its day on."""
    if who.site_path != WHOLE_COUNTY:
        st.info(t("rules.county_only"), icon=":material/lock:")
        return
    why, day, button = st.columns([5, 2, 2], vertical_alignment="bottom")
    why.text_input(t("needs.act.reason"), key="rules.reason", max_chars=200)
    day.date_input(t("rules.from"), value=None, key="rules.from", format="YYYY-MM-DD", help=from_help)
    button.button(
        t("rules.publish"),
        key="rules.publish",
        type="primary",
        icon=":material/publish:",
        width="stretch",
        on_click=_publish,
        args=(command, what, act_key("rules.publish")),
    )


def _publish(command: Callable[..., Any], what: Mapping[str, Any], key: str) -> None:
    """A new version (a callback)."""
    day = st.session_state.get("rules.from")
    act(
        command,
        key=key,
        done="rules.stored",
        reason=str(st.session_state.get("rules.reason", "")),
        valid_from=datetime.combine(day, time.min, COUNTY_TIME) if isinstance(day, date) else None,
        **what,
    )


def history(versions: Sequence[Published], contents: Mapping[str, Sequence[str]]) -> None:
    """Every version, newest first; contents: by text key of a column, what it says of each version."""
    if not versions:
        return
    st.subheader(t("rules.history"), anchor=False)
    columns: dict[str, Sequence[object]] = {
        "rules.column.number": [one.version for one in versions],
        "rules.column.valid_from": [show.datetime_(language(), one.valid_from) for one in versions],
        "rules.column.by": [one.by or t("audit.system") for one in versions],
        "rules.column.why": [one.reason for one in versions],
        **contents,
    }
    table = pd.DataFrame({t(key): values for key, values in columns.items()})
    st.dataframe(table, hide_index=True, key="rules.versions", height="content")
