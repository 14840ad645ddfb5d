"""A draft in words: pages of rows, what stays empty, differences, prices, bottlenecks, fairness to both sides."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.words import Role
from dashboard.services import constraints, draft_facts, draft_view, live_plans, match_drafts, waiting
from db.engine import Database
from db.models import Division, NeedSkill
from tests.builders import COUNTY, NOW, a_grid, a_need, a_person, a_site, a_skill, an_actor, saved
from tests.services.planning import START, Desk


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


@pytest.fixture
def three(desk: Desk) -> tuple[Desk, list[int], list[int]]:
    """Three needs at one time in three places, three volunteers beside them; each can take one."""
    people = [desk.volunteer(name, km) for name, km in (("甲", 0.0), ("乙", 1.0), ("丙", 2.0))]
    needs = [desk.need(urgency=one, lon=107.9 + km / 97.8) for one, km in (("urgent", 0), ("soon", 1), ("normal", 2))]
    return desk, needs, people


def test_a_page_shows_its_rows_in_words_and_the_numbers_of_the_whole(desk: Desk) -> None:
    people = [desk.volunteer(f"志愿{n}", n / 10) for n in range(7)]
    needs = [desk.need(start=START + timedelta(hours=3 * (n % 3))) for n in range(7)]
    draft = desk.draft()
    pages = [desk.ask(draft_view.plan_page, run_id=draft, page=page, size=3) for page in range(3)]
    rows = [row for page in pages for row in page.rows]
    assert [len(page.rows) for page in pages] == [3, 3, 1] and pages[0].pages == 3
    assert {row.need.need_id for row in rows} == set(needs)
    assert {row.who.volunteer_id for row in rows} <= set(people)
    assert [row.start for row in rows] == sorted(row.start for row in rows)
    first = pages[0]
    assert (first.needs, first.seats, first.filled, first.people) == (7, 7, 7, 7)
    assert (first.proven, first.gap, first.kinds, first.mine, first.by) == (True, 0.0, (), True, "李调度")
    assert first.rule_version == 0 and first.seconds > 0
    beyond = desk.ask(draft_view.plan_page, run_id=draft, page=99, size=3)
    assert beyond.page == 2 and len(beyond.rows) == 1


def test_only_the_people_of_the_page_are_looked_up(three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, *_ = three
    draft = desk.draft()
    asked: list[int] = []
    known = draft_view.profiles

    def counted(session: Any, county: str, ids: Any) -> Any:
        asked.extend(ids)
        return known(session, county, ids)

    monkeypatch.setattr(draft_view, "profiles", counted)
    desk.ask(draft_view.plan_page, run_id=draft, page=1, size=2)
    assert len(asked) == 1


def test_edits_and_pins_that_can_t_be_kept_are_told_in_words(three: Any) -> None:
    desk, needs, people = three
    desk.do(constraints.pin, need_id=needs[0], volunteer_id=people[0], reason="熟人")
    draft = desk.draft()
    desk.edit(draft, 1, "pin", people[0], needs[1], reason="指名")
    desk.edit(draft, 2, "away", people[2])
    page = desk.ask(draft_view.plan_page, run_id=draft)
    assert [(edit.kind, edit.volunteer, edit.by, edit.reason) for edit in page.edits] == [
        ("pin", "甲", "李调度", "指名"),
        ("away", "丙", "李调度", ""),
    ]
    assert page.edits[0].need.need_id == needs[1] and page.edits[1].need is None
    assert [(pin.volunteer, pin.need.need_id, pin.reason) for pin in page.refused_pins] == [("甲", needs[1], "twice")]
    assert page.unedited.empty == 0 and page.value.empty == 1


def test_what_stays_empty_comes_with_its_causes_most_urgent_first(three: Any) -> None:
    desk, needs, people = three
    desk.volunteer("远方", 300.0)
    desk.volunteer("未知", free=False)
    for _ in range(2):
        needs.append(desk.need())
    draft = desk.draft()
    found = desk.ask(draft_view.unmet_page, run_id=draft)
    assert found.total == 2 and found.explained == (True, True)
    causes = dict(found.rows[0].causes)
    assert causes == {"distance": 1, "known": 1, "elsewhere": 3}
    assert [row.need.urgency for row in found.rows] == ["normal", "normal"]
    desk.edit(draft, 1, "away", people[0])
    again = desk.ask(draft_view.unmet_page, run_id=draft, page=0, size=1)
    assert again.total == 3 and len(again.rows) == 1


def test_lines_on_the_map_begin_in_the_middle_of_a_grid(desk: Desk) -> None:
    grid = desk.make(a_grid, lon=107.95)
    desk.volunteer("甲", grid_id=grid.id)
    desk.volunteer("乙")
    for _ in range(2):
        desk.need()
    lines = desk.ask(draft_view.plan_lines, run_id=desk.draft())
    assert [(line.lon, line.need_lon) for line in lines] == [(107.95, 107.9)]


def test_a_draft_is_told_apart_from_its_run_and_from_another_draft(three: Any) -> None:
    desk, needs, people = three
    made = desk.solve()
    draft = made.draft_id
    assert desk.ask(draft_facts.difference_of, run_id=draft).nothing
    desk.edit(draft, 1, "away", people[0])
    found = desk.ask(draft_facts.difference_of, run_id=draft)
    assert (found.before.unmet, found.after.unmet) == ((0, 0, 0), (0, 0, 1))
    assert [move.who.name for move in found.gone] == ["甲"] and found.gone_count == 1
    assert found.gone[0].before[0].need_id == needs[0] and found.gone[0].after == ()
    assert [(row.need.need_id, row.seats) for row in found.now_unmet] == [(needs[2], 1)]
    assert [move.who.name for move in found.moved] == ["丙"] and found.came == ()
    other = desk.do(match_drafts.copy_draft, run_id=made.run_id)["run_id"]
    back = desk.ask(draft_facts.difference_of, run_id=other, against=draft)
    assert [move.who.name for move in back.came] == ["甲"] and back.now_met[0].need.need_id == needs[2]
    with pytest.raises(Invalid):
        desk.ask(draft_facts.difference_of, run_id=other, against=desk.draft())


def test_the_price_of_an_override_is_at_least_what_is_proven(three: Any) -> None:
    desk, needs, people = three
    desk.volunteer("远方", 300.0)
    draft = desk.draft()
    roles = [desk.role(need) for need in needs]
    same = desk.ask(draft_facts.price_of, run_id=draft, role_id=roles[0], volunteer_id=people[0])
    assert same.chosen and same.least.packed == same.tried.packed == 0
    for role in roles:
        for person in people:
            found = desk.ask(draft_facts.price_of, run_id=draft, role_id=role, volunteer_id=person)
            assert found.eligible and 0 <= found.least.packed <= found.tried.packed
            if not found.chosen:
                assert found.tried.points > 0 and found.others_move >= 1 and found.needs_unmet == 0
    far = desk.ask(draft_facts.price_of, run_id=draft, role_id=roles[0], volunteer_id=999_999)
    assert (far.eligible, far.least, far.tried) == (False, None, None)
    with pytest.raises(NotFound):
        desk.ask(draft_facts.price_of, run_id=draft, role_id=999_999, volunteer_id=people[0])
    # Asking changes nothing.
    assert desk.ask(draft_facts.difference_of, run_id=draft).nothing


def test_alternatives_come_cheapest_first_after_who_is_chosen(three: Any) -> None:
    desk, needs, people = three
    found = desk.ask(draft_facts.alternatives_of, run_id=desk.draft(), role_id=desk.role(needs[0]))
    assert [one.who.name for one in found][0] == "甲" and found[0].chosen and not found[1].chosen
    assert [one.least.packed for one in found] == sorted(one.least.packed for one in found)
    assert {one.who.volunteer_id for one in found} == set(people)


def test_a_bottleneck_is_explained_by_its_needs_and_people(desk: Desk) -> None:
    skill = desk.make(a_skill)
    desk.volunteer("电工", skills={skill.id: 2})
    desk.volunteer("闲人")
    needs = [desk.need(urgency=urgency) for urgency in ("soon", "normal", "normal")]
    for need in needs:
        desk.make(lambda session, n=need: saved(session, NeedSkill(county=COUNTY, need_id=n, skill_id=skill.id)))
    other = desk.need()
    draft = desk.draft()
    found = desk.ask(draft_facts.bottleneck_of, run_id=draft, role_id=desk.role(needs[2]))
    assert (found.seats, found.room, found.unmet, found.people) == (3, 1, 2, 1)
    assert found.seats - found.room == found.unmet
    assert (found.need_count, found.skills, found.cause) == (3, ("electric",), "")
    assert [need.need_id for need in found.needs][0] == needs[0]
    assert (found.start, found.end) == (START, START + timedelta(hours=2))
    assert desk.ask(draft_facts.bottleneck_of, run_id=draft, role_id=desk.role(other)) is None


def test_a_crew_that_can_t_be_completed_is_its_own_bottleneck(desk: Desk) -> None:
    desk.volunteer("甲")
    need = desk.need(people=2, whole=True)
    draft = desk.draft()
    found = desk.ask(draft_facts.bottleneck_of, run_id=draft, role_id=desk.role(need))
    assert (found.cause, found.unmet) == ("crew", 2) or found.seats - found.room == found.unmet
    page = desk.ask(draft_view.plan_page, run_id=draft)
    assert [one.need_id for one in page.short_crews] == [need] and page.kinds == ("crew",)
    assert page.rows == ()


def test_the_load_of_volunteers_is_told_before_and_after(desk: Desk) -> None:
    desk.volunteer("甲")
    desk.volunteer("乙")
    for hours in (0, 4):
        desk.need(start=START + timedelta(hours=hours))
    found = desk.ask(draft_facts.fairness_of, run_id=desk.draft())
    assert (found.before.largest, found.after.largest, found.after.people) == (0, 1, 2)
    assert found.after.shares[:2] == (0, 2)


def test_residents_waiting_is_told_by_place_and_by_age(desk: Desk) -> None:
    town, village = "520326001", "520326001001"
    desk.make(lambda session: saved(session, Division(county=COUNTY, code=town, level="town", name="丰乐")))
    desk.make(lambda session: saved(session, Division(county=COUNTY, code=village, level="village", name="桃符村")))
    desk.volunteer("甲")

    def need(session: Any, days: int, born: int | None, urgency: str) -> int:
        who = a_person(session, birth_year=born).id
        opened = NOW - timedelta(days=days)
        at = {"town_code": town, "village_code": village, "opened_at": opened, "person_id": who}
        return a_need(session, desk.station, urgency=urgency, **at).id

    for days, born, urgency in ((1, 1940, "urgent"), (10, 1960, "normal"), (4, None, "normal")):
        desk.make(need, days, born, urgency)
    found = desk.ask(waiting.waiting_of, run_id=desk.draft())
    assert (found.all.needs, found.all.served, found.all.unmet) == (3, 1, 2)
    assert (found.all.waited_mean, found.all.waited_longest) == (5.0, 10.0)
    assert (found.all.until_service_mean, found.all.unmet_longest) == (2.0, 10.0)
    assert [(row.key, row.name, row.needs) for row in found.towns] == [(town, "丰乐", 3)]
    assert [(row.name, row.served) for row in found.villages] == [("桃符村", 1)]
    assert [(row.key, row.served, row.unmet) for row in found.groups] == [
        ("80_up", 1, 0),
        ("60_79", 0, 1),
        ("unknown", 0, 1),
    ]


def test_a_draft_is_read_within_reach_and_by_those_who_match(three: Any) -> None:
    desk, *_ = three
    draft = desk.draft()
    other = desk.make(a_site, desk.centre)
    for question in (draft_view.plan_page, draft_view.unmet_page, draft_facts.fairness_of, waiting.waiting_of):
        with pytest.raises(NotFound):
            desk.ask(question, an_actor(site=other), run_id=draft)
        with pytest.raises(Forbidden):
            desk.ask(question, an_actor(Role.LEADER), run_id=draft)
    assert not desk.ask(draft_view.plan_page, desk.wang, run_id=draft).mine
    live_plans.forget_all()
    assert desk.ask(draft_view.plan_page, desk.admin, run_id=draft).filled == 3
