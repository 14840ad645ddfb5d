"""Hours of an activity, corrected or struck by somebody independent; the old ones stay known; on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import activity_hours
from dashboard.services.audit import changes
from dashboard.services.commands import perform
from db.engine import Database
from db.models import Audit, Service, Volunteer
from tests.builders import NOW, a_need, a_service, a_site, a_volunteer, actor_for, an_account, an_activity

HOUR = timedelta(hours=1)
START = NOW - timedelta(days=7)


class Hall:
    """A volunteer at an activity for an hour, and at an order the next hour; who recorded it, and somebody else."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.write(self._fill)

    def _fill(self, session: Any) -> None:
        site = a_site(session)
        other = a_site(session, site)
        recorded, judge = an_account(session), an_account(session)
        self.recorded, self.judge = actor_for(recorded), actor_for(judge)
        self.away = actor_for(an_account(session, site=other), other)
        self.leader = actor_for(an_account(session, Role.LEADER))
        her = a_volunteer(session, site, consent="given")
        self.her = her.id
        self.herself = actor_for(an_account(session, person_id=her.person_id))
        hours = a_service(session, her, an_activity(session, site=site), recorded_by=recorded.id)
        self.hours = hours.id
        self.order = a_service(session, her, a_need(session, site), start=START + 2 * HOUR, recorded_by=recorded.id).id

    def correct(self, actor: Actor | None = None, **values: Any) -> Any:
        given = {
            "service_id": self.hours,
            "seen": (START, START + HOUR, 0),
            "reason": "签到表抄错",
            "start": START,
            "end": START + 2 * HOUR,
            "break_minutes": 15,
        }
        return perform(self.database, activity_hours.correct, actor or self.judge, now=NOW, **(given | values))

    def rows(self, table: Any, *where: Any) -> list[Any]:
        with self.database.read() as session:
            found = list(session.scalars(select(table).where(*where).order_by(table.id)))
            session.expunge_all()
            return found


@pytest.fixture
def hall(any_database: Database) -> Hall:
    return Hall(any_database)


def test_corrected_hours_count_as_entered_by_staff_and_the_old_ones_stay_known(hall: Hall) -> None:
    hall.correct()
    (row,) = hall.rows(Service, Service.id == hall.hours)
    assert (row.start, row.end, row.break_minutes, row.minutes) == (START, START + 2 * HOUR, 15, 105)
    assert (row.grade, row.recorded_by, row.recorded_at) == ("C", hall.judge.account_id, NOW)
    (audit,) = hall.rows(Audit)
    assert (audit.command, audit.subject_id, audit.reason) == ("activity_hours.correct", hall.hours, "签到表抄错")
    assert (audit.before["minutes"], audit.before["grade"], audit.after["minutes"]) == (60, "B", 105)
    told = {one.field for one in changes(audit.before, audit.after)}
    assert told == {"end", "break_minutes", "minutes", "grade", "recorded_by"}, "what stayed is no change"
    with pytest.raises(Conflict, match=r"commands\.changed_meanwhile"):
        hall.correct()


def test_hours_that_never_were_are_struck(hall: Hall) -> None:
    assert hall.correct(start=None, end=None)["struck"] is True
    assert hall.rows(Service, Service.id == hall.hours) == []
    (audit,) = hall.rows(Audit)
    assert audit.before["minutes"] == 60 and audit.after is None


@pytest.mark.parametrize(
    ("values", "kind", "key"),
    [
        ({"reason": " "}, Invalid, "needs.reason_wanted"),
        ({"end": START + HOUR, "break_minutes": 0}, Invalid, "rules.nothing_changed"),
        ({"end": START}, Invalid, "dispatches.no_hours"),
        ({"end": START + 17 * HOUR}, Invalid, "dispatches.too_many_hours"),
        ({"end": START + 3 * HOUR}, Conflict, "dispatches.hours_overlap"),
        ({"seen": (START, START + 2 * HOUR, 0)}, Conflict, "commands.changed_meanwhile_unnamed"),
        ({"service_id": 10**6}, NotFound, "activity_hours.no_such"),
    ],
)
def test_what_can_t_be_is_refused_by_name(hall: Hall, values: Any, kind: type[DashboardError], key: str) -> None:
    with pytest.raises(kind) as refused:
        hall.correct(**values)
    assert refused.value.key == key
    assert hall.rows(Service, Service.id == hall.hours)[0].minutes == 60 and hall.rows(Audit) == []


def test_hours_of_an_order_go_the_other_way(hall: Hall) -> None:
    with pytest.raises(Invalid, match=r"activity_hours\.of_order"):
        hall.correct(service_id=hall.order)


def test_only_somebody_independent_within_reach_corrects(hall: Hall) -> None:
    for actor, key in (
        (hall.recorded, "held.not_independent"),
        (hall.herself, "held.not_independent"),
        (hall.away, "permissions.scope"),
        (hall.leader, "permissions.role"),
    ):
        with pytest.raises(Forbidden) as refused:
            hall.correct(actor)
        assert refused.value.key == key
    assert hall.rows(Audit) == []


def test_no_hours_are_written_anew_without_her_consent(hall: Hall) -> None:
    refused = update(Volunteer).where(Volunteer.id == hall.her).values(consent="refused")
    hall.database.write(lambda session: session.execute(refused))
    with pytest.raises(Invalid, match=r"held\.no_consent"):
        hall.correct()
    hall.correct(start=None, end=None)
