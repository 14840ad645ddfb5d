"""Deadlines as versions: tried on what was, published from a day on; what was before stays as it was."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from dashboard.core.deadline_trial import Case, tried
from dashboard.core.deadlines import DEFAULT_RULES, DeadlineRules, deadlines
from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid
from dashboard.core.words import Role, Urgency
from dashboard.services import deadline_rules
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.services.rules import deadline_rules as holding
from db.engine import Database
from db.models import Audit
from tests.builders import COUNTY, NOW, a_need, a_site, actor_for, an_account, an_actor

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WORKING = (("08:30", "12:00"), ("13:30", "18:00"))
USUAL = (("urgent", 1.0, 24.0), ("soon", 8.0, 40.0), ("normal", 16.0, 80.0))
STRICT = (("urgent", 1.0, 2.0), ("soon", 8.0, 40.0), ("normal", 16.0, 80.0))
RULES = DeadlineRules.of(DEFAULT_RULES)


def publish(database: Database, actor: Any = None, **values: Any) -> Any:
    given = {"working": WORKING, "hours": STRICT, "reason": "县里要求", "version": 0} | values
    return perform(database, deadline_rules.publish, actor or an_actor(Role.ADMIN), now=NOW, **given)


def rules_at(database: Database, when: Any) -> DeadlineRules:
    with database.read() as session:
        return holding(session, COUNTY, when)


def test_a_version_binds_from_its_day_on_and_is_audited(any_database: Database) -> None:
    said = publish(any_database, valid_from=NOW + 7 * DAY)
    assert said["version"] == 1
    assert rules_at(any_database, NOW + 6 * DAY).hours[Urgency.URGENT] == (1, 24)
    assert rules_at(any_database, NOW + 8 * DAY).hours[Urgency.URGENT] == (1, 2)
    held = answer(any_database, deadline_rules.held, an_actor(Role.ADMIN), now=NOW)
    assert (held.version, held.newest, held.hours) == (0, 1, USUAL)
    assert [(one.published.version, one.published.reason, one.hours) for one in held.versions] == [
        (1, "县里要求", STRICT)
    ]
    with any_database.read() as session:
        assert session.scalars(select(Audit.reason).where(Audit.subject == "rule_set")).all() == ["县里要求"]


def test_the_second_editor_reads_who_was_first(any_database: Database) -> None:
    publish(any_database)
    with pytest.raises(Conflict) as refused:
        publish(any_database, hours=USUAL)
    assert refused.value.key == "rules.changed_meanwhile"
    assert publish(any_database, hours=USUAL, version=1)["version"] == 2


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"hours": USUAL}, "rules.nothing_changed"),
        ({"valid_from": NOW - DAY}, "rules.in_the_past"),
        ({"working": ()}, "deadlines.bad_rules"),
        ({"working": (("08:30", "12:00"), ("11:00", "18:00"))}, "deadlines.bad_rules"),
        ({"hours": STRICT[:2]}, "deadlines.bad_rules"),
        ({"hours": (("urgent", 4.0, 2.0), *STRICT[1:])}, "deadlines.bad_rules"),
        ({"hours": (("urgent", 1.0, 2001.0), *STRICT[1:])}, "office_rules.too_many_hours"),
        ({"reason": " "}, "needs.reason_wanted"),
    ],
)
def test_rules_that_are_none_are_refused(database: Database, change: dict[str, Any], key: str) -> None:
    with pytest.raises(Invalid) as refused:
        publish(database, **change)
    assert refused.value.key == key


def test_only_an_admin_of_the_whole_county_publishes(database: Database) -> None:
    def build(session: Any) -> Any:
        site = a_site(session)
        return actor_for(an_account(session, Role.ADMIN, site), site)

    for who in (an_actor(Role.COORDINATOR), database.write(build)):
        with pytest.raises(Forbidden):
            publish(database, who)


def test_a_trial_lists_the_needs_that_would_be_late(any_database: Database) -> None:
    def build(session: Any) -> list[int]:
        site = a_site(session)
        found = []
        for hours in (1, 3):
            need = a_need(session, site, urgency="urgent")
            due = deadlines(NOW, RULES.limits(Urgency.URGENT), RULES)
            need.opened_at, need.take_up_due_at, need.close_due_at = NOW, due.take_up, due.close
            need.taken_up_at, need.closed_at, need.state = NOW + HOUR / 2, NOW + hours * HOUR, "closed"
            found.append(need.id)
        return found

    _, late = any_database.write(build)
    values = {"now": NOW + DAY, "working": WORKING, "hours": STRICT}
    found = answer(any_database, deadline_rules.trial, an_actor(Role.ADMIN), **values)
    assert [(one.need_id, one.before, one.after) for one in found.listed] == [(late, (False, False), (False, True))]
    tally = found.trial.tallies[Urgency.URGENT]
    assert (tally.cases, tally.close_before, tally.close_after) == (2, 0, 1)
    old = answer(any_database, deadline_rules.trial, an_actor(Role.ADMIN), **(values | {"now": NOW + 400 * DAY}))
    assert sum(tally.cases for tally in old.trial.tallies.values()) == 0
    with pytest.raises(DashboardError):
        answer(any_database, deadline_rules.trial, an_actor(Role.LEADER), **values)


hours = st.floats(1, 90).map(lambda one: round(one * 2) / 2)
cases = st.builds(
    lambda urgency, opened, taken, closed: (urgency, opened, taken, taken + closed),
    st.sampled_from(list(Urgency)),
    st.integers(0, 300),
    st.integers(1, 200),
    st.integers(0, 400),
)


def judged(one: tuple[Urgency, int, int, int], number: int = 1) -> Case:
    urgency, opened, taken, closed = one
    begun = NOW + opened * HOUR
    due = deadlines(begun, RULES.limits(urgency), RULES)
    return Case(number, urgency, begun, due.take_up, due.close, begun + taken * HOUR, begun + closed * HOUR)


@given(st.lists(cases, max_size=8))
def test_the_rules_that_held_change_nothing(some: list[tuple[Urgency, int, int, int]]) -> None:
    found = tried([judged(one) for one in some], RULES, NOW + 2000 * HOUR)
    assert found.changes == ()
    assert all((t.take_up_before, t.close_before) == (t.take_up_after, t.close_after) for t in found.tallies.values())


@given(st.lists(cases, max_size=8), hours, hours)
def test_longer_deadlines_never_make_a_need_late(
    some: list[tuple[Urgency, int, int, int]], more: float, longer: float
) -> None:
    data = {name: [pair[0] + more, pair[1] + more + longer] for name, pair in DEFAULT_RULES["hours"].items()}
    rules = DeadlineRules.of(DEFAULT_RULES | {"hours": data})
    for change in tried([judged(one) for one in some], rules, NOW + 2000 * HOUR).changes:
        assert all(before or not after for before, after in zip(change.before, change.after, strict=True))
