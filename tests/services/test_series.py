"""Recurring needs: begun, made in time and once, single visits moved or cancelled, keepers, gaps; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.orders import Caller, Order, PlaceWish, RoleWish
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import dispatches, needs, series, series_making, series_reading
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.services.series_making import HORIZON, Made, make_due
from dashboard.services.ticks import Ticked, tick
from db.engine import Database
from db.models import Audit, AuditPersonal, Leave, Need, NeedInterval, NeedPerson, Person, RecurringNeed, SeriesVisit
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_grid,
    a_need,
    a_person,
    a_site,
    a_volunteer,
    actor_for,
    an_account,
)

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
#: Tomorrow, Tuesday, 10:00 to 11:00 in the county.
FIRST = NOW + DAY
SPAN = (FIRST, FIRST + timedelta(hours=1))


class Desk:
    """A station under a centre with a grid; Li keeps, Zhao stands in."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            centre = a_site(session)
            here, there = a_site(session, centre), a_site(session, centre)
            self.site, self.grid = here.id, a_grid(session, here).id
            self.category = a_category(session).id
            self.chief = actor_for(an_account(session))
            self.worker = actor_for(an_account(session, Role.STATION_WORKER, here), here)
            self.far = actor_for(an_account(session, Role.STATION_WORKER, there), there)
            self.leader = actor_for(an_account(session, Role.LEADER))
            self.li, self.zhao = (a_volunteer(session, here, name).id for name in ("李永", "赵敏"))

        database.write(build)

    def do(self, deed: Any, actor: Actor | None = None, now: datetime = NOW, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.chief, now=now, **values)

    def order(self, **values: Any) -> Order:
        return Order(
            **{
                "category_id": self.category,
                "title": "送餐",
                "detail": "三楼，敲门要久一点",
                "place": PlaceWish(grid_id=self.grid, words="东头第二家"),
                "intervals": (SPAN,),
                "roles": (RoleWish(1),),
                "skills": (),
                "resident": Caller("张小贵", "13885201234", "南街 5 号"),
            }
            | values
        )

    def begin(self, rule: str = "FREQ=WEEKLY", actor: Actor | None = None, **values: Any) -> int:
        values = values if "need_id" in values or "order" in values else {"order": self.order()} | values
        return self.do(series.create_series, actor, rule=rule, **values)["series_id"]

    def needs(self, series_id: int) -> list[Need]:
        with self.database.read() as session:
            found = list(session.scalars(select(Need).where(Need.series_id == series_id).order_by(Need.id)))
            session.expunge_all()
            return found

    def starts(self, series_id: int, *states: str) -> list[datetime]:
        with self.database.read() as session:
            rows = session.execute(
                select(NeedInterval.start)
                .join(Need, Need.id == NeedInterval.need_id)
                .where(Need.series_id == series_id, Need.state.in_(states or ("open",)))
                .order_by(NeedInterval.start)
            )
            return [row.start for row in rows]

    def preferred(self, series_id: int) -> dict[datetime, set[int]]:
        found: dict[datetime, set[int]] = {}
        with self.database.read() as session:
            for start, volunteer_id in session.execute(
                select(NeedInterval.start, NeedPerson.volunteer_id)
                .join(Need, Need.id == NeedInterval.need_id)
                .outerjoin(NeedPerson, NeedPerson.need_id == Need.id)
                .where(Need.series_id == series_id)
            ):
                found.setdefault(start, set()).update({volunteer_id} - {None})
        return found

    def row(self, series_id: int) -> RecurringNeed:
        with self.database.read() as session:
            found = session.get_one(RecurringNeed, series_id)
            session.expunge_all()
            return found

    def send(self, need_id: int, who: int, start: datetime, now: datetime = NOW) -> int:
        sent = self.do(dispatches.dispatch, now=now, need_id=need_id, volunteer_ids=(who,))
        return sent["dispatch_ids"][0]

    def gaps(self, now: datetime = NOW, actor: Actor | None = None) -> list[tuple[datetime, int | None]]:
        return [
            (gap.start, gap.need_id) for gap in answer(self.database, series_reading.gaps, actor or self.chief, now=now)
        ]

    def leave(self, volunteer_id: int, start: datetime, end: datetime) -> None:
        row = Leave(county=COUNTY, volunteer_id=volunteer_id, start=start, end=end)
        self.database.write(lambda session: session.add(row))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def both(any_database: Database) -> Desk:
    """What the databases could do differently."""
    return Desk(any_database)


def weekly(count: int, first: datetime = FIRST) -> list[datetime]:
    return [first + number * WEEK for number in range(count)]


def test_the_clock_makes_the_visits_that_are_due_and_only_them(both: Desk) -> None:
    one = both.begin()
    assert tick(both.database, COUNTY, NOW) == Ticked(at=NOW, alarms=1)
    assert tick(both.database, COUNTY, NOW).idle
    assert tick(both.database, COUNTY, NOW + WEEK) == Ticked(at=NOW + WEEK, visits=1, alarms=1)
    assert weekly(5) == both.starts(one)
    assert tick(both.database, COUNTY, NOW + WEEK).idle


# -- beginning


def test_an_order_that_comes_weekly_is_four_needs_at_once(desk: Desk) -> None:
    one = desk.begin()
    assert weekly(4) == desk.starts(one)
    need = desk.needs(one)[0]
    assert ("送餐", "三楼，敲门要久一点", desk.site, desk.grid) == (need.title, need.detail, need.site_id, need.grid_id)
    with desk.database.read() as session:
        assert 1 == session.scalar(select(func.count()).select_from(Person).where(Person.name == "张小贵"))
        assert "张小贵" == session.get_one(Person, need.person_id).name


def test_a_need_from_which_a_series_is_made_is_its_first_visit(both: Desk) -> None:
    need_id = both.do(needs.create, order=both.order())["need_id"]
    one = both.begin("FREQ=WEEKLY;COUNT=3", need_id=need_id)
    made = both.needs(one)
    assert need_id == made[0].id and weekly(3) == both.starts(one)
    same = {(row.person_id, row.title, row.detail, row.grid_id, row.category_id, row.precision) for row in made}
    assert 1 == len(same)
    with pytest.raises(Conflict, match="series.one_already"):
        both.begin(need_id=need_id)


def test_a_rule_of_other_days_begins_on_the_first_of_them(desk: Desk) -> None:
    need_id = desk.do(needs.create, order=desk.order())["need_id"]
    one = desk.begin("FREQ=WEEKLY;BYDAY=TH;COUNT=2", need_id=need_id)
    assert weekly(2, FIRST + 2 * DAY) == desk.starts(one)
    assert need_id not in [need.id for need in desk.needs(one)]


def test_a_need_of_the_past_says_the_time_of_day(desk: Desk) -> None:
    old = desk.database.write(lambda session: a_need(session, state="closed", start=NOW - 8 * DAY).id)
    assert [NOW, NOW + DAY] == desk.starts(desk.begin("FREQ=DAILY;COUNT=2", need_id=old), "to_verify", "open")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"rule": "FREQ=YEARLY"}, "series.rule_frequency"),
        ({"rule": "FREQ=DAILY;UNTIL=20200101"}, "series.never"),
        ({"order": Order()}, "series.one_span"),
        ({"order": Order(intervals=(SPAN, (SPAN[1], SPAN[1] + DAY)))}, "series.one_span"),
        ({"order": Order(intervals=((FIRST, FIRST + DAY),))}, "needs.bad_duration"),
        ({"order": None}, "series.of_what"),
    ],
)
def test_what_can_not_come_again_is_refused(desk: Desk, values: dict[str, Any], key: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk.do(series.create_series, **({"rule": "FREQ=DAILY", "order": desk.order()} | values))
    assert key == refused.value.key


def test_keepers_must_be_two_active_people_of_the_county(desk: Desk) -> None:
    gone = desk.database.write(lambda session: a_volunteer(session, status="left").id)
    for keeper, substitute, key in (
        (desk.li, desk.li, "series.substitute_is_keeper"),
        (gone, None, "series.keeper_not_active"),
        (desk.li, 999_999, "volunteers.no_such"),
    ):
        with pytest.raises(DashboardError) as refused:
            desk.begin(keeper_id=keeper, substitute_id=substitute)
        assert key == refused.value.key


def test_rights_end_with_the_reach(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.begin(actor=desk.far)
    with pytest.raises(Forbidden):
        desk.begin(actor=desk.leader)
    one = desk.begin(actor=desk.worker)
    for deed, values in (
        (series.move_visit, {"original_start": FIRST, "to": FIRST + DAY}),
        (series.cancel_visit, {"original_start": FIRST, "reason": "出门"}),
        (series.set_keepers, {"version": 1, "keeper_id": None}),
        (series.end_series, {"version": 1, "reason": "搬走"}),
    ):
        with pytest.raises(Forbidden):
            desk.do(deed, desk.far, series_id=one, **values)
    assert [one] == [line.id for line in answer(desk.database, series_reading.series_list, desk.worker, now=NOW)]
    assert () == answer(desk.database, series_reading.series_list, desk.far, now=NOW)
    with pytest.raises(NotFound):
        answer(desk.database, series_reading.series_card, desk.far, series_id=one, now=NOW)
    with pytest.raises(Forbidden):
        answer(desk.database, series_reading.gaps, desk.leader, now=NOW)


def test_no_personal_value_gets_into_template_or_audit(desk: Desk) -> None:
    one = desk.begin()
    said = ("张小贵", "13885201234", "南街", "敲门", "东头")
    with desk.database.read() as session:
        audits = session.scalars(select(Audit)).all()
        written = str([(row.before, row.after, row.reason) for row in audits]) + str(desk.row(one).template)
        kept = {row.after for row in session.scalars(select(AuditPersonal))}
    assert [] == [word for word in said if word in written]
    assert {"张小贵", "13885201234", "南街 5 号"} == kept


# -- made in time, once


def test_each_visit_is_made_once_as_its_day_comes(desk: Desk) -> None:
    one = desk.begin()
    assert Made() == make_due(desk.database, COUNTY, NOW)
    for day in range(1, 30):
        make_due(desk.database, COUNTY, NOW + day * DAY)
    assert weekly(8) == desk.starts(one)
    assert Made() == make_due(desk.database, COUNTY, NOW + 29 * DAY)


def test_two_who_make_them_at_once_make_each_once(both: Desk) -> None:
    ours = [both.begin("FREQ=DAILY") for _ in range(3)]
    later = NOW + 2 * DAY

    def work(_: int) -> int:
        other = Database(str(both.database.url.render_as_string(hide_password=False)))
        try:
            return make_due(other, COUNTY, later).made
        finally:
            other.dispose()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(work, range(4)))
    assert 6 == sum(made)
    for one in ours:
        starts = both.starts(one)
        assert len(starts) == len(set(starts)) == 29


def test_weekly_for_two_years_is_104_needs(desk: Desk) -> None:
    one = desk.begin("FREQ=WEEKLY;COUNT=104")
    for month in range(1, 26):
        make_due(desk.database, COUNTY, NOW + month * 28 * DAY)
    assert weekly(104) == desk.starts(one)
    assert 104 == desk.database.write(lambda session: session.scalar(select(func.count()).select_from(SeriesVisit)))


def test_a_series_that_is_refused_leaves_the_others_be(desk: Desk) -> None:
    broken, whole = desk.begin("FREQ=DAILY"), desk.begin("FREQ=DAILY")

    def spoil(session: Any) -> None:
        session.get_one(RecurringNeed, broken).rule = "FREQ=YEARLY"

    desk.database.write(spoil)
    done = make_due(desk.database, COUNTY, NOW + DAY)
    assert Made(1, ((broken, "series.rule_frequency"),)) == done
    assert 28 == len(desk.starts(whole))


def test_deadlines_run_from_shortly_before_the_visit(desk: Desk) -> None:
    near, *_, last = desk.needs(desk.begin())
    begins = FIRST + 3 * WEEK
    assert last.opened_at == NOW and begins - 3 * DAY < last.take_up_due_at <= begins < last.close_due_at
    assert near.take_up_due_at < near.close_due_at


def test_a_series_without_a_place_makes_needs_to_verify(desk: Desk) -> None:
    one = desk.begin("FREQ=WEEKLY;COUNT=2", order=desk.order(place=PlaceWish(words="不知道")))
    assert ["to_verify"] * 2 == [need.state for need in desk.needs(one)]


# -- one visit


def test_a_made_visit_moves_with_its_need_and_no_other(desk: Desk) -> None:
    one = desk.begin()
    to = FIRST + WEEK + DAY
    desk.do(series.move_visit, series_id=one, original_start=FIRST + WEEK, to=to)
    assert [FIRST, to, FIRST + 2 * WEEK, FIRST + 3 * WEEK] == desk.starts(one)
    desk.do(series.move_visit, series_id=one, original_start=FIRST + WEEK, to=to + DAY)
    assert to + DAY == desk.starts(one)[1] and 4 == len(desk.needs(one))


def test_a_visit_not_made_yet_moved_near_is_made_at_once_and_not_again(both: Desk) -> None:
    one = both.begin()
    both.do(series.move_visit, series_id=one, original_start=FIRST + 6 * WEEK, to=FIRST + DAY)
    assert [FIRST, FIRST + DAY, *weekly(4)[1:]] == both.starts(one)
    make_due(both.database, COUNTY, NOW + 28 * DAY)
    expected = [FIRST, FIRST + DAY, *(at for at in weekly(8)[1:] if at != FIRST + 6 * WEEK)]
    assert expected == both.starts(one)


def test_a_visit_moved_far_ahead_is_made_when_that_comes(desk: Desk) -> None:
    one = desk.begin()
    far = FIRST + 5 * WEEK + DAY
    desk.do(series.move_visit, series_id=one, original_start=FIRST + 4 * WEEK, to=far)
    make_due(desk.database, COUNTY, NOW + 7 * DAY)
    assert weekly(4) == desk.starts(one)
    make_due(desk.database, COUNTY, NOW + 14 * DAY)
    assert [*weekly(4), FIRST + 5 * WEEK, far] == desk.starts(one)


def test_a_visit_to_which_somebody_is_sent_is_not_moved(desk: Desk) -> None:
    one = desk.begin()
    desk.send(desk.needs(one)[0].id, desk.li, FIRST)
    with pytest.raises(Conflict, match="series.people_are_sent"):
        desk.do(series.move_visit, series_id=one, original_start=FIRST, to=FIRST + DAY)
    assert weekly(4) == desk.starts(one)


def test_a_cancelled_visit_takes_its_need_and_who_is_sent_with_it(both: Desk) -> None:
    one = both.begin()
    both.send(both.needs(one)[1].id, both.li, FIRST + WEEK)
    both.do(series.cancel_visit, series_id=one, original_start=FIRST + WEEK, reason="回老家")
    both.do(series.cancel_visit, series_id=one, original_start=FIRST + 5 * WEEK, reason="回老家")
    assert [FIRST + WEEK] == both.starts(one, "cancelled")
    make_due(both.database, COUNTY, NOW + 28 * DAY)
    left = [at for at in weekly(8) if at not in (FIRST + WEEK, FIRST + 5 * WEEK)]
    assert left == both.starts(one)
    with pytest.raises(NotFound, match="series.visit_cancelled"):
        both.do(series.cancel_visit, series_id=one, original_start=FIRST + WEEK, reason="再取消")
    with pytest.raises(NotFound, match="series.visit_cancelled"):
        both.do(series.move_visit, series_id=one, original_start=FIRST + WEEK, to=FIRST + DAY)


@pytest.mark.parametrize(
    ("original", "to", "key"),
    [
        (FIRST + DAY, FIRST + 2 * DAY, "series.no_such_visit"),
        (FIRST, NOW - DAY, "series.past"),
        (FIRST, FIRST + 500 * DAY, "needs.span_too_far"),
    ],
)
def test_what_can_not_be_moved_is_refused(desk: Desk, original: datetime, to: datetime, key: str) -> None:
    one = desk.begin()
    with pytest.raises(DashboardError) as refused:
        desk.do(series.move_visit, series_id=one, original_start=original, to=to)
    assert key == refused.value.key
    assert weekly(4) == desk.starts(one)


def test_an_ended_series_makes_no_more_and_cancels_what_has_not_begun(both: Desk) -> None:
    one = both.begin()
    version = both.row(one).version
    later = FIRST + WEEK + timedelta(minutes=10)
    done = both.do(series.end_series, now=later, series_id=one, version=version, reason="搬走了")
    assert 2 == done["cancelled"]
    assert weekly(2) == both.starts(one)
    assert Made() == make_due(both.database, COUNTY, NOW + 28 * DAY)
    with pytest.raises(NotFound, match="series.ended"):
        both.do(series.cancel_visit, series_id=one, original_start=FIRST, reason="晚了")


def test_an_edit_of_an_old_version_is_refused(desk: Desk) -> None:
    one = desk.begin()
    desk.do(series.set_keepers, series_id=one, version=1, keeper_id=desk.li)
    with pytest.raises(Conflict, match="commands.changed_meanwhile"):
        desk.do(series.set_keepers, series_id=one, version=1, keeper_id=desk.zhao)
    with pytest.raises(Conflict, match="commands.changed_meanwhile"):
        desk.do(series.end_series, series_id=one, version=1, reason="搬走")


# -- keeper and substitute


def test_the_keeper_is_preferred_and_in_her_leave_the_substitute(desk: Desk) -> None:
    desk.leave(desk.li, FIRST + WEEK - DAY, FIRST + WEEK + DAY)
    one = desk.begin(keeper_id=desk.li, substitute_id=desk.zhao)
    expected = [{desk.li}, {desk.zhao}, {desk.li}, {desk.li}]
    assert expected == list(dict(sorted(desk.preferred(one).items())).values())


def test_leave_that_is_entered_later_is_heeded_the_next_day(both: Desk) -> None:
    one = both.begin(keeper_id=both.li, substitute_id=both.zhao)
    both.send(both.needs(one)[3].id, both.li, FIRST + 3 * WEEK)
    both.leave(both.li, FIRST + 2 * WEEK, FIRST + 4 * WEEK)
    make_due(both.database, COUNTY, NOW + DAY)
    found = both.preferred(one)
    assert [{both.li}, {both.li}, {both.zhao}, {both.li}] == [found[at] for at in weekly(4)]


def test_other_keepers_are_preferred_from_now_on(desk: Desk) -> None:
    one = desk.begin(keeper_id=desk.li)
    desk.do(series.set_keepers, series_id=one, version=1, keeper_id=desk.zhao)
    assert [{desk.zhao}] * 4 == list(desk.preferred(one).values())
    desk.do(series.set_keepers, series_id=one, version=2, keeper_id=None)
    assert [set()] * 4 == list(desk.preferred(one).values())


def test_whom_the_resident_will_not_have_is_not_preferred(desk: Desk) -> None:
    one = desk.begin(order=desk.order(excluded=(desk.li,)), keeper_id=desk.li)
    with desk.database.read() as session:
        kinds = set(session.scalars(select(NeedPerson.kind).where(NeedPerson.volunteer_id == desk.li)))
    assert {"excluded"} == kinds and 4 == len(desk.needs(one))


# -- the gap alarm


def test_a_visit_within_three_days_to_which_nobody_is_sent_is_a_gap(both: Desk) -> None:
    one = both.begin("FREQ=WEEKLY", keeper_id=both.li)
    need_id = both.needs(one)[0].id
    assert [(FIRST, need_id)] == both.gaps()
    assert [(FIRST, need_id)] == both.gaps(actor=both.worker)
    assert [] == both.gaps(actor=both.far)
    assert [] == both.gaps(now=FIRST + timedelta(minutes=1))
    sent = both.send(need_id, both.li, FIRST)
    assert [] == both.gaps()
    both.do(dispatches.decline, dispatch_id=sent, reason="有事")
    assert [(FIRST, need_id)] == both.gaps()


def test_moved_and_cancelled_visits_are_gaps_where_they_are_now(desk: Desk) -> None:
    one = desk.begin()
    need_id = desk.needs(one)[0].id
    desk.do(series.move_visit, series_id=one, original_start=FIRST, to=FIRST + 5 * DAY)
    assert [] == desk.gaps()
    assert [(FIRST + 5 * DAY, need_id)] == desk.gaps(now=NOW + 4 * DAY)
    desk.do(series.cancel_visit, series_id=one, original_start=FIRST, reason="出门")
    assert [] == desk.gaps(now=NOW + 4 * DAY)


def test_a_visit_that_was_never_made_is_a_gap_too(desk: Desk) -> None:
    desk.begin("FREQ=WEEKLY")
    assert [(FIRST + 4 * WEEK, None)] == desk.gaps(now=FIRST + 4 * WEEK - DAY)


def test_a_card_shows_the_next_visits_with_their_needs(both: Desk) -> None:
    one = both.begin(keeper_id=both.li, substitute_id=both.zhao)
    made = both.needs(one)
    both.send(made[0].id, both.li, FIRST)
    both.do(series.cancel_visit, series_id=one, original_start=FIRST + 2 * WEEK, reason="出门")
    both.do(series.move_visit, series_id=one, original_start=FIRST + WEEK, to=FIRST + WEEK + DAY)
    card = answer(both.database, series_reading.series_card, both.worker, series_id=one, now=NOW)
    assert ("张**", "李永", "赵敏", FIRST) == (
        card.line.resident,
        card.line.keeper,
        card.line.substitute,
        card.line.next_at,
    )
    weeks = (0, 1, 3, 4, 5, 6, 7, 8)
    assert [FIRST + week * WEEK for week in weeks] == [visit.original for visit in card.visits]
    assert [1, 0, 0] == [visit.sent for visit in card.visits[:3]]
    assert [False, True, False] == [visit.moved for visit in card.visits[:3]]
    assert ("open", "") == (card.visits[0].state, card.visits[3].state)
    assert HORIZON == timedelta(days=28) and FIRST.tzinfo is UTC


def test_making_twice_is_refused_in_words(desk: Desk) -> None:
    one = desk.begin()
    with pytest.raises(Conflict, match="series.not_due"):
        desk.do(series_making.make_visits, series_id=one, until=NOW + DAY)


def test_a_resident_known_already_is_not_made_anew(desk: Desk) -> None:
    person = desk.database.write(lambda session: a_person(session, "王五").id)
    need_id = desk.database.write(lambda session: a_need(session, person_id=person).id)
    assert {person} == {need.person_id for need in desk.needs(desk.begin(need_id=need_id))}
