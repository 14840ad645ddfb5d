"""The coordinator's desk on screen: needs with nobody left are taken on, and an admin says what follows a no."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import next_setting, ticks
from dashboard.services.commands import perform
from dashboard.services.needs_queue import queue
from dashboard.services.questions import answer
from dashboard.text import text
from db.engine import Database
from db.models import Account, NobodyLeft, Setting
from tests.builders import COUNTY
from tests.fresh import add_open_needs
from tests.pages.conftest import Visit

ACTOR = system_actor(COUNTY)


@pytest.fixture(autouse=True)
def _needs_of_today(county: Database) -> None:
    add_open_needs(county)


def now() -> datetime:
    return datetime.now(UTC)


def a_need_with_nobody_left(county: Database) -> int:
    need_id = answer(county, queue, ACTOR, now=now()).rows[0].id
    entry = NobodyLeft(county=COUNTY, need_id=need_id, since=now(), owner_account_id=None)
    county.write(lambda session: session.add(entry))
    return need_id


def test_a_need_with_nobody_left_is_taken_on_and_opened_for_matching(county: Database, visit: Visit) -> None:
    need_id = a_need_with_nobody_left(county)
    page = visit("needs")
    assert not page.exception
    shown = "".join(line.value for line in page.caption)
    assert text("zh", "ticks.owner_none") in shown and text("zh", "ticks.now_off") in shown
    assert page.button(key=f"needs.go.match.{need_id}.nobody")
    page.button(key=f"needs.take_on.{need_id}").click().run()
    assert not page.error
    assert page.button(key=f"needs.take_on.{need_id}").disabled
    with county.read() as session:
        owner = select(Account.role).join(NobodyLeft, NobodyLeft.owner_account_id == Account.id)
        assert Role.COORDINATOR == session.scalar(owner)


def test_an_empty_list_says_so_and_who_may_only_look_has_no_button(county: Database, visit: Visit) -> None:
    page = visit("needs")
    assert text("zh", "ticks.nobody_none") in [one.value for one in page.success]
    need_id = a_need_with_nobody_left(county)
    perform(
        county,
        next_setting.set_auto_next,
        ACTOR,
        now=now(),
        on=True,
        most=3,
        reason="试行",
    )
    page = visit("needs", Role.LEADER)
    keys = [one.key for one in page.button]
    assert f"needs.take_on.{need_id}" not in keys and f"needs.go.match.{need_id}.nobody" not in keys
    assert text("zh", "ticks.now_on", most=3) in "".join(line.value for line in page.caption)
    assert 1 == len(answer(county, ticks.nobody_queue, ACTOR))


def test_an_admin_says_beside_the_rules_that_the_next_is_asked(county: Database, visit: Visit) -> None:
    page = visit("match", Role.ADMIN)
    page.segmented_control(key="match.mode").set_value("all").run()
    page.button(key="match.rules").click().run()
    page.toggle(key="match.next.0.5.on").set_value(True)
    page.number_input(key="match.next.0.5.most").set_value(4)
    page.text_input(key="match.next.0.5.reason").set_value("试行")
    page.button(key="match.next.store").click().run()
    assert not page.exception and not page.error
    with county.read() as session:
        held = select(Setting.value).where(Setting.county == COUNTY, Setting.key == "auto_next")
        assert {"on": True, "most": 4} == session.scalar(held)
