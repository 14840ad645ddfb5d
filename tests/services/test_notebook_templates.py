"""The templates' figures on the sample county equal independent statements on the tables, which know no view."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.frames import Frame
from dashboard.core.notebook import cells_of
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import month_figures, notebook_runs
from dashboard.services.query_cells import Limits
from dashboard.services.questions import answer
from dashboard.ui import notebook_templates
from db.engine import Database
from tests.builders import COUNTY

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = NOW.astimezone(COUNTY_TIME).date()
YEAR_AGO = TODAY - timedelta(days=365)
LEADER = Actor(1, "领导", Role.LEADER, COUNTY, None)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=COUNTY_TIME).astimezone(UTC).replace(tzinfo=None)


#: What the statements may say `:name` for; times as they are stored.
BOUND = {
    "now": NOW.replace(tzinfo=None),
    "today": TODAY,
    "year_ago": midnight(YEAR_AGO),
    "month_11": midnight(date(2025, 12, 1)),
    "this_month": midnight(date(2026, 11, 1)),
    "last_month": midnight(date(2026, 10, 1)),
    "last_end": midnight(date(2026, 10, 21)),
    "days_90": midnight(TODAY - timedelta(days=89)),
}


@pytest.fixture
def frames(county: Database, tmp_path: Path) -> Any:
    def run(name: str) -> dict[str, Frame]:
        cells = cells_of(notebook_templates.cells(name, "zh"))
        found = notebook_runs.run(county, LEADER, cells, NOW, limits=Limits(directory=tmp_path / "queries"))
        assert {key: one.error for key, one in found.items() if not one.good} == {}
        return {key: one.frame for key, one in found.items() if one.frame is not None}

    return run


def column(frame: Frame, name: str) -> list[Any]:
    at = frame.columns.index(name)
    return [row[at] for row in frame.rows]


@pytest.fixture
def ask(county: Database) -> Any:
    def scalar(statement: str) -> Any:
        given = {name: value for name, value in BOUND.items() if f":{name}" in statement}
        with county.read() as session:
            return session.execute(sql(statement), given).scalar()

    return scalar


def test_the_monthly_brief(frames: Any, ask: Any) -> None:
    found = frames("brief")
    months = found["by_month"]
    assert len(months.rows) == 12
    assert sum(column(months, "需求")) == ask(
        "select count(*) from needs where registered_at >= :month_11 and state <> 'draft'"
    )
    assert sum(column(months, "办结")) == ask(
        "select count(*) from needs where registered_at >= :month_11 and state = 'closed'"
    )
    towns = (
        "select count(*) from needs where registered_at >= :year_ago and state <> 'draft' and village_code is not null"
    )
    assert sum(column(found["by_town"], "需求")) == ask(towns)


def test_coverage_and_gaps(frames: Any, ask: Any) -> None:
    gaps = frames("coverage")["gaps"]
    valid = "(valid_to is null or valid_to > :today)"
    assert sum(column(gaps, "网格")) == ask(f"select count(*) from grids where {valid}")
    assert sum(column(gaps, "户数")) == ask(f"select sum(households) from grids where {valid}")
    assert sum(column(gaps, "无联系人")) == ask(
        f"select count(*) from grids g where {valid} and not exists (select 1 from grid_contacts c where "
        "c.grid_id = g.id and (c.valid_to is null or c.valid_to > :today))"
    )
    assert sum(column(gaps, "一年无服务")) == ask(
        f"select count(*) from grids g where {valid} and not exists "
        '(select 1 from services s where s.grid_id = g.id and s."start" >= :year_ago)'
    )


def test_teams_compared(frames: Any, ask: Any) -> None:
    teams = frames("teams")["teams_compared"]
    most = ask(
        'select count(*) from services s join teams t on t.id = s.team_id where s."start" >= :year_ago '
        "and t.active group by s.team_id order by 1 desc limit 1"
    )
    assert column(teams, "服务")[0] == most > 0
    assert column(teams, "服务") == sorted(column(teams, "服务"), reverse=True)


def test_response_times(frames: Any, ask: Any) -> None:
    found = frames("response")["response"]
    assert {"紧急", "较急", "一般"} == set(column(found, "紧急程度")), "in words"
    opened = "from needs where opened_at >= :year_ago"
    assert sum(column(found, "需求")) == ask(f"select count(*) {opened}")
    assert sum(column(found, "办结超期")) == ask(f"select count(*) {opened} and closed_at > close_due_at")


def test_data_quality(frames: Any, ask: Any) -> None:
    found = dict(frames("quality")["missing"].rows)
    assert found["网格没有所属阵地"] == ask("select count(*) from grids where site_id is null")
    assert found["待核实需求"] == ask("select count(*) from needs where state = 'to_verify'") > 0
    assert found["超过 16 小时的服务记录"] == ask("select count(*) from services where minutes > 960")
    assert found["没有统计人次的活动"] == ask(
        'select count(*) from activities where people_reached is null and "end" <= :now'
    )
    assert found["结束 30 天后才补录的"] == ask(
        "select count(*) from services where grade = 'C' and julianday(recorded_at) - julianday(\"end\") > 30"
    )


def test_the_station_standard(frames: Any, ask: Any) -> None:
    found = frames("stations")
    stations = "select count(*) from sites s where level = 'station' and (valid_to is null or valid_to > :today)"
    squads = "exists (select 1 from teams t where t.site_id = s.id and t.active)"
    filed = 'exists (select 1 from services v where v.site_id = s.id and v."start" >= :year_ago)'
    closed = "exists (select 1 from needs n where n.site_id = s.id and n.closed_at >= :year_ago)"
    towns = found["by_town"]
    assert sum(column(towns, "站")) == ask(stations) > 0
    assert sum(column(towns, "有场所")) == ask(f"{stations} and lon is not null")
    assert sum(column(towns, "有队伍")) == ask(f"{stations} and {squads}")
    assert sum(column(towns, "有台账")) == ask(f"{stations} and {filed}")
    assert sum(column(towns, "能服务")) == ask(f"{stations} and {closed}")
    whole = ask(f"{stations} and lon is not null and {squads} and {filed} and {closed}")
    assert sum(column(towns, "四项都有")) == whole
    assert len(found["lacking"].rows) == min(200, ask(stations) - whole)
    assert all(column(found["lacking"], "缺"))


def test_grid_contacts(frames: Any, ask: Any) -> None:
    found = frames("contacts")
    valid = "(valid_to is null or valid_to > :today)"
    assert sum(column(found["by_town"], "联系卡")) == ask(f"select count(*) from grid_contacts where {valid}")
    without = ask(
        f"select count(*) from grids g where {valid} and not exists (select 1 from grid_contacts c where "
        "c.grid_id = g.id and (c.valid_to is null or c.valid_to > :today))"
    )
    assert sum(column(found["by_town"], "没有卡的网格")) == without
    assert len(found["without"].rows) == min(200, without)


def test_the_programme_s_totals_are_the_sums_over_its_activities(frames: Any, ask: Any) -> None:
    found = frames("programme")
    (whole,) = found["whole"].rows
    for at, name in enumerate(found["whole"].columns):
        assert round(sum(column(found["themes"], name)), 1) == pytest.approx(whole[at], abs=0.5), name
    held = 'from activities where "start" <= :now and "start" >= :year_ago'
    assert whole[0] == ask(f"select count(*) {held}") > 0
    assert whole[1] == ask(f"select sum(people_reached) {held}")
    assert whole[3] == ask(f"select count(*) from services where activity_id in (select id {held})")


def test_the_monthly_meeting(frames: Any, ask: Any, county: Database) -> None:
    found = frames("meeting")
    rows = {row[0]: row[1:] for row in found["two_months"].rows}
    wanted = {"需求": ("registered_at", "state <> 'draft'"), "办结": ("closed_at", "state = 'closed'")}
    for name, (column_, state) in wanted.items():
        counted = f"select count(*) from needs where {state} and {column_}"
        this = ask(f"{counted} >= :this_month and {column_} <= :now")
        last = ask(f"{counted} >= :last_month and {column_} < :last_end")
        assert rows[name] == (this, last, this - last)
    assert rows["服务"][0] == ask('select count(*) from services where "start" >= :this_month and "start" <= :now') > 0
    opened = "select count(*) from needs where state = 'open' and town_code is not null"
    assert sum(column(found["towns_now"], "待办")) == ask(opened) > 0
    assert len(found["map"].rows) == len(found["towns_now"].rows)
    ranks = found["best_and_worst"]
    towns = (
        "(select count(*) as closed, sum(closed_at > close_due_at) as late from needs where state = 'closed' "
        "and closed_at >= :days_90 and close_due_at is not null and town_code is not null "
        "group by town_code having count(*) >= 5)"
    )
    assert sum(column(ranks, "办结")) == ask(f"select sum(closed) from {towns}") > 0, "three towns: all are listed"
    assert sum(column(ranks, "办结超期")) == ask(f"select sum(late) from {towns}")
    assert column(ranks, "按时%") == sorted(column(ranks, "按时%"), reverse=True)
    assert all(hours > 0 for hours in column(ranks, "平均受理"))


def test_the_meeting_s_two_months_are_the_figures_own(frames: Any, county: Database) -> None:
    rows = {row[0]: row[1:3] for row in frames("meeting")["two_months"].rows}
    keys = ("needs_registered", "needs_closed", "services")
    months = answer(county, month_figures.two_months, LEADER, now=NOW, keys=keys)
    for name, key in zip(("需求", "办结", "服务"), keys, strict=True):
        assert rows[name] == (months.now[key].value, months.before[key].value), key
