"""Stars in the database: tried, published, computed within the actor's part, and read back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core.errors import Conflict, Forbidden, Invalid
from dashboard.core.permissions import Actor
from dashboard.core.stars import DEFAULT_RULE, USUAL, Standing, StarRule
from dashboard.core.words import Role
from dashboard.services import star_rules, stars
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Audit, VolunteerStars
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_need,
    a_rating,
    a_service,
    a_site,
    a_volunteer,
    actor_for,
    an_account,
    an_actor,
)

DAY = timedelta(days=1)
ADMIN = an_actor(Role.ADMIN)
EASY = StarRule.of(DEFAULT_RULE | {"hours": [2, 4, 6, 8, 10]})


class Office:
    """Two stations; 甲 of the first served 5 hours (A: 1, C: 4, the 4 a year and more ago), 乙 of the second 3."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.write(self._build)

    def _build(self, session: Any) -> None:
        centre = a_site(session)
        self.one, self.two = (a_site(session, centre) for _ in range(2))
        self.jia = a_volunteer(session, self.one, name="甲小贵").id
        self.yi = a_volunteer(session, self.two, name="乙小贵").id
        self.idle = a_volunteer(session, self.one, name="丙小贵").id
        self.care = a_category(session, "care")
        self.local = actor_for(an_account(session, Role.ADMIN, self.one), self.one)
        for who, hours, days, grade, score in (
            (self.jia, 1, 7, "A", 5),
            (self.jia, 4, 400, "C", 2),
            (self.yi, 3, 7, "B", None),
        ):
            need = a_need(session, self.two, state="closed", category_id=self.care.id)
            volunteer = type("Id", (), {"id": who})()
            for _ in range(hours):
                a_service(session, volunteer, need, start=NOW - days * DAY, grade=grade)
            a_rating(session, need, score=score, asked_at=NOW - days * DAY)

    def do(self, deed: Any, who: Actor = ADMIN, **values: Any) -> Any:
        return perform(self.database, deed, who, now=values.pop("now", NOW), **values)

    def ask(self, question: Any, who: Actor = ADMIN, **values: Any) -> Any:
        return answer(self.database, question, who, now=values.pop("now", NOW), **values)

    def publish(self, who: Actor = ADMIN, **values: Any) -> Any:
        given = {"rule": EASY.plain(), "reason": "县里要求", "version": 0} | values
        return self.do(star_rules.publish, who, **given)

    def rows(self) -> dict[int, tuple[int, str, int, int]]:
        with self.database.read() as session:
            found = session.scalars(select(VolunteerStars))
            return {one.volunteer_id: (one.stars, one.badges, one.minutes, one.rule_version) for one in found}


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def test_a_version_binds_from_its_day_on_and_moves_nobody_by_itself(office: Office) -> None:
    assert office.publish(valid_from=NOW + 7 * DAY)["version"] == 1
    with office.database.read() as session:
        assert stars.holding(session, COUNTY, NOW + 6 * DAY).rule == USUAL
        assert stars.holding(session, COUNTY, NOW + 8 * DAY) == stars.Held(1, EASY)
    held = office.ask(star_rules.held, language="zh")
    assert (held.version, held.newest, held.rule, held.versions[0].rule) == (0, 1, USUAL, EASY)
    assert ("care", office.care.name) in held.categories
    assert office.rows() == {}
    assert office.do(stars.recompute)["by_stars"]["0"] == 2
    assert office.do(stars.recompute, now=NOW + 8 * DAY)["up"] == 2


def test_stars_are_computed_by_the_rule_that_holds_and_audited(office: Office) -> None:
    office.publish(rule=EASY.plain() | {"badges": [["关爱", "care", 4]]})
    before = office.ask(stars.preview)
    assert (before.version, before.volunteers, before.up, before.down, before.computed_at) == (1, 2, 2, 0, None)
    assert [(one.name, one.before, one.after) for one in before.listed] == [
        ("乙**", Standing(), Standing(1)),
        ("甲**", Standing(), Standing(2, ("关爱",))),
    ]
    assert before.by_stars == (0, 1, 1, 0, 0, 0)
    assert office.rows() == {}, "looking stores nothing"
    said = office.do(stars.recompute, version=before.version)
    assert (said["up"], said["down"], said["version"]) == (2, 0, 1)
    assert office.rows() == {office.jia: (2, "关爱", 300, 1), office.yi: (1, "", 180, 1)}
    assert office.ask(stars.preview).listed == ()
    with office.database.read() as session:
        assert stars.stored(session, COUNTY, [office.jia, office.idle])[office.jia].badges == ("关爱",)
        deed = session.scalars(select(Audit).where(Audit.subject == "stars")).one()
        assert deed.after is not None and deed.after["by_stars"]["2"] == 1
    office.publish(rule=EASY.plain() | {"grades": ["A", "B"]}, version=1)
    later = office.ask(stars.preview)
    assert [(one.volunteer_id, one.after) for one in later.listed] == [(office.jia, Standing())]
    assert office.do(stars.recompute)["down"] == 1
    assert office.rows() == {office.jia: (0, "", 60, 2), office.yi: (1, "", 180, 2)}


def test_what_was_previewed_by_another_rule_is_not_done(office: Office) -> None:
    office.publish()
    with pytest.raises(Conflict) as refused:
        office.do(stars.recompute, version=0)
    assert refused.value.key == "stars.other_rule"


def test_everybody_computes_her_own_part(office: Office) -> None:
    office.publish()
    assert office.do(stars.recompute, office.local)["volunteers"] == 1
    assert set(office.rows()) == {office.jia}
    assert [one.volunteer_id for one in office.ask(stars.preview).listed] == [office.yi]
    with pytest.raises(Forbidden):
        office.do(stars.recompute, an_actor(Role.LEADER))


def test_a_part_s_admin_tries_within_her_part_and_publishes_nothing(office: Office) -> None:
    assert office.ask(star_rules.trial, office.local, rule=EASY).volunteers == 1
    with pytest.raises(Forbidden):
        office.publish(office.local)
    with pytest.raises(Forbidden):
        office.ask(star_rules.trial, an_actor(Role.COORDINATOR), rule=EASY)


def test_a_trial_shows_who_would_change_and_who_came_to_it_this_year(office: Office) -> None:
    found = office.ask(star_rules.trial, rule=EASY)
    assert [(one.volunteer_id, one.before.stars, one.after.stars) for one in found.listed] == [
        (office.yi, 0, 1),
        (office.jia, 0, 2),
    ]
    # 甲 had two stars a year ago already: four hours are two stars by this rule.
    assert {one.stars: (one.before, one.after, one.reached_after) for one in found.trial.tallies if one.stars < 3} == {
        2: (0, 1, 0),
        1: (0, 1, 1),
        0: (2, 0, 0),
    }
    judged = StarRule.of(EASY.plain() | {"satisfied": 60, "answers": 2})
    changed = office.ask(star_rules.trial, rule=judged).trial.changes
    assert [one.volunteer_id for one in changed] == [office.yi], "one of 甲's two answers was a satisfied one"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"rule": DEFAULT_RULE}, "rules.nothing_changed"),
        ({"rule": DEFAULT_RULE | {"hours": [1, 1, 1, 1, 1]}}, "stars.bad_hours"),
        ({"rule": DEFAULT_RULE | {"badges": [["甲", "nowhere", 3]]}}, "stars.no_category"),
        ({"valid_from": NOW - DAY}, "rules.in_the_past"),
        ({"reason": " "}, "needs.reason_wanted"),
    ],
)
def test_rules_that_are_none_are_refused(database: Database, change: dict[str, Any], key: str) -> None:
    with pytest.raises(Invalid) as refused:
        Office(database).publish(**change)
    assert refused.value.key == key
