"""The plan on the map: a line a pair, the chosen one standing out, needs with empty seats, and gaps in the cover."""

import streamlit as st

from dashboard.core.filters import Filters
from dashboard.services import map_figures
from dashboard.services.desk_rows import Drawn
from dashboard.services.draft_view import MOST_LINES
from dashboard.services.match_desk import Head
from dashboard.services.match_plan import NeedWords, PlanRow
from dashboard.ui.ask import ask
from dashboard.ui.map_drawing import Link, Mark
from dashboard.ui.map_view import Layers, show_map
from dashboard.ui.session import t

HEIGHT = 390
#: The plan's map on its page.
KEY = "match.plan.map"


def plan_map(
    found: Head, drawn: Drawn, filters: Filters, *, chosen: PlanRow | None = None, unmet: NeedWords | None = None
) -> None:
    """The map keeps its place and zoom whatever the plan does: only lines, marks and colours are sent."""
    links = [Link(*line) for line in drawn.lines] + _strong(chosen)
    gaps = bool(st.session_state.get("match.gaps", False))
    shading = ask(map_figures.coverage, filters=filters) if gaps else None
    layers = Layers(filters, grids=gaps, sites=False, needs=False)
    show_map(
        layers,
        key=KEY,
        shading=shading,
        links=links,
        marks=_pin(unmet),
        dots=drawn.empty,
        height=HEIGHT,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_lead(found), width="content")
        st.space("stretch")
        st.toggle(t("match_page.gaps"), key="match.gaps", help=t("match_page.gaps_help"), persist_state="session")


def _strong(row: PlanRow | None) -> list[Link]:
    if row is None or row.who.lon is None or row.who.lat is None or row.need.lon is None or row.need.lat is None:
        return []
    return [Link(row.who.lon, row.who.lat, row.need.lon, row.need.lat, strong=True)]


def _pin(need: NeedWords | None) -> list[Mark]:
    """The chosen need."""
    if need is None or need.lon is None or need.lat is None:
        return []
    return [Mark(need.lon, need.lat, kind="need")]


def _lead(found: Head) -> str:
    if found.filled > MOST_LINES:
        return t("match_page.map_lead_some", count=MOST_LINES)
    return t("match_page.map_lead")
