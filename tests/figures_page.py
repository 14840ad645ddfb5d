"""Prints docs/figures.md from the definitions: `python -m tests.figures_page > docs/figures.md`."""

import sys

from dashboard.core.figures import FIGURES, IDENTITIES, Figure
from dashboard.text import text

HEAD = """# Figures

Every figure the dashboard shows is defined once, in `dashboard/core/figures.py`; its words stand in
`dashboard/text/figures.py`, its reading in `dashboard/services/figures.py`. This page is printed from there
(`python -m tests.figures_page > docs/figures.md`), and a test holds it to them.

`python -m dashboard figures --json` gives all: `{"as_of", "revision", "figures": {key: {"value", "unit", "n"}}}`.

- `value` is null where nothing is known: an empty base gives no rate, never 0 %.
- `n` is the base: the rows behind a count or a sum, the denominator of a rate. A rate on fewer than 30 cases is shown
  in grey.
- `revision` is the sum of the revision counters: it grows with every change of the data. Equal revisions on one day
  mean equal figures, but for what the passing of time changes (overdue).
- `--scope SITE` (code or unique name) counts one part of the site tree. Rows of no site are counted for the whole
  county only, so the parts add up to the whole less those.
- Times: *now* is the state of this moment; *year* the current county month and the eleven before it, so a year's figure
  is the sum of its twelve bars; *recent* the last 90 days.
- Units never mix: orders are not people, people are not person-times, memberships are not members.
"""
SATISFACTION = """
## Satisfaction

Printed as "96.3 % (180 of 187 answers, 240 asked; 95 % Wilson interval 92.5 %-98.2 %; 53 silent, 22.1 %, not counted)".
The interval is Wilson's (E. B. Wilson, JASA 22, 1927), which stays within 0 and 100 % on few cases. Silent residents
praise nobody: asking more people who don't answer leaves the share as it is and raises the printed share of silence.
"""


def page() -> str:
    """The whole page as Markdown."""
    sums = "\n".join(f"- `{whole}` = {' + '.join(f'`{part}`' for part in parts)}" for whole, parts in IDENTITIES)
    rows = "\n".join(_row(figure) for figure in FIGURES)
    table = "| Key | Figure | Unit | Time | Formula and edge rules | Answered for by |\n|---|---|---|---|---|---|\n"
    return f"{HEAD}\n{table}{rows}\n\n## What must add up\n\n{sums}\n{SATISFACTION}"


def _row(figure: Figure) -> str:
    name = f"{text('en', figure.name)} / {text('zh', figure.name)}"
    owner = text("en", f"figures.owner.{figure.owner}")
    formula = text("en", figure.formula)
    return f"| `{figure.key}` | {name} | {figure.unit} | {figure.window} | {formula} | {owner} |"


if __name__ == "__main__":
    sys.stdout.write(page())
