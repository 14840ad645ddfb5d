"""Prints docs/views.md from the definitions: `python -m tests.views_page > docs/views.md`."""

import sys

from dashboard.core.query_views import VIEWS, Column, View
from dashboard.text import text

HEAD = """# Views

What a query may read (right `run_queries`). The definitions stand in `dashboard/core/query_views.py`, the words in
`dashboard/text/query_views.py`, the copying in `dashboard/services/query_selects.py`, the counting of those that are
no copies in `dashboard/services/query_counted.py`. This page is printed from there
(`python -m tests.views_page > docs/views.md`), and a test holds it to them.

- SQL is SQLite's, whichever database the county uses. One SELECT; `:now` and `:today` are always bound (county time).
- Rows are those of the reader's part of the site tree. Rows of no site are seen by the whole county's readers only;
  skills, categories and the calendar by everybody; shared teams and items of the menu without a site as well.
- Times are text in county time, `2026-11-16 10:00:00`; days `2026-11-16`; months `2026-11`. They compare as text and
  fit SQLite's date functions. Empty is null.
- There are no words of residents, no names of residents, no phones, addresses or numbers of documents in any view.
- A query reads at most ten views, for 3 seconds, and shows at most 10,000 rows.
"""


def page() -> str:
    """The whole page as Markdown."""
    return HEAD + "".join(map(_view, VIEWS.values()))


def _view(view: View) -> str:
    reads = ", ".join(view.reads) or "nothing"
    words = f"{text('en', view.meaning)} / {text('zh', view.meaning)}"
    how = " Counted for each query, as the pages count it." if view.counted else ""
    head = f"\n## {view.name}\n{words}. Right: `{view.right}`. Reads: {reads}.{how}\n"
    rows = "".join(map(_row, view.columns))
    return f"{head}\n| Column | Kind | Meaning | 含义 | Also asks for |\n|---|---|---|---|---|\n{rows}"


def _row(column: Column) -> str:
    kind = text("en", f"query_views.kind.{column.kind}")
    right = f"`{column.right}`" if column.right else ""
    return f"| `{column.name}` | {kind} | {text('en', column.meaning)} | {text('zh', column.meaning)} | {right} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
