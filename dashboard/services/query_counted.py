"""What the counted views hold for a reader (`core.query_counted`): the answers of page Tie-out's questions as rows."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from dashboard.core.errors import Invalid
from dashboard.core.figures import county_today
from dashboard.core.frames import Frame, Scalar
from dashboard.core.permissions import Action, Actor
from dashboard.core.query_columns import View
from dashboard.core.query_counted import FAULTS, IDENTITIES, MOST_DAYS, PAST, TERMS
from dashboard.core.query_names import days_in, is_day
from dashboard.core.tie_out import Line
from dashboard.services import replay, tie_out
from dashboard.services.questions import answer
from db.engine import Database

Rows = Iterable[tuple[Scalar, ...]]


def counted(
    database: Database, actor: Actor, views: Iterable[View], sql: str, values: Mapping[str, Scalar], now: datetime
) -> dict[str, Frame]:
    """The rows of these views, by name. `values` is what the text is given as `:name`.

    Raises Invalid for more days than `MOST_DAYS` and for days to come."""
    found = {}
    for view in views:
        if view.name == PAST.name:
            rows = _past(database, actor, _days(sql, values, now), now)
        else:
            lines = answer(database, tie_out.lines, actor, now=now).lines
            rows = _OF_LINES[view.name](actor, lines)
        found[view.name] = Frame(tuple(column.name for column in view.columns), tuple(rows), False)
    return found


def _days(sql: str, values: Mapping[str, Scalar], now: datetime) -> tuple[date, ...]:
    """The days a text speaks of, in itself and by what it is given; today where it names none."""
    named = {*days_in(sql), *(value for value in values.values() if is_day(value))}
    if len(named) > MOST_DAYS:
        raise Invalid("queries.too_many_days", limit=MOST_DAYS)
    days = tuple(sorted(date.fromisoformat(str(day)) for day in named)) or (county_today(now),)
    for day in days:
        replay.check_day(day, now)
    return days


def _past(database: Database, actor: Actor, days: tuple[date, ...], now: datetime) -> Rows:
    for one in answer(database, replay.figures_by_town, actor, days=days):
        for key, value in one.values.items():
            yield one.day.isoformat(), one.known.value, one.town_code, one.town, key, value


def _identities(actor: Actor, lines: tuple[Line, ...]) -> Rows:
    for place, line in enumerate(lines, 1):
        left, right = line.sums
        yield line.key, place, line.relation.value, left, right, left - right, int(line.holds), line.found


def _terms(actor: Actor, lines: tuple[Line, ...]) -> Rows:
    for line in lines:
        for side, terms in (("left", line.left), ("right", line.right)):
            for place, term in enumerate(terms, 1):
                yield line.key, place, side, term.name, term.value


def _faults(actor: Actor, lines: tuple[Line, ...]) -> Rows:
    """A volunteer's code is a number of the register: who may not see volunteers doesn't get it."""
    for line in lines:
        hidden = line.page == "volunteers" and not actor.may(Action.SEE_VOLUNTEERS)
        for row in line.at_fault:
            yield line.key, None if hidden else row.code, row.need_id


_OF_LINES: dict[str, Callable[[Actor, tuple[Line, ...]], Rows]] = {
    IDENTITIES.name: _identities,
    TERMS.name: _terms,
    FAULTS.name: _faults,
}
