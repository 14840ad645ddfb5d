"""Targets as versions: set, locked and unlocked by a leader of the county; progress from the figures' own rows."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.figures import wilson
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.targets import Progress, period_of, target_of
from dashboard.core.words import Role
from dashboard.services import targets
from dashboard.services.commands import perform
from dashboard.services.figures import sheet
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Audit, RuleSet, Site
from tests.builders import COUNTY, NOW, a_need, a_rating, a_service, a_site, a_volunteer, an_activity, an_actor
from tests.services.figure_county import a_busy_county

ALL = system_actor(COUNTY)
LEADER = an_actor(Role.LEADER)


def put(database: Database, actor: Actor = LEADER, **values: Any) -> Any:
    wanted = {"figure": "services", "period": "2026", "value": 100, "most": False, "reason": "年度计划", "version": 0}
    return perform(database, targets.put, actor, now=NOW, **(wanted | values))


def lock(database: Database, version: int, locked: bool = True, **values: Any) -> Any:
    wanted = {"figure": "services", "period": "2026", "reason": "会议通过"}
    return perform(database, targets.lock, LEADER, now=NOW, locked=locked, version=version, **(wanted | values))


def held(database: Database, actor: Actor = LEADER) -> dict[tuple[str, str], Progress]:
    found = answer(database, targets.progress, actor, now=NOW)
    return {(one.target.figure, str(one.target.period)): one for one in found.targets}


def test_a_leader_sets_locks_and_only_then_it_stands(any_database: Database) -> None:
    assert put(any_database)["version"] == 1
    assert put(any_database, value=120, version=1)["version"] == 2
    assert lock(any_database, 2)["version"] == 3
    for value in (130, None):
        with pytest.raises(Conflict, match=r"targets\.locked"):
            put(any_database, value=value, version=3)
    assert held(any_database)["services", "2026"].target.locked
    lock(any_database, 3, locked=False)
    put(any_database, value=130, version=4)
    assert held(any_database)["services", "2026"].target.value == 130
    put(any_database, value=None, version=5)
    assert held(any_database) == {}
    with any_database.read() as session:
        assert session.query(RuleSet).filter_by(kind="targets").count() == 6
        rows = session.query(Audit).filter_by(subject="rule_set").order_by(Audit.id).all()
        assert [row.reason for row in rows][:3] == ["年度计划", "年度计划", "会议通过"]
        before, after = rows[1].before, rows[1].after
    assert before and after
    assert (before["target"]["value"], after["target"]["value"]) == (100, 120)


def test_one_target_leaves_the_others_alone(any_database: Database) -> None:
    put(any_database)
    put(any_database, figure="satisfaction", period="2026Q4", value=0.9, version=1)
    lock(any_database, 2)
    found = held(any_database)
    assert {key: one.target.locked for key, one in found.items()} == {
        ("services", "2026"): True,
        ("satisfaction", "2026Q4"): False,
    }


@pytest.mark.parametrize(
    ("values", "error", "key"),
    [
        ({"reason": " "}, DashboardError, "reason"),
        ({"period": "2025"}, Invalid, r"targets\.over"),
        ({"figure": "nothing"}, Invalid, "bad_figure"),
        ({"value": -1}, Invalid, "bad_value"),
        ({"version": 7}, Conflict, "changed_meanwhile"),
    ],
)
def test_what_can_t_be_a_target_is_refused_in_words(
    database: Database, values: dict[str, Any], error: type[DashboardError], key: str
) -> None:
    put(database, period="2027")
    with pytest.raises(error, match=key):
        put(database, **({"version": 1} | values))
    assert list(held(database)) == [("services", "2027")]


def test_only_a_leader_of_the_whole_county_sets_targets(any_database: Database) -> None:
    sites: list[Site] = any_database.write(a_busy_county)
    for actor in (an_actor(Role.COORDINATOR), an_actor(Role.STATION_WORKER), an_actor(Role.LEADER, sites[1])):
        with pytest.raises(Forbidden):
            put(any_database, actor)
    put(any_database)
    assert held(any_database, an_actor(Role.LEADER, sites[1])) == {}
    assert held(any_database, an_actor(Role.COORDINATOR, None))


def test_a_part_has_targets_of_its_own_and_its_reader_never_sees_another_s(any_database: Database) -> None:
    sites: list[Site] = any_database.write(a_busy_county)
    _, town, one, other = sites
    put(any_database, value=100)
    put(any_database, value=7, version=1, site_id=town.id)
    put(any_database, value=5, version=2, site_id=one.id)
    lock(any_database, 3, site_id=town.id)
    with pytest.raises(Conflict, match=r"targets\.locked"):
        put(any_database, value=8, version=4, site_id=town.id)
    put(any_database, value=110, version=4)

    def seen(site: Site | None) -> list[tuple[str, float, float | None, bool, bool]]:
        found = answer(any_database, targets.progress, an_actor(Role.LEADER, site), now=NOW)
        return [(row.place, row.target.value, row.value, row.own, row.target.locked) for row in found.targets]

    def beside(site: Site | None) -> list[float]:
        found = answer(any_database, targets.progress, an_actor(Role.LEADER, site), now=NOW)
        return [row.target.value for row in found.of("services")]

    def counted(site: Site | None) -> float | None:
        return answer(any_database, sheet, an_actor(Role.LEADER, site), now=NOW).values["services"].value

    whole = ("", 110, counted(None), True, False)
    of_town, of_one = (town.name, 7, counted(town), True, True), (one.name, 5, counted(one), True, False)
    assert counted(one) != counted(town)
    assert seen(None) == [whole, (*of_town[:3], False, True), (*of_one[:3], False, False)]
    assert seen(town) == [of_town, (*of_one[:3], False, False)]
    assert seen(one) == [of_one]
    assert seen(other) == []
    assert [beside(site) for site in (None, town, one, other)] == [[110], [7], [5], []]
    with any_database.read() as session:
        row = session.query(Audit).filter_by(subject="rule_set").order_by(Audit.id).all()[3]
        assert row.after is not None
        assert (row.after["target"]["site"], row.after["target"]["locked"]) == (town.id, True)


def test_a_site_the_county_has_not_is_refused(any_database: Database) -> None:
    with pytest.raises(NotFound, match=r"targets\.no_site"):
        put(any_database, site_id=999)


def test_what_was_stored_before_parts_had_targets_is_the_county_s() -> None:
    plain = {"figure": "services", "period": "2026", "value": 5, "most": False, "locked": True}
    assert target_of(plain).site_id is None
    assert target_of(plain | {"site": 4}).plain() == plain | {"site": 4}


def test_progress_counts_the_period_and_says_where_it_is_heading(any_database: Database) -> None:
    def work(session):  # type: ignore[no-untyped-def]
        site = a_site(session)
        volunteer, market = a_volunteer(session, site), an_activity(session, None, site)
        start, _ = period_of("2026").span
        for week in range(45):
            for number in range(2 + week % 3):
                a_service(session, volunteer, market, start=start + timedelta(days=7 * week, hours=1 + number))
        a_service(session, volunteer, market, start=start - timedelta(days=1))
        for score in (5, 5, 1):
            a_rating(session, a_need(session, site, state="rated"), score)

    any_database.write(work)
    put(any_database, value=150)
    put(any_database, figure="satisfaction", value=0.6, version=1)
    put(any_database, figure="volunteers", value=1, version=2)
    found = held(any_database)
    services, satisfaction, volunteers = (found[key, "2026"] for key in ("services", "satisfaction", "volunteers"))
    assert services.value == sum(2 + week % 3 for week in range(45)) == 135
    assert services.met is False and services.projection is not None
    assert 135 <= services.projection.low <= 135 + 6.5 * 3 <= services.projection.high <= 170
    assert (satisfaction.value, satisfaction.n, satisfaction.projection) == (2 / 3, 3, None)
    assert satisfaction.interval == wilson(2, 3)
    assert (volunteers.value, volunteers.projection, volunteers.met) == (1, None, True)


def test_a_period_that_is_over_or_to_come_says_so(any_database: Database) -> None:
    put(any_database, figure="volunteers", period="2026Q4", value=5)
    put(any_database, figure="services", period="2027Q1", value=5, version=1)
    later = NOW + timedelta(days=60)
    found = {one.target.figure: one for one in answer(any_database, targets.progress, LEADER, now=later).targets}
    assert (found["volunteers"].over, found["volunteers"].value, found["volunteers"].met) == (True, None, None)
    assert held(any_database)["services", "2027Q1"].value is None
