"""The Imports page as an admin works with it: choose a register, see what it would do, store it, find it again."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.core.words import Role
from dashboard.text import text
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
