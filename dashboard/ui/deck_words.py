"""A notebook's deck in the reader's words, and its freezing. No Streamlit here."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from dashboard.core.deck import Number, Slide, Table, deck_to_plain
from dashboard.core.deck_lapse import Lapse
from dashboard.core.errors import Invalid
from dashboard.core.figure_suppression import is_small
from dashboard.core.figures import BY_KEY, Value, Window, county_today
from dashboard.core.frame_suppression import HIDDEN
from dashboard.core.frames import Frame
from dashboard.core.matching.watch import Watch, watched
from dashboard.core.notebook import Cell, worded
from dashboard.core.permissions import Actor
from dashboard.core.suppression import THRESHOLD
from dashboard.services import deck_files, frame, freezes, jobs, map_layers, month_figures, targets
from dashboard.services.commands import perform
from dashboard.services.freezes import Decided, revision_now
from dashboard.services.holding_edges import edges_at
from dashboard.services.month_figures import TwoMonths
from dashboard.services.notebook_decks import Speech, deck_of, reader_of_decks
from dashboard.services.notebook_runs import PLACES, run
from dashboard.services.notebooks import Opened
from dashboard.services.questions import answer
from dashboard.services.rules import rule_row
from dashboard.services.targets import Held
from dashboard.text import text
from dashboard.ui import lapse_words, show, target_words
from dashboard.ui.chart_words import why_not
from dashboard.ui.figure_words import formula, window, written
from dashboard.ui.notebook_html import Outlines, chart_spec
from db.engine import Database


def start(database: Database, who: Actor, found: Opened, language: str, key: str) -> str:
    """`freeze` in the background; the job's id. The same `key` again is the same job."""

    def deed(watch: Watch) -> dict[str, Any]:
        return freeze(database, who, found, language, watch)

    return jobs.begin(who, kind_of(found), deed, key=key)


#: The kinds of rules whose version a deck names, beside the edges of figures.
RULED = ("deadlines", "matching", "targets")
NO_TARGETS = Held(0, ())
NO_MONTHS = TwoMonths()


def kind_of(found: Opened) -> str:
    """The kind of the jobs that freeze this notebook."""
    return f"freeze.{found.id}"


def freeze(database: Database, who: Actor, found: Opened, language: str, watch: Watch | None = None) -> dict[str, Any]:
    """Run the notebook as a leader of this part would, and keep its screens. Returns {"freeze_id", "title"}. `watch`'s
    step is the cell at work; raises Stopped, and nothing is kept, when it says so between two cells."""
    now, watch = datetime.now(UTC), watched(watch)

    def progress(done: int, total: int, name: str) -> None:
        watch.begin(name, total)
        watch.count(done)

    with database.read() as session:
        revision = revision_now(session, who.county)
        versions = {kind: rule_row(session, who.county, kind, now).version for kind in RULED}
        edges = edges_at(session, who.county, now)
    versions["figures"], hidden_below = edges.version, edges.edges.hidden_below
    outcomes = run(database, reader_of_decks(who), found.cells, now, progress=progress)
    about = answer(database, frame.about, who)
    foot = text(
        language,
        "notebook.foot",
        place=about.place or about.county,
        at=show.datetime_(language, now),
        revision=revision,
        rules=_rules(language, versions),
    )
    outlines = answer(database, map_layers.outlines, who, now=now)
    open_ones = answer(database, freezes.decisions, who, notebook_id=found.id)
    held = answer(database, targets.progress, reader_of_decks(who), now=now)
    keys = tuple(dict.fromkeys(key for one in outcomes.values() for key in one.figures))
    months = answer(database, month_figures.two_months, reader_of_decks(who), now=now, keys=keys)
    spoken = speech(language, outlines, held, months, hidden_below)
    first = _last_time(language, open_ones)
    cells = worded(found.cells, county_today(now))
    deck = deck_of(found.title, foot, cells, outcomes, spoken, first, hidden_below, months)
    deck_files.draw(deck)
    watch.look()
    values: dict[str, Any] = {"version": found.version, "deck": deck_to_plain(deck), "revision": revision}
    return perform(database, freezes.freeze, who, now=now, notebook_id=found.id, **values)


def _rules(language: str, versions: Mapping[str, int]) -> str:
    """The versions of the rules that held; those an office never changed are the product's own."""
    said = [text(language, f"notebook.rules_{kind}", version=number) for kind, number in versions.items() if number]
    return text(language, "show.comma").join(said) or text(language, "notebook.rules_usual")


def _last_time(language: str, decided: tuple[Decided, ...]) -> tuple[Slide, ...]:
    """What earlier meetings decided and is open stands first."""
    if not decided:
        return ()
    names = tuple(text(language, f"notebook.decision.{name}") for name in ("words", "owner", "due"))
    rows = tuple((one.words, one.owner, show.date(language, one.due)) for one in decided)
    table = Table("", names, rows, (False, False, False), more=text(language, "notebook.more", rest="{rest}"))
    return (Slide("decisions", text(language, "notebook.decisions"), (table,)),)


def _beside(language: str, months: TwoMonths, key: str, hidden: tuple[bool, bool]) -> str:
    """A figure's month beside the last, as far as they are shown; "" where it has none."""

    def said(value: Value, is_hidden: bool) -> str:
        if is_hidden:
            small = is_small(value)
            return text(language, "notebook.below" if small else "notebook.hidden", most=value.edges.hidden_below)
        base = text(language, "notebook.of_few", n=show.number(language, value.n)) if value.small else ""
        return written(value, language) + base

    if key not in months.now:
        return ""
    now, before = said(months.now[key], hidden[0]), said(months.before[key], hidden[1])
    return text(language, "notebook.two_months", now=now, before=before)


def speech(
    language: str,
    outlines: Outlines = (),
    held: Held = NO_TARGETS,
    months: TwoMonths = NO_MONTHS,
    hidden_below: int = THRESHOLD,
) -> Speech:
    """How a deck is written in this language; `held` are the targets and `months` the two months that stand beside
    their figures."""

    def figure(key: str, value: Value, gone: tuple[bool, bool, bool]) -> Number:
        hidden, *of_months = gone
        shown = written(value, language)
        if hidden:
            below = text(language, "notebook.below", most=value.edges.hidden_below)
            shown = below if is_small(value) else text(language, "notebook.hidden")
        rate = BY_KEY[key].is_rate and not hidden
        year = BY_KEY[key].window is Window.YEAR
        covers = text(language, "notebook.window_year") if year else window(language, key, value.edges)
        # A target's line tells how much there is.
        few = any(is_small(Value(one.value, value.unit, one.n, value.edges)) for one in held.of(key))
        target = () if hidden or few else target_words.on_a_screen(language, held, key)
        base = text(language, "notebook.base", n=show.number(language, value.n)) if rate else ""
        over = text(language, "notebook.dot").join(part for part in (covers, base) if part)
        month = "" if hidden else _beside(language, months, key, (of_months[0], of_months[1]))
        return Number(
            name=text(language, BY_KEY[key].name),
            value=shown,
            unit=text(language, f"figures.unit.{value.unit}"),
            beside=tuple(part for part in (over, month, *target) if part),
            small=value.small,
            definition=formula(language, key, value.edges),
        )

    def draw(one: Cell, found: Frame) -> Mapping[str, Any]:
        rows = tuple(tuple(None if value == HIDDEN else value for value in row) for row in found.rows)
        spec = chart_spec(language, one, Frame(found.columns, rows, found.cut), outlines)
        if one.fields.get("spec", "").strip() and (why := why_not(spec)):
            raise Invalid("chart_spec.not_drawn", name=one.name, why=why)
        return spec

    def alt(title: str, found: Frame) -> str:
        if found.columns == PLACES:
            return text(language, "notebook.map_alt", title=title, rows=len(found.rows))
        return text(language, "notebook.chart_alt", title=title, rows=len(found.rows), columns=", ".join(found.columns))

    def played(one: Cell, found: Frame, whole: Frame, hidden_sums: Collection[int]) -> Lapse:
        return lapse_words.lapse(language, one, found, outlines, whole, hidden_below, hidden_sums)

    return Speech(
        figure=figure,
        cell=lambda value: show.value(language, value),
        hidden=text(language, "notebook.hidden"),
        more=text(language, "notebook.more", rest="{rest}"),
        small=text(language, "notebook.small_hidden", most=hidden_below),
        partial=text(language, "chart_spec.partial", most=hidden_below),
        none=text(language, "notebook.no_rows"),
        alt=alt,
        draw=draw,
        lapse=played,
    )
