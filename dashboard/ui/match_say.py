"""A plan's numbers in the reader's words: what it is worth, how good it is proven to be, what a choice costs it."""

from collections.abc import Mapping, Sequence

from dashboard.core.words import Urgency
from dashboard.services import filter_choices
from dashboard.services.draft_facts import Cost, MoveRow
from dashboard.services.match_desk import Head
from dashboard.services.match_plan import EmptySeats, NeedWords
from dashboard.services.match_runs import Value
from dashboard.text import known
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

#: Tiers as a table has them, the first that differs decides; text: match_page.tier_<name>.
TIERS = ("urgent", "soon", "normal", "displaced", "largest", "spread", "lost")
#: A gap below half of what two decimals show, in per cent.
SHOWN_GAP = 0.005
#: Causes that tell of people who could nearly come.
_NEAR = ("elsewhere", "dropped", "crew")
MOST_CAUSES = 4


def number(value: float | None, digits: int = 0) -> str:
    """A number as the reader writes it."""
    return show.number(language(), value, digits)


def signed(value: int) -> str:
    """ "+3", "-2"; "0" for no difference."""
    return f"{'+' if value > 0 else '-' if value < 0 else ''}{number(abs(value))}"


def tiers(value: Value) -> dict[str, int]:
    """The value by tier."""
    return dict(zip(TIERS, (*value.unmet, value.displaced, value.largest, value.spread, value.lost), strict=True))


def empty_by_urgency(value: Value) -> str:
    """ "紧急 3 · 较急 0 · 一般 12"."""
    named = zip(Urgency, value.unmet, strict=True)
    return " · ".join(f"{t(f'words.urgency.{name}')} {number(count)}" for name, count in named)


def gap(percent: float) -> str:
    """A gap in per cent; "< 0.01 %" for one that two decimals would hide."""
    if 0 < percent < SHOWN_GAP:
        return t("match_page.gap_small")
    return show.percent(language(), percent / 100, 2)


def kinds(names: Sequence[str]) -> str:
    """What makes a plan harder than a flow."""
    return t("show.comma").join(t(f"match_page.kind_{name}") for name in names)


def is_proven(found: Head) -> bool:
    """May the page say that nothing is better? Only of a plain case at its bound."""
    return found.proven and not found.kinds


def parts(price: Cost) -> str:
    """A difference tier by tier, the one that decides first; what lies two tiers below it is left out."""
    named = (("steps", price.steps), ("promises", price.promises), ("spread", price.spread), ("points", price.points))
    said = [t(f"match_page.cost_{name}", count=number(count)) for name, count in named if count > 0]
    return t("match_page.and").join(said[:2]) or t("match_page.cost_points", count=number(price.packed))


def metres(value: int | None, *, exact: bool) -> str:
    """A distance; "about" where a place is only known to its grid or village, and no 0 m between two of the same."""
    if value is None or exact:
        return show.distance(language(), value)
    if value == 0:
        return t("matches.same_place")
    return t("matches.about", distance=show.distance(language(), value))


def pin_refused(reason: str) -> str:
    """Why a pin can't be kept, in words."""
    own_words = f"matches.pin_{reason}"
    return t(own_words) if known(own_words) else t(f"match_rules.cause_{reason}")


def cost(price: Cost, *, exact: bool = False) -> str:
    """What a choice costs the whole plan. Without `exact` it is a proven lower bound."""
    if price.packed <= 0:
        return t("match_page.cost_nothing" if exact else "match_page.cost_at_least_nothing")
    return t("match_page.cost_exact" if exact else "match_page.cost_at_least", cost=parts(price))


def scope(chosen: Mapping[str, str]) -> list[str]:
    """The words of a filter, by names: towns and categories as they are called."""
    found = ask(filter_choices.choices, town=chosen.get("town"), language=language())
    names = {"town": dict(found.towns), "village": dict(found.villages), "category": dict(found.categories)}
    said = []
    for name, value in chosen.items():
        if name == "urgency":
            said.append(t(f"words.urgency.{value}"))
        elif name in names:
            said.append(names[name].get(value, value))
        elif name in ("since", "until"):
            said.append(f"{t(f'filters.{name}')} {value}")
    return said


def compared(value: Value, greedy: Value) -> str:
    """What "most urgent first, best free person" would reach, honestly."""
    more = greedy.empty - value.empty
    if more > 0:
        return t("matches.greedy_seats", seats=number(more))
    ours, theirs = tiers(value), tiers(greedy)
    first = next((name for name in TIERS if name != "largest" and ours[name] != theirs[name]), None)
    if first is None:
        return t("matches.greedy_same")
    less = theirs[first] - ours[first]
    if less < 0:
        return t("matches.greedy_better", tier=t(f"match_page.tier_{first}"), count=number(-less))
    if first == "lost":
        share = show.percent(language(), less / max(1, value.lost), 2)
        return t("matches.greedy_score", points=number(less), percent=share)
    return t("matches.greedy_tier", tier=t(f"match_page.tier_{first}"), count=number(less))


def causes(seat: EmptySeats) -> str:
    """The causes that took out the most people, those next to coming first."""
    if {name for name, _ in seat.causes} == {"need_ready"}:
        return t("matches.not_ready")
    ordered = sorted(seat.causes, key=lambda pair: (pair[0] not in _NEAR, -pair[1]))
    said = [
        t("matches.cause", reason=t(f"match_rules.cause_{name}"), count=number(count))
        for name, count in ordered
        if name != "chosen"
    ]
    return t("match_page.semicolon").join(said[:MOST_CAUSES])


def need(words: NeedWords) -> str:
    """A need in a few words: title and code."""
    return t("match_page.need_line", title=words.title, code=words.code)


def needs(some: Sequence[NeedWords]) -> str:
    """Needs in a row."""
    return t("show.comma").join(need(one) for one in some)


def move(one: MoveRow) -> str:
    """Who moves from where to where, who comes, who goes."""
    values = {"who": one.who.name, "before": needs(one.before), "after": needs(one.after)}
    kind = "moves" if one.before and one.after else "goes" if one.before else "comes"
    return t(f"match_page.one_{kind}", **values)


def tall(rows: int, most: int, row: int = 35) -> int:
    """The height of a table in pixels: as many rows as it has, at most so much."""
    return min(38 + row * max(1, rows), most)
