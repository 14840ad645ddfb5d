"""The Imports page as an admin works with it: choose a register, see what it would do, store it, find it again."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import needs
from dashboard.services.commands import perform
from dashboard.text import text
from db.engine import Database
from db.models import ImportChange, Need
from tests.builders import COUNTY
from tests.pages.conftest import Visit

DATA = Path(__file__).resolve().parents[1] / "data"


def _choose(page: AppTest, kind: str, file: str) -> AppTest:
    page.segmented_control(key="imports.kind").set_value(kind).run()
    uploader = page.file_uploader(key=f"imports.file.{kind}")
    return uploader.set_value((file, (DATA / file).read_bytes(), "text/csv")).run()


def test_a_register_is_previewed_stored_and_found_in_the_history(visit: Visit) -> None:
    page = _choose(visit("imports", Role.ADMIN), "volunteers", "volunteers.csv")
    assert [] == [error.message for error in page.exception]
    numbers = {metric.label: metric.value for metric in page.metric}
    assert "12" == numbers[text("zh", "imports.page.rows")]
    page.button(key="imports.store").click().run()
    assert any("12" in notice.value for notice in page.success)
    numbers = {metric.label: metric.value for metric in page.metric}
    assert "0" == numbers[text("zh", "imports.page.stored")]
    page.segmented_control(key="imports.tab").set_value("history").run()
    assert ["volunteers.csv"] == list(page.dataframe[0].value["file_name"])


def test_refused_rows_problems_and_the_datum_are_told(visit: Visit) -> None:
    page = _choose(visit("imports", Role.ADMIN), "grids", "grids.geojson")
    assert [] == [error.message for error in page.exception]
    problems = next(frame.value for frame in page.dataframe if "fix" in frame.value)
    refused = problems[problems["severity"] == text("zh", "imports.severity.refused")]
    numbers = {metric.label: metric.value for metric in page.metric}
    assert str(refused["row"].nunique()) == numbers[text("zh", "imports.page.refused")]
    assert any("WGS-84" in caption.value for caption in page.caption)
    assert len(page.get("download_button")) == 1


def test_a_file_that_is_no_register_is_refused_in_words(visit: Visit) -> None:
    page = visit("imports", Role.ADMIN)
    page.segmented_control(key="imports.kind").set_value("sites").run()
    page.file_uploader(key="imports.file.sites").set_value(("s.csv", b"a,b\n1,2\n", "text/csv")).run()
    assert [] == [error.message for error in page.exception]
    assert len(page.error) == 1 and not page.metric


def test_a_corrected_column_changes_what_will_be_stored(visit: Visit) -> None:
    page = _choose(visit("imports", Role.ADMIN, language="en"), "volunteers", "volunteers.csv")
    before = {metric.label: metric.value for metric in page.metric}
    column = next(box for box in page.selectbox if box.label == "注册时间")
    column.set_value("").run()
    after = {metric.label: metric.value for metric in page.metric}
    assert [] == [error.message for error in page.exception]
    assert (before["Warnings"], after["Warnings"]) == ("11", "8")


def test_words_can_be_given_a_meaning(visit: Visit) -> None:
    page = visit("imports", Role.ADMIN)
    page.segmented_control(key="imports.tab").set_value("words").run()
    page.text_input(key="imports.word.availability").set_value("农闲").run()
    page.text_input(key="imports.meaning.availability").set_value("周一9:00-11:30").run()
    page.button(key="imports.save_word.availability").click().run()
    assert [] == [error.message for error in page.exception]
    frame = next(frame.value for frame in page.dataframe if "word" in frame.value)
    assert "周一 09:00–11:30" == frame.set_index("word").loc["农闲", "meaning"]


def test_points_outside_every_grid_have_their_list(visit: Visit) -> None:
    page = visit("imports", Role.ADMIN)
    page.segmented_control(key="imports.tab").set_value("unplaced").run()
    assert [] == [error.message for error in page.exception]


def _history(page: AppTest) -> AppTest:
    return page.segmented_control(key="imports.tab").set_value("history").run()


def _needs(page: AppTest) -> AppTest:
    page = _choose(page, "needs", "needs.xlsx")
    return page.button(key="imports.store").click().run()


def test_an_import_of_needs_is_looked_at_and_undone_below_the_list(visit: Visit) -> None:
    page = _history(_needs(visit("imports", Role.ADMIN)))
    page.selectbox(key="imports.undo.batch").set_value(1).run()
    assert [] == [error.message for error in page.exception]
    assert text("zh", "import_undo.lead", needs="11") in [part.value for part in page.markdown]
    assert page.button(key="imports.undo.do.1").disabled
    page.checkbox(key="imports.undo.sure.1").check().run()
    page.button(key="imports.undo.do.1").click().run()
    assert [] == [error.message for error in page.exception]
    assert [text("zh", "import_undo.done", file="needs.xlsx", needs="11")] == [
        notice.value.replace("\\", "") for notice in page.success
    ]
    assert page.dataframe[0].value["undone"].iloc[0].endswith("撤销")
    assert not [box for box in page.selectbox if box.key == "imports.undo.batch"]


def test_an_import_that_was_worked_on_says_what_stands_in_the_way(visit: Visit, county: Database) -> None:
    page = _needs(visit("imports", Role.ADMIN))
    with county.read() as session:
        made = session.scalars(select(ImportChange.row_id).where(ImportChange.table_name == "needs").limit(1)).one()
        code = session.get_one(Need, made).code
    perform(county, needs.cancel, system_actor(COUNTY), now=datetime.now(UTC), need_id=made, reason="no")
    _history(page).selectbox(key="imports.undo.batch").set_value(1).run()
    assert [] == [error.message for error in page.exception]
    assert text("zh", "import_undo.blocked", count="1", needs="11") in [warning.value for warning in page.warning]
    assert [[code, text("zh", "import_undo.why.moved")]] == page.dataframe[1].value.to_numpy().tolist()
    assert not [button for button in page.button if str(button.key).startswith("imports.undo.do")]
