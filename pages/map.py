"""See the county now or on a day gone by: stations, grids coloured, needs that wait; click one and act on it."""

import streamlit as st

from dashboard.core.map_layers import MapFigure
from dashboard.core.permissions import Action
from dashboard.services import map_figures
from dashboard.ui import filters, map_cards, map_past, map_table
from dashboard.ui.ask import ask
from dashboard.ui.map_view import Layers, show_map
from dashboard.ui.session import guard, t

who = guard(Action.SEE_MAP)
chosen = filters.current()

past = map_past.chosen()

with st.container(horizontal=True, vertical_alignment="bottom"):
    figure = MapFigure.OPEN_NEEDS
    if past is None:
        figure = st.segmented_control(
            t("map.colour_by"),
            list(MapFigure),
            default=MapFigure.OPEN_NEEDS,
            required=True,
            format_func=lambda figure: t(f"map.figure.{figure}"),
            key="map.figure",
            persist_state="session",
        )
    shown = st.pills(
        t("map.show"),
        ["sites", "needs"],
        default=["sites", "needs"],
        selection_mode="multi",
        format_func=lambda layer: t(f"map.layer.{layer}"),
        key="map.layers",
        persist_state="session",
    )
    filters.show(chosen)
    map_past.choose(past)

if past is None:
    overview = ask(map_figures.overview, filters=chosen)
    shading = ask(map_figures.QUESTIONS[figure], filters=chosen)
else:
    map_past.banner(past)
    gone = ask(map_figures.overview_of, filters=chosen, past=past)
    shading = ask(map_figures.open_needs_of, filters=chosen, past=past)

left, right = st.columns([13, 5], gap="small")
with left:
    seen = Layers(chosen, sites="sites" in shown, needs="needs" in shown and who.may(Action.SEE_NEEDS), past=past)
    show_map(seen, key="map.county", shading=shading)
with right:
    if past is None:
        map_cards.beside("map.county", chosen.town)
        map_cards.numbers(overview, len(shading.rows))
        map_cards.explain(overview, filtered=bool(chosen))
    else:
        map_past.numbers(gone)

if (overview if past is None else gone).grids:
    totals, grids = st.columns([2, 3])
    with totals:
        st.subheader(t("map.legend"), anchor=False)
        map_table.legend(shading)
    with grids:
        st.subheader(t("map.table"), anchor=False)
        map_table.details(shading, past)

if past is not None and who.may(Action.SEE_NEEDS):
    map_past.needs(chosen, past)
