"""The templates' figures on the sample county equal independent statements on the tables, which know no view."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Invalid
from dashboard.core.frames import Frame
from dashboard.core.notebook import cells_of
from dashboard.core.permissions import Actor
from dashboard.core.replay import RECORDED, REPLAYED, Known
from dashboard.core.words import Role
from dashboard.services import month_figures, notebook_runs, replay
from dashboard.services.query_cells import Limits, run_query
from dashboard.services.questions import answer
from dashboard.services.tie_out import IDENTITIES
from dashboard.text import text
from dashboard.ui import notebook_templates
from db.engine import Database
from db.models import Site
from tests.builders import COUNTY, an_actor

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = NOW.astimezone(COUNTY_TIME).date()
YEAR_AGO = TODAY - timedelta(days=365)
LEADER = Actor(1, "领导", Role.LEADER, COUNTY, None)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=COUNTY_TIME).astimezone(UTC).replace(tzinfo=None)


#: The last days of the eleven months before this one.
MONTH_ENDS = [date(2026, month, 1) - timedelta(days=1) for month in range(1, 12)]


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
    "year": midnight(date(2025, 12, 1)),
    # The ends of the days that the template begins with, and when their years begin.
    "day_31": midnight(TODAY - timedelta(days=30)),
    "since_day_31": midnight(date(2025, 11, 1)),
    "day_1": midnight(TODAY),
    "since_day_1": midnight(date(2025, 12, 1)),
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
        given = {name: value for name, value in BOUND.items() if re.search(rf":{name}\b", statement)}
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
    played = found["by_month_and_town"]
    assert played.columns[2:] == (*(f"{day:%Y-%m-%d}" for day in MONTH_ENDS), f"{TODAY:%Y-%m-%d}")
    registered = "select count(*) from needs where state <> 'draft' and registered_at >= :month_11"
    assert sum(sum(row[2:]) for row in played.rows) == ask(registered) > 0
    this_month = f"{registered.replace(':month_11', ':this_month')} and registered_at <= :now"
    assert sum(column(played, played.columns[-1])) == ask(this_month)
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
    assert all(hours > 0 for hours in column(ranks, "平均受理小时"))


def test_the_meeting_s_two_months_are_the_figures_own(frames: Any, county: Database) -> None:
    rows = {row[0]: row[1:3] for row in frames("meeting")["two_months"].rows}
    keys = ("needs_registered", "needs_closed", "services")
    months = answer(county, month_figures.two_months, LEADER, now=NOW, keys=keys)
    for name, key in zip(("需求", "办结", "服务"), keys, strict=True):
        assert rows[name] == (months.now[key].value, months.before[key].value), key


def _states(day: str, known: str, then: str) -> str:
    """What each order's last event says at the end of a day, with `then` to count them by."""
    recorded = f"and {{0}}.recorded_at < :{day}" if known == "then" else ""
    registering = f"b.dispatch_id is null and b.from_state is null and b.happened_at < :{day} {recorded.format('b')}"
    moved = f"x.need_id = b.need_id and x.dispatch_id is null and x.happened_at < :{day} {recorded.format('x')}"
    return (
        "with had as (select b.need_id, b.happened_at as registered, (select x.id from need_events x where "
        f"{moved} order by x.id desc limit 1) as last from need_events b where {registering}) select count(*) from had "
        f"join need_events e on e.id = had.last join needs n on n.id = had.need_id where {then}"
    )


def test_two_days_compared(frames: Any, ask: Any) -> None:
    found = frames("two_days")
    rows = {row[0]: row[1:] for row in found["figures"].rows}
    alive = "e.to_state in ('to_verify', 'open', 'in_service')"
    for name, counted in {
        "needs_to_verify": "e.to_state = 'to_verify'",
        "needs_open": "e.to_state = 'open'",
        "needs_in_service": "e.to_state = 'in_service'",
        "needs_registered": "e.to_state != 'draft' and registered >= :since",
        "needs_closed": "e.to_state = 'closed' and e.happened_at >= :since",
        "needs_unmet": "e.to_state = 'unmet' and e.happened_at >= :since",
    }.items():
        expected = [
            ask(_states(day, known, counted.replace("since", f"since_{day}")))
            for day in ("day_31", "day_1")
            for known in ("then", "now")
        ]
        assert rows.pop(text("zh", f"figures.{name}")) == (*expected, expected[3] - expected[1]), name
        assert any(expected), name
    assert rows == {}
    towns = found["towns"]
    assert sum(column(towns, "前一天")) == ask(_states("day_31", "now", alive))
    assert sum(column(towns, "后一天")) == ask(_states("day_1", "now", alive)) > 0
    ten = "(select code from divisions where name = '" + str(towns.rows[0][0]) + "' and level = 'town')"
    assert towns.rows[0][2] == ask(_states("day_1", "now", f"{alive} and n.town_code = {ten}"))
    changes = column(towns, "增减")
    assert changes == sorted(changes, key=abs, reverse=True)
    assert any(changes), "nothing changed in a month, or nothing is shown"


OVER = "state in ('cancelled', 'unmet')"


def test_the_tie_out(frames: Any, ask: Any) -> None:
    found = frames("tie_out")
    sides = {row[0]: row[1:3] for row in found["main"].rows}
    registered = "from needs n where registered_at >= :year and state != 'draft'"
    sent = "exists (select 1 from dispatches d where d.need_id = n.id)"
    parts = [
        ask(f"select count(*) {registered} and {which}")
        for which in (sent, f"not {sent} and {OVER}", f"not {sent} and not {OVER}")
    ]
    assert all(parts)
    assert sides["受理的去向"] == (ask(f"select count(*) {registered}"), sum(parts))
    ends = "('closed', 'cancelled', 'unmet')"
    ended = f"dispatch_id is null and happened_at >= :year and to_state in {ends} and from_state not in {ends}"
    out = ask(f"select count(*) from need_events where {ended}")
    still = ask(f"select count(*) from needs where state not in {ends}")
    assert sides["需求进出"] == (out + still, out + still)
    people = ask('select count(distinct volunteer_id) from services where "start" >= :year')
    times = ask('select count(*) from (select distinct volunteer_id, "start" from services where "start" >= :year) t')
    assert sides["人数与人次"] == (people, times)
    assert {row[4] for row in found["main"].rows} == {"平"}
    lines = [*found["orders"].rows, *found["registers"].rows]
    assert len(lines) + len(sides) == len(IDENTITIES)
    assert {row[5] for row in lines} == {"平"}
    assert all(row[4] == row[1] - row[3] for row in lines)
    assert {row[2] for row in lines} == {"="}
    assert next(row[1] for row in lines if row[0] == "阵地四级") == ask("select count(*) from sites")
    assert found["faults"].rows == (("没有", ""),)


def test_a_fault_is_named_in_the_tie_out(county: Database, frames: Any) -> None:
    closed = "(select max(id) from needs where state = 'closed')"
    county.write(lambda session: session.execute(sql(f"update needs set closed_at = '2020-01-01' where id = {closed}")))
    found = frames("tie_out")
    assert [row[0] for row in found["orders"].rows if row[5] == "不平"] == ["办结与未满足"]
    assert found["orders"].rows[0][0] == "办结与未满足", "what is off stands first"
    with county.read() as session:
        code = session.execute(sql(f"select code from needs where id = {closed}")).scalar()
    assert found["faults"].rows == (("办结与未满足", code),)


#: What adds up over towns: activities are known now only, and people may be counted in two towns.
ADDED_UP = [*REPLAYED, *(key for key in RECORDED if key != "volunteers_served")]
ADDED_UP += ["activities", "activities_uncounted", "people_reached"]


def test_past_figures_are_those_of_page_tie_out(county: Database, tmp_path: Path) -> None:
    def rows(statement: str, **values: Any) -> tuple[Any, ...]:
        limits = Limits(directory=tmp_path / "queries")
        return run_query(county, LEADER, statement, now=NOW, limits=limits, **values).frame.rows

    summed = "select figure, sum(value) from past_figures where day = {} and known = '{}' group by figure order by 1"
    day = date(2026, 10, 31)
    for known in Known:
        values = answer(county, replay.figures_of, LEADER, day=day, known=known, now=NOW).values
        expected = {key: values[key] for key in ADDED_UP if key in values}
        assert len(expected) == len(ADDED_UP) - (3 if known is Known.THEN else 0)
        assert dict(rows(summed.format("'2026-10-31'", known))) == expected
        assert dict(rows(summed.format(":one", known), inputs={"one": "2026-10-31"})) == expected
    assert [("2026-11-20",)] == list(rows("select distinct day from past_figures"))
    for statement, key in (
        ("select * from past_figures where day = '2026-11-21'", "replay.future"),
        (
            "select * from past_figures where day in (" + ", ".join(f"'2026-10-{n}'" for n in range(10, 23)) + ")",
            "queries.too_many_days",
        ),
    ):
        with pytest.raises(Invalid, match=key):
            rows(statement)


def test_a_part_s_reader_sees_her_part_of_the_past_and_of_the_identities(county: Database, tmp_path: Path) -> None:
    with county.read() as session:
        site = session.query(Site).filter_by(level="institute").order_by(Site.id).first()
        here = an_actor(Role.LEADER, site)
    limits = Limits(directory=tmp_path / "queries")

    def counted(statement: str, actor: Actor) -> Any:
        return run_query(county, actor, statement, now=NOW, limits=limits).frame.rows[0][0]

    past = "select sum(value) from past_figures where known = 'now' and figure = 'needs_registered'"
    line = "select left_side from identities where identity = 'life'"
    assert 0 < counted(line, here) < counted(line, LEADER)
    assert counted(past, here) == counted(line, here)
