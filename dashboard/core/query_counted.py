"""Views that are counted when a query asks, by what page Tie-out shows: the identities, the figures of days gone by.

One definition each: a notebook can't count them otherwise than the page does.
"""

from dashboard.core.permissions import Action
from dashboard.core.query_columns import Column, Kind, View
from dashboard.core.words import Subject

#: So many days one query may ask for.
MOST_DAYS = 12
_TIED_OUT = (Subject.PLACES, Subject.PEOPLE, Subject.NEEDS, Subject.SERVICES, Subject.FUND)


def _of(kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name in names)


IDENTITIES = View(
    "identities",
    (
        *_of("word", "identity"),
        *_of("number", "place"),
        *_of("text", "relation"),
        *_of("number", "left_side", "right_side", "difference"),
        *_of("flag", "holds"),
        *_of("number", "rows_at_fault"),
    ),
    _TIED_OUT,
    Action.SEE_TEAMS,
    counted=True,
)
TERMS = View(
    "identity_terms",
    (*_of("word", "identity"), *_of("number", "place"), *_of("word", "side", "term"), *_of("number", "value")),
    _TIED_OUT,
    Action.SEE_TEAMS,
    counted=True,
)
FAULTS = View(
    "identity_faults",
    (*_of("word", "identity"), *_of("text", "code"), *_of("id", "need_id")),
    _TIED_OUT,
    Action.SEE_TEAMS,
    counted=True,
)
PAST = View(
    "past_figures",
    (
        *_of("day", "day"),
        *_of("word", "known"),
        *_of("text", "town_code", "town"),
        *_of("word", "figure"),
        *_of("number", "value"),
    ),
    (Subject.PLACES, Subject.NEEDS, Subject.SERVICES),
    Action.SEE_TEAMS,
    counted=True,
)
COUNTED = (IDENTITIES, TERMS, FAULTS, PAST)
