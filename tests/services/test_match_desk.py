"""A draft on the desk in one answer: the same numbers, rows and changes as asked for one by one."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.errors import Forbidden
from dashboard.core.words import Role
from dashboard.services import constraints, dispatches, draft_facts, draft_view, match_desk, match_drafts, match_page
from db.engine import Database
from db.models import Need
from tests.builders import NOW, an_actor
from tests.services.planning import START, Desk


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


@pytest.fixture
def seven(desk: Desk) -> tuple[Desk, list[int], list[int]]:
    people = [desk.volunteer(f"志愿{n}", n / 10) for n in range(7)]
    needs = [desk.need(urgency="urgent" if n < 2 else "normal", start=START + timedelta(hours=n)) for n in range(7)]
    return desk, needs, people


def test_the_desk_says_what_the_single_questions_say(seven: Any) -> None:
    desk, _, people = seven
    draft = desk.draft()
    desk.edit(draft, 1, "away", people[0], reason="有事")
    found = desk.ask(match_desk.desk, run_id=draft, size=3)
    page = desk.ask(draft_view.plan_page, run_id=draft, size=3)
    assert [one.row for one in found.sheet.rows] == list(page.rows)
    assert (found.sheet.total, found.sheet.pages) == (page.filled, page.pages)
    for name in ("seats", "filled", "people", "pairs", "objective", "bound", "gap", "proven", "kinds", "value"):
        assert getattr(found.head, name) == getattr(page, name), name
    assert found.head == desk.ask(match_desk.head, run_id=draft)
    assert found.difference == desk.ask(draft_facts.difference_of, run_id=draft)
    assert found.drawn == desk.ask(match_desk.drawn, run_id=draft)
    assert [(one.kind, one.by, one.reason) for one in found.head.edits] == [("away", "李调度", "有事")]
    assert len(found.drawn.lines) == sum(line is not None for line in desk.ask(draft_view.plan_lines, run_id=draft))


def test_rows_are_found_by_code_title_and_name(seven: Any) -> None:
    desk, _, _ = seven
    draft = desk.draft()
    every = desk.ask(match_desk.sheet, run_id=draft).rows
    for words in (every[3].row.need.code, every[3].row.who.name):
        found = desk.ask(match_desk.sheet, run_id=draft, words=f" {words} ")
        assert every[3].row in [one.row for one in found.rows] and found.total < len(every) or len(every) == 1
    assert desk.ask(match_desk.sheet, run_id=draft, words="查无此人").total == 0


def test_urgent_changed_and_pinned_rows_are_shown_alone(seven: Any) -> None:
    desk, needs, people = seven
    draft = desk.draft()
    first = desk.ask(match_desk.sheet, run_id=draft).rows[0].row
    other = next(one for one in people if one != first.who.volunteer_id)
    desk.edit(draft, 1, "pin", other, first.need.need_id)
    urgent = desk.ask(match_desk.sheet, run_id=draft, only="urgent").rows
    assert {one.row.need.urgency for one in urgent} == {"urgent"}
    marked = desk.ask(match_desk.sheet, run_id=draft, only="marked").rows
    assert [one.row.who.volunteer_id for one in marked] == [other]
    changed = desk.ask(match_desk.sheet, run_id=draft, only="changed").rows
    assert changed and all(one.changed for one in changed)
    assert other in {one.row.who.volunteer_id for one in changed}


def test_a_standing_pin_is_shown_with_its_author_and_reason(seven: Any) -> None:
    desk, needs, people = seven
    desk.do(constraints.pin, desk.wang, need_id=needs[3], volunteer_id=people[6], reason="熟人")
    draft = desk.draft()
    rows = desk.ask(match_desk.sheet, run_id=draft).rows
    pinned = [(one.pin_by, one.pin_reason) for one in rows if one.row.need.need_id == needs[3]]
    assert pinned == [("王调度", "熟人")]
    assert {one.pin_by for one in rows if one.row.need.need_id != needs[3]} == {""}


def test_words_read_once_follow_the_data(seven: Any) -> None:
    desk, needs, people = seven
    draft = desk.draft()
    before = desk.ask(match_desk.desk, run_id=draft).sheet.rows[0].row

    def rename(session: Any) -> None:
        session.get_one(Need, before.need.need_id).title = "改过的标题"

    desk.database.write(rename)
    desk.edit(draft, 1, "away", people[6])
    desk.do(constraints.keep_free, volunteer_id=people[5], reason="另有安排")
    rows = desk.ask(match_desk.desk, run_id=draft).sheet.rows
    assert "改过的标题" in {one.row.need.title for one in rows}


def test_a_draft_is_checked_as_it_stands(seven: Any) -> None:
    desk, needs, people = seven
    draft = desk.draft()
    desk.edit(draft, 1, "pin", people[6], needs[0])
    desk.edit(draft, 2, "forbid", people[5], needs[1])
    desk.edit(draft, 3, "away", people[4])
    assert 0 == match_page.check(desk.database, desk.li, run_id=draft)


def test_costs_of_candidates_are_those_of_the_alternatives(seven: Any) -> None:
    desk, needs, people = seven
    draft = desk.draft()
    role = desk.role(needs[0])
    found = match_page.costs_at_hand(desk.database, desk.li, run_id=draft, role_id=role, volunteer_ids=people)
    assert found is not None
    others = desk.ask(draft_facts.alternatives_of, run_id=draft, role_id=role)
    assert {one.who.volunteer_id: one.least for one in others} == found.of
    assert {one.who.volunteer_id for one in others if one.chosen} == found.chosen
    assert match_page.costs_at_hand(desk.database, desk.li, run_id=draft, role_id=99_999, volunteer_ids=people) is None


def test_the_others_go_when_the_refused_rows_stay_behind(seven: Any) -> None:
    desk, needs, people = seven
    draft = desk.draft()
    row = desk.ask(match_desk.sheet, run_id=draft).rows[0].row
    values = {"need_id": row.need.need_id, "role_id": row.role_id, "volunteer_ids": [row.who.volunteer_id]}
    desk.do(dispatches.dispatch, desk.wang, start=row.start, end=row.end, **values)
    refused = desk.commit(draft)
    assert not refused.sent
    out = [(one.need_id, None, None) for one in refused.refused]
    done = desk.commit(draft, leave_out=out)
    assert done.sent and len(done.done) == 6
    assert {need for need, _ in desk.sent()} == set(needs)


def test_whoever_may_not_match_sees_nothing(seven: Any) -> None:
    desk, *_ = seven
    draft = desk.draft()
    leader = an_actor(Role.LEADER)
    for question in (match_desk.desk, match_desk.head, match_desk.sheet, match_desk.drawn):
        with pytest.raises(Forbidden):
            desk.ask(question, leader, run_id=draft)
    with pytest.raises(Forbidden):
        match_page.check(desk.database, leader, run_id=draft)


def test_a_dropped_draft_says_when_and_by_whom(seven: Any) -> None:
    desk, *_ = seven
    draft = desk.draft()
    desk.do(match_drafts.drop_draft, run_id=draft, version=1)
    head = desk.ask(match_desk.head, run_id=draft)
    assert (head.state, head.ended_by, head.ended_at) == ("dropped", "李调度", NOW)
    assert not head.open
