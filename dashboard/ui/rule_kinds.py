"""Page Rules: which kind of rules is looked at."""

from collections.abc import Callable

import streamlit as st

from dashboard.core.permissions import Actor
from dashboard.ui import edge_rules, office_rules, price_kind, star_rules
from dashboard.ui.session import t

#: The views by kind, in the order they are offered; a kind's name is `rules.kind.<kind>`.
KINDS: dict[str, Callable[[Actor], None]] = {
    "deadlines": office_rules.page,
    "stars": star_rules.page,
    "figures": edge_rules.page,
    "prices": price_kind.page,
}


def pick() -> str:
    """The kind chosen; nothing to choose among one."""
    if len(KINDS) == 1:
        return next(iter(KINDS))
    chosen = st.segmented_control(
        t("rules.kind"),
        list(KINDS),
        required=True,
        default=next(iter(KINDS)),
        format_func=lambda kind: t(f"rules.kind.{kind}"),
        key="rules.kind",
        label_visibility="collapsed",
    )
    return str(chosen)
