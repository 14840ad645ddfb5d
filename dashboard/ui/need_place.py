"""Where: by village, by grid, by a point on the map, or in words that somebody must verify."""

from collections.abc import Sequence

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.services import need_choices
from dashboard.ui import need_fields as fields
from dashboard.ui.ask import ask
from dashboard.ui.map_drawing import Mark
from dashboard.ui.map_view import Layers, map_picks, show_map
from dashboard.ui.session import t

WAYS = ("village", "grid", "point", "words")
_MAP = "needs.place"


def place_fields(villages: Sequence[tuple[str, str]]) -> None:
    """The way, and the fields it needs."""
    st.segmented_control(
        t("needs.form.place_by"),
        WAYS,
        required=True,
        format_func=lambda way: t(f"needs.form.by_{way}"),
        key=fields.key("place_by"),
    )
    way = fields.value("place_by")
    if way == "point":
        _point()
    known, told = st.columns([3, 2])
    with known:
        if way in ("village", "grid"):
            fields.select("village", t("needs.form.village"), dict(villages))
        if way == "grid":
            village = fields.value("village")
            grids = ask(need_choices.grids_of, village=village) if village else ()
            fields.select("grid", t("needs.form.grid"), dict(grids), disabled=not grids)
    with told if way in ("village", "grid") else known:
        st.text_input(t("needs.form.place_words"), key=fields.key("place_words"), max_chars=200)


def _point() -> None:
    """A click on the map, or two numbers."""
    st.text_input(t("needs.form.point"), key=fields.key("point"), help=t("needs.form.point_help"), max_chars=60)
    try:
        place = fields.order().place
    except DashboardError:
        place = None
    marks = []
    if place is not None and place.lon is not None and place.lat is not None:
        marks = [Mark(place.lon, place.lat, kind="need")]
    else:
        st.caption(t("needs.form.point_none"))
    show_map(Layers(sites=False, needs=False), key=_MAP, marks=marks, height=360)
    map_picks(_MAP, selected=None, on_point=_took)


def _took(lon: float, lat: float) -> None:
    """A click took this point (a callback)."""
    fields.put(point=f"{lon:.6f}, {lat:.6f}")
