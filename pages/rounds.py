"""Who goes round to whom: visits with nobody sent, recurring needs, households with and without a keeper."""

import streamlit as st

from dashboard.core.permissions import Action
from dashboard.services import contracts, series_reading
from dashboard.ui import contract_lists, series_form, series_gaps, series_list
from dashboard.ui.ask import ask
from dashboard.ui.session import guard, language, t

guard(Action.EDIT_NEED)
series_gaps.alarm(ask(series_reading.gaps))

views = {name: t(f"series.view.{name}") for name in ("series", "contracts", "unkept")}
view = st.segmented_control(
    t("series.view"),
    list(views),
    default="series",
    required=True,
    format_func=views.__getitem__,
    key="rounds.view",
    label_visibility="collapsed",
)
if view == "series":
    series_form.new()
    series_list.listed(ask(series_reading.series_list, language=language()))
elif view == "contracts":
    contract_lists.held(ask(contracts.contracts_of))
else:
    contract_lists.unkept(ask(contracts.households_without_keeper))
