"""Who goes round to whom: gaps, recurring needs, meal rounds, rotas by compound, households and their keepers."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.core.figures import county_today
from dashboard.core.permissions import Action
from dashboard.services import contracts, meal_reading, rota_reading, series_reading
from dashboard.ui import (
    contract_lists,
    household_limit,
    meal_lists,
    meal_rounds,
    meal_sheet,
    rota_gaps,
    rota_plan,
    rota_sheet,
    rota_week,
    series_form,
    series_gaps,
    series_list,
)
from dashboard.ui.ask import ask
from dashboard.ui.session import actor, guard, language, t

guard(Action.EDIT_NEED)
if meal_sheet.is_open():
    meal_sheet.sheet(actor())
    st.stop()
if rota_sheet.is_open():
    rota_sheet.sheet()
    st.stop()
# Another page may have said what is wanted; a default beside that would be said to be wrong.
st.session_state.setdefault("rounds.view", "series")
series_gaps.alarm(ask(series_reading.gaps), calm=st.session_state["rounds.view"] == "series")
rota_gaps.alarm(ask(rota_reading.gaps))

views = {name: t(f"series.view.{name}") for name in ("series", "meals", "rotas", "contracts", "unkept")}
view = st.segmented_control(
    t("series.view"),
    list(views),
    required=True,
    format_func=views.__getitem__,
    key="rounds.view",
    label_visibility="collapsed",
)
if view == "series":
    series_form.new()
    series_list.listed(ask(series_reading.series_list, language=language()))
elif view == "meals":
    meal_lists.today()
    meal_rounds.new()
    meal_rounds.listed(ask(meal_reading.rounds))
elif view == "rotas":
    rota_plan.new()
    plan = rota_week.chosen(ask(rota_reading.plans, today=county_today(datetime.now(UTC))))
    if plan is not None:
        rota_week.shown(plan)
        rota_plan.settings(plan)
elif view == "contracts":
    household_limit.line()
    contract_lists.held(ask(contracts.contracts_of))
else:
    contract_lists.unkept(ask(contracts.households_without_keeper))
