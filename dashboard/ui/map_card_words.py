"""What the card beside the map says, in the reader's language, as plain values for static/map_card.js.

No Streamlit here: a click on the map fetches its card by URL (web/map_data.py) and runs no page at all.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from dashboard.core.errors import NotFound
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import Precision
from dashboard.services import map_cards
from dashboard.services.map_cards import ContactLine, GridCard, NeedCard, NeedLine, SiteCard
from dashboard.services.questions import answer
from dashboard.text import text
from dashboard.ui import show
from db.engine import Database

Card = dict[str, Any]

#: Colour of a badge by urgency.
TONES = {"urgent": "red", "soon": "orange", "normal": "blue"}


def card(database: Database, who: Actor, language: str, kind: str, number: int) -> Card:
    """The card of a site, grid or need; one that is gone or out of reach says so."""
    words = _Words(database, who, language)
    compose: dict[str, Callable[[int], Card]] = {"site": words.site, "grid": words.grid, "need": words.need}
    try:
        return compose[kind](number)
    except NotFound as error:
        return words.blank(text(language, error.key, **error.values))


class _Words:
    """One reader's questions and language."""

    def __init__(self, database: Database, who: Actor, language: str) -> None:
        self.database, self.who, self.language = database, who, language
        self.now = datetime.now(UTC)

    def t(self, key: str, **values: object) -> str:
        return text(self.language, key, **values)

    def ask(self, question: Callable[..., Any], **values: Any) -> Any:
        return answer(self.database, question, self.who, language=self.language, now=self.now, **values)

    def blank(self, title: str) -> Card:
        empty: Card = {"title": title, "close": self.t("map.close")}
        return empty | {part: [] for part in ("badges", "lines", "facts", "lists", "doings", "links")}

    def site(self, number: int) -> Card:
        site: SiteCard = self.ask(map_cards.site_card, site_id=number)
        about = {
            "map.card.parent": {"name": site.parent},
            "map.card.address": {"address": site.address},
            "map.card.opening": {"opening": site.opening},
        }
        level, kind = self.t(f"words.level.{site.level}"), self.t(f"words.site_kind.{site.kind}")
        told = [self.t(key, **values) for key, values in about.items() if all(values.values())]
        counts = {"sites_below": site.sites_below, "teams": site.teams, "volunteers": site.volunteers}
        return self.blank(site.name) | {
            "lines": [f"{level} · {kind}", *told],
            "facts": self._facts(counts),
            "links": [phone_link(self.t("map.card.phone", phone=site.phone), site.phone)] if site.phone else [],
            "lists": [self._needs(site.needs, site.open_needs, site.overdue)],
        }

    def grid(self, number: int) -> Card:
        grid: GridCard = self.ask(map_cards.grid_card, grid_id=number)
        households = show.number(self.language, grid.households)
        about = (
            grid.place,
            self.t(f"words.grid_kind.{grid.kind}"),
            grid.code,
            self.t("map.card.households", count=households) if grid.households else "",
        )
        found = self.blank(grid.name) | {"lines": [" · ".join(part for part in about if part)]}
        contacts = self._contacts(grid.contacts, may_call=grid.within)
        if not grid.within:
            return found | {"lines": [*found["lines"], self.t("map.card.not_yours")], "lists": [contacts]}
        needs = self._needs(grid.needs, grid.open_needs, grid.overdue)
        return found | {"facts": self._facts({"volunteers": grid.volunteers}), "lists": [needs, contacts]}

    def need(self, number: int) -> Card:
        need: NeedCard = self.ask(map_cards.need_card, need_id=number)
        doings = []
        if need.open_seats and self.who.may(Action.SEE_MATCH):
            doings.append({"words": self.t("map.card.match"), "do": f"match:{need.id}", "main": True})
        if self.who.may(Action.SEE_NEEDS):
            doings.append({"words": self.t("map.card.open"), "do": f"needs:{need.id}"})
        state = self.t(f"words.need_state.{need.state}")
        lines = [
            f"{need.category} · {need.code} · {state}",
            self.t("map.card.where", place=need.place, grid=need.grid),
            "" if need.precision == Precision.POINT else self.t("map.imprecise"),
            self.t("map.card.resident", name=need.resident) if need.resident else "",
            *(self.t("map.card.wanted", span=show.span(self.language, *span)) for span in need.wanted[:3]),
            self.t("map.card.seats", open=need.open_seats, seats=need.seats),
        ]
        urgency = [self.t(f"words.urgency.{need.urgency}"), TONES.get(need.urgency, "blue")]
        return self.blank(need.title) | {
            "badges": [urgency, self._clock(need)],
            "lines": [line for line in lines if line.strip()],
            "doings": doings,
            "lists": [self._contacts(need.contacts, may_call=True)] if need.grid_id else [],
        }

    def _facts(self, counts: dict[str, int]) -> list[list[str]]:
        return [[self.t(f"map.card.{name}"), show.number(self.language, count)] for name, count in counts.items()]

    def _clock(self, need: NeedCard) -> list[str]:
        if need.due is None:
            return [self.t("map.card.no_due"), "gray"]
        if need.overdue:
            return [self.t("map.card.late", length=show.length(self.language, self.now - need.due)), "red"]
        return [self.t("map.card.due", when=show.datetime_(self.language, need.due)), "green"]

    def _needs(self, lines: tuple[NeedLine, ...], count: int, overdue: int) -> dict[str, Any]:
        """What is needed here; a click on one opens its card."""
        may = self.who.may(Action.SEE_NEEDS)
        waiting, late = self.t("map.kpi.open_needs"), self.t("map.kpi.overdue")
        return {
            "title": f"{self.t('map.card.needs')} · {waiting} {count} · {late} {overdue}",
            "empty": self.t("map.card.no_needs"),
            "more": self.t("map.card.more", count=count - len(lines)) if count > len(lines) else "",
            "rows": [
                {
                    "words": f"{line.title} · {line.category}",
                    "mark": "late" if line.overdue else "",
                    "do": f"need:{line.id}" if may else "",
                }
                for line in lines
            ],
        }

    def _contacts(self, contacts: tuple[ContactLine, ...], *, may_call: bool) -> dict[str, Any]:
        """Who answers for the grid; a click on one asks why, then shows the number."""
        may = may_call and self.who.may(Action.CALL_CONTACT)
        return {
            "title": self.t("map.card.contacts"),
            "empty": self.t("map.card.no_contacts"),
            "more": "",
            "rows": [
                {
                    "words": " ".join(part for part in (contact.name, contact.duty, contact.phone) if part),
                    "mark": "call" if may and contact.phone else "",
                    "do": f"call:{contact.id}" if may and contact.phone else "",
                }
                for contact in contacts
            ],
        }


def phone_link(words: str, phone: str) -> dict[str, str]:
    """A number to tap on a phone."""
    digits = "".join(sign for sign in phone if sign.isascii() and sign.isdigit() or sign == "+")
    return {"words": words, "href": f"tel:{digits}"}
