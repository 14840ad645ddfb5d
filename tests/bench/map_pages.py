"""The pages our map is measured against: nothing but a button, st_folium's GeoJson, a loop of markers.

Run by bench_map.py with plain Streamlit. `?way=empty|geojson|loop`. Each has the button whose click is timed.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import folium  # noqa: E402
import streamlit as st  # noqa: E402
from folium import plugins  # noqa: E402
from streamlit_folium import st_folium  # noqa: E402

from dashboard.draw import maps  # noqa: E402

plugins.MarkerCluster.default_js = plugins.FastMarkerCluster.default_js = maps.CountyLayers.default_js[:1]
plugins.MarkerCluster.default_css = plugins.FastMarkerCluster.default_css = maps.CountyLayers.default_css[:1]


@st.cache_resource
def data() -> dict:
    return json.loads(Path(os.environ["BENCH_MAP_DATA"]).read_text())


def base() -> folium.Map:
    return folium.Map([28.55, 107.95], zoom_start=10, tiles=None, prefer_canvas=True, maxZoom=18)


def geojson() -> folium.Map:
    """What a tutorial shows: the polygons as one GeoJson with a style function and a tooltip, fast clusters."""
    chart = base()
    style = {"fillColor": "#d94801", "color": "#555", "weight": 1, "fillOpacity": 0.5}
    tip = folium.GeoJsonTooltip(["name"])
    folium.GeoJson(data()["grids"], style_function=lambda _: style, tooltip=tip).add_to(chart)
    for lat, lon in data()["sites"]:
        folium.CircleMarker((lat, lon), radius=6).add_to(chart)
    dot = "function (row) { return L.circleMarker(new L.LatLng(row[0], row[1]), { radius: 4 }); }"
    plugins.FastMarkerCluster(data()["needs"], callback=dot).add_to(chart)
    return chart


def loop() -> folium.Map:
    """What a beginner writes: one folium object for every polygon and point."""
    chart = base()
    for feature in data()["grids"]["features"]:
        ring = [(lat, lon) for lon, lat in feature["geometry"]["coordinates"][0]]
        folium.Polygon(ring, tooltip=feature["properties"]["name"], fill=True, weight=1).add_to(chart)
    for lat, lon in data()["sites"]:
        folium.CircleMarker((lat, lon), radius=6).add_to(chart)
    cluster = plugins.MarkerCluster().add_to(chart)
    for lat, lon in data()["needs"]:
        folium.CircleMarker((lat, lon), radius=4).add_to(cluster)
    return chart


way = st.query_params.get("way", "empty")
st.session_state.setdefault("clicks", 0)


def clicked() -> None:
    st.session_state["clicks"] += 1


st.button("click", key="click", on_click=clicked)
st.markdown(f"CLICKS{st.session_state['clicks']}")
if way in ("geojson", "loop"):
    st_folium(
        geojson() if way == "geojson" else loop(),
        key="m",
        height=560,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
    )
