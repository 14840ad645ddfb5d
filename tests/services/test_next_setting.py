"""The wish for after a no: an admin of the whole county sets it, unseen changes are refused, the tick keeps to it."""

from typing import Any

import pytest

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid
from dashboard.core.permissions import Actor
from dashboard.services import next_setting
from dashboard.services.next_setting import NextSetting
from db.engine import Database
from db.models import Setting
from tests.builders import COUNTY, NOW
from tests.services.ticking import Clockwork

REASON = "年底忙"


@pytest.fixture
def desk(any_database: Database) -> Clockwork:
    return Clockwork(any_database)


def store(desk: Clockwork, actor: Actor | None = None, **values: Any) -> Any:
    given = {"on": True, "most": 2, "reason": REASON} | values
    return desk.do(next_setting.set_auto_next, actor or desk.admin, **given)


def test_what_was_stored_holds_is_audited_and_the_tick_keeps_to_it(desk: Clockwork) -> None:
    assert NextSetting(False, 5, None) == desk.ask(next_setting.next_setting)
    store(desk, seen_on=False, seen_most=5)
    assert NextSetting(True, 2, NOW) == desk.ask(next_setting.next_setting)
    (deed,) = desk.deeds("next_setting.set_auto_next")
    assert ({"on": False, "most": 5}, {"on": True, "most": 2}) == (deed.before, deed.after)
    assert REASON == deed.reason
    need, first = desk.need(), desk.volunteer("甲")
    desk.volunteer("乙", 1)
    desk.decline(desk.send(need, first)[0])
    assert 1 == desk.tick().offered
    store(desk, on=False)
    assert 1 == len(desk.rows(Setting, county=COUNTY, key="auto_next"))
    desk.decline(desk.send(desk.need(), first)[0])
    assert desk.tick().idle


@pytest.mark.parametrize(
    ("kind", "key", "values"),
    [
        (Invalid, "ticks.bad_most", {"most": -1}),
        (Invalid, "ticks.bad_most", {"most": 51}),
        (Invalid, "ticks.bad_most", {"most": True}),
        (Invalid, "rules.nothing_changed", {"on": False, "most": 5}),
        (Invalid, "needs.reason_wanted", {"reason": " "}),
        (Conflict, "ticks.setting_changed", {"seen_on": True}),
        (Conflict, "ticks.setting_changed", {"seen_most": 9}),
    ],
)
def test_what_cannot_be_is_refused(desk: Clockwork, kind: type[DashboardError], key: str, values: Any) -> None:
    with pytest.raises(kind) as refused:
        store(desk, **values)
    assert key == refused.value.key
    assert [] == desk.rows(Setting, county=COUNTY, key="auto_next")


def test_only_an_admin_of_the_whole_county_may(desk: Clockwork) -> None:
    for actor in (desk.li, Actor(9, "邹", desk.admin.role, COUNTY, desk.station.id, desk.station.path)):
        with pytest.raises(Forbidden):
            store(desk, actor)
