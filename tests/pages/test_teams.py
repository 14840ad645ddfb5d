"""The Teams page: its sums, two teams compared, one opened to its rows, the cross table; no names for leaders."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.core.figures import FIGURES
from dashboard.core.words import Aspect, Grade, Role
from dashboard.services import squads, team_rows, teams
from dashboard.services.questions import answer
from dashboard.services.squads import Coverage
from dashboard.services.teams import TeamBoard, TeamRow
from dashboard.text import text
from dashboard.ui import team_views
from db.engine import Database
from tests.builders import an_actor
from tests.pages.conftest import Visit


@pytest.fixture
def board(county: Database) -> TeamBoard:
    return answer(county, teams.board, an_actor(Role.LEADER), today=team_views.today())


def busiest(board: TeamBoard) -> TeamRow:
    return max(board.rows, key=lambda row: row.services)


def opened(page: AppTest, view: str, **state: Any) -> AppTest:
    page.session_state["teams.view"] = view
    for name, value in state.items():
        page.session_state[f"teams.{name}"] = value
    page.run()
    assert [] == [error.message for error in page.exception]
    return page


def tables(page: AppTest) -> dict[str, Any]:
    return {frame.proto.id.rsplit("-", 1)[-1]: frame.value for frame in page.dataframe}


def charts(page: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in page.get("vega_lite_chart")]


def test_the_tiles_are_the_sums_of_the_table(visit: Visit, board: TeamBoard) -> None:
    page = visit("teams", Role.LEADER)
    assert [] == [error.message for error in page.exception]
    table = page.dataframe[0].value
    shown = [metric.value for metric in page.metric]
    assert shown[0] == f"{len(table):,}"
    assert shown[1] == f"{table['members'].sum():,.0f}"
    assert shown[2] == f"{table['services'].sum():,.0f}"
    assert sum(row.services for row in board.rows) == table["services"].sum()
    assert f"{round(table['hours'].sum()):,}" == shown[3] or abs(table["hours"].sum() - float(shown[3])) < len(table)
    assert table["services"].is_monotonic_decreasing
    assert all(metric.help for metric in page.metric)


def test_every_chart_has_its_table_behind_it(visit: Visit) -> None:
    page = visit("teams", Role.LEADER)
    behind = [expander.dataframe[0].value for expander in page.expander]
    assert len(behind) == len(page.get("vega_lite_chart")) == 2
    drawn = page.dataframe[0].value
    assert behind[0].iloc[:, -1].sum() == drawn["services"].sum()


def test_two_teams_stand_side_by_side(visit: Visit, board: TeamBoard) -> None:
    one, other = board.rows[0], busiest(board)
    page = opened(visit("teams", Role.LEADER), "compare", team=one.id, other=other.id)
    table = page.dataframe[0].value
    assert list(table.columns[1:]) == [one.name, other.name]
    row = list(table.iloc[:, 0]).index(text("zh", "teams.column.services"))
    assert list(table.iloc[row, 1:]) == [f"{one.services:,}", f"{other.services:,}"]


def test_one_team_alone_cannot_be_compared(visit: Visit, board: TeamBoard) -> None:
    page = opened(visit("teams", Role.LEADER), "compare", team=board.rows[0].id)
    assert text("zh", "teams.choose_two") in [info.value for info in page.info]


@pytest.mark.parametrize("part", ["trend", "members", "calendar", "map", "coverage", "rows"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_of_a_team_opens(visit: Visit, board: TeamBoard, part: str, language: str) -> None:
    row = busiest(board)
    page = opened(visit("teams", Role.COORDINATOR, language), "one", team=row.id, part=part)
    assert page.metric[1].value == f"{row.services:,}"
    assert len(page.dataframe) >= 1


def test_a_number_opens_its_rows_and_a_grade_narrows_them(visit: Visit, board: TeamBoard) -> None:
    row = busiest(board)
    page = opened(visit("teams", Role.COORDINATOR), "one", team=row.id, part="rows")
    said = [f"**{text('zh', 'teams.total_rows', total=f'{row.services:,}')}**"]
    assert said == [found.value for found in page.markdown if found.value in said]
    page.session_state["teams.grade"] = Grade.A
    table = page.run().dataframe[0].value
    assert set(table[text("zh", "teams.column.grade")]) <= {"A"}


def test_a_coordinator_reads_the_idle_members_names(visit: Visit, board: TeamBoard, county: Database) -> None:
    row = max(board.rows, key=lambda row: row.idle_members)
    page = opened(visit("teams", Role.COORDINATOR), "one", team=row.id, part="members", idle=True)
    listed = answer(county, team_rows.members, an_actor(), team_id=row.id, today=board.today, idle=True)
    assert list(page.dataframe[0].value.iloc[:, 0]) == [member.name for member in listed.rows]
    assert listed.total == row.idle_members


@pytest.mark.parametrize("part", ["trend", "members", "calendar", "map", "coverage", "rows"])
def test_a_leader_meets_no_volunteer_by_name(visit: Visit, board: TeamBoard, county: Database, part: str) -> None:
    row = busiest(board)
    names = {member.name for member in _members(county, board, row)}
    page = opened(visit("teams", Role.LEADER), "one", team=row.id, part=part)
    words = " ".join(frame.value.to_csv() for frame in page.dataframe)
    words += " ".join(element.value for kind in (page.markdown, page.caption, page.info) for element in kind)
    assert [name for name in names if name in words] == []
    assert names


def _members(county: Database, board: TeamBoard, row: TeamRow) -> tuple[Any, ...]:
    values = {"team_id": row.id, "today": board.today, "size": 1000}
    return answer(county, team_rows.members, an_actor(), **values).rows


def test_the_cross_table_adds_up_to_the_tile(visit: Visit, board: TeamBoard) -> None:
    page = opened(visit("teams", Role.LEADER), "pivot")
    table = page.dataframe[0].value
    assert table.iloc[-1, -1] == sum(row.services for row in board.rows)
    page.selectbox(key="teams.cross.columns").set_value("team_kind").run()
    assert text("zh", "teams.same_dimension") in [warning.value for warning in page.warning]


@pytest.mark.parametrize("columns", ["town", "level", "category", "grade", "month", "team"])
def test_any_two_dimensions_cross(visit: Visit, columns: str) -> None:
    page = opened(visit("teams", Role.LEADER, "en"), "pivot")
    page.selectbox(key="teams.cross.columns").set_value(columns)
    page.selectbox(key="teams.cross.measure").set_value("people").run()
    assert [] == [error.message for error in page.exception]
    assert len(page.dataframe[0].value) > 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_stands_there_with_its_definition(visit: Visit, language: str) -> None:
    page = opened(visit("teams", Role.LEADER, language), "figures")
    rows = [row for frame in page.dataframe for row in frame.value.itertuples()]
    assert {row.name for row in rows} == {text(language, figure.name) for figure in FIGURES}
    assert all(row.formula and row.unit and row.window for row in rows)
    assert not page.error


def test_a_leader_gets_no_file(visit: Visit) -> None:
    assert 0 == len(visit("teams", Role.LEADER).get("download_button"))
    assert 2 == len(visit("teams", Role.COORDINATOR).get("download_button"))


# -- squads


def squads_of(county: Database) -> Coverage:
    return answer(county, squads.coverage, an_actor(Role.LEADER), today=team_views.today())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_coverage_shows_every_town_and_its_gaps(visit: Visit, county: Database, language: str) -> None:
    found = squads_of(county)
    page = opened(visit("teams", Role.LEADER, language), "squads")
    table = page.dataframe[0].value
    county_row = text(language, "squads.county")
    assert list(table.iloc[:, 0]) == [county_row, *(row.name for row in found.rows[1:])]
    assert list(table.columns[1:]) == [text(language, f"words.aspect.{aspect}") for aspect in Aspect]
    for number, row in enumerate(found.rows):
        for aspect in Aspect:
            cell = table.iloc[number][text(language, f"words.aspect.{aspect}")]
            assert (text(language, "squads.yes") in cell) == (aspect in row.own)
            assert not row.stations or f"{row.below[aspect]}/{row.stations}" in cell
    lacking = sum(len(set(Aspect) - {Aspect.ALL_ELSE} - row.own) for row in found.towns)
    said = " ".join(found.value for found in page.markdown)
    assert lacking and text(language, "squads.gaps", gaps=lacking, aspects="").strip() in said
    captions = [caption.value for caption in page.caption]
    assert text(language, "squads.intro", squads=found.squads) in captions


def test_an_admin_gives_a_category_to_another_aspect(visit: Visit, county: Database) -> None:
    page = opened(visit("teams", Role.ADMIN), "squads")
    held = {one.id: one for one in answer(county, squads.category_aspects, an_actor())}
    farming = next(one for one in held.values() if one.aspect is None)
    page.selectbox(key=f"squads.category.{farming.id}.1").set_value("culture")
    page.button(key="squads.categories.store").click().run()
    assert text("zh", "squads.categories_stored", count=1) in [notice.value for notice in page.success]
    after = {one.id: one for one in answer(county, squads.category_aspects, an_actor())}
    assert after[farming.id].aspect is Aspect.CULTURE
    assert {one.id: one.aspect for one in after.values() if one.id != farming.id} == {
        one.id: one.aspect for one in held.values() if one.id != farming.id
    }
    row = next(line for line in page.dataframe[1].value.itertuples() if line[1] == text("zh", "words.aspect.culture"))
    assert farming.name in row[2]
    page.button(key="squads.categories.store").click().run()
    assert text("zh", "rules.nothing_changed") in [error.value for error in page.error]


@pytest.mark.parametrize("role", [Role.LEADER, Role.STATION_WORKER, Role.COORDINATOR])
def test_nobody_else_is_offered_to_change_categories(visit: Visit, role: Role) -> None:
    page = opened(visit("teams", role), "squads")
    assert [box for box in page.selectbox if "squads.category" in str(box.key)] == []
    assert len(page.dataframe) == 2


def test_a_coordinator_makes_a_team_a_squad_and_the_badge_says_so(
    visit: Visit, board: TeamBoard, county: Database
) -> None:
    taken = {row.site for row in board.rows if row.aspect is Aspect.REPAIR}
    row = next(row for row in board.rows if row.aspect is Aspect.ALL_ELSE and row.site not in taken)
    page = opened(visit("teams", Role.COORDINATOR), "one", team=row.id)
    page.selectbox(key=f"teams.aspect.{row.id}.{row.version}").set_value("repair").run()
    page.button(key=f"teams.aspect.{row.id}").click().run()
    stored = answer(county, teams.board, an_actor(Role.LEADER), today=board.today).team(row.id)
    assert stored is not None and stored.aspect is Aspect.REPAIR
    badge = text("zh", "squads.badge", aspect=text("zh", "words.aspect.repair"))
    assert any(badge in found.value for found in page.markdown)


def test_a_second_squad_of_an_aspect_is_refused_with_the_name_of_the_first(visit: Visit, board: TeamBoard) -> None:
    first = next(row for row in board.rows if row.aspect is Aspect.ELDERS)
    row = next(other for other in board.rows if other.site == first.site and other.id != first.id)
    page = opened(visit("teams", Role.ADMIN), "one", team=row.id)
    page.selectbox(key=f"teams.aspect.{row.id}.{row.version}").set_value("elders").run()
    page.button(key=f"teams.aspect.{row.id}").click().run()
    assert text("zh", "squads.held", team=first.name) in [error.value for error in page.error]


@pytest.mark.parametrize("role", [Role.LEADER, Role.STATION_WORKER])
def test_who_may_not_name_squads_only_reads_the_badge(visit: Visit, board: TeamBoard, role: Role) -> None:
    row = next(row for row in board.rows if row.aspect is not None and row.shared)
    page = opened(visit("teams", role), "one", team=row.id)
    badge = text("zh", "squads.badge", aspect=text("zh", f"words.aspect.{row.aspect}"))
    assert any(badge in found.value for found in page.markdown)
    assert [button for button in page.button if "teams.aspect" in str(button.key)] == []
