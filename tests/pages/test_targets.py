"""Targets on page Teams: a leader sets and locks one, readers of the county see its progress; also in a notebook."""

from datetime import UTC, datetime

from streamlit.testing.v1 import AppTest

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import notebooks, targets
from dashboard.services.commands import perform
from dashboard.text import text
from dashboard.ui.team_views import today
from db.engine import Database
from db.models import Account, Site
from tests.builders import COUNTY, an_actor
from tests.pages.conftest import Visit


def figures(visit: Visit, role: Role) -> AppTest:
    page = visit("teams", role)
    page.session_state["teams.view"] = "figures"
    page.run()
    assert [] == [error.message for error in page.exception]
    return page


def test_a_leader_sets_and_locks_a_target(visit: Visit) -> None:
    page = figures(visit, Role.LEADER)
    page.selectbox(key="targets.figure").set_value("services").run()
    page.number_input(key="targets.value.services").set_value(5000)
    page.text_input(key="targets.reason").set_value("年度计划")
    page.button(key="targets.save").click().run()
    assert [] == [error.value for error in page.error]
    page.text_input(key="targets.why").set_value("会议通过")
    page.button(key="targets.lock").click().run()
    assert [] == [error.value for error in page.error]
    table = page.dataframe[0].value
    assert table.iloc[0, 1] == text("zh", "figures.services")
    assert text("zh", "targets.is_locked") in table.iloc[0, 3]
    assert "5,000" in table.iloc[0, 3]
    assert text("zh", "targets.unlock") in [button.label for button in page.button]
    assert "targets.drop" not in [button.key for button in page.button]


def test_without_a_reason_nothing_is_set(visit: Visit, county: Database) -> None:
    page = figures(visit, Role.LEADER)
    page.selectbox(key="targets.figure").set_value("services").run()
    page.number_input(key="targets.value.services").set_value(5000)
    page.button(key="targets.save").click().run()
    assert page.error
    with county.read() as session:
        assert targets.progress(session, an_actor(Role.LEADER), now=datetime.now(UTC)).version == 0


def test_a_coordinator_reads_and_cannot_set(visit: Visit, county: Database) -> None:
    wanted = {"figure": "services", "period": str(today().year), "value": 10.0, "most": False}
    perform(county, targets.put, system_actor(COUNTY), now=datetime.now(UTC), reason="计划", version=0, **wanted)
    page = figures(visit, Role.COORDINATOR)
    assert "targets.save" not in [button.key for button in page.button]
    assert text("zh", "targets.at_least", value="10") in page.dataframe[0].value.iloc[0, 3]
    part = figures(visit, Role.STATION_WORKER)
    assert text("zh", "targets.title") not in "".join(element.value for element in part.markdown)


def test_a_leader_sets_a_part_s_target_and_its_readers_see_that_one_only(visit: Visit, county: Database) -> None:
    wanted = {"figure": "services", "period": str(today().year), "value": 99.0, "most": False}
    perform(county, targets.put, system_actor(COUNTY), now=datetime.now(UTC), reason="计划", version=0, **wanted)
    with county.read() as session:
        account = session.query(Account).filter_by(role="station_worker").order_by(Account.id).first()
        site = session.get_one(Site, account.site_id)
        site_id, name = site.id, site.name
    page = figures(visit, Role.LEADER)
    page.selectbox(key="targets.place").set_value(site_id)
    page.selectbox(key="targets.figure").set_value("services").run()
    page.number_input(key="targets.value.services").set_value(7)
    page.text_input(key="targets.reason").set_value("站里的计划")
    page.button(key="targets.save").click().run()
    assert [] == [error.value for error in page.error]
    assert list(page.dataframe[0].value.iloc[:, 0]) == [text("zh", "app.whole_county"), name]
    part = figures(visit, Role.STATION_WORKER)
    table = part.dataframe[0].value
    assert list(table.iloc[:, 0]) == [name]
    assert text("zh", "targets.at_least", value="7") in table.iloc[0, 3]


def test_a_notebook_s_figure_cell_shows_the_target(visit: Visit, county: Database) -> None:
    now = datetime.now(UTC)
    wanted = {"figure": "services", "period": str(today().year), "value": 10.0, "most": False}
    perform(county, targets.put, system_actor(COUNTY), now=now, reason="计划", version=0, **wanted)
    cells = [{"name": "one", "kind": "figure", "keys": "services"}]
    made = perform(county, notebooks.create, system_actor(COUNTY), now=now, title="目标", cells=cells)
    perform(county, notebooks.share, system_actor(COUNTY), now=now, notebook_id=made["notebook_id"], sharing="read")
    page = visit("notebook", Role.LEADER)
    assert [] == [error.message for error in page.exception]
    assert text("zh", "targets.at_least", value="10") in "".join(element.value for element in page.caption)
