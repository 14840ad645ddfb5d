"""Many needs at once on the Needs page: ticked or the whole list, done one by one, the refused named and retried."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import bulk, jobs, needs_queue, signins
from dashboard.services.needs_queue import Picked, View
from dashboard.services.questions import answer
from dashboard.text import text
from db.engine import Database
from db.models import Account, Hold, Need, NeedEvent
from tests.fresh import add_open_needs
from tests.pages.conftest import Visit


@pytest.fixture(autouse=True)
def _needs_of_today(county: Database) -> None:
    add_open_needs(county)


def now() -> datetime:
    return datetime.now(UTC)


def coordinator(county: Database) -> Actor:
    token = signins.enter_as(county, Role.COORDINATOR, address="127.0.0.1", now=now(), language="zh")
    found = signins.lookup(county, token, now())
    assert found is not None
    return found.actor


def listed(county: Database, view: View = View.TO_DISPATCH) -> tuple[Picked, ...]:
    return answer(county, needs_queue.picked, coordinator(county), now=now(), view=view)


def ticking(visit: Visit, role: Role = Role.COORDINATOR) -> AppTest:
    page = visit("needs", role)
    return page.toggle(key="needs.bulk.on").set_value(True).run()


def tick(page: AppTest, rows: tuple[Picked, ...]) -> AppTest:
    page.session_state["needs.bulk.ticked"] = {row.id: row for row in rows}
    return page.run()


def choose(page: AppTest, name: str, view: View = View.TO_DISPATCH) -> AppTest:
    return page.selectbox(key=f"needs.bulk.what.{view}").set_value(name).run()


def over(county: Database) -> None:
    """Wait for the deed, however slow the machine is."""
    who = coordinator(county)
    found = jobs.mine(who, "bulk.needs")
    if found is not None:
        jobs.wait(found.job_id, who, 60)


def go(county: Database, page: AppTest, key: str = "needs.bulk.go") -> AppTest:
    page.button(key=key).click().run()
    over(county)
    if "needs.bulk.stop" in {button.key for button in page.button}:
        page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    return "\n".join(str(part.value) for part in (*page.markdown, *page.success, *page.error)).replace("\\", "")


def count(county: Database, table: Any, *where: Any) -> int:
    with county.read() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def held_by_another(county: Database, need_id: int) -> None:
    def hold(session: Any) -> None:
        other = session.scalar(select(Account.id).where(Account.role == Role.ADMIN))
        session.add(
            Hold(
                county=session.get_one(Need, need_id).county,
                need_id=need_id,
                account_id=other,
                taken_at=now(),
                expires_at=now().replace(year=now().year + 1),
                extended=False,
            )
        )

    county.write(hold)


def test_ticked_needs_are_held_and_the_one_of_another_is_named_and_retried(county: Database, visit: Visit) -> None:
    rows = listed(county)[:3]
    held_by_another(county, rows[1].id)
    page = tick(ticking(visit), rows)
    assert text("zh", "bulk.ticked", count=3) in said(page)
    go(county, page)
    what = text("zh", "needs.act.hold")
    assert text("zh", "bulk.some_refused", what=what, done=2, refused=1) in said(page)
    assert page.button(key=f"needs.bulk.open.{rows[1].id}").label == rows[1].code
    assert page.button(key="needs.bulk.retry").label == text("zh", "bulk.retry", count=1)
    assert text("zh", "bulk.ticked", count=0) in said(page)

    def free(session: Any) -> None:
        session.delete(session.scalars(select(Hold).where(Hold.need_id == rows[1].id)).one())

    county.write(free)
    go(county, page, "needs.bulk.retry")
    assert text("zh", "bulk.all_done", what=what, done=1) in said(page)
    assert count(county, Hold) == 3
    page.run()
    assert text("zh", "bulk.all_done", what=what, done=1) not in said(page)


def test_the_whole_list_is_cancelled_with_its_count_and_one_reason(county: Database, visit: Visit) -> None:
    rows = listed(county)
    here = Need.id.in_([row.id for row in rows])
    served = count(county, Need, here, Need.state == "in_service")
    assert len(rows) > needs_queue.PAGE and served
    page = ticking(visit)
    page.checkbox(key="needs.bulk.everything").check().run()
    choose(page, "cancel")
    what = text("zh", "needs.act.cancel")
    assert page.button(key="needs.bulk.go").label == text("zh", "bulk.go", what=what, count=len(rows))
    page.text_input(key="needs.bulk.reason").set_value("村里已办").run()
    go(county, page)
    done = len(rows) - served
    assert text("zh", "bulk.some_refused", what=what, done=done, refused=served) in said(page)
    assert text("zh", "needs.somebody_serves") in said(page)
    assert count(county, NeedEvent, NeedEvent.reason == "村里已办", NeedEvent.dispatch_id.is_(None)) == done
    assert count(county, Need, here, Need.state == "in_service") == len(listed(county)) == served
    assert not page.checkbox(key="needs.bulk.everything").value


def test_what_changed_since_it_was_ticked_is_refused_and_a_retry_decides_on_what_stands_there(
    county: Database, visit: Visit
) -> None:
    rows = listed(county)[:2]
    page = tick(ticking(visit), rows)

    def edited(session: Any) -> None:
        session.get_one(Need, rows[0].id).version += 1

    county.write(edited)
    choose(page, "unmet")
    go(county, page)
    assert text("zh", "bulk.some_refused", what=text("zh", "needs.act.unmet"), done=0, refused=2) in said(page)
    page.button(key="needs.bulk.read").click().run()
    tick(page, rows)
    page.text_input(key="needs.bulk.reason").set_value("无人可派").run()
    go(county, page)
    changed = text("zh", "commands.changed_meanwhile", kind_key="commands.kind.needs", name=rows[0].code)
    assert changed in said(page)
    go(county, page, "needs.bulk.retry")
    assert text("zh", "bulk.all_done", what=text("zh", "needs.act.unmet"), done=1) in said(page)
    assert count(county, Need, Need.id.in_([row.id for row in rows]), Need.state == "unmet") == 2


def test_while_it_goes_on_it_can_be_stopped_and_what_is_done_is_said(
    county: Database, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, true, gate = listed(county)[:4], bulk.perform, threading.Event()

    def slow(*given: Any, **values: Any) -> Any:
        result = true(*given, **values)
        gate.wait(60)
        return result

    monkeypatch.setattr(bulk, "perform", slow)
    page = tick(ticking(visit), rows)
    page.button(key="needs.bulk.go").click().run()
    assert text("zh", "jobs.done_of", done=0, total=4) in said(page)
    assert page.button(key="needs.bulk.go").disabled
    threading.Timer(0.3, gate.set).start()
    page.button(key="needs.bulk.stop").click().run()
    over(county)
    page.run()
    what = text("zh", "needs.act.hold")
    assert text("zh", "bulk.was_stopped", what=what, done=1, refused=0, left=3) in said(page)
    assert count(county, Hold) == 1
    go(county, page, "needs.bulk.go_on")
    assert text("zh", "bulk.all_done", what=what, done=3) in said(page)
    assert count(county, Hold) == 4


def test_ticks_are_of_the_list_they_were_made_on(county: Database, visit: Visit) -> None:
    page = tick(ticking(visit), listed(county)[:3])
    page.segmented_control(key="needs.view").set_value(View.TO_VERIFY).run()
    assert text("zh", "bulk.ticked", count=0) in said(page)
    assert page.selectbox(key=f"needs.bulk.what.{View.TO_VERIFY}").value == "verify"


def test_who_only_looks_ticks_nothing_and_a_station_holds_nothing(visit: Visit) -> None:
    assert not visit("needs", Role.LEADER).toggle
    page = ticking(visit, Role.STATION_WORKER)
    options = page.selectbox(key=f"needs.bulk.what.{View.TO_DISPATCH}").options
    assert text("zh", "needs.act.cancel") in options and text("zh", "needs.act.hold") not in options
