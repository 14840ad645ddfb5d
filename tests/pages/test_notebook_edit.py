"""The form of the page Notebook: what is typed is lost by nothing but a click that says so."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.core.words import Role
from dashboard.services import notebooks, signins
from dashboard.services.commands import perform
from dashboard.text import text
from db.engine import Database
from db.models import Notebook
from tests.pages.conftest import Visit
from tests.pages.test_notebook import clean, made, saved, show

MINE, THEIRS = "# 我改的", "# 同事改的"


def words(page: AppTest) -> Any:
    """The field of the first text cell."""
    return next(one for one in page.text_area if str(one.key).endswith(".markdown"))


def field(page: AppTest, end: str) -> Any:
    return next(one for one in [*page.text_input, *page.text_area, *page.selectbox] if str(one.key).endswith(end))


def another_window_saves(county: Database) -> None:
    token = signins.enter_as(county, Role.COORDINATOR, address="127.0.0.1", now=datetime.now(UTC), language="zh")
    signed_in = signins.lookup(county, token, datetime.now(UTC))
    assert signed_in is not None
    with county.read() as session:
        number, version, title = session.execute(select(Notebook.id, Notebook.version, Notebook.title)).one()
    cells = [{"name": "text1", "kind": "text", "markdown": THEIRS}]
    values: dict[str, Any] = {"notebook_id": number, "version": version, "title": title, "cells": cells}
    perform(county, notebooks.save, signed_in.actor, now=datetime.now(UTC), **values)


def typed_meanwhile(visit: Visit, county: Database) -> AppTest:
    page = show(made(visit, template="empty"), "edit")
    words(page).set_value(MINE).run()
    another_window_saves(county)
    page = clean(page.button(key="notebook.save").click().run())
    assert words(page).value == MINE
    assert page.button(key="notebook.save").disabled
    assert [cells[0]["markdown"] for cells in saved(county)][1:] == [THEIRS]
    return page


def test_what_was_typed_is_there_after_another_view(visit: Visit) -> None:
    page = show(made(visit, template="empty"), "edit")
    words(page).set_value(MINE).run()
    page = show(page, "cells")
    assert text("zh", "notebook.unsaved_read") in [one.value for one in page.caption]
    page = show(page, "edit")
    assert words(page).value == MINE
    page = clean(page.button(key="notebook.drop_draft").click().run())
    assert words(page).value != MINE
    assert not [one for one in page.button if one.key == "notebook.drop_draft"]


def test_a_draft_that_nobody_typed_in_moves_on_to_the_newest_version(visit: Visit, county: Database) -> None:
    page = show(made(visit, template="empty"), "edit")
    another_window_saves(county)
    page = show(page, "edit")
    assert words(page).value == THEIRS


def test_a_draft_overtaken_by_a_save_is_saved_over_it_at_a_click(visit: Visit, county: Database) -> None:
    page = typed_meanwhile(visit, county)
    page = clean(page.button(key="notebook.save_over").click().run())
    assert [cells[0]["markdown"] for cells in saved(county)][1:] == [THEIRS, MINE]
    assert not page.button(key="notebook.save").disabled


def test_a_draft_overtaken_by_a_save_is_kept_as_a_copy(visit: Visit, county: Database) -> None:
    page = typed_meanwhile(visit, county)
    page = clean(page.button(key="notebook.save_copy").click().run())
    with county.read() as session:
        titles = list(session.scalars(select(Notebook.title).order_by(Notebook.id)))
    assert titles[1:] == [text("zh", "notebook.copy_of", title=titles[0])]
    assert words(show(page, "edit")).value == MINE


def test_a_cell_s_new_name_is_followed_by_what_reads_it(visit: Visit, county: Database) -> None:
    page = show(made(visit, template="empty"), "edit")
    for kind in ("query", "chart", "query"):
        page = clean(page.button(key=f"notebook.add.{kind}").click().run())
    field(page, ".query1.sql").set_value("select 1 as one").run()
    field(page, ".query2.sql").set_value("select * from query1").run()
    page = clean(field(page, ".query1.name").set_value("numbers").run())
    assert field(page, ".chart1.source").value == "numbers"
    assert field(page, ".query2.sql").value == "select * from numbers"
    page = clean(field(page, ".query1.name").set_value("No Name").run())
    page = clean(field(page, ".query1.name").set_value("ones").run())
    clean(page.button(key="notebook.save").click().run())
    cells = {cell["name"]: cell for cell in saved(county)[1]}
    assert (cells["chart1"]["source"], cells["query2"]["sql"]) == ("ones", "select * from ones")


def test_the_columns_of_a_chart_are_picked_from_the_last_result(visit: Visit, county: Database) -> None:
    page = show(made(visit, template="empty"), "edit")
    for kind in ("query", "chart"):
        page = clean(page.button(key=f"notebook.add.{kind}").click().run())
    field(page, ".query1.sql").set_value("select 1 as one, 2 as two").run()
    page = clean(page.button(key="notebook.try").click().run())
    page = clean(page.run())
    field(page, ".chart1.x").set_value("one").run()
    page = clean(field(page, ".chart1.y").set_value("two").run())
    field(page, ".query1.sql").set_value("select 1 as one, 3 as three from needs").run()
    page = clean(next(one for one in page.button if str(one.key).endswith(".query1.tidy")).click().run())
    assert field(page, ".query1.sql").value == "select 1 as one, 3 as three\nfrom needs"
    page = clean(page.button(key="notebook.try").click().run())
    page = clean(page.run())
    assert (field(page, ".chart1.y").value, field(page, ".chart1.y").options) == ("two", ["one", "three", "two"])
    clean(page.button(key="notebook.save").click().run())
    chart = saved(county)[1][2]
    assert (chart["x"], chart["y"], chart["series"]) == ("one", "two", "")


def test_what_was_chosen_in_an_input_stays_with_its_notebook(visit: Visit) -> None:
    page = made(visit, template="teams")
    clean(page.text_input(key="notebook.input.1.days").set_value("1").run())
    page.selectbox(key="notebook.template").set_value("programme").run()
    page = clean(page.button(key="notebook.make").click().run())
    assert page.text_input(key="notebook.input.2.days").value == "365"
