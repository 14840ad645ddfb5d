"""The limit of households a volunteer: set by the county's admin, one version after the other; on both databases."""

import pytest
from sqlalchemy import select

from dashboard.core.errors import Conflict, Forbidden, Invalid
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import household_limit
from dashboard.services.commands import perform
from dashboard.services.household_limit import Limit
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Audit
from tests.builders import NOW, a_site, an_actor

ADMIN = an_actor(Role.ADMIN)


def put(database: Database, most: int, version: int, actor: Actor = ADMIN, reason: str = "人手少") -> None:
    deed = household_limit.set_household_limit
    perform(database, deed, actor, now=NOW, most=most, version=version, reason=reason)


def held(database: Database) -> Limit:
    return answer(database, household_limit.limit, an_actor(Role.STATION_WORKER))


def test_the_limit_is_set_again_and_again_by_versions(any_database: Database) -> None:
    assert Limit(12, 0) == held(any_database)
    put(any_database, 8, 0)
    put(any_database, 15, 1)
    assert Limit(15, 2) == held(any_database)
    with pytest.raises(Conflict, match="contracts.limit_changed"):
        put(any_database, 9, 1)
    with any_database.read() as session:
        told = session.execute(select(Audit.before, Audit.after, Audit.reason).order_by(Audit.id)).all()
    assert ({"most": 8}, {"most": 15}, "人手少") == tuple(told[1])


@pytest.mark.parametrize(("most", "reason"), [(-1, "人手少"), (1000, "人手少"), (5, " ")])
def test_no_number_or_no_reason_is_refused(database: Database, most: int, reason: str) -> None:
    with pytest.raises(Invalid):
        put(database, most, 0, reason=reason)


def test_only_the_county_s_admin_sets_it(database: Database) -> None:
    town = database.write(lambda session: an_actor(Role.ADMIN, a_site(session)))
    for who in (an_actor(Role.COORDINATOR), an_actor(Role.LEADER), town):
        with pytest.raises(Forbidden):
            put(database, 5, 0, who)
    assert Limit(12, 0) == held(database)
