"""The county map as folium composes it: an empty Leaflet map and one constant element that asks for the rest by URL.

Nothing here depends on data, so the script that streamlit-folium sends is the same byte for byte in every rerun: the
browser keeps its map, its view and its layers. Names, figures and colours reach the map as JSON (`static/map.js` says
how) and never as a string folium would render.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

import folium
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

STATIC = Path(__file__).parent.parent / "static"
STATIC_URL = "/app/static/"
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


@cache
def static_url(path: str) -> str:
    """The URL of one of our own files, with its digest so that a new version is fetched at once."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"{STATIC_URL}{path}?v={digest}"


class CountyLayers(JSCSSMixin, MacroElement):
    """The constant element. `name` says which desk of the page the map takes its messages from."""

    _template = Template("""{% macro script(this, kwargs) %}
civicMap.start({{ this._parent.get_name() }}, {{ this.desk|tojson }});
{% endmacro %}""")

    default_js = [
        ("leaflet_markercluster", static_url("vendor/leaflet.markercluster/leaflet.markercluster.js")),
        ("civic_map_layers", static_url("map_layers.js")),
        ("civic_map", static_url("map.js")),
    ]
    default_css = [
        ("leaflet_markercluster_css", static_url("vendor/leaflet.markercluster/MarkerCluster.css")),
        ("civic_map_css", static_url("map.css")),
    ]

    def __init__(self, name: str) -> None:
        super().__init__()
        if not _NAME.fullmatch(name):
            raise ValueError(f"a map's name is written by us, in plain letters: {name!r}")
        self._name = "CountyLayers"
        self.desk = name


def serve_ourselves() -> None:
    """Point folium's own assets at our copies, once, for every map of this process.

    Leaflet alone is needed: no jQuery, Bootstrap, glyphs or icon fonts, so none of their addresses stays.
    """
    folium.Map.default_js = [("leaflet", static_url("vendor/leaflet/leaflet.js"))]
    folium.Map.default_css = [("leaflet_css", static_url("vendor/leaflet/leaflet.css"))]


serve_ourselves()


def county_map(name: str) -> folium.Map:
    """An empty map without tiles or foreign words, and the constant element for the desk `name` ("map.county").

    The view is set by the browser as soon as the county's outline is there; until then the middle of the country.
    """
    chart = folium.Map(
        location=(30.0, 106.0),
        zoom_start=6,
        tiles=None,
        prefer_canvas=True,
        maxZoom=18,
        zoom_snap=0.5,
        attributionControl=False,
    )
    chart.add_child(CountyLayers(name))
    return chart
