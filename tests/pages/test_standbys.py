"""The standby list on screen: candidates are put on it while every seat is offered, moved up, asked, taken off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import dispatches, match_people
from dashboard.services.commands import perform
from dashboard.text import text
from db.engine import Database
from db.models import Dispatch, Standby
from tests.builders import COUNTY, a_need, a_site, a_volunteer
from tests.pages.conftest import Visit


class Full:
    """A need in two days whose one seat is offered to the first of four volunteers."""

    def __init__(self, county: Database) -> None:
        self.county = county

        def build(session: Any) -> tuple[int, list[int]]:
            site = a_site(session)
            start = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=2)
            names = ("覃大姐测", "冉小贵测", "田三妹测", "石小军测")
            return a_need(session, site, title="换灯泡", start=start).id, [
                a_volunteer(session, site, name).id for name in names
            ]

        self.need, self.people = county.write(build)
        match_people.forget()
        sent = self.do(dispatches.dispatch, need_id=self.need, volunteer_ids=[self.people[0]], reason="说好了")
        self.offer = sent["dispatch_ids"][0]

    def do(self, deed: Any, **values: Any) -> Any:
        return perform(self.county, deed, system_actor(COUNTY), now=datetime.now(UTC), **values)

    def waiting(self) -> list[Standby]:
        with self.county.read() as session:
            rows = select(Standby).where(Standby.need_id == self.need, Standby.closed_at.is_(None))
            found = list(session.scalars(rows.order_by(Standby.place)))
            session.expunge_all()
            return found

    def asked(self) -> list[tuple[int, str]]:
        with self.county.read() as session:
            rows = select(Dispatch).where(Dispatch.need_id == self.need).order_by(Dispatch.id)
            return [(row.volunteer_id, row.state) for row in session.scalars(rows)]


@pytest.fixture
def full(county: Database) -> Full:
    return Full(county)


def opened(visit: Visit, full: Full, page: str, role: Role = Role.COORDINATOR) -> AppTest:
    script = visit(page, role)
    script.query_params["need"] = str(full.need)
    return script.run()


def test_candidates_are_put_on_the_list_while_every_seat_is_offered_and_asked_in_its_order(
    full: Full, visit: Visit
) -> None:
    page = opened(visit, full, "match")
    add = f"standbys.add.{full.need}"
    assert page.button(key=add).disabled
    for one in full.people[1:3]:
        page.selectbox(key=f"{add}.who").set_value(one).run()
        page.button(key=add).click().run()
        assert not page.error and not page.exception
    first, second = full.waiting()
    assert full.people[1:3] == [first.volunteer_id, second.volunteer_id]
    keys = [one.key for one in page.button]
    # No seat is open: nobody can be asked yet; the first can't move up.
    assert f"standbys.ask.{full.need}.{first.role_id}" not in keys and f"standbys.up.{first.id}" not in keys
    page.button(key=f"standbys.up.{second.id}").click().run()
    assert [second.id, first.id] == [row.id for row in full.waiting()]
    full.do(dispatches.decline, dispatch_id=full.offer, reason="忙")
    page.run()
    page.button(key=f"standbys.ask.{full.need}.{first.role_id}").click().run()
    assert (second.volunteer_id, "offered") == full.asked()[-1]
    page.button(key=f"standbys.remove.{first.id}").click().run()
    assert [] == full.waiting()


def test_who_no_longer_fits_is_shown_with_the_reason(full: Full, visit: Visit, county: Database) -> None:
    page = opened(visit, full, "match")
    add = f"standbys.add.{full.need}"
    page.selectbox(key=f"{add}.who").set_value(full.people[1]).run()
    page.button(key=add).click().run()
    role = full.waiting()[0].role_id
    other = full.do(
        dispatches.dispatch,
        need_id=county.write(lambda session: a_need(session, a_site(session), start=_start(full)).id),
        volunteer_ids=[full.people[1]],
        reason="说好了",
    )
    assert other["dispatch_ids"]
    full.do(dispatches.decline, dispatch_id=full.offer, reason="忙")
    page.run()
    page.button(key=f"standbys.ask.{full.need}.{role}").click().run()
    assert text("zh", "standbys.all_dropped", dropped=1) in [one.value for one in page.warning]
    assert [one for one in page.caption if text("zh", "standbys.why_busy") in one.value]


def _start(full: Full) -> datetime:
    with full.county.read() as session:
        return session.scalars(select(Dispatch.start).where(Dispatch.id == full.offer)).one()


def test_a_reader_without_the_right_sees_the_list_and_no_button(full: Full, visit: Visit) -> None:
    page = opened(visit, full, "match")
    add = f"standbys.add.{full.need}"
    page.selectbox(key=f"{add}.who").set_value(full.people[1]).run()
    page.button(key=add).click().run()
    seen = opened(visit, full, "needs", Role.LEADER)
    assert text("zh", "standbys.title") in "".join(one.value for one in seen.markdown)
    assert "冉小贵测" not in "".join(one.value for one in seen.markdown)
    assert [] == [one.key for one in seen.button if (one.key or "").startswith("standbys.")]
