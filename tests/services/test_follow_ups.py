"""Follow-ups: which answers open one, who owns it, what closes it; check-backs; on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import Outcome, Role
from dashboard.services import dispatches, follow_ups, service_records
from dashboard.services.commands import perform
from dashboard.services.follow_ups import Reason, Result
from dashboard.services.questions import answer
from dashboard.services.ticks import tick
from dashboard.text import known
from db.engine import Database
from db.models import Account, Audit, FollowUp, Need, NeedEvent, Rating
from tests.builders import COUNTY, NOW, a_need, a_site, a_volunteer, actor_for, an_account

#: After the service of the need, 10:00-12:00 tomorrow.
LATER = NOW + timedelta(days=2)


class Desk:
    """A station under a centre; Li records, Wang is the other coordinator, Zhao works at the station."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            self.centre = a_site(session)
            self.here, self.there = a_site(session, self.centre), a_site(session, self.centre)
            self.li = actor_for(an_account(session, display_name="李"), None)
            self.wang = actor_for(an_account(session, display_name="王"), None)
            self.zhao = actor_for(an_account(session, Role.STATION_WORKER, self.here), self.here)
            self.far = actor_for(an_account(session, Role.STATION_WORKER, self.there), self.there)
            self.leader = actor_for(an_account(session, Role.LEADER))
            volunteer = a_volunteer(session, self.here, consent="given")
            self.her, self.person = volunteer.id, volunteer.person_id

        database.write(build)
        self.rounds = 0

    def do(self, deed: Any, actor: Actor | None = None, now: Any = LATER, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.li, now=now, **values)

    def served(self) -> int:
        """A need that went all the way to its confirmation, all of it recorded by Li."""
        start = NOW + timedelta(days=1, hours=3 * self.rounds)
        self.rounds += 1
        need = self.database.write(lambda session: a_need(session, self.here, start=start).id)
        sent = self.do(dispatches.dispatch, now=NOW, need_id=need, volunteer_ids=(self.her,))["dispatch_ids"][0]
        self.do(dispatches.accept, now=NOW, dispatch_id=sent)
        self.do(service_records.record_service, dispatch_id=sent, start=start, end=start + timedelta(hours=2))
        self.do(service_records.confirm, need_id=need)
        return need

    def rate(self, score: int | None = 1, outcome: Outcome = Outcome.DONE, **values: Any) -> int:
        need = self.served()
        self.do(service_records.rate, need_id=need, score=score, outcome=outcome, **values)
        return need

    def rows(self) -> list[FollowUp]:
        with self.database.read() as session:
            found = list(session.scalars(select(FollowUp).order_by(FollowUp.id)))
            session.expunge_all()
            return found

    def state(self, need: int) -> str:
        with self.database.read() as session:
            return session.get_one(Need, need).state

    def waiting(self, actor: Actor | None = None) -> tuple[follow_ups.OpenFollowUp, ...]:
        return answer(self.database, follow_ups.open_follow_ups, actor or self.li)

    def close(self, actor: Actor | None = None, result: Result = Result.SETTLED, note: str = "已上门") -> Any:
        (row,) = self.rows()
        return self.do(follow_ups.close_follow_up, actor or self.wang, follow_up_id=row.id, result=result, note=note)

    def closed_needs(self, count: int, **values: Any) -> list[int]:
        """Needs closed just 28 days ago."""
        given = {"state": "closed", "closed_at": NOW - timedelta(days=28)} | values
        return self.database.write(lambda session: [a_need(session, self.here, **given).id for _ in range(count)])


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


@pytest.mark.parametrize(
    ("score", "outcome", "reason"),
    [
        (1, Outcome.DONE, Reason.LOW_SCORE),
        (2, Outcome.PARTLY, Reason.LOW_SCORE),
        (3, Outcome.PARTLY, None),
        (5, Outcome.DONE, None),
        (None, Outcome.DONE, None),
        (None, Outcome.NOT, Reason.NOT_DONE),
        (5, Outcome.NOT, Reason.NOT_DONE),
        (None, None, None),
    ],
)
def test_two_stars_or_not_done_are_followed_up_and_silence_is_not(
    score: int | None, outcome: Outcome | None, reason: Reason | None
) -> None:
    assert reason == follow_ups.reason_for(score, outcome)


def test_a_bad_answer_is_owned_by_somebody_who_did_not_record_it(desk: Desk) -> None:
    need = desk.rate(2)
    (row,) = desk.rows()
    assert (need, "low_score", desk.wang.account_id, LATER + follow_ups.DUE, None) == (
        row.need_id,
        row.reason,
        row.owner_account_id,
        row.due_at,
        row.closed_at,
    )
    (shown,) = desk.waiting(desk.wang)
    assert ("王", True, 2, Outcome.DONE) == (shown.owner, shown.mine, shown.score, shown.outcome)
    assert not desk.waiting()[0].mine


def test_a_good_answer_opens_nothing(desk: Desk) -> None:
    desk.rate(3)
    assert [] == desk.rows()


def test_whoever_served_owns_nothing_even_if_she_is_the_only_other_coordinator(desk: Desk) -> None:
    desk.database.write(
        lambda session: setattr(session.get_one(Account, desk.wang.account_id), "person_id", desk.person)
    )
    desk.rate(1)
    assert desk.zhao.account_id == desk.rows()[0].owner_account_id
    with pytest.raises(Forbidden):
        desk.close(desk.wang)


def test_where_everybody_had_a_hand_in_it_nobody_owns_it_and_it_is_listed(desk: Desk) -> None:
    def retire(session: Any) -> None:
        for account in session.scalars(select(Account).where(Account.id != desk.li.account_id)):
            account.active = False

    desk.database.write(retire)
    desk.rate(1)
    assert desk.rows()[0].owner_account_id is None
    assert [("", False)] == [(row.owner, row.mine) for row in desk.waiting()]


def test_follow_ups_are_shared_evenly(desk: Desk) -> None:
    third = desk.database.write(lambda session: an_account(session).id)
    for _ in range(2):
        desk.rate(1)
    owners = [row.owner_account_id for row in desk.rows()]
    assert {desk.wang.account_id: 1, third: 1} == {owner: owners.count(owner) for owner in owners}


def test_settled_closes_it_and_leaves_the_need_and_the_words_where_they_are(desk: Desk) -> None:
    need = desk.rate(1)
    before = desk.state(need)
    assert not desk.close(note="王奶奶说灯亮了")["reopened"]
    (row,) = desk.rows()
    assert ("settled", desk.wang.account_id, LATER) == (row.result, row.closed_by, row.closed_at)
    assert (before, ()) == (desk.state(need), desk.waiting())
    with desk.database.read() as session:
        said = repr([(a.before, a.after, a.reason) for a in session.scalars(select(Audit))])
    assert "王奶奶" not in said
    with pytest.raises(Conflict):
        desk.close()


def test_still_not_settled_opens_the_need_again_with_a_seat(desk: Desk) -> None:
    need = desk.rate(None, Outcome.NOT)
    assert desk.close(result=Result.NOT_SETTLED)["reopened"]
    assert "open" == desk.state(need)
    with desk.database.read() as session:
        event = session.scalars(
            select(NeedEvent).where(NeedEvent.need_id == need).order_by(NeedEvent.id.desc())
        ).first()
        assert event is not None and (follow_ups.STILL_NOT_DONE, desk.wang.account_id) == (event.reason, event.actor_id)
    assert known(follow_ups.STILL_NOT_DONE)


def test_who_may_close_it(desk: Desk) -> None:
    desk.rate(1)
    with pytest.raises(Forbidden) as refused:
        desk.close(desk.li)
    assert "hours.follow_up_not_independent" == refused.value.key
    for actor in (desk.far, desk.leader):
        with pytest.raises(Forbidden):
            desk.close(actor)
    with pytest.raises(Invalid):
        desk.close(result=Result.UNREACHED, note=" ")
    with pytest.raises(NotFound):
        desk.do(follow_ups.close_follow_up, follow_up_id=999_999, result=Result.SETTLED)
    assert () == desk.waiting(desk.far)
    assert 1 == len(desk.waiting(desk.zhao))
    desk.close(desk.zhao, Result.UNREACHED, "三次无人接")


def test_a_second_bad_answer_after_a_reopening_is_followed_up_anew(desk: Desk) -> None:
    need = desk.rate(1)
    desk.close(result=Result.NOT_SETTLED)

    def confirmed_again(session: Any) -> None:
        session.get_one(Need, need).state = "confirmed"
        rating = session.scalars(select(Rating).where(Rating.need_id == need)).one()
        rating.answered_at = rating.score = rating.outcome = None

    desk.database.write(confirmed_again)
    desk.do(service_records.rate, need_id=need, score=1, outcome=Outcome.DONE)
    assert [(0, "not_settled"), (1, None)] == [(row.turn, row.result) for row in desk.rows()]


def test_check_backs_are_drawn_once_from_what_was_closed_28_days_ago(desk: Desk) -> None:
    due = desk.closed_needs(60)
    desk.closed_needs(60, closed_at=NOW - timedelta(days=27))
    desk.closed_needs(60, closed_at=NOW - timedelta(days=43))
    desk.closed_needs(60, state="cancelled")
    expected = [id for id in due if follow_ups.sampled(COUNTY, id)]
    system = system_actor(COUNTY)
    assert {"opened": len(expected), "closed": 60} == desk.do(follow_ups.open_check_backs, system, now=NOW)
    assert 0 == desk.do(follow_ups.open_check_backs, system, now=NOW + timedelta(hours=1))["opened"]
    assert [(id, "check_back", NOW + follow_ups.CHECK_BACK_DUE) for id in expected] == [
        (row.need_id, row.reason, row.due_at) for row in desk.rows()
    ]


def test_the_clock_draws_them_once_and_leaves_no_trace_where_none_is_due(desk: Desk) -> None:
    def drawn() -> int:
        with desk.database.read() as session:
            return session.scalar(select(func.count()).where(Audit.command.endswith("open_check_backs"))) or 0

    assert (tick(desk.database, COUNTY, NOW).idle, drawn()) == (True, 0)
    expected = sum(follow_ups.sampled(COUNTY, id) for id in desk.closed_needs(60))
    assert (tick(desk.database, COUNTY, NOW).check_backs, drawn()) == (expected, 1)
    assert (tick(desk.database, COUNTY, NOW).idle, drawn(), len(desk.rows())) == (True, 1, expected)


def test_a_station_draws_its_own_check_backs_only(desk: Desk) -> None:
    desk.closed_needs(5)
    assert 0 == desk.do(follow_ups.open_check_backs, desk.far, now=NOW)["closed"]
    assert 5 == desk.do(follow_ups.open_check_backs, desk.zhao, now=NOW)["closed"]


def test_a_check_back_that_says_not_done_opens_the_closed_need(desk: Desk) -> None:
    def one_sampled() -> int:
        for id in desk.closed_needs(80):
            if follow_ups.sampled(COUNTY, id):
                return id
        raise AssertionError("no need of eighty is sampled")

    need = one_sampled()
    desk.do(follow_ups.open_check_backs, now=NOW)
    row = next(row for row in desk.rows() if row.need_id == need)
    desk.do(follow_ups.close_follow_up, desk.wang, follow_up_id=row.id, result=Result.NOT_SETTLED, note="又坏了")
    assert "open" == desk.state(need)
    with desk.database.read() as session:
        assert 1 == session.scalar(select(func.count()).where(FollowUp.need_id == need))


def test_the_sample_is_about_the_share_that_is_stated_and_always_the_same() -> None:
    drawn = [id for id in range(20_000) if follow_ups.sampled(COUNTY, id)]
    assert abs(len(drawn) / 20_000 - follow_ups.CHECK_BACK_PERCENT / 100) < 0.01
    assert drawn == [id for id in range(20_000) if follow_ups.sampled(COUNTY, id)]
    assert drawn != [id for id in range(20_000) if follow_ups.sampled("999999", id)]


def test_every_reason_and_result_has_its_words() -> None:
    assert all(known(f"hours.follow_up.{reason}") for reason in Reason)
    assert all(known(f"hours.result.{result}") for result in Result)
