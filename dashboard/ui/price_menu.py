"""The prices of the menu on page Rules: which services cost something, and a price for one."""

import pandas as pd
import streamlit as st

from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.core.prices import MOST_FEN
from dashboard.services import price_rules
from dashboard.services.price_rules import PricedService
from dashboard.ui import price_words as say
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t


def view(who: Actor) -> None:
    """The priced services, and the form of one."""
    st.subheader(t("prices.menu"), anchor=False, help=t("prices.menu_help"))
    services = ask(price_rules.services, language=language())
    priced = [one for one in services if one.market_fen is not None]
    if priced:
        lines = [
            (
                one.name,
                one.category,
                show.number(language(), one.sites),
                say.yuan(one.market_fen),
                say.yuan(one.material_fen),
            )
            for one in priced
        ]
        names = ("service", "category", "sites", "market", "material")
        table = pd.DataFrame(lines, columns=[t(f"prices.column.{name}") for name in names])
        st.dataframe(table, hide_index=True, key="rules.menu", height="content" if len(lines) < 15 else 560)
    else:
        st.info(t("prices.none_priced"), icon=":material/inbox:")
    if who.site_path != WHOLE_COUNTY:
        st.info(t("rules.county_only"), icon=":material/lock:")
    elif services:
        _one({f"{one.category_id}.{one.name}": one for one in services})


def _one(services: dict[str, PricedService]) -> None:
    which, market, material, why, button = st.columns([4, 2, 2, 3, 1], vertical_alignment="bottom")
    chosen = str(
        which.selectbox(
            t("prices.service"),
            list(services),
            format_func=lambda key: f"{services[key].name}（{services[key].category}）",
            key="rules.price.service",
        )
    )
    one = services[chosen]
    most = MOST_FEN / 100
    market.number_input(
        t("prices.market"),
        0.0,
        most,
        (one.market_fen or 0) / 100,
        1.0,
        key=f"rules.price.{chosen}.market",
        format="%.2f",
        help=t("prices.zero_is_free"),
    )
    material.number_input(
        t("prices.material"),
        0.0,
        most,
        (one.material_fen or 0) / 100,
        1.0,
        key=f"rules.price.{chosen}.material",
        format="%.2f",
    )
    why.text_input(t("needs.act.reason"), key="rules.price.reason", max_chars=200)
    button.button(
        t("prices.set"),
        key="rules.price.set",
        type="primary",
        width="stretch",
        on_click=_set,
        args=(chosen, one.name, one.category_id, act_key("rules.price.set")),
    )


def _set(chosen: str, name: str, category_id: int, key: str) -> None:
    """A price (a callback)."""
    market, material = (
        round(100 * float(st.session_state.get(f"rules.price.{chosen}.{part}", 0))) for part in ("market", "material")
    )
    act(
        price_rules.set_price,
        key=key,
        done="prices.was_set",
        name=name,
        category_id=category_id,
        market_fen=market or None,
        material_fen=material if market else None,
        reason=str(st.session_state.get("rules.price.reason", "")),
    )
