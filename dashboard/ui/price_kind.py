"""Prices on page Rules: the tiers tried and published, the prices of the menu, and the fund that pays the rest."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.core.permissions import Actor
from dashboard.ui import fund_views, price_menu, price_tiers
from dashboard.ui.session import t

PARTS: dict[str, Callable[[Actor], Any]] = {
    "tiers": price_tiers.view,
    "menu": price_menu.view,
    "fund": fund_views.view,
}


def page(who: Actor) -> None:
    """The whole view."""
    chosen = st.segmented_control(
        t("prices.part"),
        list(PARTS),
        required=True,
        default="tiers",
        format_func=lambda part: t(f"prices.part.{part}"),
        key="rules.prices.part",
        label_visibility="collapsed",
    )
    PARTS[str(chosen)](who)
