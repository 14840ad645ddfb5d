"""Taking an order, correcting it, and the moves that are a person's decision; on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.needs import last_word
from dashboard.core.orders import Caller, Order, PlaceWish, RoleWish, SkillWish
from dashboard.core.words import IntervalRule, NeedState, Role, Urgency
from dashboard.services import needs
from dashboard.services.commands import digest_key, keyed_digest, perform
from db.engine import Database
from db.models import (
    Audit,
    AuditPersonal,
    Division,
    Need,
    NeedEvent,
    NeedInterval,
    NeedPerson,
    NeedRole,
    NeedSkill,
    Person,
)
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_grid,
    a_need,
    a_person,
    a_site,
    a_skill,
    a_volunteer,
    an_account,
    an_actor,
)

TOMORROW = NOW + timedelta(days=1)
SPAN = ((TOMORROW, TOMORROW + timedelta(hours=2)),)


@pytest.fixture
def here(any_database: Database) -> dict[str, Any]:
    """A centre with a station, a grid, a skill and a category that asks for it."""

    def build(session: Any) -> dict[str, Any]:
        centre = a_site(session)
        station = a_site(session, centre, village_code="520326001001", town_code="520326001")
        other = a_site(session, centre)
        skill = a_skill(session)
        category = a_category(session, "utilities", required_skills=["electric"], duration_minutes=90)
        grid = a_grid(session, station, village_code="520326001001", town_code="520326001")
        session.add(
            Division(county=COUNTY, code="520326001001", level="village", name="桃符村", parent_code="520326001")
        )
        session.flush()
        return {"station": station, "other": other, "skill": skill, "category": category, "grid": grid}

    return any_database.write(build) | {"database": any_database}


def order(here: dict[str, Any], **values: Any) -> Order:
    """A whole order in the grid for tomorrow, one person."""
    given: dict[str, Any] = {
        "category_id": here["category"].id,
        "place": PlaceWish(grid_id=here["grid"].id),
        "intervals": SPAN,
        "roles": (RoleWish(people=1),),
    }
    return Order(**(given | values))


def take(here: dict[str, Any], wanted: Order | None = None, **values: Any) -> Need:
    result = perform(here["database"], needs.create, an_actor(), now=NOW, order=wanted or order(here), **values)
    return read(here, result["need_id"])


def read(here: dict[str, Any], need_id: int) -> Need:
    with here["database"].read() as session:
        need = session.get_one(Need, need_id)
        session.expunge_all()
        return need


def rows(here: dict[str, Any], table: Any, need_id: int) -> list[Any]:
    with here["database"].read() as session:
        found = list(session.scalars(select(table).where(table.need_id == need_id).order_by(table.id)))
        session.expunge_all()
        return found


def do(here: dict[str, Any], deed: Any, need_id: int, **values: Any) -> Any:
    return perform(here["database"], deed, an_actor(), now=NOW, need_id=need_id, **values)


def history(here: dict[str, Any], need_id: int) -> list[tuple[str | None, str]]:
    return [(event.from_state, event.to_state) for event in rows(here, NeedEvent, need_id)]


def test_a_whole_order_is_open_with_its_deadlines_and_defaults(here: dict[str, Any]) -> None:
    need = take(here)
    assert (need.state, need.precision, need.village_code) == ("open", "grid", "520326001001")
    assert (need.site_id, need.lon, need.title) == (here["station"].id, 107.9, "utilities")
    # NOW is Monday 10:00 in Wuchuan; normal: 16 h to take up, 80 h to close.
    assert need.take_up_due_at == datetime(2026, 11, 18, 2, tzinfo=UTC)
    assert need.close_due_at == datetime(2026, 11, 30, 2, tzinfo=UTC)
    assert [(skill.skill_id, skill.required) for skill in rows(here, NeedSkill, need.id)] == [(here["skill"].id, True)]
    assert [role.head_count for role in rows(here, NeedRole, need.id)] == [1]
    assert need.duration_minutes == 90
    assert need.code == f"N261116-{need.id}"
    assert history(here, need.id) == [(None, "open")]


def test_an_urgent_order_must_be_taken_up_within_a_working_hour(here: dict[str, Any]) -> None:
    need = take(here, order(here, urgency=Urgency.URGENT))
    assert need.take_up_due_at == NOW + timedelta(hours=1)
    assert need.close_due_at == datetime(2026, 11, 19, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "lacking"),
    [
        ({"place": PlaceWish(words="老支书家")}, ["no_place"]),
        ({"intervals": ()}, ["no_time"]),
        ({"intervals": (), "time_words": "尽快"}, ["vague_time"]),
        ({"roles": (), "people_words": "若干"}, ["no_people"]),
        ({"category_id": None}, ["no_category"]),
    ],
)
def test_an_order_that_lacks_something_is_to_verify_and_says_what(
    here: dict[str, Any], values: dict[str, Any], lacking: list[str]
) -> None:
    need = take(here, order(here, **values))
    assert (need.state, need.to_verify, need.take_up_due_at) == ("to_verify", lacking, None)
    with pytest.raises(Invalid) as refused:
        do(here, needs.verify, need.id)
    assert refused.value.key.startswith("needs.missing.no_")


def test_what_was_verified_can_be_opened(here: dict[str, Any]) -> None:
    need = take(here, order(here, intervals=(), time_words="尽快"))
    do(here, needs.edit, need.id, version=1, order=order(here))
    do(here, needs.verify, need.id)
    opened = read(here, need.id)
    assert (opened.state, opened.to_verify, opened.opened_at) == ("open", [], NOW)
    assert history(here, need.id) == [(None, "to_verify"), ("to_verify", "open")]


def test_a_draft_is_handed_in_open_or_to_verify(here: dict[str, Any]) -> None:
    whole = take(here, draft=True)
    half = take(here, order(here, intervals=()), draft=True)
    assert (whole.state, half.state) == ("draft", "draft")
    assert do(here, needs.hand_in, whole.id)["state"] == "open"
    assert do(here, needs.hand_in, half.id)["state"] == "to_verify"


def test_a_point_finds_its_grid_and_outside_every_grid_it_is_kept(here: dict[str, Any]) -> None:
    inside = take(here, order(here, place=PlaceWish(lon=107.905, lat=28.535)))
    outside = take(here, order(here, place=PlaceWish(lon=108.4, lat=28.9)))
    assert (inside.grid_id, inside.precision, inside.site_id) == (here["grid"].id, "point", here["station"].id)
    assert (outside.grid_id, outside.precision, outside.lon) == (None, "point", 108.4)


def test_a_village_has_the_middle_of_its_grids_and_its_station(here: dict[str, Any]) -> None:
    need = take(here, order(here, place=PlaceWish(village_code="520326001001")))
    assert (need.precision, need.lon, need.site_id) == ("village", 107.9, here["station"].id)
    assert need.place_text == "桃符村"
    with pytest.raises(Invalid):
        take(here, order(here, place=PlaceWish(village_code="520326999999")))


@pytest.mark.parametrize(
    "values",
    [
        {"intervals": ((TOMORROW, TOMORROW),)},
        {"intervals": ((TOMORROW + timedelta(days=500), TOMORROW + timedelta(days=501)),)},
        {"roles": (RoleWish(people=0),)},
        {"duration_minutes": 0},
        {"duration_minutes": 961},
        {"place": PlaceWish(lon=107.9)},
        {"place": PlaceWish(lon=28.5, lat=107.9)},
        {"place": PlaceWish(grid_id=999_999)},
        {"category_id": 999_999},
        {"preferred": (1,), "excluded": (1,)},
        {"resident": Caller(name="张三", phone="没有电话")},
        {
            "interval_rule": IntervalRule.ALL_OF,
            "intervals": (SPAN[0], (TOMORROW + timedelta(hours=1), TOMORROW + timedelta(hours=3))),
        },
    ],
)
def test_what_no_order_can_be_is_refused_and_nothing_is_stored(here: dict[str, Any], values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        take(here, order(here, **values))
    with here["database"].read() as session:
        assert session.scalars(select(Need)).all() == []


def test_wishes_are_kept(here: dict[str, Any]) -> None:
    one, two = here["database"].write(lambda session: (a_volunteer(session).id, a_volunteer(session).id))
    skills = (SkillWish(here["skill"].id, required=False, min_level=2),)
    need = take(here, order(here, preferred=(one,), excluded=(two,), skills=skills, language="gelao"))
    assert {(row.volunteer_id, row.kind) for row in rows(here, NeedPerson, need.id)} == {
        (one, "preferred"),
        (two, "excluded"),
    }
    assert [(row.required, row.min_level) for row in rows(here, NeedSkill, need.id)] == [(False, 2)]
    assert need.language == "gelao"


def test_the_same_caller_is_one_person_and_a_shared_phone_is_not(here: dict[str, Any]) -> None:
    first = take(here, order(here, resident=Caller("张小贵", "13985621234", "桃符村3组12号")))
    again = take(here, order(here, resident=Caller("张小贵", "139 8562 1234")))
    wife = take(here, order(here, resident=Caller("李桂英", "13985621234")))
    assert first.person_id == again.person_id
    assert wife.person_id != first.person_id
    with here["database"].read() as session:
        person = session.get_one(Person, first.person_id)
        assert (person.phone, person.phone_tail, person.initials) == ("13985621234", "1234", "zxg")
        assert person.address_tail == "桃符村"
        kept = session.scalars(select(AuditPersonal).where(AuditPersonal.person_id == person.id)).all()
        assert {row.field for row in kept} == {"name", "phone", "address"}
        assert "13985621234" not in str([row.after for row in session.scalars(select(Audit))])


def test_a_staff_phone_is_never_a_residents(here: dict[str, Any]) -> None:
    """F14: who enters for somebody else must not put her own phone in the resident's place."""

    def make_staff(session: Any) -> None:
        worker = a_person(session, "王站长", "13900001111")
        an_account(session, Role.STATION_WORKER, person_id=worker.id)

    here["database"].write(make_staff)
    with here["database"].read() as session:
        digest = keyed_digest(digest_key(session), "13900001111")
    here["database"].write(
        lambda session: session.execute(Person.__table__.update().values(phone_digest=digest))  # type: ignore[attr-defined]
    )
    with pytest.raises(Invalid) as refused:
        take(here, order(here, resident=Caller("张小贵", "13900001111")))
    assert refused.value.key == "needs.staff_phone"
    reported = take(here, order(here, resident=Caller("张小贵", ""), reporter=Caller("王站长", "13900001111")))
    assert reported.reported_by_id is not None and reported.reported_by_id != reported.person_id


def test_of_two_edits_from_the_same_screen_the_second_is_refused(here: dict[str, Any]) -> None:
    need = take(here)
    do(here, needs.edit, need.id, version=1, order=order(here, detail="带梯子"))
    with pytest.raises(Conflict):
        do(here, needs.edit, need.id, version=1, order=order(here, detail="不用梯子"))
    assert (read(here, need.id).detail, read(here, need.id).version) == ("带梯子", 2)


def test_a_decision_meanwhile_refuses_an_edit_begun_before(here: dict[str, Any]) -> None:
    need = take(here)
    do(here, needs.cancel, need.id, reason="家里来人了")
    do(here, needs.reopen, need.id, reason="又要了")
    with pytest.raises(Conflict):
        do(here, needs.edit, need.id, version=1, order=order(here))


def test_an_edit_that_takes_the_time_away_sends_the_need_back(here: dict[str, Any]) -> None:
    need = take(here)
    do(here, needs.edit, need.id, version=1, order=order(here, intervals=(), time_words="改天"))
    assert (read(here, need.id).state, read(here, need.id).to_verify) == ("to_verify", ["vague_time"])


def test_a_changed_urgency_changes_the_deadlines_from_the_same_opening(here: dict[str, Any]) -> None:
    need = take(here)
    later = NOW + timedelta(hours=3)
    perform(
        here["database"],
        needs.edit,
        an_actor(),
        now=later,
        need_id=need.id,
        version=1,
        order=order(here, urgency=Urgency.URGENT),
    )
    assert (read(here, need.id).opened_at, read(here, need.id).take_up_due_at) == (NOW, NOW + timedelta(hours=1))


def test_ending_needs_a_reason_and_ended_is_ended(here: dict[str, Any]) -> None:
    need = take(here)
    with pytest.raises(Invalid):
        do(here, needs.cancel, need.id, reason="  ")
    do(here, needs.unmet, need.id, reason="三天找不到电工")
    assert (read(here, need.id).state, read(here, need.id).closed_at) == ("unmet", NOW)
    with pytest.raises(Invalid) as refused:
        do(here, needs.cancel, need.id, reason="不要了")
    assert refused.value.key == "needs.ended"
    with pytest.raises(Invalid):
        do(here, needs.edit, need.id, version=2, order=order(here))


def test_reopening_is_an_event_with_new_clocks(here: dict[str, Any]) -> None:
    need = take(here)
    do(here, needs.cancel, need.id, reason="不要了")
    later = NOW + timedelta(days=2)
    perform(here["database"], needs.reopen, an_actor(), now=later, need_id=need.id, reason="还没办好", intervals=SPAN)
    opened = read(here, need.id)
    assert (opened.state, opened.opened_at, opened.closed_at) == ("open", later, None)
    assert opened.take_up_due_at is not None and opened.take_up_due_at > later
    assert history(here, need.id) == [(None, "open"), ("open", "cancelled"), ("cancelled", "open")]
    assert [event.reason for event in rows(here, NeedEvent, need.id)] == ["", "不要了", "还没办好"]
    assert len(rows(here, NeedInterval, need.id)) == 2
    assert last_word([(NeedState(a) if a else None, NeedState(b)) for a, b in history(here, need.id)]) == "open"


def test_a_repeat_is_linked_and_both_stay(here: dict[str, Any]) -> None:
    first = take(here)
    second = take(here, repeats=first.id)
    assert second.earlier_need_id == first.id
    with pytest.raises(Invalid):
        do(here, needs.link_repeat, first.id, earlier_need_id=second.id)
    do(here, needs.link_repeat, second.id, earlier_need_id=None)
    assert read(here, second.id).earlier_need_id is None


@pytest.mark.parametrize("role", [Role.LEADER])
def test_who_only_looks_takes_no_orders(here: dict[str, Any], role: Role) -> None:
    with pytest.raises(Forbidden):
        perform(here["database"], needs.create, an_actor(role), now=NOW, order=order(here))


def test_a_station_takes_orders_for_its_own_place_only(here: dict[str, Any]) -> None:
    mine = an_actor(Role.STATION_WORKER, here["station"])
    other = an_actor(Role.STATION_WORKER, here["other"])
    made = perform(here["database"], needs.create, mine, now=NOW, order=order(here))
    with pytest.raises(Forbidden):
        perform(here["database"], needs.create, other, now=NOW, order=order(here))
    with pytest.raises(Forbidden):
        perform(here["database"], needs.cancel, other, now=NOW, need_id=made["need_id"], reason="x")
    unplaced = perform(here["database"], needs.create, other, now=NOW, order=order(here, place=PlaceWish()))
    assert read(here, unplaced["need_id"]).site_id == here["other"].id


def test_a_double_click_takes_one_order(here: dict[str, Any]) -> None:
    first = take(here, key="needs.save:1")
    second = take(here, key="needs.save:1")
    assert first.id == second.id


def test_a_need_of_another_county_is_not_found(here: dict[str, Any]) -> None:
    foreign = here["database"].write(lambda session: a_need(session, county="522222", code="X1").id)
    with pytest.raises((NotFound, DashboardError)):
        do(here, needs.cancel, foreign, reason="x")


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"people": 0}, "needs.bad_head_count"),
        ({"people": -1}, "needs.bad_head_count"),
        ({"intervals": ((TOMORROW, TOMORROW),)}, "needs.span_backwards"),
    ],
)
def test_reopening_with_impossible_values_is_refused_in_words(
    here: dict[str, Any], wrong: dict[str, Any], key: str
) -> None:
    need = here["database"].write(lambda session: a_need(session, state="closed"))
    with pytest.raises(Invalid, match=key):
        perform(here["database"], needs.reopen, an_actor(), now=NOW, need_id=need.id, reason="还没办好", **wrong)
