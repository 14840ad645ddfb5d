"""The page Notebook: from a template to results, edited, a version brought back, frozen."""

import json

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.core.notebook import cells_of
from dashboard.core.words import Role
from dashboard.formats.notebook_ipynb import to_ipynb
from dashboard.text import text
from db.engine import Database
from db.models import Freeze, NotebookVersion
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
    assert not page.error and len(page.dataframe) == 1, "what was there before stays, marked as stale"
    clean(page.button(key="notebook.run_stale").click().run())
    assert any("persons" in one.value for one in page.error)
    page = show(page, "versions")
    clean(page.button(key="notebook.restore.1").click().run())
    assert json.dumps(saved(county)[2]) == json.dumps(saved(county)[0])


def test_a_notebook_is_frozen_and_its_deck_can_be_opened(visit: Visit, county: Database) -> None:
    page = show(made(visit), "meetings")
    clean(page.button(key="notebook.freeze").click().run())
    with county.read() as session:
        row = session.scalars(select(Freeze)).one()
        assert [slide["title"] for slide in row.deck["slides"]] == [
            text("zh", f"notebook.say.{name}") for name in ("brief", "year", "towns")
        ]
    assert text("zh", "notebook.since", count="0") in [one.value for one in page.caption]


def test_a_notebook_goes_out_and_comes_back(visit: Visit, county: Database) -> None:
    page = made(visit)
    plain = saved(county)[0]
    data = to_ipynb("带出", cells_of(plain), {}, {}, {}, "")
    page.file_uploader(key="notebook.upload").upload("a.ipynb", data, "application/json").run()
    clean(page.button(key="notebook.upload_make").click().run())
    assert saved(county) == [plain, plain]
    assert len(page.metric) == 6


def test_a_file_with_a_cell_that_is_none_is_refused_by_its_name(visit: Visit, county: Database) -> None:
    page = made(visit)
    broken = json.loads(to_ipynb("带出", cells_of(saved(county)[0]), {}, {}, {}, ""))
    at = max(at for at, cell in enumerate(broken["cells"]) if cell["cell_type"] == "code")
    broken["cells"][at]["source"] = "import os"
    name = broken["cells"][at]["id"]
    page.file_uploader(key="notebook.upload").upload("a.ipynb", json.dumps(broken).encode(), "application/json").run()
    assert [one.value for one in page.error] == [text("zh", "notebook.file_code", number=at, name=name)]
    assert len(saved(county)) == 1
