"""Small figures of a deck hidden so that the others on it don't bring them back: by a sum, or by a rate over its base.

As for tables (core/suppression.py): a count below the edge the values were cut at (at least 5) is hidden, and with it
whatever would tell it.
"""

from collections.abc import Collection, Mapping

from dashboard.core.figures import BY_KEY, IDENTITIES, Unit, Value

#: What counts people, services or orders, so that a small one may tell who.
COUNTS = frozenset(
    {
        Unit.PEOPLE,
        Unit.ORDERS,
        Unit.SERVICES,
        Unit.SEATS,
        Unit.PERSON_TIMES,
        Unit.MEMBERSHIPS,
        Unit.CARDS,
        Unit.CERTIFICATES,
        Unit.HOUSEHOLDS,
    }
)


def is_small(value: Value) -> bool:
    """A count of people or of what people did that is below the threshold, and not zero."""
    return value.unit in COUNTS and value.value is not None and 0 < value.value < value.edges.hidden_below


def hidden_figures(shown: Mapping[str, Value], more: Collection[str] = ()) -> frozenset[str]:
    """Of all figures on a deck those that must not be read: the small ones, `more` that would tell what its tables
    hide, and as many others as tell them.

    A rate shows its denominator, so it goes when its numerator is small, or what is missing from it to the whole.
    """
    hidden = {key for key, value in shown.items() if is_small(value) or _tells_a_small_part(key, value)}
    hidden |= {*more}
    while needed := _needed(shown, hidden):
        hidden |= needed
    return frozenset(hidden)


def _tells_a_small_part(key: str, value: Value) -> bool:
    figure = BY_KEY[key]
    if figure.over is None or value.value is None or BY_KEY[figure.over[0]].unit not in COUNTS:
        return False
    above = round(value.value * value.n / figure.per)
    parts = (above, value.n - above) if value.unit is Unit.SHARE else (above,)
    return any(0 < part < value.edges.hidden_below for part in parts)


def _needed(shown: Mapping[str, Value], hidden: set[str]) -> set[str]:
    """What the sums and rates say must be hidden too."""
    found: set[str] = set()
    for key in shown:
        over = BY_KEY[key].over
        if over is not None and key not in hidden and hidden & set(over):
            found.add(key)
    for whole, parts in IDENTITIES:
        members = (*parts, whole)
        gone = [key for key in members if key in hidden]
        open_ = [key for key in members if key in shown and key not in hidden]
        if len(gone) == 1 and len(open_) == len(members) - 1:
            # The smallest part that is not zero, else the whole: never a zero, which would tell by its absence.
            parts_left = [key for key in open_ if key != whole and (shown[key].value or 0) > 0]
            found.add(min(parts_left, key=lambda key: (shown[key].value or 0, key), default=whole))
    return found
