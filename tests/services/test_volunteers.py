"""Finding volunteers, opening one, editing one: on both databases, within the reader's part of the tree."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.figures import day_span
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import Channel, Consent, Role, VolunteerStatus
from dashboard.services import volunteer_edits, volunteers
from dashboard.services.commands import digest_key, keyed_digest, perform
from dashboard.services.figures import sheet
from dashboard.services.questions import answer
from dashboard.services.volunteer_profile import FreeSpan, Profile, profile
from dashboard.services.volunteers import Wanted
from db.engine import Database
from db.models import Audit, Availability, Dispatch, Division, Leave, NeedRole, Person, Volunteer
from tests.builders import (
    COUNTY,
    NOW,
    a_certificate,
    a_member,
    a_need,
    a_service,
    a_site,
    a_skill,
    a_team,
    a_volunteer,
    an_activity,
    an_actor,
)

ALL = system_actor(COUNTY)
MONDAY = date(2026, 11, 16)
TUESDAY = MONDAY + timedelta(days=1)


def found(database: Database, actor: Actor = ALL, page: int = 0, size: int = 50, **wanted: Any) -> list[str]:
    values = {"wanted": Wanted(**wanted), "today": MONDAY, "language": "zh", "page": page, "size": size}
    return [row.name for row in answer(database, volunteers.search, actor, **values).rows]


def total(database: Database, actor: Actor = ALL, **wanted: Any) -> int:
    return answer(database, volunteers.search, actor, wanted=Wanted(**wanted), today=MONDAY, language="zh").total


def opened(database: Database, volunteer_id: int, actor: Actor = ALL) -> Profile:
    return answer(database, profile, actor, volunteer_id=volunteer_id, language="zh", now=NOW)


def named(session: Session, name: str, initials: str, phone: str = "13800138000", **values: Any) -> Volunteer:
    volunteer = a_volunteer(session, name=name, **values)
    person = session.get_one(Person, volunteer.person_id)
    person.initials, person.phone, person.phone_tail = initials, phone, phone[-4:]
    person.phone_digest = keyed_digest(digest_key(session), phone)
    session.flush()
    return volunteer


@pytest.fixture
def people(any_database: Database) -> Database:
    def work(session: Session) -> None:
        named(session, "张小贵", "zxg", "13800131234")
        named(session, "张小贵", "zxg", "13900135678")
        named(session, "赵学工", "zxg", "13700134321")
        named(session, "欧阳%", "oy", "13600131234")

    any_database.write(work)
    return any_database


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("张", ["张小贵", "张小贵"]),
        ("小贵", ["张小贵", "张小贵"]),
        ("zxg", ["张小贵", "张小贵", "赵学工"]),
        ("ZX", ["张小贵", "张小贵", "赵学工"]),
        ("xg", []),
        ("1234", ["欧阳%", "张小贵"]),
        ("34", ["欧阳%", "张小贵"]),
        ("张 1234", ["张小贵"]),
        ("137 0013 4321", ["赵学工"]),
        ("13700134322", []),
        ("123456", []),
        ("%", ["欧阳%"]),
        ("_", []),
        ("{{7*7}}' or 1=1 --", []),
        ("", ["欧阳%", "张小贵", "张小贵", "赵学工"]),
    ],
)
def test_people_are_found_by_name_initials_tail_or_phone(people: Database, words: str, expected: list[str]) -> None:
    assert found(people, words=words) == expected
    assert total(people, words=words) == len(expected)


def test_phones_are_shown_by_their_tail_only(people: Database) -> None:
    rows = answer(people, volunteers.search, ALL, wanted=Wanted(words="赵"), today=MONDAY, language="zh").rows
    assert [row.phone for row in rows] == ["*******4321"]


def test_pages_follow_each_other_without_gap(people: Database) -> None:
    assert [found(people, page=page, size=1) for page in range(5)] == [
        ["欧阳%"],
        ["张小贵"],
        ["张小贵"],
        ["赵学工"],
        [],
    ]


def test_skill_level_village_team_and_status_narrow_the_search(any_database: Database) -> None:
    def work(session: Session) -> dict[str, int]:
        electric = a_skill(session)
        session.add(Division(county=COUNTY, code="V1", level="village", name="高峰村", parent_code="T1"))
        a_volunteer(session, name="甲", skills={electric.id: 1}, village_code="V1")
        expert = a_volunteer(session, name="乙", skills={electric.id: 3}, village_code="V2")
        past = a_volunteer(session, name="丙", status="left", skills={electric.id: 3})
        team = a_team(session)
        a_member(session, team, expert)
        a_member(session, team, past, valid_to=MONDAY)
        return {"skill": electric.id, "team": team.id}

    ids = any_database.write(work)
    assert sorted(found(any_database, skill=ids["skill"])) == ["乙", "甲"]
    assert found(any_database, skill=ids["skill"], level=2) == ["乙"]
    assert found(any_database, village="V2") == ["乙"]
    assert found(any_database, town="T1") == ["甲"]
    assert found(any_database, team=ids["team"], status=None) == ["乙"]
    assert found(any_database, status=VolunteerStatus.LEFT) == ["丙"]
    (row,) = answer(any_database, volunteers.search, ALL, wanted=Wanted(village="V1"), today=MONDAY, language="zh").rows
    assert (row.village, row.skills, row.teams) == ("高峰村", ("electric",), ())


def at(day: date, hour: float) -> datetime:
    return day_span(day)[0] + timedelta(hours=hour)


def a_leave(session: Session, volunteer: Volunteer, start: datetime, end: datetime) -> None:
    session.add(Leave(county=COUNTY, volunteer_id=volunteer.id, start=start, end=end))


def a_dispatch(
    session: Session, volunteer: Volunteer, start: datetime, hours: float, state: str = "accepted"
) -> Dispatch:
    need = a_need(session, start=start)
    role = session.scalars(select(NeedRole).where(NeedRole.need_id == need.id)).one()
    dispatch = Dispatch(
        county=COUNTY,
        need_id=need.id,
        role_id=role.id,
        volunteer_id=volunteer.id,
        state=state,
        start=start,
        end=start + timedelta(hours=hours),
        dispatched_by=0,
        offered_at=NOW - timedelta(days=1),
    )
    session.add(dispatch)
    session.flush()
    return dispatch


def test_free_on_a_day_means_known_in_the_pattern_and_not_taken(any_database: Database) -> None:
    def work(session: Session) -> None:
        a_volunteer(session, name="整天空")
        a_volunteer(session, name="未知", free=False)
        tuesdays = a_volunteer(session, name="只有周二", free=False, availability_known=True)
        session.add(Availability(county=COUNTY, volunteer_id=tuesdays.id, weekday=1, start_minute=480, end_minute=600))
        away = a_volunteer(session, name="请假")
        a_leave(session, away, at(MONDAY, 0), at(TUESDAY, 0))
        half = a_volunteer(session, name="上午请假")
        a_leave(session, half, at(MONDAY, 8), at(MONDAY, 12))
        sent = a_volunteer(session, name="已派满")
        a_dispatch(session, sent, at(MONDAY, 8), 12)
        declined = a_volunteer(session, name="已谢绝")
        a_dispatch(session, declined, at(MONDAY, 8), 12, state="declined")

    any_database.write(work)
    assert set(found(any_database, free_on=MONDAY)) == {"整天空", "上午请假", "已谢绝"}
    morning = {"free_on": MONDAY, "free_from": 480, "free_until": 720}
    assert set(found(any_database, **morning)) == {"整天空", "已谢绝"}
    afternoon = {"free_on": MONDAY, "free_from": 840, "free_until": 1080}
    assert set(found(any_database, **afternoon)) == {"整天空", "上午请假", "已谢绝"}
    late = {"free_on": MONDAY, "free_from": 18 * 60, "free_until": 21 * 60}
    assert found(any_database, **late) == []
    assert "只有周二" in found(any_database, free_on=TUESDAY)
    assert "只有周二" not in found(any_database, free_on=TUESDAY, free_from=480, free_until=601)


def test_a_station_finds_its_own_volunteers_only(any_database: Database) -> None:
    def work(session: Session) -> tuple[Any, int]:
        centre = a_site(session)
        near, far = a_site(session, centre), a_site(session, centre)
        a_volunteer(session, near, name="近")
        return near, a_volunteer(session, far, name="远").id

    near, far_id = any_database.write(work)
    worker = an_actor(Role.STATION_WORKER, near)
    assert found(any_database, worker) == ["近"]
    with pytest.raises(NotFound):
        opened(any_database, far_id, worker)


def test_a_leader_finds_nobody(database: Database) -> None:
    volunteer = database.write(a_volunteer)
    leader = an_actor(Role.LEADER)
    for question, values in (
        (volunteers.search, {"wanted": Wanted(), "today": MONDAY, "language": "zh"}),
        (volunteers.expiring_certificates, {"today": MONDAY, "language": "zh"}),
        (volunteers.choices, {"language": "zh"}),
        (profile, {"volunteer_id": volunteer.id, "language": "zh", "now": NOW}),
    ):
        with pytest.raises(Forbidden):
            answer(database, question, leader, **values)  # type: ignore[arg-type]


def test_the_list_of_expiring_certificates_is_the_figure(any_database: Database) -> None:
    def work(session: Session) -> None:
        skill = a_skill(session, licence=True)
        for name, days in (("甲", 30), ("乙", 0), ("丙", 31), ("丁", -1)):
            a_certificate(session, a_volunteer(session, name=name), skill, MONDAY + timedelta(days=days))

    any_database.write(work)
    listed = answer(any_database, volunteers.expiring_certificates, ALL, today=MONDAY, language="zh")
    assert [(row.name, row.days_left) for row in listed.rows] == [("乙", 0), ("甲", 30)]
    figure = answer(any_database, sheet, ALL, now=NOW).values["certificates_expiring"]
    assert listed.total == figure.value == 2


def test_a_profile_tells_what_she_can_has_done_and_was_asked(any_database: Database) -> None:
    def work(session: Session) -> int:
        electric = a_skill(session, licence=True)
        site = a_site(session)
        volunteer = a_volunteer(session, site, skills={electric.id: 2}, village_code="V1")
        a_certificate(session, volunteer, electric, MONDAY + timedelta(days=10))
        a_certificate(session, volunteer, electric, MONDAY - timedelta(days=300))
        team = a_team(session, site, name="红马甲")
        a_member(session, team, volunteer)
        for grade, minutes in (("A", 60), ("C", 30)):
            a_service(session, volunteer, an_activity(session, team), team=team, minutes=minutes, grade=grade)
        for day, state in enumerate(("accepted", "declined", "expired", "confirmed", "cancelled", "offered")):
            a_dispatch(session, volunteer, at(TUESDAY + timedelta(days=day), 9), 2, state)
        a_leave(session, volunteer, NOW - timedelta(days=9), NOW - timedelta(days=8))
        a_leave(session, volunteer, NOW + timedelta(days=9), NOW + timedelta(days=10))
        return volunteer.id

    seen = opened(any_database, any_database.write(work))
    assert [(s.name, s.level, s.licence, s.expires_on) for s in seen.skills] == [
        ("electric", 2, True, MONDAY + timedelta(days=10))
    ]
    assert (seen.services, seen.minutes, len(seen.last_services)) == (2, (60, 0, 30), 2)
    assert [team.name for team in seen.teams] == ["红马甲"]
    assert [line.state for line in seen.upcoming] == ["accepted", "confirmed", "offered"]
    assert len(seen.leave) == 1
    told = seen.reliability
    counts = (told.offered, told.accepted, told.declined, told.expired, told.cancelled, told.waiting)
    assert counts == (6, 2, 1, 1, 1, 1)
    assert told.share == 0.4
    assert (len(seen.free), seen.free[0]) == (7, FreeSpan(0, 480, 1200))


def test_too_few_offers_judge_nobody(any_database: Database) -> None:
    def work(session: Session) -> int:
        volunteer = a_volunteer(session)
        for day in range(4):
            a_dispatch(session, volunteer, at(TUESDAY + timedelta(days=day), 9), 2, "declined")
        return volunteer.id

    assert opened(any_database, any_database.write(work)).reliability.share is None


def edit(database: Database, command: Callable[..., Any], volunteer_id: int, actor: Actor = ALL, **values: Any) -> Any:
    values.setdefault("version", 1)
    return perform(database, command, actor, now=NOW, volunteer_id=volunteer_id, **values)


def test_free_time_is_replaced_joined_and_audited(any_database: Database) -> None:
    volunteer_id = any_database.write(lambda session: a_volunteer(session, free=False).id)
    edit(any_database, volunteer_edits.set_availability, volunteer_id, spans=[(2, 540, 600), (2, 600, 660)])
    seen = opened(any_database, volunteer_id)
    assert (seen.availability_known, seen.free, seen.version) == (True, (FreeSpan(2, 540, 660),), 2)
    edit(any_database, volunteer_edits.set_availability, volunteer_id, version=2, spans=[(1, 0, 60)], known=False)
    seen = opened(any_database, volunteer_id)
    assert (seen.availability_known, seen.free) == (False, ())
    with any_database.read() as session:
        rows = session.execute(select(Audit.command, Audit.before).order_by(Audit.id)).all()
    assert [row.command for row in rows] == ["volunteer_edits.set_availability"] * 2
    assert rows[1].before == {"known": True, "spans": [[2, 540, 660]]}


def test_an_edit_of_an_old_version_is_refused_and_changes_nothing(any_database: Database) -> None:
    volunteer_id = any_database.write(lambda session: a_volunteer(session).id)
    caps = {"cap_day": 2, "cap_week": 4, "max_distance_m": 3000}
    edit(any_database, volunteer_edits.set_caps, volunteer_id, **caps)
    with pytest.raises(Conflict):
        edit(any_database, volunteer_edits.set_caps, volunteer_id, **(caps | {"cap_day": 1}))
    seen = opened(any_database, volunteer_id)
    assert (seen.cap_day, seen.cap_week, seen.max_distance_m, seen.version) == (2, 4, 3000, 2)


def test_leave_counts_the_arrangements_it_touches_and_can_be_taken_off(any_database: Database) -> None:
    def work(session: Session) -> int:
        volunteer = a_volunteer(session)
        a_dispatch(session, volunteer, at(TUESDAY, 9), 2)
        a_dispatch(session, volunteer, at(TUESDAY + timedelta(days=3), 9), 2)
        return volunteer.id

    volunteer_id = any_database.write(work)
    span = {"start": at(TUESDAY, 0), "end": at(TUESDAY, 24)}
    assert edit(any_database, volunteer_edits.add_leave, volunteer_id, **span, reason=" 回 老家 ") == {"dispatches": 1}
    (leave,) = opened(any_database, volunteer_id).leave
    assert (leave.start, leave.end, leave.reason) == (span["start"], span["end"], "回 老家")
    edit(any_database, volunteer_edits.cancel_leave, volunteer_id, version=2, leave_id=leave.id)
    assert opened(any_database, volunteer_id).leave == ()
    with pytest.raises(NotFound):
        edit(any_database, volunteer_edits.cancel_leave, volunteer_id, version=3, leave_id=leave.id)
    with pytest.raises(Invalid):
        edit(any_database, volunteer_edits.add_leave, volunteer_id, version=3, start=NOW, end=NOW)


def test_the_reason_of_a_leave_stays_out_of_the_audit(database: Database) -> None:
    volunteer_id = database.write(lambda session: a_volunteer(session).id)
    edit(database, volunteer_edits.add_leave, volunteer_id, start=NOW, end=NOW + timedelta(days=1), reason="住院")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Audit)) == 1
        assert "住院" not in str(session.scalars(select(Audit.after)).one())


def test_consent_is_kept_with_its_time_and_channel(any_database: Database) -> None:
    volunteer_id = any_database.write(lambda session: a_volunteer(session).id)
    with pytest.raises(Invalid):
        edit(any_database, volunteer_edits.set_consent, volunteer_id, consent=Consent.GIVEN)
    edit(any_database, volunteer_edits.set_consent, volunteer_id, consent=Consent.GIVEN, channel=Channel.VISIT)
    seen = opened(any_database, volunteer_id)
    assert (seen.consent, seen.consent_at, seen.consent_channel) == (Consent.GIVEN, NOW, "visit")
    edit(any_database, volunteer_edits.set_consent, volunteer_id, version=2, consent=Consent.UNKNOWN)
    assert opened(any_database, volunteer_id).consent_at is None


def test_whoever_left_is_kept_and_no_longer_found(any_database: Database) -> None:
    volunteer_id = any_database.write(lambda session: a_volunteer(session, name="李永").id)
    edit(any_database, volunteer_edits.set_status, volunteer_id, status="left")
    assert found(any_database) == []
    assert opened(any_database, volunteer_id).status is VolunteerStatus.LEFT


EDITS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (volunteer_edits.set_availability, {"spans": ()}),
    (volunteer_edits.add_leave, {"start": NOW, "end": NOW + timedelta(days=1)}),
    (volunteer_edits.cancel_leave, {"leave_id": 1}),
    (volunteer_edits.set_caps, {"cap_day": 1, "cap_week": 1, "max_distance_m": 1000}),
    (volunteer_edits.set_consent, {"consent": "unknown"}),
    (volunteer_edits.set_status, {"status": "paused"}),
]


@pytest.mark.parametrize(("command", "values"), EDITS)
def test_only_a_coordinator_of_the_place_may_edit(
    database: Database, command: Callable[..., Any], values: dict[str, Any]
) -> None:
    def work(session: Session) -> tuple[Any, Any, int]:
        centre = a_site(session)
        near, far = a_site(session, centre), a_site(session, centre)
        return near, far, a_volunteer(session, near).id

    near, far, volunteer_id = database.write(work)
    for actor in (
        an_actor(Role.STATION_WORKER, near),
        an_actor(Role.LEADER),
        an_actor(Role.COORDINATOR, far),
    ):
        with pytest.raises(Forbidden):
            edit(database, command, volunteer_id, actor, **values)
    with pytest.raises(NotFound):
        edit(database, command, volunteer_id + 1, **values)
    with database.read() as session:
        assert session.get_one(Volunteer, volunteer_id).version == 1


def test_a_volunteer_of_no_site_is_edited_by_the_whole_county_only(database: Database) -> None:
    def work(session: Session) -> tuple[Any, int]:
        return a_site(session), a_volunteer(session).id

    centre, volunteer_id = database.write(work)
    with pytest.raises(Forbidden):
        edit(database, volunteer_edits.set_status, volunteer_id, an_actor(Role.COORDINATOR, centre), status="paused")
    edit(database, volunteer_edits.set_status, volunteer_id, an_actor(Role.COORDINATOR), status="paused")
