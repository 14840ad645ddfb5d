"""Prints docs/figures.md from the definitions: `python -m tests.figures_page > docs/figures.md`."""

import sys
from collections.abc import Iterable

from dashboard.core.edges import LIMITS, USUAL
from dashboard.core.figures import FIGURES, IDENTITIES, Figure
from dashboard.core.replay import Known, left_out, told
from dashboard.core.targets import LEAST_WEEKS
from dashboard.services import tie_out
from dashboard.text import text
from dashboard.ui.figure_words import formula

HEAD = """# Figures

Every figure the dashboard shows is defined once, in `dashboard/core/figures.py`; its words stand in
`dashboard/text/figures.py`, its reading in `dashboard/services/figures.py`. This page is printed from there
(`python -m tests.figures_page > docs/figures.md`), and a test holds it to them.

`python -m dashboard figures --json` gives all: `{"as_of", "revision", "edges": {"version", "small_base", "active_days",
"expiry_days", "low_score", "hidden_below"}, "figures": {key: {"value", "unit", "n"}}}`.

- `value` is null where nothing is known: an empty base gives no rate, never 0 %.
- `n` is the base: the rows behind a count or a sum, the denominator of a rate. A rate on fewer cases than
  `small_base` is shown in grey.
- `revision` is the sum of the revision counters: it grows with every change of the data. Equal revisions on one day
  mean equal figures, but for what the passing of time changes (overdue).
- `--scope SITE` (code or unique name) counts one part of the site tree. Rows of no site are counted for the whole
  county only, so the parts add up to the whole less those.
- Times: *now* is the state of this moment; *year* the current county month and the eleven before it, so a year's figure
  is the sum of its twelve bars; *recent* the last days up to now (`active_days`).
- Units never mix: orders are not people, people are not person-times, memberships are not members.
"""
EDGES = """
## Edges

Where figures are cut is a rule that an admin of the whole county publishes as versions on page Rules, after trying it:
which of today's figures change, turn grey or are hidden from meetings, which teams turn grey, what the last twelve
month ends would say (by the registers of today), which answers would be followed up. A figure is cut at the edges that
held at its own moment, and says so in its formula; a frozen deck keeps the values and names the version.

| Edge | As delivered | May be | What it cuts |
|---|---|---|---|
{edges}

Fewer than {floor} are shown to no meeting, whatever a county wants: that edge can only be raised.
"""
SATISFACTION = """
## Satisfaction

Printed as "96.3 % (180 of 187 answers, 240 asked; 95 % Wilson interval 92.5 %-98.2 %; 53 silent, 22.1 %, not counted)".
The interval is Wilson's (E. B. Wilson, JASA 22, 1927), which stays within 0 and 100 % on few cases. Silent residents
praise nobody: asking more people who don't answer leaves the share as it is and raises the printed share of silence.
"""
ROWS = """
## Rows behind a number

On page Tie-out every counted figure opens its rows (`services/figure_rows.py`), within the reader's part of the tree:
their number is the figure, or a named column adds up to it; of a rate, numerator and denominator open. Names are
masked,
volunteers are named only to those with `see_volunteers`, residents' words stand in none. A test holds every figure to
its rows on both databases.

## Identities

Page Tie-out counts these in two ways (`services/tie_out.py`). A line that doesn't hold is red, names the rows at fault
and says where to mend them. Only what can break is a line: that different people are no more than person-times follows
from how the two are counted, so that line turns red by somebody counted twice at one time. For each, a test plants a
fault by SQL and sees exactly this line turn red.

"""
PAST = """
## A day gone by

`python -m dashboard figures --as-of DAY` and page Tie-out (of the whole county, or of a part of it) tell the end of a
county day: *as known then* counts what was recorded by that moment, *as known now* what had happened by then, whenever
it was recorded, without what was corrected or struck since. The figures' own statements count both, over the tables as
they stood (`services/past_tables.py`), and every number opens its rows. Twelve month ends are the same to the byte
after 10,000 later events, back-dated ones among them (`make bench-replay`), and what is known then is what the page of
that day showed: a test records hours late, holds, decides, corrects and strikes them, and asks residents anew.

- As known then and as known now: {then}. An order's state is where the last recorded of its events leads. Of hours
  there is when they were recorded and who was held when; hours that rose to grade B were C until the resident's word
  was recorded; hours of an activity that were corrected or struck stand in the audit as they were, and so does what a
  resident had answered before she was asked anew.
- As known now only, for nothing says when it was recorded: {now}.
- Left out, with the reason where the number would stand: {none}. Registers, deadlines and head-counts are changed in
  place: nothing says what they were.

Where an order or a service lies may be corrected too, and no record keeps the old place: a part of the county is
counted where things lie on record today, and the page says so.

## Targets

A figure may have a target for a year (`2026`) or a quarter (`2026Q3`): at least, or at most, so much of it, in the
whole county or in a site with all that is below it (a town is its institute). Leaders of the whole county set, lock and
unlock it, each time with a reason and as a version; a locked target can't be changed. A reader of a part sees the
targets of her part and of those below it, each with that part's progress; beside her figures, in notebooks and on decks
stands only what is of exactly her part, never the county's.
Progress counts the figure's rows within the period; what is counted as of now is compared as it is, and is unknown for
a period that is over. A share carries its Wilson interval. A count that grows week by week also says where it is
heading: with k full weeks of mean w and standard deviation s so far and m weeks left, so far + m w ± t(0.90; k−1) s
√(m + m²/k), the 80 % prediction interval of Hahn and Meeker (Statistical Intervals, 1991, chapter 4) for m more weeks
drawn alike. It knows no season and no holiday, says nothing before {weeks} full weeks, and is rounded outward to the
first figure of its half width.
"""


def page() -> str:
    """The whole page as Markdown."""
    sums = "\n".join(f"- `{whole}` = {' + '.join(f'`{part}`' for part in parts)}" for whole, parts in IDENTITIES)
    lines = "\n".join(_identity(one.__name__) for one in tie_out.IDENTITIES)
    then, now = told(Known.THEN), told(Known.NOW)
    past = PAST.format(
        then=_keys(then),
        now=_keys(key for key in now if key not in then),
        none=_keys(left_out(Known.NOW)),
        weeks=LEAST_WEEKS,
    )
    rows = "\n".join(_row(figure) for figure in FIGURES)
    table = "| Key | Figure | Unit | Time | Formula and edge rules | Answered for by |\n|---|---|---|---|---|---|\n"
    cuts = EDGES.format(edges="\n".join(_edge(name) for name in LIMITS), floor=LIMITS["hidden_below"][0])
    return f"{HEAD}\n{table}{rows}\n{cuts}\n## What must add up\n\n{sums}\n{SATISFACTION}{ROWS}{lines}\n{past}"


def _keys(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


def _identity(key: str) -> str:
    name, formula = text("en", f"tie_out.{key}"), text("en", f"tie_out.{key}.formula")
    return f"- **{name}** / {text('zh', f'tie_out.{key}')}: {formula}"


def _edge(name: str) -> str:
    least, most = LIMITS[name]
    meaning = text("en", f"edges.help.{name}")
    return f"| `{name}` | {USUAL.plain()[name]} | {least}-{most} | {meaning} |"


def _row(figure: Figure) -> str:
    name = f"{text('en', figure.name)} / {text('zh', figure.name)}"
    owner = text("en", f"figures.owner.{figure.owner}")
    told = formula("en", figure.key, USUAL)
    return f"| `{figure.key}` | {name} | {figure.unit} | {figure.window} | {told} | {owner} |"


if __name__ == "__main__":
    sys.stdout.write(page())
