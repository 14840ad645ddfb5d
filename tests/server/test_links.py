"""`/r/<token>` over HTTP: open to who holds the token, closed to everybody else, plain HTML, nothing about others."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select, update

from dashboard.core.permissions import system_actor
from dashboard.services import dispatches, links
from dashboard.services.commands import digest_key, keyed_digest, perform
from dashboard.text import text
from db.engine import Database
from db.models import Availability, Dispatch, Need, Person, Site, Volunteer
from tests.builders import COUNTY, a_need, a_site, a_volunteer
from tests.serving import Served, serving

SYSTEM = system_actor(COUNTY)


@dataclass
class Offer:
    """A dispatch offered for a service that begins in an hour, and both tokens."""

    need_id: int
    dispatch_id: int
    volunteer: str
    resident: str


@dataclass
class Town:
    """A server on a county of its own."""

    served: Served
    database: Database

    def offer(self) -> Offer:
        now = datetime.now(UTC)

        def build(session: Any) -> tuple[int, int]:
            site = a_site(session, name="柏村镇所", phone="0851-2560000")
            her = a_volunteer(session, site, "冉茂琴", consent="given")
            start = now.replace(second=0, microsecond=0) + timedelta(hours=1)
            return a_need(session, site, title="<b>修水管</b>", start=start).id, her.id

        need_id, who = self.database.write(build)
        # A reason overrides her usual free time: the test runs at any hour.
        sent = perform(
            self.database, dispatches.dispatch, SYSTEM, now=now, need_id=need_id, volunteer_ids=[who], reason="电话约好"
        )
        dispatch_id = sent["dispatch_ids"][0]
        mine = perform(self.database, links.make_for_volunteer, SYSTEM, now=now, dispatch_id=dispatch_id)["token"]
        hers = perform(self.database, links.make_for_resident, SYSTEM, now=now, need_id=need_id)["token"]
        return Offer(need_id, dispatch_id, mine, hers)

    def get(self, token: str, language: str = "zh-CN", query: str = "") -> requests.Response:
        return requests.get(f"{self.served.url}/r/{token}{query}", headers={"Accept-Language": language}, timeout=20)

    def post(self, token: str, headers: dict[str, str] | None = None, **fields: str) -> requests.Response:
        return requests.post(
            f"{self.served.url}/r/{token}", data=fields, headers=headers, timeout=20, allow_redirects=False
        )

    def state(self, dispatch_id: int) -> str:
        with self.database.read() as session:
            return session.get_one(Dispatch, dispatch_id).state


@pytest.fixture(scope="module")
def town(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    path = tmp_path_factory.mktemp("links") / "county.db"
    shutil.copy(small_county, path)
    database = Database(f"sqlite:///{path}")
    with serving(f"sqlite:///{path}") as served:
        yield Town(served, database)
    database.dispose()


def test_an_order_is_accepted_served_and_rated_without_a_sign_in(town: Town) -> None:
    offer = town.offer()
    shown = town.get(offer.volunteer)
    assert shown.status_code == 200 and text("zh", "links.accept") in shown.text
    done = town.post(offer.volunteer, do="accept")
    assert (done.status_code, done.headers["location"]) == (303, f"/r/{offer.volunteer}")
    assert town.state(offer.dispatch_id) == "accepted"
    assert town.post(offer.volunteer, do="arrive", lon="107.9", lat="28.53", with_position="on").status_code == 303
    assert text("zh", "links.position_off", distance="0 米") in town.get(offer.volunteer).text
    refused = town.post(offer.volunteer, do="leave", break_minutes="0", report="")
    assert refused.status_code == 409 and text("zh", "dispatches.no_hours") in refused.text
    assert town.state(offer.dispatch_id) == "in_service"
    assert town.get(offer.resident).status_code == 200


def test_an_order_is_handed_over_by_two_phones(town: Town) -> None:
    offer = town.offer()
    town.post(offer.volunteer, do="accept")
    number = "13885207777"

    def another(session: Any) -> int:
        site = session.get_one(Need, offer.need_id).site_id
        her = a_volunteer(session, session.get_one(Site, site), "田三妹", consent="given", cap_day=9, cap_week=50)
        person = session.get_one(Person, her.person_id)
        person.phone, person.phone_tail = number, number[-4:]
        person.phone_digest = keyed_digest(digest_key(session), number)
        # The test runs at any hour.
        always = {"start_minute": 0, "end_minute": 1440}
        session.execute(update(Availability).where(Availability.volunteer_id == her.id).values(**always))
        return her.id

    her = town.database.write(another)
    page = town.get(offer.volunteer).text
    assert text("zh", "links.hand_over") in page
    say = {"do": "hand_over", "whom": "田三妹", "number": number, "reason": "ill"}
    wrong = town.post(offer.volunteer, **(say | {"number": "13885207778"}))
    assert 409 == wrong.status_code and text("zh", "links.cannot_take_over") in wrong.text
    assert 400 == town.post(offer.volunteer, **(say | {"reason": "<b>"})).status_code
    assert 303 == town.post(offer.volunteer, **say).status_code
    page = town.get(offer.volunteer).text
    assert "田**" in page and "田三妹" not in page and text("zh", "links.keep") in page
    with town.database.read() as session:
        new = session.scalars(select(Dispatch).where(Dispatch.volunteer_id == her)).one().id
    hers = perform(town.database, links.make_for_volunteer, SYSTEM, now=datetime.now(UTC), dispatch_id=new)["token"]
    assert text("zh", "links.in_place") in town.get(hers).text
    assert 303 == town.post(hers, do="accept").status_code
    assert ("cancelled", "accepted") == (town.state(offer.dispatch_id), town.state(new))
    assert text("zh", "links.handed_over") in town.get(offer.volunteer).text
    assert text("zh", "links.state_accepted") in town.get(hers).text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_speak_both_languages(town: Town, language: str) -> None:
    offer = town.offer()
    for token, title in ((offer.volunteer, "volunteer"), (offer.resident, "resident")):
        by_header, by_address = town.get(token, language), town.get(token, "fr", f"?lang={language}")
        assert text(language, f"links.{title}_title") in by_header.text
        assert by_header.text.count("<form") == by_address.text.count("<form")


def test_words_of_people_are_no_markup_and_nobody_else_is_named(town: Town) -> None:
    offer = town.offer()
    pages = town.get(offer.volunteer).text + town.get(offer.resident).text
    assert "<b>修水管" not in pages and "&lt;b&gt;修水管" in pages
    with town.database.read() as session:
        names = session.scalars(
            select(Person.name).where(
                Person.id.in_(
                    [
                        session.scalar(select(Need.person_id).where(Need.id == offer.need_id)) or 0,
                        session.scalar(
                            select(Volunteer.person_id)
                            .join(Dispatch, Dispatch.volunteer_id == Volunteer.id)
                            .where(Dispatch.id == offer.dispatch_id)
                        )
                        or 0,
                    ]
                )
            )
        ).all()
    assert names and not [name for name in names if name in pages]


def test_answers_are_kept_by_no_cache_and_tell_no_other_site(town: Town) -> None:
    answer = town.get(town.offer().volunteer)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert "set-cookie" not in answer.headers
    assert not re.findall(r'(?:src|href)="https?://', answer.text)


@pytest.mark.parametrize("token", ["x", "x" * 32, "..x", "A" * 31 + "=", "务川"])
def test_a_made_up_token_is_told_in_words(town: Town, token: str) -> None:
    answer = town.get(token)
    assert answer.status_code == 404 and text("zh", "links.unknown") in answer.text


def test_a_revoked_link_says_so(town: Town) -> None:
    offer = town.offer()
    perform(town.database, links.make_for_volunteer, SYSTEM, now=datetime.now(UTC), dispatch_id=offer.dispatch_id)
    answer = town.post(offer.volunteer, do="accept")
    assert answer.status_code == 410 and text("zh", "links.revoked") in answer.text
    assert town.state(offer.dispatch_id) == "offered"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"do": "undo"},
        {"do": "rate", "outcome": "done"},
        {"do": "decline"},
        {"do": "decline", "reason": "x"},
        {"do": "leave", "break_minutes": "many"},
    ],
    ids=str,
)
def test_a_form_that_is_not_ours_does_nothing(town: Town, fields: dict[str, str]) -> None:
    offer = town.offer()
    assert town.post(offer.volunteer, **fields).status_code in (400, 409)
    assert town.state(offer.dispatch_id) == "offered"


def test_another_site_s_page_can_press_nothing(town: Town) -> None:
    offer = town.offer()
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert town.post(offer.volunteer, foreign, do="accept").status_code == 400
    assert town.state(offer.dispatch_id) == "offered"


def test_a_huge_form_is_not_read(town: Town) -> None:
    offer = town.offer()
    assert town.post(offer.volunteer, do="accept", words="x" * 20_000).status_code == 400
    assert town.state(offer.dispatch_id) == "offered"


def test_who_tries_tokens_is_stopped(small_county: Path, tmp_path: Path) -> None:
    """A server of its own: the limit is by address, and all tests share one."""
    path = tmp_path / "county.db"
    shutil.copy(small_county, path)
    with serving(f"sqlite:///{path}") as served:
        codes = [requests.get(f"{served.url}/r/{n:032d}", timeout=20).status_code for n in range(25)]
    assert codes[:20] == [404] * 20 and codes[20:] == [429] * 5
