"""The card beside the map, as it is sent to the browser."""

from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard.core.words import Role, Subject
from dashboard.services.commands import raise_revisions
from dashboard.services.filtering import is_open
from dashboard.text import text
from dashboard.ui.map_card_words import card, phone_link
from db.engine import Database
from db.models import Dispatch, GridContact, Need, Site
from tests.builders import COUNTY, an_actor


def shown(database: Database, what: str, role: Role = Role.COORDINATOR, language: str = "zh") -> dict[str, Any]:
    kind, number = what.split(":")
    return card(database, an_actor(role), language, kind, int(number))


def a_free_need(database: Database) -> int:
    """An open need in a grid, for which nobody was sent yet."""
    with database.read() as session:
        sent = select(Dispatch.id).where(Dispatch.need_id == Need.id)
        found = select(Need.id).where(is_open(), Need.grid_id.is_not(None), ~sent.exists())
        return session.scalars(found.order_by(Need.id)).first() or 0


def test_a_need_s_card_leads_to_its_match_and_to_the_need(county: Database) -> None:
    need_id = a_free_need(county)
    doings = shown(county, f"need:{need_id}")["doings"]
    assert [(doing["do"], doing.get("main", False)) for doing in doings] == [
        (f"match:{need_id}", True),
        (f"needs:{need_id}", False),
    ]


def test_a_leader_may_neither_match_nor_call(county: Database) -> None:
    found = shown(county, f"need:{a_free_need(county)}", Role.LEADER)
    assert [doing["do"].split(":")[0] for doing in found["doings"]] == ["needs"]
    assert not [row for part in found["lists"] for row in part["rows"] if row["do"].startswith("call")]


def test_a_grid_s_card_names_who_answers_masked_and_callable(county: Database) -> None:
    with county.read() as session:
        grid_id = session.scalars(select(GridContact.grid_id)).first()
    rows = shown(county, f"grid:{grid_id}")["lists"][1]["rows"]
    assert rows
    assert all("*" in row["words"] and row["do"].startswith("call:") and row["mark"] == "call" for row in rows)


def test_a_site_s_card_shows_level_and_numbers_in_both_languages(county: Database) -> None:
    for language in ("zh", "en"):
        found = shown(county, "site:1", language=language)
        assert text(language, "words.level.centre") in found["lines"][0]
        assert [name for name, _ in found["facts"]] == [
            text(language, f"map.card.{name}") for name in ("sites_below", "teams", "volunteers")
        ]


@pytest.mark.parametrize("what", ["need:999999", "grid:0", "site:0"])
def test_what_is_gone_says_so(county: Database, what: str) -> None:
    assert shown(county, what)["title"] == text("zh", "map.gone")


def test_names_arrive_as_they_are_written(county: Database) -> None:
    words = "{{ 7 * 7 }} ${alert(1)} <b>"

    def rename(session: Any) -> None:
        session.execute(update(Site).values(name=words))
        raise_revisions(session, COUNTY, [Subject.PLACES])

    county.write(rename)
    assert shown(county, "site:1")["title"] == words


@pytest.mark.parametrize(
    ("phone", "href"),
    [("139 8562-1234", "tel:13985621234"), ("+86 1", "tel:+861"), ("javascript:1", "tel:1"), ("٣", "tel:")],
)
def test_a_link_to_call_holds_digits_only(phone: str, href: str) -> None:
    assert phone_link("x", phone)["href"] == href
