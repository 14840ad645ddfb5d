"""Hand-over on screen: a held need is asked for, its holder answers at the top of her page; an order goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import dispatches, hand_overs, holds
from dashboard.services.commands import perform
from dashboard.text import text
from db.engine import Database
from db.models import Account, Dispatch, HandOver, Hold, Notice
from tests.builders import a_need, a_site, a_volunteer, actor_for, an_account
from tests.pages.conftest import Visit


class Two:
    """The coordinator whose pages are looked at, and another; a need tomorrow and two volunteers."""

    def __init__(self, county: Database) -> None:
        self.county = county

        def build(session: Any) -> tuple[Actor, Actor, int, int, int]:
            mine = session.scalar(select(Account).where(Account.role == Role.COORDINATOR).order_by(Account.id))
            site = a_site(session)
            start = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=2)
            need = a_need(session, site, title="换灯泡", start=start).id
            first, second = a_volunteer(session, site, "覃大姐").id, a_volunteer(session, site, "冉小贵测试").id
            wang = actor_for(an_account(session, display_name="王调度"))
            return actor_for(mine), wang, need, first, second

        self.me, self.wang, self.need, self.first, self.second = county.write(build)

    def do(self, deed: Any, actor: Actor, **values: Any) -> Any:
        return perform(self.county, deed, actor, now=datetime.now(UTC), **values)

    def rows(self, table: Any) -> list[Any]:
        with self.county.read() as session:
            found = list(session.scalars(select(table).order_by(table.id)))
            session.expunge_all()
            return found


@pytest.fixture
def two(county: Database) -> Two:
    return Two(county)


def test_who_is_asked_sees_it_at_the_top_and_hands_over(two: Two, visit: Visit) -> None:
    two.do(holds.hold, two.me, need_id=two.need)
    two.do(hand_overs.ask_hold, two.wang, need_id=two.need, reason="和家属熟")
    request = two.rows(HandOver)[0].id
    for name in ("needs", "match", "messages"):
        page = visit(name)
        assert not page.exception
        assert [one for one in page.markdown if "王调度" in one.value and "和家属熟" in one.value]
    page.button(key=f"hand_overs.grant.{request}").click().run()
    assert not page.error and two.wang.account_id == two.rows(Hold)[0].account_id
    assert f"hand_overs.grant.{request}" not in [one.key for one in page.button]


def test_a_refusal_needs_a_reason_and_who_asked_reads_it(two: Two, visit: Visit) -> None:
    two.do(holds.hold, two.me, need_id=two.need)
    two.do(hand_overs.ask_hold, two.wang, need_id=two.need, reason="和家属熟")
    key = f"hand_overs.refuse.{two.rows(HandOver)[0].id}"
    page = visit("needs")
    page.button(key=key).click().run()
    assert page.error and "asked" == two.rows(HandOver)[0].state
    page.text_input(key=f"{key}.reason").set_value("已经在打电话")
    page.button(key=key).click().run()
    assert not page.error and ("refused", "已经在打电话") == (two.rows(HandOver)[0].state, two.rows(HandOver)[0].answer)


def test_a_need_that_another_holds_is_asked_for_on_its_card_and_taken_back(two: Two, visit: Visit) -> None:
    two.do(holds.hold, two.wang, need_id=two.need)
    page = visit("needs")
    page.query_params["need"] = str(two.need)
    page.run()
    key = f"hand_overs.ask.{two.need}"
    page.text_input(key=f"{key}.reason").set_value("家属打给我了")
    page.button(key=key).click().run()
    assert not page.error and "家属打给我了" == two.rows(HandOver)[0].reason
    page.button(key=f"hand_overs.withdraw.{two.rows(HandOver)[0].id}").click().run()
    assert "withdrawn" == two.rows(HandOver)[0].state and page.button(key=key)


def test_what_was_told_is_read_once_and_put_away(two: Two, visit: Visit) -> None:
    two.do(holds.hold, two.wang, need_id=two.need)
    two.do(hand_overs.ask_hold, two.me, need_id=two.need, reason="急")
    two.do(hand_overs.refuse_hold, two.wang, hand_over_id=two.rows(HandOver)[0].id, reason="马上派出")
    page = visit("needs")
    said = text("zh", "hand_overs.notice.refused", who="王调度", code="", title="", answer="").split()[0]
    assert [one for one in page.markdown if said in one.value and "马上派出" in one.value]
    (notice,) = two.rows(Notice)
    page.button(key=f"hand_overs.seen.{notice.id}").click().run()
    assert two.rows(Notice)[0].closed_at is not None
    assert not [one for one in page.markdown if "马上派出" in one.value]
    assert not [one for one in visit("needs", Role.LEADER).markdown if "王调度" in one.value]


def test_an_order_is_offered_to_another_by_name(two: Two, visit: Visit) -> None:
    sent = two.do(dispatches.dispatch, two.me, need_id=two.need, volunteer_ids=[two.first])["dispatch_ids"][0]
    two.do(dispatches.accept, two.me, dispatch_id=sent)
    page = visit("needs")
    page.query_params["need"] = str(two.need)
    page.run()
    key = f"hand_overs.order.{sent}"
    assert page.button(key=key).disabled
    page.text_input(key=f"{key}.words").set_value("冉小贵测试").run()
    page.text_input(key=f"{key}.reason").set_value("孩子发烧")
    page.button(key=key).click().run()
    assert not page.error and not page.exception
    offer = [one for one in two.rows(Dispatch) if one.volunteer_id == two.second][0]
    assert ("offered", two.first) == (offer.state, offer.in_place_of)
    assert [one for one in page.caption if text("zh", "hand_overs.in_place_of", volunteer="覃大姐") in one.value]
    page.button(key=f"dispatches.accept.{offer.id}").click().run()
    assert "cancelled" == [one.state for one in two.rows(Dispatch) if one.id == sent][0]
