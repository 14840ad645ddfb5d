"""The screen of odd hours on real rows: what is read, what is listed, who may see and mark it; on both databases."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.odd_hours import Odd
from dashboard.core.permissions import Actor
from dashboard.core.words import Grade, Role
from dashboard.services import hour_reports, odd_hours
from dashboard.services.commands import perform
from dashboard.services.odd_hours import Screen
from dashboard.services.questions import answer
from dashboard.text import known
from db.engine import Database
from db.models import Audit, EntryLook, Service, Volunteer
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_grid,
    a_need,
    a_service,
    a_site,
    a_volunteer,
    actor_for,
    an_account,
    an_activity,
)

#: A week ago, 10:00 in Wuchuan.
THEN = NOW - timedelta(days=7)
DAYS: dict[str, Any] = {"first": date(2026, 8, 19), "last": date(2026, 11, 16)}
#: About 40 km north of the needs of the builders.
FAR = {"lon": 107.9, "lat": 28.89}


class Office:
    """Two stations of a centre, a volunteer, a need in each station; who asks is a coordinator of the county."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            self.centre = a_site(session)
            self.here, self.there = a_site(session, self.centre), a_site(session, self.centre)
            self.li = actor_for(an_account(session))
            self.worker = actor_for(an_account(session, Role.STATION_WORKER, self.here), self.here)
            self.leader = actor_for(an_account(session, Role.LEADER))
            volunteer = a_volunteer(session, self.here, "杨小梅", consent="given")
            self.her, self.person = volunteer.id, volunteer.person_id
            self.kind = a_category(session, name="家电维修").id
            self.need = a_need(session, self.here, state="closed", category_id=self.kind, title="给王奶奶修灯").id
            self.other_need = a_need(session, self.there, state="closed", **FAR).id

        database.write(build)

    def serve(self, start: datetime = THEN, minutes: int = 60, need: int | None = None, **values: Any) -> int:
        """One more service; its id."""

        def add(session: Any) -> int:
            from db.models import Need

            who = session.get_one(Volunteer, values.pop("volunteer_id", self.her))
            return a_service(
                session,
                who,
                session.get_one(Need, need or self.need),
                start=start,
                minutes=minutes,
                **({"recorded_at": start + timedelta(minutes=minutes)} | values),
            ).id

        return self.database.write(add)

    def screen(self, actor: Actor | None = None, **days: Any) -> Screen:
        return answer(self.database, odd_hours.screen, actor or self.li, **(DAYS | days))

    def listed(self, actor: Actor | None = None, **days: Any) -> list[tuple[str, int]]:
        return [(str(one.finding.reason), one.finding.id) for one in self.screen(actor, **days).listed]

    def mark(self, *entries: tuple[int, str], actor: Actor | None = None, reason: str = "问过本人") -> Any:
        return perform(
            self.database, odd_hours.mark_looked_at, actor or self.li, now=NOW, entries=entries, reason=reason
        )


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def test_all_five_frauds_are_found_and_the_honest_rows_are_not(office: Office) -> None:
    def account(session: Any) -> int:
        return an_account(session, Role.STATION_WORKER, office.here, person_id=office.person).id

    own = office.database.write(account)
    first = office.serve()
    twice = office.serve(THEN + timedelta(minutes=30))
    fast = office.serve(THEN + timedelta(minutes=100), need=office.other_need)
    mine = office.serve(THEN + timedelta(days=1), recorded_by=own)
    long = [office.serve(THEN + timedelta(days=2, hours=8 * n - 10), minutes=400) for n in (0, 1, 2)]
    late = [
        office.serve(
            THEN - timedelta(days=30 + n),
            recorded_at=THEN + timedelta(seconds=9 * n),
            recorded_by=office.worker.account_id,
        )
        for n in range(20)
    ]
    honest = [office.serve(THEN + timedelta(days=3)), office.serve(THEN + timedelta(days=3, hours=1))]
    expected = [
        ("overlap", twice),
        ("travel", fast),
        *(("back_dated", id) for id in late),
        ("own_account", mine),
        *(("long_day", id) for id in long),
    ]
    assert expected == office.listed()
    assert len(late) + len(honest) + 7 == office.screen().looked_at
    values = {one.finding.id: one.finding for one in office.screen().listed}
    assert (first, 30) == (values[twice].other, values[twice].minutes)
    assert values[fast].metres is not None and 39_000 < values[fast].metres < 41_000 and values[fast].minutes == 10
    assert (20, 29) == (values[late[0]].rows, values[late[0]].days)


def test_a_place_known_by_village_only_accuses_nobody(office: Office) -> None:
    def village(session: Any) -> int:
        return a_need(session, office.here, state="closed", precision="village", **FAR).id

    office.serve()
    office.serve(THEN + timedelta(minutes=60), need=office.database.write(village))
    assert [] == office.listed()


def test_an_activity_without_a_point_stands_in_the_middle_of_its_grid(office: Office) -> None:
    def market(session: Any) -> int:
        grid = a_grid(session, office.there, **FAR)
        held = an_activity(session, site=office.there, start=THEN + timedelta(hours=1), grid_id=grid.id)
        return a_service(session, session.get_one(Volunteer, office.her), held, start=held.start, recorded_at=NOW).id

    office.serve()
    assert [("travel", office.database.write(market))] == office.listed()


def test_an_overlap_across_the_edge_of_the_days_is_seen_and_counted_once(office: Office) -> None:
    midnight = datetime.fromisoformat("2026-11-10T00:00+08:00")
    office.serve(midnight - timedelta(hours=1), minutes=120)
    inside = office.serve(midnight, minutes=30)
    assert [("overlap", inside)] == office.listed(first=date(2026, 11, 10))
    assert 1 == office.screen(first=date(2026, 11, 10)).looked_at
    assert [] == office.listed(last=date(2026, 11, 9))


def test_a_station_sees_its_own_rows_and_other_counties_none(office: Office) -> None:
    office.serve(need=office.other_need)
    office.serve(need=office.other_need)
    assert 1 == len(office.listed())
    assert ([], 0) == (office.listed(office.worker), office.screen(office.worker).looked_at)
    stranger = Actor(1, "x", Role.ADMIN, "999999", None)
    assert 0 == office.screen(stranger).looked_at


def test_leaders_read_totals_and_no_entries(office: Office) -> None:
    id = office.serve(grade="A")
    assert 1 == answer(office.database, hour_reports.totals, office.leader, **DAYS)[0].services
    for question, values in (
        (odd_hours.screen, DAYS),
        (hour_reports.entries, {"ids": (id,)}),
        (hour_reports.report, DAYS | {"volunteer_id": office.her}),
    ):
        with pytest.raises(Forbidden):
            answer(office.database, question, office.leader, **values)


def test_totals_are_given_by_grade_also_where_there_are_none(office: Office) -> None:
    office.serve(grade="A", minutes=50)
    office.serve(THEN + timedelta(days=1), grade="A", minutes=70)
    office.serve(THEN + timedelta(days=2), grade="C")
    found = answer(office.database, hour_reports.totals, office.li, **DAYS)
    assert [(Grade.A, 2, 120, 1), (Grade.B, 0, 0, 0), (Grade.C, 1, 60, 1)] == [
        (one.grade, one.services, one.minutes, one.people) for one in found
    ]


@pytest.mark.parametrize(
    ("first", "last", "key"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "hours.days_backwards"),
        (date(2025, 11, 1), date(2026, 11, 2), "hours.too_many_days"),
    ],
)
def test_a_span_is_forward_and_bounded(office: Office, first: date, last: date, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        office.screen(first=first, last=last)
    assert key == refused.value.key and known(key)


def test_a_report_holds_every_service_and_no_word_of_a_resident(office: Office) -> None:
    office.serve(grade="A")
    elsewhere = office.serve(THEN + timedelta(days=1), need=office.other_need)
    found = answer(office.database, hour_reports.report, office.worker, volunteer_id=office.her, **DAYS)
    assert ("杨小梅", 2) == (found.name, len(found.rows))
    assert elsewhere == found.rows[1].id
    assert ("家电维修", [60, 60, 0]) == (found.rows[0].content, [one.minutes for one in found.totals])
    assert "王奶奶" not in repr(found)


def test_a_report_of_a_volunteer_out_of_reach_is_not_found(office: Office) -> None:
    other = office.database.write(lambda session: a_volunteer(session, office.there).id)
    with pytest.raises(NotFound):
        answer(office.database, hour_reports.report, office.worker, volunteer_id=other, **DAYS)


def test_marking_keeps_the_hours_and_the_entry_on_the_list_with_its_reason(office: Office) -> None:
    office.serve()
    twice = office.serve()
    assert {"count": 1} == office.mark((twice, "overlap"), reason="  两场 同时 ")
    (one,) = office.screen().listed
    assert one.look is not None and ("用户", "两场 同时", NOW) == (one.look.by[:2], one.look.reason, one.look.at)
    assert (0, 1) == (
        office.screen().count(Odd.OVERLAP),
        office.screen().count(Odd.OVERLAP, open_only=False),
    )
    with office.database.read() as session:
        assert 60 == session.get_one(Service, twice).minutes
        audited = session.scalars(select(Audit).where(Audit.command == "odd_hours.mark_looked_at")).one()
        assert ("service", twice, "两场 同时") == (audited.subject, audited.subject_id, audited.reason)
    with pytest.raises(Conflict):
        office.mark((twice, "overlap"))
    # The same entry listed for another reason is another matter.
    assert {"count": 1} == office.mark((twice, "long_day"))


def test_who_may_mark(office: Office) -> None:
    id = office.serve(need=office.other_need)
    with pytest.raises(NotFound):
        office.mark((id, "overlap"), actor=office.worker)
    with pytest.raises(Forbidden):
        office.mark((id, "overlap"), actor=office.leader)
    with pytest.raises(Invalid):
        office.mark((id, "overlap"), reason=" ")
    with pytest.raises(Invalid):
        office.mark()
    own = office.database.write(lambda session: actor_for(an_account(session, person_id=office.person)))
    with pytest.raises(Forbidden) as refused:
        office.mark((id, "overlap"), actor=own)
    assert "hours.own_entry" == refused.value.key
    with office.database.read() as session:
        assert [] == session.scalars(select(EntryLook).where(EntryLook.county == COUNTY)).all()


def test_the_sample_county_accuses_nobody_of_its_honest_people(county: Database) -> None:
    from tests.builders import an_actor

    found = answer(county, odd_hours.screen, an_actor(), first=date(2025, 11, 21), last=date(2026, 11, 20))
    assert found.looked_at > 100
    assert () == found.listed


def test_every_reason_has_its_words() -> None:
    for reason in Odd:
        assert known(f"hours.odd.{reason}") and known(f"hours.found.{reason}")
