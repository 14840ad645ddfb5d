"""Markdown as HTML for a page that stands alone: no raw HTML, no pictures, links only to what is named in full."""

from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["html_block", "html_inline", "image"])


def html(markdown: str) -> str:
    """The text as HTML; a tag in it stays text, and addresses that run a script are no links."""
    return str(_PARSER.render(markdown))
