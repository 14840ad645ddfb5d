"""What a volunteer or a resident does by a short link: the commands of the desk, on the link's own row and no other.

Each locks and checks the link again in its own transaction, so that one revoked a moment ago does nothing.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from dashboard.core import attendance
from dashboard.core.errors import Invalid
from dashboard.core.intake import clean
from dashboard.core.permissions import BY_RESIDENT, BY_VOLUNTEER, Action, link_actor
from dashboard.core.words import Consent, DispatchState, Grade, NeedState, Outcome, Subject
from dashboard.services import dispatches, hand_over_orders, need_life, needs, service_records
from dashboard.services.commands import Work, command, perform
from dashboard.services.held_hours import hold_asked
from dashboard.services.links import RESIDENT, VOLUNTEER, Opened
from db.engine import Database
from db.models import Attendance, Dispatch, Link, Need, Service, Volunteer

D, N = DispatchState, NeedState
Position = tuple[float, float] | None
#: Longer words are cut.
LONGEST = 500
#: Why a resident's need is open again: stands in its history; her words stand with her rating.
NOT_SETTLED = "links.not_settled"


def act(database: Database, opened: Opened, name: str, now: datetime, **values: Any) -> Any:
    """Do a deed of the link's party: DEEDS[party, name]. Raises Invalid for one that is not hers."""
    deed = DEEDS.get((opened.party, name))
    if deed is None:
        raise Invalid("links.not_for_you")
    actor = link_actor(opened.county, BY_VOLUNTEER if opened.party == VOLUNTEER else BY_RESIDENT)
    return perform(database, deed, actor, now=now, link_id=opened.id, **values)


def _link(work: Work, link_id: int, party: str) -> Link:
    """The link, locked; still valid and of this party."""
    row = work.session.scalars(
        select(Link).where(Link.county == work.actor.county, Link.id == link_id).with_for_update()
    ).one()
    if row.revoked_at is not None:
        raise Invalid("links.revoked")
    if row.expires_at <= work.now:
        raise Invalid("links.expired")
    if row.party != party:
        raise Invalid("links.not_for_you")
    row.used_at = work.now
    return row


def _dispatch_of(row: Link) -> int:
    assert row.dispatch_id is not None  # the table says so for volunteers
    return row.dispatch_id


# -- the volunteer


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def accept(work: Work, *, link_id: int) -> None:
    """She says yes, in time."""
    row = _link(work, link_id, VOLUNTEER)
    _require_in_time(work, _dispatch_of(row))
    dispatches.accept(work, dispatch_id=_dispatch_of(row))
    work.audit("link", row.id, after={"said": "accepted"})


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def decline(work: Work, *, link_id: int, reason: str) -> None:
    """She says no; the reason helps the next match."""
    row = _link(work, link_id, VOLUNTEER)
    dispatches.decline(work, dispatch_id=_dispatch_of(row), reason=clean(reason)[:LONGEST])
    work.audit("link", row.id, after={"said": "declined"})


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def hand_over(work: Work, *, link_id: int, whom: str, number: str, reason: str) -> None:
    """She said yes and can't come: another volunteer whom she names is asked to take the order over."""
    row = _link(work, link_id, VOLUNTEER)
    why = clean(reason)[:LONGEST]
    hand_over_orders.ask_named(work, dispatch_id=_dispatch_of(row), name=whom, number=number, reason=why)
    work.audit("link", row.id, after={"said": "asked another"})


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def keep(work: Work, *, link_id: int) -> None:
    """She goes herself after all."""
    row = _link(work, link_id, VOLUNTEER)
    hand_over_orders.keep(work, _dispatch_of(row))
    work.audit("link", row.id, after={"said": "goes herself"})


def _require_in_time(work: Work, dispatch_id: int) -> None:
    row, _ = need_life.dispatch_for(work, dispatch_id)
    if row.state == D.OFFERED and row.expires_at is not None and row.expires_at <= work.now:
        raise Invalid("links.offer_over")


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def arrive(work: Work, *, link_id: int, position: Position = None) -> None:
    """She is there and begins. A position only where she gave one."""
    link = _link(work, link_id, VOLUNTEER)
    row, _ = need_life.dispatch_for(work, _dispatch_of(link))
    if D(row.state) is D.ACCEPTED:
        attendance.require_time(work.now, row.start, row.end)
    dispatches.start(work, dispatch_id=row.id)
    there = _attendance(work, row.id)
    if there is None:
        there = Attendance(county=row.county, dispatch_id=row.id, report="")
        work.session.add(there)
    # A start that the desk took back is begun anew.
    there.arrived_at, there.left_at = work.now, None
    there.arrived_lon, there.arrived_lat = position or (None, None)
    work.audit("link", link.id, after={"said": "arrived", "position": position is not None})


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def leave(
    work: Work, *, link_id: int, break_minutes: int = 0, report: str = "", position: Position = None
) -> dict[str, Any]:
    """She is done and goes: the hours between signing in and out, less the break, are of grade A."""
    link = _link(work, link_id, VOLUNTEER)
    dispatch_id, there = _dispatch_of(link), _attendance(work, _dispatch_of(link))
    state = work.session.scalar(select(Dispatch.state).where(Dispatch.id == dispatch_id))
    if there is None or state != D.IN_SERVICE:
        raise Invalid("links.sign_in_first")
    # It locks her before the need, as everywhere. Signed out within a minute: it says in words that these are no hours.
    done = service_records.record_service(
        work, dispatch_id=dispatch_id, start=there.arrived_at, end=work.now, break_minutes=break_minutes, grade=Grade.A
    )
    there.left_at = work.now
    there.left_lon, there.left_lat = position or (None, None)
    there.report = clean(report)[:LONGEST]
    work.audit("link", link.id, after={"said": "left", "position": position is not None})
    return {"minutes": done["minutes"], "hours_kept": done["hours_kept"]}


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def correct(work: Work, *, link_id: int, words: str) -> None:
    """She says that her hours are wrong: they are held until somebody independent has answered."""
    dispatch_id = _dispatch_of(_link(work, link_id, VOLUNTEER))
    mine = (Service.county == work.actor.county, Service.dispatch_id == dispatch_id)
    row = work.session.scalars(select(Service).where(*mine).order_by(Service.id).with_for_update()).first()
    if row is None:
        raise Invalid("links.no_hours_to_correct")
    hold_asked(work, row, words)


def _attendance(work: Work, dispatch_id: int) -> Attendance | None:
    return work.session.scalar(select(Attendance).where(Attendance.dispatch_id == dispatch_id))


@command(Action.RECORD_SERVICE, Subject.PEOPLE)
def consent(work: Work, *, link_id: int) -> None:
    """She agrees that her hours are kept: who, when, and by which channel."""
    link = _link(work, link_id, VOLUNTEER)
    her = work.session.scalar(select(Dispatch.volunteer_id).where(Dispatch.id == link.dispatch_id))
    row = work.session.scalars(select(Volunteer).where(Volunteer.id == her).with_for_update()).one()
    if row.consent == Consent.GIVEN:
        raise Invalid("links.consented_already")
    before = row.consent
    work.at_version(row, None)
    row.consent, row.consent_at, row.consent_channel = Consent.GIVEN, work.now, "link"
    work.audit("volunteer", row.id, before={"consent": before}, after={"consent": row.consent, "channel": "link"})


# -- the resident


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def rate(work: Work, *, link_id: int, outcome: Outcome, score: int | None = None, words: str = "") -> dict[str, Any]:
    """Done, partly or not, 1 to 5 and words. "Done" and "partly" confirm the service; "not" opens the need again."""
    link = _link(work, link_id, RESIDENT)
    need = need_life.need_for(work, link.need_id)
    said, told = Outcome(outcome), clean(words)[:LONGEST]
    if N(need.state) is N.DONE and said is Outcome.NOT:
        service_records.dispute(work, need_id=need.id, score=score, words=told, channel="link")
    else:
        if N(need.state) is N.DONE:
            service_records.confirm(work, need_id=need.id)
        service_records.rate(
            work, need_id=need.id, score=score, outcome=said, words=told, channel="link", close=said is Outcome.DONE
        )
    if said is Outcome.NOT:
        needs.reopen(work, need_id=need.id, reason=NOT_SETTLED)
    work.audit("link", link.id, after={"said": "rated", "outcome": said})
    return {"state": _state_of(work, need.id)}


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def not_settled(work: Work, *, link_id: int, words: str = "") -> None:
    """It was said to be done and is not: the need is open again, and the closed count goes back."""
    link = _link(work, link_id, RESIDENT)
    need = need_life.need_for(work, link.need_id)
    if N(need.state) not in (N.CONFIRMED, N.RATED, N.CLOSED):
        raise Invalid("links.not_over_yet")
    service_records.add_words(work, need, clean(words)[:LONGEST])
    needs.reopen(work, need_id=need.id, reason=NOT_SETTLED)
    work.audit("link", link.id, after={"said": "not settled"})


def _state_of(work: Work, need_id: int) -> str:
    return str(work.session.scalar(select(Need.state).where(Need.id == need_id)))


DEEDS: dict[tuple[str, str], Any] = {
    (VOLUNTEER, "accept"): accept,
    (VOLUNTEER, "decline"): decline,
    (VOLUNTEER, "arrive"): arrive,
    (VOLUNTEER, "leave"): leave,
    (VOLUNTEER, "consent"): consent,
    (VOLUNTEER, "correct"): correct,
    (VOLUNTEER, "hand_over"): hand_over,
    (VOLUNTEER, "keep"): keep,
    (RESIDENT, "rate"): rate,
    (RESIDENT, "not_settled"): not_settled,
}
