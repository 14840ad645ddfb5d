"""Short links: what a volunteer and a resident do by them, what they can't, and what becomes of the order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.permissions import BY_RESIDENT, BY_VOLUNTEER
from dashboard.core.words import Outcome, Role
from dashboard.services import dispatches, link_deeds, link_pages, links, needs, service_records
from dashboard.services.figures import answered, counted, satisfied
from dashboard.services.links import Opened
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Attendance, Audit, Dispatch, FollowUp, Link, NeedEvent, Rating, Service, Volunteer
from tests.builders import NOW, a_need, a_volunteer, actor_for, an_account
from tests.services.test_dispatches import START, Desk

AT_WORK = START + timedelta(minutes=5)
HOME_AGAIN = START + timedelta(hours=2)


class Phones(Desk):
    """The desk, and the phones of those it sends links to."""

    def offer(self, who: int = 0, **values: Any) -> tuple[int, str]:
        """A need with a dispatch offered, and its volunteer's token."""
        need = self.need(**values)
        dispatch_id = self.send(need, self.people[who])
        return need, self.do(links.make_for_volunteer, dispatch_id=dispatch_id)["token"]

    def resident(self, need: int) -> str:
        return str(self.do(links.make_for_resident, need_id=need)["token"])

    def tap(self, token: str, name: str, now: datetime = NOW, **values: Any) -> Any:
        opened = links.open_link(self.database, token, now)
        return link_deeds.act(self.database, opened, name, now, **values)

    def served(self, **values: Any) -> tuple[int, str]:
        """A need whose volunteer came and went, and its resident's token."""
        need, token = self.offer(**values)
        self.tap(token, "accept")
        self.tap(token, "arrive", AT_WORK)
        self.tap(token, "leave", HOME_AGAIN)
        return need, self.resident(need)

    def volunteer_page(self, token: str, now: datetime = NOW) -> link_pages.VolunteerPage:
        with self.database.read() as session:
            return link_pages.volunteer_page(session, links.find(session, token, now), "zh")

    def resident_page(self, token: str, now: datetime = NOW) -> link_pages.ResidentPage:
        with self.database.read() as session:
            return link_pages.resident_page(session, links.find(session, token, now), "zh")


@pytest.fixture
def phones(any_database: Database) -> Phones:
    return Phones(any_database)


def test_an_order_goes_its_whole_way_by_two_phones(phones: Phones) -> None:
    need, token = phones.offer()
    assert phones.volunteer_page(token).state == "offered"
    phones.tap(token, "accept")
    phones.tap(token, "arrive", AT_WORK, position=(107.9, 28.531))
    page = phones.volunteer_page(token)
    assert (page.state, page.arrived_at, page.off_m) == ("in_service", AT_WORK, pytest.approx(111, abs=3))
    done = phones.tap(token, "leave", HOME_AGAIN, break_minutes=15, report="修好了水管")
    assert done == {"minutes": 100, "hours_kept": True}
    row = phones.rows(Service)[0]
    assert (row.grade, row.minutes, row.break_minutes, row.start) == ("A", 100, 15, AT_WORK)
    assert phones.rows(Attendance)[0].report == "修好了水管"
    assert phones.state(need) == "done"
    said = phones.tap(phones.resident(need), "rate", HOME_AGAIN, outcome="done", score=5, words="很好")
    assert said == {"state": "closed"}
    rating = phones.rows(Rating)[0]
    assert (rating.outcome, rating.score, rating.channel, rating.recorded_by) == ("done", 5, "link", BY_RESIDENT)
    hands = {event.to_state: event.actor_id for event in phones.rows(NeedEvent)}
    assert hands["accepted"] == hands["in_service"] == hands["done"] == BY_VOLUNTEER
    assert hands["closed"] == BY_RESIDENT


def test_a_no_frees_the_seat_and_keeps_its_reason(phones: Phones) -> None:
    need, token = phones.offer()
    phones.tap(token, "decline", reason="links.why_far")
    assert phones.rows(Dispatch)[0].state == "declined"
    assert phones.rows(NeedEvent, to_state="declined")[0].reason == "links.why_far"
    phones.send(need, phones.people[1])
    with pytest.raises(Invalid):
        phones.tap(token, "accept")


def test_after_its_time_an_offer_is_over(phones: Phones) -> None:
    _, token = phones.offer()
    late = phones.rows(Dispatch)[0].expires_at
    with pytest.raises(Invalid) as refused:
        phones.tap(token, "accept", late)
    assert refused.value.key == "links.offer_over"
    assert phones.rows(Dispatch)[0].state == "offered"


@pytest.mark.parametrize(
    ("at", "key"),
    [
        (START - timedelta(hours=2, seconds=1), "links.too_early"),
        (START + timedelta(hours=14, seconds=1), "links.too_late_to_sign_in"),
    ],
)
def test_signing_in_long_before_or_after_is_refused(phones: Phones, at: datetime, key: str) -> None:
    _, token = phones.offer()
    phones.tap(token, "accept")
    with pytest.raises(Invalid) as refused:
        phones.tap(token, "arrive", at)
    assert refused.value.key == key
    assert phones.rows(Attendance) == []


def test_signing_out_without_signing_in_is_refused(phones: Phones) -> None:
    _, token = phones.offer()
    phones.tap(token, "accept")
    with pytest.raises(Invalid) as refused:
        phones.tap(token, "leave", AT_WORK)
    assert refused.value.key == "links.sign_in_first"


def test_a_start_taken_back_at_the_desk_is_begun_anew(phones: Phones) -> None:
    _, token = phones.offer()
    phones.tap(token, "accept")
    phones.tap(token, "arrive", AT_WORK)
    phones.do(dispatches.undo, phones.admin, AT_WORK, dispatch_id=phones.rows(Dispatch)[0].id)
    with pytest.raises(Invalid):
        phones.tap(token, "leave", HOME_AGAIN)
    phones.tap(token, "arrive", AT_WORK + timedelta(minutes=30))
    assert phones.tap(token, "leave", HOME_AGAIN)["minutes"] == 85


def test_without_consent_no_hours_and_with_it_from_then_on(phones: Phones) -> None:
    phones.change(phones.people[0], consent="unknown")
    _, token = phones.offer()
    phones.tap(token, "accept")
    phones.tap(token, "arrive", AT_WORK)
    assert phones.tap(token, "leave", HOME_AGAIN)["hours_kept"] is False
    assert phones.rows(Service) == [] and phones.volunteer_page(token).minutes is None
    phones.tap(token, "consent", HOME_AGAIN)
    row = phones.rows(Volunteer, id=phones.people[0])[0]
    assert (row.consent, row.consent_channel, row.consent_at) == ("given", "link", HOME_AGAIN)
    with pytest.raises(Invalid):
        phones.tap(token, "consent", HOME_AGAIN)


@pytest.mark.parametrize("outcome", ["done", "partly"])
def test_a_yes_or_partly_confirms_what_both_sides_say(phones: Phones, outcome: str) -> None:
    need, token = phones.served()
    phones.tap(token, "rate", HOME_AGAIN, outcome=outcome)
    assert phones.state(need) == ("closed" if outcome == "done" else "rated")
    assert {row.state for row in phones.rows(Dispatch)} == {"confirmed"}


def test_a_no_opens_the_need_again_and_leaves_the_hours_unconfirmed(phones: Phones) -> None:
    need, token = phones.served()
    phones.tap(token, "rate", HOME_AGAIN, outcome="not", score=1, words="没人来")
    assert phones.state(need) == "open"
    assert {row.state for row in phones.rows(Dispatch)} == {"done"}
    rating = phones.rows(Rating)[0]
    assert (rating.outcome, rating.score, rating.words) == ("not", 1, "没人来")
    follow_up = phones.rows(FollowUp)[0]
    assert follow_up.need_id == need and follow_up.closed_at is None
    page = phones.resident_page(token, HOME_AGAIN)
    assert (page.state, page.outcome, page.people) == ("open", "not", 0)
    with pytest.raises(Invalid):
        phones.tap(token, "rate", HOME_AGAIN, outcome="done")


def _satisfied_of_answered(phones: Phones) -> tuple[int, int]:
    with phones.database.read() as session:
        row = session.execute(select(counted(satisfied()), counted(answered())).select_from(Rating)).one()
    return row[0], row[1]


def _serve_by_desk(phones: Phones, need: int, who: int, sent_at: datetime) -> None:
    span = {"start": sent_at + timedelta(hours=1), "end": sent_at + timedelta(hours=2)}
    dispatch_id = phones.send(need, phones.people[who], now=sent_at, reason="再去一趟", **span)
    phones.do(dispatches.accept, now=sent_at, dispatch_id=dispatch_id)
    phones.do(service_records.record_service, now=span["end"], dispatch_id=dispatch_id, **span)
    phones.do(service_records.confirm, now=span["end"], need_id=need)


def test_a_reopened_order_counts_against_until_its_resident_answers_anew(phones: Phones) -> None:
    need, token = phones.served(hours=8, duration_minutes=60)
    phones.tap(token, "rate", HOME_AGAIN, outcome="done", score=5)
    assert _satisfied_of_answered(phones) == (1, 1)
    phones.tap(token, "not_settled", HOME_AGAIN + timedelta(minutes=1))
    assert _satisfied_of_answered(phones) == (0, 1)
    _serve_by_desk(phones, need, 1, HOME_AGAIN + timedelta(minutes=2))
    assert _satisfied_of_answered(phones) == (0, 1), "asked anew and silent: contradicted as before"
    phones.tap(token, "rate", HOME_AGAIN + timedelta(hours=3), outcome="done", score=4)
    assert _satisfied_of_answered(phones) == (1, 1)


def test_an_order_taken_up_again_before_any_service_is_no_contradiction(phones: Phones) -> None:
    need = phones.need(hours=8, duration_minutes=60)
    phones.do(needs.unmet, need_id=need, reason="没人")
    phones.do(needs.reopen, need_id=need, reason="有人了")
    _serve_by_desk(phones, need, 0, START)
    assert _satisfied_of_answered(phones) == (0, 0)


def test_still_not_settled_opens_what_was_closed_with_her_words(phones: Phones) -> None:
    need, token = phones.served()
    phones.tap(token, "rate", HOME_AGAIN, outcome="done", score=4, words="好")
    phones.tap(token, "not_settled", HOME_AGAIN + timedelta(days=3), words="又漏了")
    assert phones.state(need) == "open"
    assert phones.rows(Rating)[0].words == "好\n又漏了"
    assert phones.rows(NeedEvent, to_state="open")[-1].reason == link_deeds.NOT_SETTLED
    with pytest.raises(Invalid) as refused:
        phones.tap(token, "not_settled", HOME_AGAIN + timedelta(days=3))
    assert refused.value.key == "links.not_over_yet"


def test_words_of_a_resident_are_in_no_audit_row(phones: Phones) -> None:
    _, token = phones.served()
    phones.tap(token, "rate", HOME_AGAIN, outcome="not", words="邻居老王不来")
    assert not [row for row in phones.rows(Audit) if "老王" in f"{row.before}{row.after}{row.reason}"]


def test_nobody_does_what_is_the_other_party_s(phones: Phones) -> None:
    need, token = phones.offer()
    resident = phones.resident(need)
    for mine, name, values in (
        (token, "rate", {"outcome": Outcome.DONE}),
        (token, "not_settled", {}),
        (resident, "accept", {}),
        (resident, "leave", {}),
        (resident, "nonsense", {}),
    ):
        with pytest.raises(Invalid) as refused:
            phones.tap(mine, name, **values)
        assert refused.value.key == "links.not_for_you"
    assert phones.rows(Dispatch)[0].state == "offered"


def test_a_link_ends_when_it_is_revoked_replaced_or_over(phones: Phones) -> None:
    need, first = phones.offer()
    dispatch_id = phones.rows(Dispatch)[0].id
    second = phones.do(links.make_for_volunteer, dispatch_id=dispatch_id)["token"]
    with pytest.raises(Invalid) as refused:
        phones.tap(first, "accept")
    assert refused.value.key == "links.revoked"
    open_ = answer(phones.database, links.links_of, phones.li, need_id=need, now=NOW)
    assert [row.dispatch_id for row in open_] == [dispatch_id]
    phones.do(links.revoke, link_id=open_[0].id)
    with pytest.raises(Invalid):
        phones.tap(second, "accept")
    third = phones.do(links.make_for_volunteer, dispatch_id=dispatch_id)["token"]
    over = START + timedelta(hours=2) + links.AFTER_SERVICE
    with pytest.raises(Invalid) as refused:
        phones.tap(third, "accept", over)
    assert refused.value.key == "links.expired"


def test_a_link_revoked_between_the_look_and_the_deed_does_nothing(phones: Phones) -> None:
    need, token = phones.offer()
    opened = links.open_link(phones.database, token, NOW)
    link_id = answer(phones.database, links.links_of, phones.li, need_id=need, now=NOW)[0].id
    phones.do(links.revoke, link_id=link_id)
    with pytest.raises(Invalid):
        link_deeds.act(phones.database, opened, "accept", NOW)
    assert phones.rows(Dispatch)[0].state == "offered"


def test_an_opened_link_of_another_need_is_not_believed(phones: Phones) -> None:
    """What a deed touches comes from the link's row, not from what the caller says it opens."""
    _, token = phones.offer()
    opened = links.open_link(phones.database, token, NOW)
    forged = Opened(opened.id, opened.county, "resident", opened.need_id, None)
    with pytest.raises(Invalid):
        link_deeds.act(phones.database, forged, "rate", NOW, outcome="done")


def test_made_up_tokens_and_those_of_another_database_open_nothing(phones: Phones) -> None:
    _, token = phones.offer()
    for other in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[::-1],
        "",
        "x" * 32,
        token + "A",
        token.upper(),
    ):
        with pytest.raises(NotFound):
            links.open_link(phones.database, other, NOW)


def test_a_token_is_kept_nowhere(phones: Phones) -> None:
    _, token = phones.offer()
    assert [row.digest for row in phones.rows(Link)] != [token]
    assert not [row for row in phones.rows(Audit) if token in f"{row.before}{row.after}"]


def test_who_may_make_links(phones: Phones) -> None:
    need = phones.need()
    dispatch_id = phones.send(need, phones.people[0])

    def leader(session: Any) -> Any:
        return actor_for(an_account(session, Role.LEADER), phones.centre)

    for deed, values in (
        (links.make_for_volunteer, {"dispatch_id": dispatch_id}),
        (links.make_for_resident, {"need_id": need}),
    ):
        with pytest.raises(Forbidden):
            phones.do(deed, phones.database.write(leader), **values)
    phones.do(dispatches.cancel, dispatch_id=dispatch_id, reason="改期")
    with pytest.raises(Invalid):
        phones.do(links.make_for_volunteer, dispatch_id=dispatch_id)


def test_the_resident_sees_how_many_come_and_not_who(phones: Phones) -> None:
    need, token = phones.offer()
    page = phones.resident_page(phones.resident(need))
    assert (page.people, page.accepted, page.coming) == (1, 0, ())
    phones.tap(token, "accept")
    page = phones.resident_page(phones.resident(need))
    (dispatch,) = phones.rows(Dispatch)
    assert (page.people, page.accepted, page.coming) == (1, 1, ((dispatch.start, dispatch.end),)), "and when"
    assert "志愿" not in str(page)


def test_the_hours_of_the_desk_and_of_the_phone_are_not_counted_twice(phones: Phones) -> None:
    _, token = phones.offer()
    phones.tap(token, "accept")
    phones.tap(token, "arrive", AT_WORK)
    dispatch_id = phones.rows(Dispatch)[0].id
    phones.do(
        service_records.record_service, phones.li, HOME_AGAIN, dispatch_id=dispatch_id, start=AT_WORK, end=HOME_AGAIN
    )
    with pytest.raises(Invalid):
        phones.tap(token, "leave", HOME_AGAIN)
    assert len(phones.rows(Service)) == 1


def test_twelve_offers_and_thirty_phones_make_twelve_yes(phones: Phones) -> None:
    """Each link is in more than one hand; every yes counts once."""

    def build(session: Any) -> list[int]:
        return [a_volunteer(session, phones.station, f"邻居{n}", consent="given").id for n in range(12)]

    people = phones.database.write(build)
    need = phones.database.write(lambda session: a_need(session, phones.station, people=12).id)
    sent = phones.do(dispatches.dispatch, need_id=need, volunteer_ids=people)["dispatch_ids"]
    tokens = [phones.do(links.make_for_volunteer, dispatch_id=one)["token"] for one in sent]

    def tap(n: int) -> bool:
        try:
            phones.tap(tokens[n % 12], "accept")
        except (Invalid, Conflict):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(tap, range(30)))
    assert sum(said) == 12
    with phones.database.read() as session:
        states = session.execute(select(Dispatch.state, func.count()).group_by(Dispatch.state)).all()
    assert [tuple(row) for row in states] == [("accepted", 12)]
    yes = [event for event in phones.rows(NeedEvent, to_state="accepted") if event.actor_id == BY_VOLUNTEER]
    assert len(yes) == 12
