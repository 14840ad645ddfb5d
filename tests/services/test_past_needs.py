"""The needs of a day gone by: the ones the replay says were open, as known then or now, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.core.errors import Invalid
from dashboard.core.figures import county_today
from dashboard.core.filters import Filters
from dashboard.core.permissions import system_actor
from dashboard.core.replay import AsOf, Known, pasts, until
from dashboard.core.words import NeedState, Role
from dashboard.services import map_figures
from dashboard.services.past_needs import open_on
from dashboard.services.questions import answer
from dashboard.services.replay import happenings
from db.engine import Database
from tests.builders import COUNTY, NOW, a_county, a_need, a_site, an_actor
from tests.services.late_events import live

ALL = system_actor(COUNTY)
DAY = date(2026, 10, 31)
ASKED = {"filters": Filters(), "language": "zh", "now": NOW}


@pytest.mark.parametrize("known", Known)
def test_the_list_is_who_waited_at_the_day_s_end(any_database: Database, known: Known) -> None:
    any_database.write(lambda session: (a_county(session), a_site(session), a_site(session)))
    live(any_database, 120, seed=5, since=NOW - timedelta(days=200), until=NOW, late=0.3)
    with any_database.read() as session:
        found = pasts(happenings(session, COUNTY, until(DAY), known), until(DAY), known)
    waiting = {key: one for key, one in found.items() if one.state is NeedState.OPEN}
    assert len(waiting) > 3
    past = AsOf(DAY, known)
    listed = answer(any_database, open_on, ALL, past=past, **ASKED)
    assert {row.id: row.waited for row in listed.rows} == {
        key: (DAY - county_today(one.since)).days for key, one in waiting.items()
    }
    assert [row.waited for row in listed.rows] == sorted((row.waited for row in listed.rows), reverse=True)
    overview = answer(any_database, map_figures.overview_of, ALL, filters=Filters(), past=past, now=NOW)
    assert listed.total == overview.open_needs == len(waiting)
    page = answer(any_database, open_on, ALL, past=past, page=1, size=2, **ASKED)
    assert page.rows == listed.rows[2:4]


def test_a_town_s_reader_is_told_her_needs_and_no_day_to_come(database: Database) -> None:
    def build(session):  # type: ignore[no-untyped-def]
        a_county(session)
        centre = a_site(session)
        own, other = a_site(session, centre), a_site(session, centre)
        for site in (own, other):
            a_need(session, site, registered_at=datetime(2026, 9, 1, tzinfo=UTC))
        return an_actor(Role.LEADER, own)

    local = database.write(build)
    assert answer(database, open_on, local, past=AsOf(DAY, Known.NOW), **ASKED).total == 1
    assert answer(database, open_on, ALL, past=AsOf(DAY, Known.NOW), **ASKED).total == 2
    with pytest.raises(Invalid, match=r"replay\.future"):
        answer(database, open_on, local, past=AsOf(date(2026, 12, 31), Known.NOW), **ASKED)
