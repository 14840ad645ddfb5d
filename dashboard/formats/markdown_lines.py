"""Markdown as plain lines, for what is no browser: headings, paragraphs and bullets; no HTML, no pictures."""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from dashboard.core.deck import Line

#: CommonMark without raw HTML: a tag in it stays text.
_PARSER = MarkdownIt("commonmark", {"html": False}).disable("html_block").disable("html_inline")


def lines(markdown: str) -> tuple[Line, ...]:
    """The lines of a text, in order; emphasis and links as their plain words, a picture as the words for it."""
    return tuple(_lines(_PARSER.parse(markdown)))


def _lines(tokens: Sequence[Token]) -> Iterator[Line]:
    depth, heading, ordered = 0, False, []
    fresh = False
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            ordered.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else 0)
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            ordered.pop()
            depth -= 1
        elif token.type == "list_item_open":
            fresh = True
        elif token.type in ("heading_open", "heading_close"):
            heading = token.type == "heading_open"
        elif token.type in ("fence", "code_block"):
            for line in token.content.rstrip("\n").split("\n"):
                yield Line("paragraph", line)
        elif token.type == "inline":
            for part in _plain(token.children or []).split("\n"):
                if heading:
                    yield Line("heading", part)
                elif depth:
                    number = ordered[-1]
                    yield Line("bullet", f"{number}. {part}" if number and fresh else part)
                    if number and fresh:
                        ordered[-1] += 1
                    fresh = False
                else:
                    yield Line("paragraph", part)


def _plain(tokens: Sequence[Token]) -> str:
    said = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            said.append("\n")
        elif token.type == "image":
            said.append(token.content)
        else:
            said.append(token.content)
    return "".join(said)
