"""The one place where words meet markup.

folium renders the strings it is given as templates on the server, twice, and Leaflet parses them as HTML in the
browser; HTML escaping alone stops neither `{{ }}` nor `${ }`. Words of people should never go that way (they travel as
JSON and are set by `textContent`). Where a string must, it passes here.
"""

_MARKUP = "&<>\"'{}`$\\"


def esc(words: str) -> str:
    """`words` with everything HTML, Jinja or a JavaScript template could act on turned into numeric entities.

    Control characters, line separators and lone surrogates become the replacement character: no name needs them.
    """
    return "".join(_safe(character) for character in words)


def _safe(character: str) -> str:
    point = ord(character)
    if point < 0x20 or 0x7F <= point < 0xA0 or point in (0x2028, 0x2029) or 0xD800 <= point < 0xE000:
        return " " if character in "\t\n\r" else "\N{REPLACEMENT CHARACTER}"
    return f"&#{point};" if character in _MARKUP else character


def heading(words: str) -> str:
    """Words that Vega-Lite may take as a title. It writes them into expressions and masks quotation marks, but not the
    backslash that would lift the mask again: that becomes its full-width twin, and control characters blanks."""
    return "".join(" " if ord(letter) < 32 else letter for letter in words.replace("\\", "\uff3c"))
