"""Targets in words, in a language: the period, what is wanted, how far it is. For pages, and for decks, which are made
where no page is.
"""

from dashboard.core.figures import BY_KEY, Unit, Value
from dashboard.core.targets import Period, Progress
from dashboard.services.targets import Held
from dashboard.text import text
from dashboard.ui import show
from dashboard.ui.figure_words import written


def period_words(shown: str, period: Period) -> str:
    """ "2026 年", "2026 年第 3 季度"."""
    if period.quarter is None:
        return text(shown, "targets.year", year=period.year)
    return text(shown, "targets.quarter", year=period.year, quarter=period.quarter)


def wanted_words(shown: str, one: Progress) -> str:
    """ "不少于 12,000"."""
    key = "targets.at_most" if one.target.most else "targets.at_least"
    return text(shown, key, value=_said(shown, one, one.target.value))


def progress_words(shown: str, one: Progress) -> str:
    """What there is of it: so far, its share of the target, where it is heading, whether it is met."""
    if one.value is None:
        return text(shown, "targets.unknown") if one.over else show.DASH
    figure = BY_KEY[one.target.figure]
    key = "targets.ended_at" if one.over else "targets.so_far" if figure.window == "year" else "targets.now"
    parts = [text(shown, key, value=_said(shown, one, one.value))]
    if one.interval is not None:
        low, high = (show.percent(shown, end) for end in one.interval)
        parts.append(text(shown, "targets.interval", low=low, high=high))
    elif one.target.value and not one.target.most and figure.unit is not Unit.SHARE:
        parts.append(text(shown, "targets.share_of", share=show.percent(shown, one.value / one.target.value, 0)))
    if one.projection is not None:
        low, high = (show.number(shown, end) for end in (one.projection.low, one.projection.high))
        parts.append(text(shown, "targets.ahead", low=low, high=high))
    if one.met is not None and (one.met or one.over or one.target.most):
        parts.append(text(shown, "targets.met" if one.met else "targets.missed" if one.over else "targets.exceeded"))
    return " · ".join(parts)


def _said(shown: str, one: Progress, value: float) -> str:
    """A number as the figure's unit is read."""
    return written(Value(value, BY_KEY[one.target.figure].unit, one.n), shown)


def beside(shown: str, held: Held, figure: str) -> str:
    """The running targets of a figure in one line, "" where it has none."""
    return "；".join(
        f"{period_words(shown, one.target.period)} {wanted_words(shown, one)} · {progress_words(shown, one)}"
        for one in held.of(figure)
    )


def on_a_screen(shown: str, held: Held, figure: str) -> tuple[str, ...]:
    """The running targets of a figure as a meeting reads them, a line each: what is wanted, and the share done or what
    there is."""
    return tuple(
        text(shown, "targets.on_a_screen", period=period_words(shown, one.target.period))
        + f" {wanted_words(shown, one)} · {_done(shown, one)}"
        for one in held.of(figure)
    )


def _done(shown: str, one: Progress) -> str:
    if one.value is None:
        return progress_words(shown, one)
    if one.met is not None and (one.met or one.target.most):
        return text(shown, "targets.met" if one.met else "targets.exceeded")
    if one.target.value and not one.target.most and BY_KEY[one.target.figure].unit is not Unit.SHARE:
        return text(shown, "targets.share_of", share=show.percent(shown, one.value / one.target.value, 0))
    return text(shown, "targets.now", value=_said(shown, one, one.value))
