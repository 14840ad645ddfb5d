"""Charts as pictures, drawn on the server: no browser, no foreign host, the server's Chinese font."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import vl_convert

#: What a server has; the first that is there is taken. The screens' own stack begins with names no server knows.
FONTS = "'Noto Sans CJK SC', 'Source Han Sans SC', 'WenQuanYi Zen Hei', 'Microsoft YaHei', 'PingFang SC', sans-serif"
#: Data and pictures by address are refused: a spec carries its data.
_NO_ADDRESSES: list[str] = []
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
    if width is not None and height is not None and not {"hconcat", "vconcat", "concat", "facet", "repeat"} & set(own):
        own |= {"width": width, "height": height, "autosize": {"type": "fit", "contains": "padding"}}
    return json.dumps(own, ensure_ascii=False)


def _addresses(part: object) -> bool:
    """Does a spec name an address, of a file of this server too? The rows of its data may hold any words."""
    if isinstance(part, Mapping):
        if part.get("mark") == "image" or part.get("type") == "image":
            return True
        return any(name in ("url", "href") or (name not in _ROWS and _addresses(one)) for name, one in part.items())
    return isinstance(part, list | tuple) and any(_addresses(one) for one in part)
