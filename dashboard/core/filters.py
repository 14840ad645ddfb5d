"""One filter for the map, the lists and the exports: what is looked at, as plain words that also stand in the URL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from dashboard.core.words import SiteKind, Urgency

_CODE = re.compile(r"[0-9A-Za-z_-]{1,40}")


@dataclass(frozen=True)
class Filters:
    """Nothing set means everything.

    town, village: codes of official divisions, and what lies in them.
    kind: kind of practice site; narrows sites, not needs.
    category: code of a category of needs.
    urgency: of needs.
    since, until: county days, both included; needs with a wanted span that touches one of them.
    """

    town: str | None = None
    village: str | None = None
    kind: SiteKind | None = None
    category: str | None = None
    urgency: Urgency | None = None
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))

    def with_value(self, name: str, value: str | None) -> "Filters":
        """This filter with one word changed, read like a query parameter. Another town drops the village."""
        words = query(self) | {name: value or ""}
        if name == "town" and value != self.town:
            words["village"] = ""
        return parse(words)


#: The names of the filter's words, as they stand in the URL, in the order in which they are shown.
NAMES: tuple[str, ...] = tuple(field.name for field in fields(Filters))


def parse(parameters: Mapping[str, str]) -> Filters:
    """The filter that query parameters ask for. What cannot be read is left out: a mistyped URL still opens."""
    words = {name: parameters.get(name, "") for name in NAMES}
    return Filters(
        town=_code(words["town"]),
        village=_code(words["village"]),
        kind=SiteKind(words["kind"]) if words["kind"] in set(SiteKind) else None,
        category=_code(words["category"]),
        urgency=Urgency(words["urgency"]) if words["urgency"] in set(Urgency) else None,
        since=_day(words["since"]),
        until=_day(words["until"]),
    )


def query(filters: Filters) -> dict[str, str]:
    """The query parameters of a filter: `parse(query(filters)) == filters`. Only what is set."""
    values = {name: getattr(filters, name) for name in NAMES}
    return {name: str(value) for name, value in values.items() if value is not None}


def _code(words: str) -> str | None:
    return words if _CODE.fullmatch(words) else None


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
