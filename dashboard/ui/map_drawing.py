"""What lies over the county map, as its message says it: marks, the lines of a plan, dots.

No Streamlit here: the answer to an edit by URL draws its lines too (ui/plan_words.py).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: Decimals of a degree that make about a metre: more would only be sent.
METRE = 5


@dataclass(frozen=True)
class Mark:
    """A need to be matched ("need", a pin) or a number at a grid ("count"). Never somebody's home."""

    lon: float
    lat: float
    label: str = ""
    kind: str = "count"


@dataclass(frozen=True)
class Link:
    """A straight line, for example from the grid of a volunteer to a need: (lon, lat) to (lon, lat). A strong one
    stands out among the others."""

    lon: float
    lat: float
    to_lon: float
    to_lat: float
    strong: bool = False


def drawing(links: Sequence[Link], dots: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """A plan's part of the message: its lines, and the places of its dots."""
    return {
        "links": keyed("lines", [_line(link) for link in links]),
        "dots": keyed("points", [[round(lon, METRE), round(lat, METRE)] for lon, lat in dots]),
    }


def _line(link: Link) -> list[float]:
    """Four numbers, and a fifth for a strong line."""
    ends = [round(degrees, METRE) for degrees in (link.lon, link.lat, link.to_lon, link.to_lat)]
    return [*ends, *([1.0] if link.strong else [])]


def keyed(name: str, values: list[Any]) -> dict[str, Any] | None:
    """A part of the message under the key that tells whether it has changed; None for an empty one."""
    return {"key": digest(values), name: values} if values else None


def digest(values: Any) -> str:
    """Equal values, equal key: the browser redraws only what has another key."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:16]
