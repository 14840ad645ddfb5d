"""The county map on a page: `show_map(...)`, for the map itself, for matching and for teams.

Three parts, each sent only when it changes:
- the map: an empty folium map, the same bytes in every rerun (draw/maps.py), so the browser keeps it and its view;
- the heavy layers: fetched by the browser from /map-data/ with ETags (web/map_data.py);
- a small message: which layers, which colours, what is chosen, words in the reader's language. It lies on a "desk"
  that a component without a face (static/map_bridge.js) keeps on the page; clicks come back the same way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from streamlit_folium import st_folium

from dashboard.core.coverage import REACH_M
from dashboard.core.filters import Filters, query
from dashboard.core.map_layers import MapFigure, Shading, ValueClass, differences
from dashboard.core.replay import AsOf, last_moment
from dashboard.core.words import Level, SiteKind, Urgency
from dashboard.draw.colours import BEYOND, colours
from dashboard.draw.maps import STATIC, county_map
from dashboard.services import frame, map_layers
from dashboard.services.map_layers import Versions
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.map_drawing import Link, Mark, digest, drawing, keyed
from dashboard.ui.session import language, t

HEIGHT = 620

_bridge = st.components.v2.component("civic_map_bridge", js=(STATIC / "map_bridge.js").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Layers:
    """Which layers lie on the map, and the filter they follow. Outlines of county and towns are always there."""

    filters: Filters = Filters()
    grids: bool = True
    sites: bool = True
    needs: bool = True
    #: A day gone by whose end is shown; None: now.
    past: AsOf | None = None

    def versions(self) -> Versions:
        """The counters of what is shown, and how many grids the day has."""
        if self.past is None:
            return ask(map_layers.versions)
        return ask(map_layers.versions, now=last_moment(self.past.day))


def show_map(
    layers: Layers,
    *,
    key: str,
    shading: Shading | None = None,
    marks: Sequence[Mark] = (),
    links: Sequence[Link] = (),
    dots: Sequence[tuple[float, float]] = (),
    height: int = HEIGHT,
) -> None:
    """Draw the map. What is chosen on it, and clicks, are the business of `map_picks`.

    key: names the map on its page, in lower case with dots ("map.county", "match.plan"). The map keeps its view for as
        long as the page shows this key.
    shading: how the grids are coloured (an answer of `services.map_figures`); None leaves them plain.
    marks, links: a plan to draw over it, see `Mark` and `Link`. dots: many places (lon, lat), such as needs with empty
        seats.
    height: in CSS pixels; on a phone the map takes at most about two thirds of the screen.
    """
    message = {
        "words": _words(layers.past),
        "layers": _urls(layers),
        "home": ask(map_layers.home),
        "paint": _paint(shading, layers.versions().grids, layers.past) if shading and layers.grids else None,
        "marks": keyed("points", [vars(mark) for mark in marks]),
        **drawing(links, dots),
        "now": int(datetime.now(UTC).timestamp() // 60),
    }
    with st.container(key=f"{key}.frame", gap=None):
        st_folium(county_map(key), key=key, height=height, use_container_width=True, returned_objects=[])
        _bridge(key=f"{key}.what", data={"map": key, "part": "what", "message": message}, height=1)


def map_picks(
    key: str,
    *,
    selected: str | None,
    focus: str | None = None,
    on_pick: Callable[[str], None] | None = None,
    on_point: Callable[[float, float], None] | None = None,
    parameter: str | None = None,
) -> None:
    """Mark what is chosen on the map `key` and bring its clicks to `on_pick`.

    Put it where the answer to a click is drawn, in a fragment if that is all a click changes: then a click costs what
    the fragment costs, and the map is not even mentioned.

    selected: what is marked: "site:1", "grid:2" or "need:3".
    focus: the same words, or "town:<code>": the map moves there once, whenever this changes. Leave it as it was when
        the choice was made on the map, so that the view never jumps under the pointer.
    on_pick: called with what was clicked ("grid:2") as a callback, before the page or fragment runs again.
    on_point: called with the longitude and latitude of the click, likewise, wherever it was.
    parameter: the query parameter in which the browser keeps what was clicked; it is there when the callback runs.
    """
    name = f"{key}.pick"
    message = {"selected": selected, "focus": focus, "points": on_point is not None}
    _bridge(
        key=name,
        data={"map": key, "part": "pick", "message": message, "parameter": parameter},
        on_picked_change=lambda: _picked(name, on_pick, on_point),
        height=1,
    )


def _picked(
    key: str, on_pick: Callable[[str], None] | None, on_point: Callable[[float, float], None] | None = None
) -> None:
    picked = (st.session_state.get(key) or {}).get("picked") or {}
    what, at = picked.get("what"), picked.get("at")
    if on_pick is not None and isinstance(what, str) and split(what) is not None:
        on_pick(what)
    point = _point(at)
    if on_point is not None and point is not None:
        on_point(*point)


def _point(at: Any) -> tuple[float, float] | None:
    """Two numbers of degrees, None for anything else. Browsers may say what they like."""
    if not (isinstance(at, list) and len(at) == 2 and all(isinstance(one, (int, float)) for one in at)):
        return None
    lon, lat = float(at[0]), float(at[1])
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def split(what: str | None) -> tuple[str, int] | None:
    """ "grid:12" -> ("grid", 12); None for anything else. Browsers and URLs may say what they like."""
    kind, _, number = (what or "").partition(":")
    known = kind in ("site", "grid", "need") and number.isascii() and number.isdigit() and len(number) < 16
    return (kind, int(number)) if known else None


def _urls(layers: Layers) -> dict[str, str | None]:
    """Where each layer is fetched. The counters change with the data, so a new address means new data."""
    seen = layers.versions()
    day = {"day": layers.past.day.isoformat()} if layers.past else {}
    known = {"known": layers.past.known.value} if layers.past else {}
    asked = query(layers.filters) | day
    needs = {"lang": language(), "v": f"{seen.places}.{seen.catalogue}.{seen.needs}"}
    places = {"v": f"{seen.places}.{seen.day}"} | day
    return {
        "backdrop": _url("backdrop", {"v": f"{seen.places}"}),
        "towns": _url("towns", places),
        "grids": _url("grids", places) if layers.grids else None,
        "sites": _url("sites", asked | places) if layers.sites else None,
        "needs": _url("needs", asked | known | needs) if layers.needs else None,
    }


def _url(layer: str, parameters: dict[str, str]) -> str:
    return f"/map-data/{layer}.json?{urlencode(parameters)}"


def _paint(shading: Shading, grids: int, past: AsOf | None) -> dict[str, Any]:
    """The message's colours: the same classes and values as in the legend and the table; the day has so many grids."""
    bins = [
        {"colour": colour, "label": class_label(shading, found), "grids": found.grids}
        for colour, found in zip(colours(shading), shading.classes, strict=True)
    ]
    counted = shading.figure is not MapFigure.COVERAGE
    ids: list[list[int]] = [[] for _ in bins]
    values: list[list[int]] = [[] for _ in bins]
    whole = len(shading.rows) == grids
    for row, number in zip(shading.rows, shading.class_of, strict=True):
        if number or not whole:
            ids[number].append(row.grid_id)
            values[number].append(row.value)
    if not whole:
        bins.append({"colour": BEYOND, "label": t("map.beyond"), "grids": grids - len(shading.rows)})
    paint = {
        "title": figure_name(shading, past),
        "unit": t(f"map.unit.{shading.figure}"),
        "bins": bins,
        "rest": 0 if whole else len(bins) - 1,
        "rest_value": 0 if whole and counted else None,
        "ids": [differences(found) for found in ids],
        "values": values if counted else [[] for _ in bins],
    }
    return paint | {"key": digest(paint)}


def figure_name(shading: Shading, past: AsOf | None) -> str:
    """What the grids are coloured by; of a day gone by, with that day."""
    if past is None:
        return t(f"map.figure.{shading.figure}")
    return t("map.past.figure", day=show.date(language(), past.day))


def class_label(shading: Shading, found: ValueClass) -> str:
    """A class in words: "0", "3–7", or what a grid lacks."""
    if shading.figure is MapFigure.COVERAGE:
        return t(f"map.gap.{found.gap}", km=f"{REACH_M / 1000:g}") if found.gap else t("map.gap.none")
    if found.low == found.high:
        return t("map.class.one", value=found.low)
    return t("map.class.span", low=found.low, high=found.high)


def _words(past: AsOf | None) -> dict[str, Any]:
    """A rank without words is left out of the legend: nobody kept which deadlines ran on a day gone by."""
    then = "map.rank" if past is None else "map.past.rank"
    return {
        "attribution": _attribution(),
        "legend": t("map.legend"),
        "failed": t("map.failed"),
        "retry": t("map.retry"),
        "signed_out": t("map.signed_out"),
        "normal": t(f"{then}.normal"),
        "urgent": t(f"{then}.urgent"),
        "overdue": t("map.rank.overdue") if past is None else "",
        "imprecise": t("map.imprecise"),
        "levels": {level.value: t(f"words.level.{level}") for level in Level},
        "kinds": {kind.value: t(f"words.site_kind.{kind}") for kind in SiteKind},
        "urgencies": {urgency.value: t(f"words.urgency.{urgency}") for urgency in Urgency},
    }


def _attribution() -> str:
    """Whose map this is, the sample's mark, and the review number (审图号) where one is set."""
    about = ask(frame.about)
    line = t("map.attribution.sample" if about.sample else "map.attribution", county=about.county)
    number = ask(map_layers.review_number)
    return line + (t("map.review", number=number) if number else "")
