"""The page Notebook: from a template to results, edited, a version brought back, frozen."""

import json
import re
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.core.words import Role
from dashboard.services import jobs, notebook_runs, signins
from dashboard.services.jobs import JobStatus
from dashboard.text import text
from db.engine import Database
from db.models import Freeze, Notebook, NotebookVersion
from tests.pages.conftest import Visit


def clean(page: AppTest) -> AppTest:
    assert [] == [error.message for error in page.exception]
    return page


def made(visit: Visit, role: Role = Role.COORDINATOR, template: str = "brief") -> AppTest:
    page = clean(visit("notebook", role))
    page.selectbox(key="notebook.template").set_value(template).run()
    return clean(page.button(key="notebook.make").click().run())


def show(page: AppTest, view: str) -> AppTest:
    page.session_state["notebook.view"] = view
    return clean(page.run())


def saved(county: Database) -> list[list[dict[str, str]]]:
    with county.read() as session:
        return list(session.scalars(select(NotebookVersion.cells).order_by(NotebookVersion.number)))


def test_without_a_notebook_the_page_says_how_to_begin(visit: Visit) -> None:
    page = clean(visit("notebook", Role.LEADER))
    assert text("zh", "notebook.none") in [one.value for one in page.info]


def test_the_monthly_brief_shows_figures_tables_and_a_chart(visit: Visit) -> None:
    page = made(visit, Role.LEADER)
    assert len(page.metric) == 6
    assert [len(table.value.columns) for table in page.dataframe] == [3, 4]
    assert not page.error and not page.warning


def test_a_cell_is_added_filled_tried_and_saved(visit: Visit, county: Database) -> None:
    page = show(made(visit, template="empty"), "edit")
    clean(page.button(key="notebook.add.query").click().run())
    area = next(one for one in page.text_area if str(one.key).endswith(".query1.sql"))
    area.set_value("select state, count(*) as n from needs group by 1").run()
    clean(page.button(key="notebook.try").click().run())
    assert list(page.dataframe[-1].value.columns) == ["state", "n"]
    clean(page.button(key="notebook.save").click().run())
    assert [len(cells) for cells in saved(county)] == [1, 2]
    assert saved(county)[1][1]["sql"].startswith("select state")


def test_a_wrong_query_is_told_in_words_and_saved_all_the_same(visit: Visit, county: Database) -> None:
    page = show(made(visit, template="quality"), "edit")
    area = next(one for one in page.text_area if str(one.key).endswith(".sql"))
    area.set_value("select * from persons").run()
    clean(page.button(key="notebook.save").click().run())
    page = show(page, "cells")
    assert any("persons" in one.value for one in page.error)
    page = show(page, "versions")
    clean(page.button(key="notebook.restore.1").click().run())
    assert json.dumps(saved(county)[2]) == json.dumps(saved(county)[0])


def over(county: Database) -> JobStatus:
    """Wait for the freezing, however slow the machine is."""
    token = signins.enter_as(county, Role.COORDINATOR, address="127.0.0.1", now=datetime.now(UTC), language="zh")
    signed_in = signins.lookup(county, token, datetime.now(UTC))
    assert signed_in is not None
    with county.read() as session:
        number = session.scalars(select(Notebook.id)).one()
    found = jobs.mine(signed_in.actor, f"freeze.{number}")
    assert found is not None
    return jobs.wait(found.job_id, signed_in.actor, 120)


def frozen(county: Database) -> list[dict[str, Any]]:
    """The decks that were kept."""
    with county.read() as session:
        return list(session.scalars(select(Freeze.deck)))


def test_a_notebook_is_frozen_and_its_deck_can_be_opened(visit: Visit, county: Database) -> None:
    page = show(made(visit), "meetings")
    clean(page.button(key="notebook.freeze").click().run())
    if "notebook.freezing.stop" in {button.key for button in page.button}:
        over(county)
        clean(page.run())
    assert text("zh", "notebook.frozen", title=text("zh", "notebook.template.brief")) in [
        one.value for one in page.success
    ]
    (deck,) = frozen(county)
    assert [slide["title"] for slide in deck["slides"]] == [
        text("zh", f"notebook.say.{name}") for name in ("brief", "year", "towns")
    ]
    assert text("zh", "notebook.since", count="0") in [one.value for one in page.caption]


def test_a_freezing_that_takes_long_names_its_cell_and_can_be_stopped(
    visit: Visit, county: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = show(made(visit), "meetings")
    true, gate = notebook_runs.run_query, threading.Event()

    def slow(*given: Any, **values: Any) -> Any:
        gate.wait(60)
        return true(*given, **values)

    monkeypatch.setattr(notebook_runs, "run_query", slow)
    clean(page.button(key="notebook.freeze").click().run())
    (at,) = [one.value for one in page.markdown if "正在计算" in one.value]
    assert re.search(r"正在计算 \w+（\d/\d）", at.replace("\\", ""))
    assert page.button(key="notebook.freeze").disabled
    clean(page.button(key="notebook.freezing.stop").click().run())
    gate.set()
    assert over(county).state == "cancelled"
    clean(page.run())
    assert text("zh", "notebook.freezing_stopped") in [one.value for one in page.info]
    assert frozen(county) == [] and not page.button(key="notebook.freeze").disabled
