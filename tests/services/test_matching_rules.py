"""The office's matching rules: every version kept, set by an admin of the whole county, checked before they bind."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core.errors import Conflict, Forbidden, Invalid
from dashboard.core.matching.policy import DEFAULT
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import matching_rules
from dashboard.services.commands import perform
from dashboard.services.match_policy import policy_at
from dashboard.services.questions import answer
from dashboard.text import known
from db.engine import Database
from db.models import Audit, RuleSet
from tests.builders import COUNTY, NOW, a_site, actor_for, an_account, an_actor


class Office:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.admin = database.write(lambda session: actor_for(an_account(session, Role.ADMIN, display_name="邹")))

    def set(self, actor: Actor | None = None, now: Any = NOW, **values: Any) -> int:
        given: dict[str, Any] = {"weights": {}, "settings": {}, "reason": "试行"} | values
        return perform(self.database, matching_rules.set_matching_rules, actor or self.admin, now=now, **given)[
            "version"
        ]

    def ask(self, now: Any = NOW, actor: Actor | None = None) -> matching_rules.MatchingRules:
        return answer(self.database, matching_rules.matching_rules, actor or an_actor(), now=now)

    def policy(self, now: Any = NOW) -> Any:
        with self.database.read() as session:
            return policy_at(session, COUNTY, now)


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def test_a_county_without_rules_has_the_usual_ones(office: Office) -> None:
    found = office.ask()
    assert (found.version, found.newest, found.versions) == (0, 0, ())
    assert found.top_score == DEFAULT.top_score
    assert all(number.value == number.usual for number in (*found.weights, *found.settings, *found.limits))
    assert {number.name for number in found.limits} == {"most_open_person", "most_open_team"}


def test_a_new_version_binds_from_its_moment_and_the_old_one_stays(office: Office) -> None:
    assert office.set(weights={"distance": 12}, settings={"far_m": 8000, "most_open_person": 3}) == 1
    later = NOW + timedelta(days=2)
    assert office.set(weights={"continuity": 9}, valid_from=later) == 2
    now, then = office.policy(), office.policy(later)
    assert (now.version, now.weights[0], now.settings.far_m) == (1, 12, 8000)
    assert (then.version, then.weights[0], then.weights[3], then.settings.far_m) == (2, 12, 9, 8000)
    told = office.ask()
    assert (told.version, told.newest) == (1, 2)
    assert [(one.version, one.by, one.reason) for one in told.versions] == [(2, "邹", "试行"), (1, "邹", "试行")]
    assert told.versions[0].changes == (matching_rules.RuleChange("continuity", 6, 9),)
    assert {change.name for change in told.versions[1].changes} == {"distance", "far_m", "most_open_person"}
    assert next(one.value for one in office.ask(later).limits if one.name == "most_open_person") == 3


def test_a_version_is_complete_and_audited(office: Office) -> None:
    office.set(weights={"distance": 12})
    with office.database.read() as session:
        data = session.scalars(select(RuleSet.data)).one()
        audit = session.execute(select(Audit.before, Audit.after, Audit.reason)).one()
    assert len(data["weights"]) == len(DEFAULT.weights) and data["limits"]["most_open_team"] == 0
    assert (audit.before["distance"], audit.after["distance"], audit.reason) == (8, 12, "试行")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"weights": {"luck": 1}}, "match_rules.unknown_weight"),
        ({"weights": {"distance": -1}}, "match_rules.bad_weight"),
        ({"weights": {"distance": 1.5}}, "match_rules.bad_weight"),
        ({"settings": {"far_m": 0}}, "match_rules.bad_weight"),
        ({"settings": {"most_open_team": -1}}, "match_rules.bad_weight"),
        ({"settings": {"most_open_person": True}}, "match_rules.bad_weight"),
        ({"weights": {"distance": 9}, "reason": " "}, "needs.reason_wanted"),
        ({"weights": {"distance": 9}, "valid_from": NOW - timedelta(minutes=1)}, "rules.in_the_past"),
        ({"weights": {"distance": 8}}, "rules.nothing_changed"),
    ],
)
def test_what_no_rule_can_be_is_refused(office: Office, values: dict[str, Any], key: str) -> None:
    with pytest.raises(Invalid) as refused:
        office.set(**values)
    assert refused.value.key == key
    assert office.ask().newest == 0


def test_who_changes_an_old_version_reads_who_was_faster(office: Office) -> None:
    office.set(weights={"distance": 9}, version=0)
    with pytest.raises(Conflict) as refused:
        office.set(weights={"distance": 10}, version=0)
    assert (refused.value.key, refused.value.values["who"]) == ("rules.changed_meanwhile", "邹")
    assert office.set(weights={"distance": 10}, version=1) == 2


def test_only_an_admin_of_the_whole_county_sets_rules(office: Office) -> None:
    site = office.database.write(a_site)
    for actor in (an_actor(), an_actor(Role.LEADER), an_actor(Role.ADMIN, site)):
        with pytest.raises(Forbidden):
            office.set(actor, weights={"distance": 9})
    with pytest.raises(Forbidden):
        office.ask(actor=an_actor(Role.LEADER))


def test_every_number_has_its_name(office: Office) -> None:
    found = office.ask()
    assert [] == [one.name for one in (*found.settings, *found.limits) if not known(f"rules.name.{one.name}")]
    assert [] == [one.name for one in found.weights if not known(f"match_rules.{one.name}_term")]
