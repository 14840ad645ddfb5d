"""The page Notebook: from a template to results, edited, a version brought back, frozen."""

import json
import re
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from sqlalchemy import delete, func, select, update
from streamlit.testing.v1 import AppTest

from dashboard.core.notebook import Deed, Sharing, cells_of
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.formats.notebook_ipynb import to_ipynb
from dashboard.services import backups, freezes, jobs, match_jobs, notebook_runs, signins
from dashboard.services.checks import CHECKS
from dashboard.services.commands import perform
from dashboard.services.jobs import JobStatus
from dashboard.services.notebook_results import forget_known
from dashboard.services.questions import forget_all
from dashboard.services.registers import STEPS
from dashboard.text import text
from db.engine import Database
from db.models import Account, Audit, Freeze, Notebook, NotebookResult, NotebookVersion, Service, Site, VolunteerStars
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


def test_the_map_by_month_shows_the_month_that_the_slider_chooses(visit: Visit) -> None:
    page = made(visit, Role.COORDINATOR)
    table = next(one.value for one in page.dataframe if len(one.value.columns) == 13)
    slider = page.select_slider(key="notebook.lapse.by_month_and_town")
    first, last = table.columns[1], table.columns[-1]
    assert slider.value == last
    clean(slider.set_value(first).run())
    total = text("zh", "lapse.total", count=f"{table[first].sum():,}", unit=text("zh", "lapse.unit.needs_registered"))
    assert f"### {total}" in [one.value for one in page.markdown]
    assert first in [one.value for one in page.markdown]


def test_a_map_by_month_that_can_t_be_is_refused_by_its_name(visit: Visit, county: Database) -> None:
    page = show(made(visit, template="empty"), "edit")
    clean(page.button(key="notebook.add.lapse").click().run())
    box = next(one for one in page.text_input if str(one.key).endswith(".lapse1.months"))
    box.set_value("1").run()
    clean(page.button(key="notebook.save").click().run())
    refusal = text("zh", "lapse.bad_months", number=2, name="lapse1", fewest=2, most=24)
    assert refusal in [one.value for one in page.error]
    assert len(saved(county)) == 1


def test_without_a_notebook_the_page_says_how_to_begin(visit: Visit) -> None:
    page = clean(visit("notebook", Role.LEADER))
    assert text("zh", "notebook.none") in [one.value for one in page.info]


def test_the_monthly_brief_shows_figures_tables_and_a_chart(visit: Visit) -> None:
    page = made(visit, Role.LEADER)
    assert len(page.metric) == 6
    assert [len(table.value.columns) for table in page.dataframe] == [3, 13, 4]
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


def decided(county: Database, words: str) -> int:
    """Somebody types a decision into the only deck there is."""
    token = signins.enter_as(county, Role.COORDINATOR, address="127.0.0.1", now=datetime.now(UTC), language="zh")
    signed_in = signins.lookup(county, token, datetime.now(UTC))
    assert signed_in is not None
    with county.read() as session:
        number = session.scalars(select(Freeze.id)).one()
    values: dict[str, Any] = {"freeze_id": number, "words": words, "owner": "镇长", "due": date(2030, 1, 31)}
    kept = perform(county, freezes.decide, signed_in.actor, now=datetime.now(UTC), screen="1", **values)
    return int(kept["decision_id"])


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
        text("zh", f"notebook_say.{name}") for name in ("brief", "year", "played", "towns")
    ]
    assert text("zh", "notebook.since", count="0") in [one.value for one in page.caption]
    decision = decided(county, "加两名理发志愿者")
    page = clean(page.run())
    assert "加两名理发志愿者" in [one.value for one in page.text]
    page = clean(page.button(key=f"notebook.decision.{decision}").click().run())
    assert text("zh", "notebook.no_decisions") in [one.value for one in page.caption]


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


def key(page: AppTest, name: str) -> bool:
    return any(one.key == name for one in page.button)


def test_opening_again_runs_nothing_and_says_who_ran_it(visit: Visit, county: Database) -> None:
    made(visit)
    with county.read() as session:
        before = session.scalars(select(NotebookResult.id).order_by(NotebookResult.id)).all()
    assert len(before) == 4
    forget_known()
    page = clean(visit("notebook", Role.COORDINATOR))
    assert len(page.metric) == 6 and not key(page, "notebook.run_stale")
    with county.read() as session:
        assert len(session.scalars(select(Audit.id).where(Audit.command == "notebook_results.keep")).all()) == 1


def test_a_change_marks_what_is_stale_and_a_click_runs_just_that(visit: Visit, county: Database) -> None:
    page = made(visit, template="teams")
    assert not key(page, "notebook.run_stale")
    before = page.dataframe[0].value
    page.text_input(key="notebook.input.1.days").set_value("1").run()
    assert page.dataframe[0].value.equals(before), "what was there stays until it is run"
    assert key(page, "notebook.run_stale")
    clean(page.button(key="notebook.run_stale").click().run())
    assert not key(page, "notebook.run_stale")
    assert not page.dataframe[0].value.equals(before)


def test_one_cell_is_run_and_then_all(visit: Visit, county: Database) -> None:
    page = made(visit)
    clean(page.button(key="notebook.run.by_town").click().run())
    said = [one.value for one in page.caption if one.value.startswith(text("zh", "notebook.no_difference", at="")[:2])]
    assert len(said) == 1
    clean(page.button(key="notebook.run_all").click().run())
    with county.read() as session:
        told = session.scalars(
            select(Audit.after).where(Audit.command == "notebook_results.keep").order_by(Audit.id)
        ).all()
    assert [one and one["run"] for one in told] == [4, 1, 4]


def test_stopped_cells_wait_until_somebody_asks(visit: Visit, county: Database) -> None:
    page = made(visit)
    with county.read() as session:
        number = session.scalars(select(Notebook.id)).one()
    county.write(lambda session: session.execute(delete(NotebookResult)))
    forget_known()
    forget_all()
    page.session_state[f"notebook.run.{number}"] = []
    clean(page.run())
    assert not page.metric
    clean(page.button(key="notebook.run_stale").click().run())
    assert len(page.metric) == 6


def test_inputs_are_fields_of_their_type(visit: Visit, county: Database) -> None:
    cells = [
        {"name": "span", "kind": "input", "title": "", "value": "last:30", "type": "range"},
        {"name": "town", "kind": "input", "title": "", "value": "", "type": "town"},
        {"name": "sort", "kind": "input", "title": "", "value": "", "type": "category"},
        {"name": "day", "kind": "input", "title": "", "value": "", "type": "day"},
        {
            "name": "told",
            "kind": "query",
            "title": "",
            "sql": "select :span_from as a, :span_to as b, :town as c, :sort as d, :day as e",
        },
    ]
    page = made(visit, template="empty")
    page.file_uploader(key="notebook.upload").upload("a.ipynb", to_ipynb("输入", cells_of(cells), {}, {}, {}, "")).run()
    clean(page.button(key="notebook.upload_make").click().run())
    page.date_input(key="notebook.input.2.span").set_value((date(2026, 1, 5), date(2026, 2, 1))).run()
    town, sort = (page.selectbox(key=f"notebook.input.2.{name}") for name in ("town", "sort"))
    assert len(town.options) > 3 and len(sort.options) > 3
    town.select_index(1).run()
    page.selectbox(key="notebook.input.2.sort").select_index(2).run()
    page.date_input(key="notebook.input.2.day").set_value(date(2026, 3, 4)).run()
    clean(page.button(key="notebook.run_stale").click().run())
    assert list(page.dataframe[0].value.iloc[0]) == [
        "2026-01-05",
        "2026-02-01",
        town.options[1],
        sort.options[2],
        "2026-03-04",
    ]


def test_two_versions_are_compared_line_by_line(visit: Visit, county: Database) -> None:
    page = show(made(visit, template="quality"), "edit")
    area = next(one for one in page.text_area if str(one.key).endswith(".sql"))
    area.set_value("select 1 as one").run()
    clean(page.button(key="notebook.save").click().run())
    page = show(page, "versions")
    assert any("+" in one.value and "select 1 as one" in one.value for one in page.code)
    page.selectbox(key="notebook.compare.old").set_value(2).run()
    assert text("zh", "notebook.same") in [one.value for one in page.caption]


def test_a_template_of_a_colleague_is_begun_from_and_a_copy_is_one_s_own(visit: Visit, county: Database) -> None:
    page = made(visit, template="teams")
    with county.read() as session:
        number = session.scalars(select(Notebook.id)).one()
    page.radio(key=f"notebook.sharing.{number}").set_value(Sharing.TEMPLATE).run()
    clean(page.button(key="notebook.share").click().run())
    page = clean(visit("notebook", Role.LEADER))
    assert not key(page, "notebook.share") and not key(page, "notebook.archive")
    page.selectbox(key="notebook.template").set_value(f"of:{number}").run()
    clean(page.button(key="notebook.make").click().run())
    clean(page.button(key="notebook.copy").click().run())
    with county.read() as session:
        books = session.execute(select(Notebook.sharing, Notebook.owner_id).order_by(Notebook.id)).all()
    assert [sharing for sharing, _ in books] == ["template", "private", "private"]
    assert len({owner for _, owner in books}) == 2 and saved(county)[0] == saved(county)[1] == saved(county)[2]


def with_actions(visit: Visit, role: Role) -> AppTest:
    cells = [{"name": deed.value, "kind": "action", "title": "", "deed": deed.value} for deed in Deed]
    page = made(visit, role, "empty")
    data = to_ipynb("动作", cells_of(cells), {}, {}, {}, "")
    page.file_uploader(key="notebook.upload").upload("a.ipynb", data).run()
    return clean(page.button(key="notebook.upload_make").click().run())


def test_actions_are_offered_to_those_who_may_and_done_at_a_click_only(visit: Visit, county: Database) -> None:
    page = with_actions(visit, Role.LEADER)
    assert [one.value for one in page.caption].count(text("zh", "notebook.deed_right")) == len(Deed)
    assert not any(str(one.key).startswith("notebook.deed.") for one in page.button)
    page = with_actions(visit, Role.ADMIN)
    passed = text("zh", "checks.all_ok", count=len(CHECKS) + 1)
    assert not any(one.value.startswith(passed) for one in page.success)
    assert not key(page, "notebook.run_all"), "no run does an action"
    clean(page.button(key="notebook.deed.check").click().run())
    assert any(one.value.startswith(passed) for one in page.success)
    with county.read() as session:
        centre = session.scalars(select(Site.name).where(Site.level == "centre")).one()
    file = ("sites.csv", f"阵地名称,级别,上级阵地\n新点,点,{centre}\n".encode(), "text/csv")
    clean(page.file_uploader(key="imports.file.sites").set_value(file).run())
    assert page.metric[0].value == "1"
    named = select(Site.name).where(Site.name == "新点")
    with county.read() as session:
        assert session.scalars(named).all() == [], "looking stores nothing"
    clean(page.button(key="imports.store").click().run())
    with county.read() as session:
        assert session.scalars(named).all() == ["新点"]


def test_a_match_is_begun_from_a_cell_in_one_s_own_name(visit: Visit, county: Database) -> None:
    page = with_actions(visit, Role.COORDINATOR)
    assert key(page, "notebook.deed.match") and not key(page, "notebook.deed.check")
    clean(page.button(key="notebook.deed.match").click().run())
    assert text("zh", "notebook.deed_match_begun") in [one.value for one in page.info]
    with county.read() as session:
        account = session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).first()
        assert account is not None
        who = Actor(account.id, account.display_name, Role.COORDINATOR, account.county, account.site_id)
    job = match_jobs.mine(who)
    assert job is not None
    assert match_jobs.wait(job.job_id, who, 60).state == "done"


def test_stars_are_computed_from_a_cell_after_a_look_at_who_changes(visit: Visit, county: Database) -> None:
    page = with_actions(visit, Role.COORDINATOR)
    assert not key(page, "notebook.deed.stars.do")
    clean(page.button(key="notebook.deed.stars").click().run())
    assert text("zh", "stars.never") in [one.value for one in page.caption]
    with county.read() as session:
        assert session.scalars(select(VolunteerStars)).all() == [], "a look computes nothing"
        served = set(session.scalars(select(Service.volunteer_id)))
    clean(page.button(key="notebook.deed.stars.do").click().run())
    with county.read() as session:
        assert set(session.scalars(select(VolunteerStars.volunteer_id))) == served


def test_an_admin_backs_the_database_up_from_a_cell(
    visit: Visit, county: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(backups.FOLDER_VARIABLE, str(tmp_path / "kept"))
    page = with_actions(visit, Role.ADMIN)
    assert text("zh", "backups.warning") in [one.value for one in page.caption]
    assert text("zh", "backups.none") in [one.value for one in page.caption]
    page.button(key="notebook.deed.backup").click().run()
    with county.read() as session:
        account = session.scalars(select(Account).where(Account.role == Role.ADMIN)).first()
        assert account is not None
        who = Actor(account.id, account.display_name, Role.ADMIN, account.county, account.site_id)
    job = jobs.mine(who, backups.KIND)
    assert job is not None
    made = jobs.wait(job.job_id, who, 60).result
    clean(page.run())
    assert any(made.path.name in one.value for one in page.success)
    assert [list(one.value.iloc[:, 0]) for one in page.dataframe][-1] == [made.path.name]
    page = with_actions(visit, Role.COORDINATOR)
    assert not key(page, "notebook.deed.backup"), "an admin's only"


def with_editor(visit: Visit, role: Role, register: str = "", sql: str = "") -> AppTest:
    sql = sql or "select volunteer_id from volunteers where status = 'active' order by 1 limit 3"
    cells = [
        {"name": "people", "kind": "query", "title": "", "sql": sql},
        {"name": "table", "kind": "editor", "title": "", "source": "people", "register": register},
    ]
    page = made(visit, role, "empty")
    page.file_uploader(key="notebook.upload").upload("a.ipynb", to_ipynb("编辑", cells_of(cells), {}, {}, {}, "")).run()
    return clean(page.button(key="notebook.upload_make").click().run())


def test_a_table_to_edit_is_for_those_who_may_change_volunteers(visit: Visit, county: Database) -> None:
    page = with_editor(visit, Role.COORDINATOR)
    assert len(page.dataframe) == 2 and not page.error and not page.warning
    assert not key(page, "notebook.editor_save.table"), "nothing was changed"
    page = with_editor(visit, Role.LEADER)
    assert page.error and page.warning, "a leader reads no volunteers"


#: A query of each register's rows, a column that is changed in it, and what is typed.
EDITED = {
    "sites": (
        "select site_id from sites where level = 'station' order by 1 limit 3",
        "opening",
        "周一至周五 9:00-17:00",
    ),
    "grids": ("select grid_id from grids where valid_to is null order by 1 limit 3", "households", 77),
    "contacts": ("select contact_id from grid_contacts order by 1 limit 3", "duty", "专职网格员"),
    "teams": ("select team_id from teams where site_id is not null order by 1 limit 3", "shared", None),
    "catalogue": ("select item_id from catalogue where site_id is not null order by 1 limit 3", "duration_minutes", 35),
    "needs": ("select need_id from needs where state = 'open' order by 1 limit 3", "urgency", None),
}


@pytest.mark.parametrize("register", EDITED)
def test_a_register_is_edited_as_a_table_row_by_row(
    register: str, visit: Visit, county: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql, column, typed = EDITED[register]
    page = with_editor(visit, Role.ADMIN, register, sql)
    assert not page.error and not page.warning and not key(page, "notebook.editor_save.table")
    drawn = st.data_editor

    def typed_into(frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
        """What a reader types: AppTest can't."""
        edited = pd.DataFrame(drawn(frame, **options))
        words = list(options["column_config"][column]["type_config"].get("options") or [])
        for row, old in enumerate(edited[column]):
            choice = not old if column == "shared" else next((one for one in words if one != old), None)
            edited[column] = [*edited[column][:row], choice if typed is None else typed, *edited[column][row + 1 :]]
            if row == 1:
                return edited
        return edited

    monkeypatch.setattr(st, "data_editor", typed_into)
    clean(page.run())
    assert page.button(key="notebook.editor_save.table").label == text("zh", "registers.save", count=2)
    with county.read() as session:
        before = session.scalar(select(func.max(Audit.id)))
    clean(page.button(key="notebook.editor_save.table").click().run())
    assert text("zh", "registers.saved", count=2) in [one.value for one in page.success]
    with county.read() as session:
        commands = list(session.scalars(select(Audit.command).where(Audit.id > before).order_by(Audit.id)))
    assert len(commands) == 2 and set(commands) <= {step.command.command_name for step in STEPS[register]}  # type: ignore[attr-defined]


def test_a_stale_row_is_named_and_the_others_stand(
    visit: Visit, county: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = with_editor(visit, Role.ADMIN, "sites", EDITED["sites"][0])
    drawn = st.data_editor
    monkeypatch.setattr(st, "data_editor", lambda frame, **options: drawn(frame, **options).assign(opening="全天"))
    clean(page.run())
    with county.read() as session:
        name, row_id = session.execute(
            select(Site.name, Site.id).where(Site.level == "station").order_by(Site.id).limit(1)
        ).one()
    monkeypatch.setattr(st, "data_editor", drawn)
    county.write(
        lambda session: session.execute(update(Site).where(Site.id == row_id).values(version=Site.version + 1))
    )
    clean(page.button(key="notebook.editor_save.table").click().run())
    assert [one.value.split("：")[0] for one in page.error] == [name]
    assert text("zh", "registers.saved", count=2) in [one.value for one in page.success]


def test_two_notebooks_of_one_title_are_told_apart(visit: Visit) -> None:
    made(visit, Role.COORDINATOR, "empty")
    page = made(visit, Role.COORDINATOR, "empty")
    names = page.selectbox(key="notebook.which").options
    assert len(names) == 2 == len(set(names))


def field(page: AppTest, name: str, kind: str = "text_area") -> Any:
    return next(one for one in getattr(page, kind) if str(one.key).endswith(name))


def test_a_chart_is_turned_into_a_spec_that_begins_with_its_columns(visit: Visit, county: Database) -> None:
    """The spec begins as the chart that was picked; a slip is told beside it with its place; the last spec stays where
    one goes back and forth; what is saved is drawn."""
    page = show(made(visit), "edit")
    at = next(at for at, cell in enumerate(saved(county)[0]) if cell["kind"] == "chart")
    cell = saved(county)[0][at]
    clean(field(page, ".way", "radio").set_value("spec").run())
    spec = json.loads(field(page, ".spec").value)
    assert [spec["encoding"][axis]["field"] for axis in ("x", "y")] == [cell["x"], cell["y"]]
    assert spec["mark"] == {"bars": "bar", "lines": {"type": "line", "point": True}}[cell["mark"]]
    assert any(f"`{cell['x']}`" in one.value for one in page.caption)

    spec["encoding"]["x"]["field"] = "twon"
    field(page, ".spec").set_value(json.dumps(spec)).run()
    (told,) = [one.value for one in page.error]
    assert "encoding.x.field" in told and "twon" in told and cell["name"] in told
    wrong = {**spec, "data": {"url": "https://example.org/a.csv"}}
    field(page, ".spec").set_value(json.dumps(wrong)).run()
    clean(page.button(key="notebook.save").click().run())
    assert text("zh", "chart_spec.own_data", number=at + 1, name=cell["name"], path="data", what="data") in [
        one.value for one in page.error
    ]
    assert len(saved(county)) == 1

    spec["encoding"]["x"]["field"] = cell["x"]
    field(page, ".spec").set_value(json.dumps(spec)).run()
    clean(next(one for one in page.button if str(one.key).endswith(".format")).click().run())
    tidy = field(page, ".spec").value
    assert "\n" in tidy and json.loads(tidy) == spec
    clean(field(page, ".way", "radio").set_value("columns").run())
    assert field(page, ".x", "selectbox").value == cell["x"]
    clean(field(page, ".way", "radio").set_value("spec").run())
    assert field(page, ".spec").value == tidy
    clean(page.button(key="notebook.save").click().run())
    assert saved(county)[1][at] == cell | {"spec": tidy}
    page = show(page, "cells")
    assert not page.error and len(page.get("vega_lite_chart")) == 1
