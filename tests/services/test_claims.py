"""Claim limits: how much a person and a team may have open, shown before the click and refused after it."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.errors import Conflict
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import dispatches, match_people, matches, matching_rules
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from db.engine import Database
from tests.builders import NOW, a_member, a_need, a_site, a_team, a_volunteer, actor_for, an_account, an_actor

START = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    match_people.forget()


class Desk:
    """A team of two and somebody in no team; needs at three times of a day."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            self.site = a_site(session)
            self.li = actor_for(an_account(session, display_name="李调度"))
            one, two, alone = (a_volunteer(session, self.site, name) for name in ("甲", "乙", "丙"))
            self.one, self.two, self.alone = one.id, two.id, alone.id
            self.team = a_team(session, name="红马甲")
            a_member(session, self.team, one)
            a_member(session, self.team, two)
            shifts = (timedelta(0), timedelta(hours=3), timedelta(hours=6))
            self.needs = [a_need(session, self.site, people=3, start=START + shift, hours=1).id for shift in shifts]

        database.write(build)

    def limit(self, **settings: int) -> None:
        values: dict[str, Any] = {"weights": {}, "settings": settings, "reason": "限额"}
        perform(self.database, matching_rules.set_matching_rules, an_actor(Role.ADMIN), now=NOW, **values)

    def send(self, need: int, *people: int, actor: Actor | None = None, **values: Any) -> int:
        given = {"need_id": need, "volunteer_ids": people, **values}
        return perform(self.database, dispatches.dispatch, actor or self.li, now=NOW, **given)["dispatch_ids"][0]

    def candidates(self, need: int) -> dict[str, Any]:
        found = answer(self.database, matches.candidates, self.li, now=NOW, need_id=need)
        return {one.profile.name: one.claims for one in found.candidates}

    def why(self, need: int, volunteer: int) -> Any:
        return answer(self.database, matches.why_not, self.li, now=NOW, need_id=need, volunteer_id=volunteer)


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


def test_without_limits_open_tasks_are_shown_and_nobody_is_refused(desk: Desk) -> None:
    desk.send(desk.needs[0], desk.one)
    claims = desk.candidates(desk.needs[1])["甲"]
    assert (claims.open, claims.most, claims.full) == (1, 0, False)
    desk.send(desk.needs[1], desk.one)
    desk.send(desk.needs[2], desk.one)


def test_a_full_person_is_shown_before_and_refused_after_the_click(desk: Desk) -> None:
    desk.limit(most_open_person=1)
    first = desk.send(desk.needs[0], desk.one)
    claims = desk.candidates(desk.needs[1])
    assert (claims["甲"].full, claims["甲"].open, claims["甲"].most) == (True, 1, 1)
    assert not claims["乙"].full and not claims["丙"].full
    answered = desk.why(desk.needs[1], desk.one)
    assert [one.rule for one in answered.objections] == ["claims_person"] and answered.claims.full
    with pytest.raises(Conflict) as refused:
        desk.send(desk.needs[1], desk.one, reason="电话问过")
    assert (refused.value.key, refused.value.values["volunteer"]) == ("claims.person_full", "甲")
    perform(desk.database, dispatches.cancel, desk.li, now=NOW, dispatch_id=first, reason="改期")
    desk.send(desk.needs[1], desk.one)


def test_a_served_task_is_no_longer_open(desk: Desk) -> None:
    desk.limit(most_open_person=1)
    first = desk.send(desk.needs[0], desk.one)
    perform(desk.database, dispatches.accept, desk.li, now=NOW, dispatch_id=first)
    assert desk.candidates(desk.needs[1])["甲"].full
    perform(desk.database, dispatches.start, desk.li, now=START, dispatch_id=first)
    assert not desk.candidates(desk.needs[1])["甲"].full


def test_a_full_team_keeps_its_members_from_more(desk: Desk) -> None:
    desk.limit(most_open_team=2)
    desk.send(desk.needs[0], desk.one)
    desk.send(desk.needs[1], desk.two)
    claims = desk.candidates(desk.needs[2])
    assert (claims["甲"].team, claims["甲"].team_open, claims["甲"].full) == ("红马甲", 2, True)
    assert (claims["丙"].team, claims["丙"].full) == ("", False)
    assert [one.rule for one in desk.why(desk.needs[2], desk.two).objections] == ["claims_team"]
    with pytest.raises(Conflict) as refused:
        desk.send(desk.needs[2], desk.two)
    assert (refused.value.key, refused.value.values["team"]) == ("claims.team_full", "红马甲")
    desk.send(desk.needs[2], desk.alone)


def test_two_of_a_team_chosen_at_once_don_t_pass_its_limit(desk: Desk) -> None:
    desk.limit(most_open_team=1)
    with pytest.raises(Conflict):
        desk.send(desk.needs[0], desk.one, desk.two)
    assert desk.candidates(desk.needs[0])["甲"].team_open == 0
    desk.send(desk.needs[0], desk.one, desk.alone)


def test_a_row_of_a_plan_beyond_the_limit_is_named(desk: Desk) -> None:
    desk.limit(most_open_person=1)
    rows = []
    for need in desk.needs[:2]:
        ranked = answer(desk.database, matches.candidates, desk.li, now=NOW, need_id=need)
        best = next(one for one in ranked.candidates if one.profile.name == "甲")
        span = {"start": best.start.isoformat(), "end": best.end.isoformat()}
        rows.append({"need_id": need, "role_id": ranked.role_id, "volunteer_id": desk.one, **span})
    result = perform(desk.database, dispatches.dispatch_rows, desk.li, now=NOW, rows=rows)
    assert len(result["done"]) == 1
    assert [row["key"] for row in result["refused"]] == ["claims.person_full"]
