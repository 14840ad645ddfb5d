"""Charts as pictures, drawn on the server: no browser, no foreign host, the server's Chinese font."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import vl_convert

#: What a server has; the first that is there is taken. The screens' own stack begins with names no server knows.
FONTS = "'Noto Sans CJK SC', 'Source Han Sans SC', 'WenQuanYi Zen Hei', 'Microsoft YaHei', 'PingFang SC', sans-serif"
#: Data and pictures by address are refused: a spec carries its data.
_NO_ADDRESSES: list[str] = []
#: Pixels of a small chart at least; what an SVG says of its size.
_LEAST = 40
_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"')
#: Charts of charts have no size of their own.
_JOINED = frozenset({"hconcat", "vconcat", "concat", "facet", "repeat"})
#: Where a spec keeps rows.
_ROWS = frozenset({"values", "datasets"})


def svg(spec: Mapping[str, Any], *, width: int | None = None, height: int | None = None) -> str:
    """A Vega-Lite spec as an SVG document, in pixels of CSS. Raises ValueError for a spec that can't be drawn."""
    return _drawn(_ready(spec, width, height))


@lru_cache(maxsize=128)
def _drawn(ready: str) -> str:
    """A frozen deck is opened again and again: its charts are drawn once."""
    return str(vl_convert.vegalite_to_svg(ready, allowed_base_urls=_NO_ADDRESSES))


def png(spec: Mapping[str, Any], *, width: int | None = None, height: int | None = None, scale: float = 2.0) -> bytes:
    """The same as a PNG, `scale` pixels to one of CSS."""
    ready = _ready(spec, width, height)
    return bytes(vl_convert.vegalite_to_png(ready, scale=scale, allowed_base_urls=_NO_ADDRESSES))


def _ready(spec: Mapping[str, Any], width: int | None, height: int | None) -> str:
    """The spec in the size asked for, with fonts a server has, on white."""
    if _addresses(spec):
        raise ValueError("a chart carries its data: no address, no pictures in it")
    own = dict(spec)
    config = dict(own.get("config") or {})
    config["font"] = FONTS
    own["config"], own["background"] = config, "white"
    small = {name for name in ("row", "column") if name in (own.get("encoding") or {})}
    if width is not None and height is not None and small:
        own |= _side_by_side(own, width, height)
    elif width is not None and height is not None and not _JOINED & set(own):
        own |= {"width": width, "height": height, "autosize": {"type": "fit", "contains": "padding"}}
    return json.dumps(own, ensure_ascii=False)


def _side_by_side(spec: Mapping[str, Any], width: int, height: int) -> dict[str, int]:
    """The size of one of the small charts with which all of them, their axes and headings, have the size asked for: of
    a first drawing it is seen what those take."""
    rows = (spec.get("data") or {}).get("values") or []

    def count(channel: str) -> int:
        field = (spec["encoding"].get(channel) or {}).get("field")
        return max(len({row.get(field) for row in rows}), 1)

    across, down = count("column"), count("row")
    tried = {"width": max(width // across, _LEAST), "height": max(height // down, _LEAST)}
    found = _SIZE.search(_drawn(json.dumps({**spec, **tried}, ensure_ascii=False)))
    if found is None:
        return tried
    over = (float(found[1]) - across * tried["width"], float(found[2]) - down * tried["height"])
    return {
        "width": max(int((width - over[0]) / across), _LEAST),
        "height": max(int((height - over[1]) / down), _LEAST),
    }


def _addresses(part: object) -> bool:
    """Does a spec name an address, of a file of this server too? The rows of its data may hold any words."""
    if isinstance(part, Mapping):
        if part.get("mark") == "image" or part.get("type") == "image":
            return True
        return any(name in ("url", "href") or (name not in _ROWS and _addresses(one)) for name, one in part.items())
    return isinstance(part, list | tuple) and any(_addresses(one) for one in part)
