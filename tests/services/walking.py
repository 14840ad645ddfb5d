"""A random walk through the life of orders: a coordinator, a station worker, volunteers' and residents' phones do what
they like, legal or not, while time goes by. After every step the rules that must always hold are looked up in the rows.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from dashboard.core import needs as rules
from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Actor
from dashboard.core.spans import minute_of
from dashboard.core.words import HOLDS_SEAT, DispatchState, Grade, NeedState, Outcome, Role
from dashboard.services import dispatches, hand_over_orders, holds, link_deeds, links, needs, service_records
from dashboard.services.commands import perform
from dashboard.text import text
from db.engine import Database
from db.models import Audit, Dispatch, HandOver, Need, NeedEvent, NeedRole, Rating, Service, Volunteer
from tests.builders import NOW, a_need, a_site, a_volunteer, actor_for, an_account

#: Needs that are walked through at once; one that has ended for good makes room for a new one.
AT_ONCE = 3
PEOPLE = 5
#: Hours within which an hour's service is wanted.
WANTED = 8


@dataclass
class Walk:
    """One walk on a fresh database. `outcomes`: how often each deed was done, and refused by which rule."""

    database: Database
    seed: int
    outcomes: Counter[str] = field(default_factory=Counter)
    trail: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.now = NOW
        self.before = (0, 0)
        self.needs: list[int] = []
        self.over: dict[int, datetime] = {}
        self.links: dict[tuple[str, int], str] = {}

        def build(session: Any) -> None:
            centre = a_site(session)
            self.station, other = a_site(session, centre), a_site(session, centre)
            self.desk = actor_for(an_account(session), centre)
            self.worker = actor_for(an_account(session, Role.STATION_WORKER, self.station), self.station)
            self.stranger = actor_for(an_account(session, Role.STATION_WORKER, other), other)
            consents = ("given", "given", "given", "unknown", "refused")
            self.people = [
                a_volunteer(session, self.station, f"走{n}", consent=consents[n], cap_day=9, cap_week=50).id
                for n in range(PEOPLE)
            ]

        self.database.write(build)

    def go(self, steps: int) -> "Walk":
        """So many steps. Raises AssertionError with the seed and the last steps where a rule is broken."""
        for _ in range(steps):
            if self.random.random() < 0.3:
                self.now += timedelta(minutes=self.random.choice((1, 3, 10, 30)))
            self._make_room()
            name, deed = self.random.choice(_DEEDS)
            need_id = self.random.choice(self.needs)
            self.before = self._written()
            try:
                done = deed(self, need_id)
            except DashboardError as error:
                assert text("zh", error.key, **error.values) and text("en", error.key, **error.values)
                self._note(f"{name} refused: {error.key}", need_id)
                self._require(self._written() == self.before, "a refusal left something behind")
            else:
                self._note(f"{name} {'done' if done else 'had nothing to do'}", need_id)
                self._require(not done or self._written()[1] > self.before[1], "a deed left no audit row")
            self._look(need_id)
        return self

    # -- what is done

    def do(self, deed: Callable[..., Any], actor: Actor | None = None, **values: Any) -> bool:
        perform(self.database, deed, actor or self.desk, now=self.now, **values)
        return True

    def a_dispatch(self, need_id: int, *states: str) -> int | None:
        with self.database.read() as session:
            wanted = select(Dispatch.id).where(Dispatch.need_id == need_id)
            found = session.scalars(wanted.where(Dispatch.state.in_(states)) if states else wanted).all()
        return self.random.choice(sorted(found)) if found else None

    def of_dispatch(self, need_id: int, deed: Callable[..., Any], actor: Actor | None = None, **values: Any) -> bool:
        """On any dispatch of the need, whatever its state."""
        found = self.a_dispatch(need_id)
        return found is not None and self.do(deed, actor, dispatch_id=found, **values)

    def send(self, need_id: int) -> bool:
        many = self.random.sample(self.people, self.random.choice((1, 1, 1, 2)))
        begin = self.now + timedelta(minutes=self.random.choice((30, 60, 240, 1500)))
        begin = begin.replace(second=0, microsecond=0)
        span = {"start": begin, "end": begin + timedelta(hours=1)} if self.random.random() < 0.3 else {}
        return self.do(dispatches.dispatch, need_id=need_id, volunteer_ids=many, reason="走一走", **span)

    def hand_over(self, need_id: int) -> bool:
        """Mostly an order that was accepted: of the others every one is refused."""
        found = self.a_dispatch(need_id, "accepted") or self.a_dispatch(need_id)
        values = {"volunteer_id": self.random.choice(self.people), "reason": "换一换"}
        return found is not None and self.do(hand_over_orders.ask_order, dispatch_id=found, **values)

    def record(self, need_id: int, actor: Actor) -> bool:
        end = self.now - timedelta(minutes=self.random.choice((-5, 0, 10, 300)))
        start = end - timedelta(minutes=self.random.choice((0, 30, 120, 1200)))
        pause = self.random.choice((0, 0, 15, 200))
        grade = self.random.choice(list(Grade))
        values = {"start": start, "end": end, "break_minutes": pause, "grade": grade}
        return self.of_dispatch(need_id, service_records.record_service, actor, **values)

    def rate(self, need_id: int) -> bool:
        score = self.random.choice((None, 0, 1, 3, 5, 6))
        return self.do(service_records.rate, self.worker, need_id=need_id, score=score, outcome=self.any_outcome())

    def any_outcome(self) -> Outcome:
        return self.random.choice(list(Outcome))

    def tap_volunteer(self, need_id: int, name: str, **values: Any) -> bool:
        """With the newest link of a dispatch, or an older one of it."""
        found = self.a_dispatch(need_id)
        if found is None:
            return False
        key = ("volunteer", found)
        if key not in self.links or self.random.random() < 0.2:
            made = perform(self.database, links.make_for_volunteer, self.desk, now=self.now, dispatch_id=found)
            # Now and then somebody goes on with the link that was just ended.
            if key not in self.links or self.random.random() < 0.9:
                self.links[key] = made["token"]
        return self._tap(self.links[key], name, **values)

    def tap_resident(self, need_id: int, name: str, **values: Any) -> bool:
        key = ("resident", need_id)
        if key not in self.links:
            made = perform(self.database, links.make_for_resident, self.desk, now=self.now, need_id=need_id)
            self.links[key] = made["token"]
        return self._tap(self.links[key], name, **values)

    def _tap(self, token: str, name: str, **values: Any) -> bool:
        self.before = self._written()  # a link was perhaps made, which is a deed of its own
        opened = links.open_link(self.database, token, self.now)
        link_deeds.act(self.database, opened, name, self.now, **values)
        return True

    # -- what must hold

    def _make_room(self) -> None:
        with self.database.read() as session:
            ended = set(session.scalars(select(Need.id).where(Need.state.in_(rules.ENDED))))
        over = ended | {one for one in self.needs if self.over[one] < self.now}
        self.needs = [one for one in self.needs if one not in over or self.random.random() < 0.9]
        while len(self.needs) < AT_ONCE:
            start = (self.now + timedelta(hours=self.random.choice((1, 2, 5)))).replace(second=0, microsecond=0)
            values = {
                "people": self.random.choice((1, 1, 2, 3)),
                "start": start,
                "hours": WANTED,
                "duration_minutes": 60,
            }
            made = self.database.write(lambda session, given=values: a_need(session, self.station, **given).id)
            self.needs.append(made)
            self.over[made] = start + timedelta(hours=2 * WANTED)

    def _written(self) -> tuple[int, int]:
        with self.database.read() as session:
            return (
                session.scalar(select(func.max(NeedEvent.id))) or 0,
                session.scalar(select(func.max(Audit.id))) or 0,
            )

    def _look(self, need_id: int) -> None:
        """The rules, in the rows of one need and of everybody who may have been sent to it."""
        with self.database.read() as session:
            need = session.get_one(Need, need_id)
            events = session.scalars(select(NeedEvent).where(NeedEvent.need_id == need_id).order_by(NeedEvent.id)).all()
            sent = session.scalars(select(Dispatch).where(Dispatch.need_id == need_id)).all()
            heads = {row.id: row.head_count for row in session.scalars(select(NeedRole).filter_by(need_id=need_id))}
            served = session.scalars(select(Service).where(Service.volunteer_id.in_(self.people))).all()
            consent = {row.id: row.consent for row in session.execute(select(Volunteer.id, Volunteer.consent))}
            rating = session.scalar(select(Rating).where(Rating.need_id == need_id))
            asked = session.scalars(select(HandOver).where(HandOver.need_id == need_id)).all()
            live = session.scalars(select(Dispatch).where(Dispatch.state.in_(HOLDS_SEAT))).all()
            session.expunge_all()
        chain = [
            (None if one.from_state is None else NeedState(one.from_state), NeedState(one.to_state))
            for one in events
            if one.dispatch_id is None
        ]
        self._require(rules.last_word(chain) == need.state, "the state is not the last event's")
        self._require(all(one.happened_at <= one.recorded_at for one in events), "known before it happened")
        self._require((need.state in rules.ENDED) == (need.closed_at is not None), "closed and open at once")
        for row in sent:
            steps = [one for one in events if one.dispatch_id == row.id]
            self._require(steps[-1].to_state == row.state, "a dispatch's state is not its last event's")
            for left, right in zip(steps, steps[1:], strict=False):
                moves = rules.DISPATCH_MOVES[DispatchState(left.to_state)]
                self._require(DispatchState(right.to_state) in moves, "an illegal move of a dispatch")
        holding = [row for row in sent if row.state in HOLDS_SEAT]
        self._require(
            all(len({row.seat_of for row in holding if row.role_id == role}) <= head for role, head in heads.items()),
            "overfilled",
        )
        self._look_at_hand_overs(sent, asked)
        self._require(not _overlap([(row.volunteer_id, row.start, row.end) for row in live]), "sent twice")
        self._require(not _overlap([(row.volunteer_id, row.start, row.end) for row in served]), "served twice")
        for hours in served:
            minutes = minute_of(hours.end) - minute_of(hours.start) - hours.break_minutes
            self._require(0 < hours.minutes <= 960 and abs(minutes - hours.minutes) <= 1, "hours that can't be")
            self._require(consent[hours.volunteer_id] == "given", "hours without consent")
        if rating is not None:
            self._require((rating.outcome is None) == (rating.answered_at is None), "an answer nobody gave")
            self._require(rating.score is None or 1 <= rating.score <= 5, "a score out of range")

    def _look_at_hand_overs(self, sent: Sequence[Dispatch], asked: Sequence[HandOver]) -> None:
        """Who is asked to take over shares the seat of who said yes; a request waits as long as both do."""
        states = {(row.volunteer_id, row.in_place_of): row.state for row in sent if row.state in HOLDS_SEAT}
        shared = {(volunteer, of) for volunteer, of in states if of is not None}
        waiting = {(row.to_volunteer_id, row.from_volunteer_id) for row in asked if row.state == "asked"}
        self._require(shared == waiting, "an offer to take over without its request, or the other way round")
        for volunteer, of in shared:
            self._require(states[volunteer, of] == "offered", "who said yes still shares a seat")
            self._require(states.get((of, None)) == "accepted", "nobody to take over from")

    def _note(self, what: str, need_id: int) -> None:
        self.outcomes[what] += 1
        self.trail = [*self.trail[-15:], f"{self.now:%d %H:%M} need {need_id}: {what}"]

    def _require(self, holds_: bool, broken: str) -> None:
        if not holds_:
            steps = "\n".join(self.trail)
            raise AssertionError(f"{broken} (seed {self.seed})\n{steps}")


def _overlap(rows: list[tuple[int, Any, Any]]) -> bool:
    ordered = sorted(rows)
    return any(left[0] == right[0] and left[2] > right[1] for left, right in zip(ordered, ordered[1:], strict=False))


def _links(name: str, **values: Any) -> Callable[[Walk, int], bool]:
    return lambda walk, need_id: walk.tap_volunteer(need_id, name, **values)


_DEEDS: list[tuple[str, Callable[[Walk, int], bool]]] = [
    *[("send", Walk.send)] * 8,
    ("hold", lambda walk, need_id: walk.do(holds.hold, need_id=need_id)),
    ("release", lambda walk, need_id: walk.do(holds.release, need_id=need_id)),
    ("accept", lambda walk, need_id: walk.of_dispatch(need_id, dispatches.accept, walk.worker)),
    ("accept elsewhere", lambda walk, need_id: walk.of_dispatch(need_id, dispatches.accept, walk.stranger)),
    ("decline", lambda walk, need_id: walk.of_dispatch(need_id, dispatches.decline, walk.worker, reason="没空")),
    ("expire", lambda walk, need_id: walk.of_dispatch(need_id, dispatches.expire, walk.worker)),
    *[("start", lambda walk, need_id: walk.of_dispatch(need_id, dispatches.start, walk.worker))] * 3,
    *[("hand over", Walk.hand_over)] * 2,
    ("undo", lambda walk, need_id: walk.of_dispatch(need_id, dispatches.undo)),
    ("withdraw", lambda walk, need_id: walk.of_dispatch(need_id, dispatches.cancel, reason="改期")),
    *[("record", lambda walk, need_id: walk.record(need_id, walk.worker))] * 3,
    *[("confirm", lambda walk, need_id: walk.do(service_records.confirm, walk.worker, need_id=need_id))] * 3,
    *[("rate", Walk.rate)] * 2,
    ("close", lambda walk, need_id: walk.do(needs.close, need_id=need_id, reason="办结")),
    ("cancel", lambda walk, need_id: walk.do(needs.cancel, need_id=need_id, reason="不需要了")),
    ("unmet", lambda walk, need_id: walk.do(needs.unmet, need_id=need_id, reason="没人")),
    ("reopen", lambda walk, need_id: walk.do(needs.reopen, need_id=need_id, reason="没办好")),
    *[("phone accept", _links("accept"))] * 5,
    ("phone decline", _links("decline", reason="links.why_far")),
    *[("phone arrive", _links("arrive"))] * 5,
    *[("phone leave", _links("leave", break_minutes=5))] * 5,
    ("phone consent", _links("consent")),
    (
        "phone rates",
        lambda walk, need_id: walk.tap_resident(need_id, "rate", outcome=walk.any_outcome()),
    ),
    ("phone not settled", lambda walk, need_id: walk.tap_resident(need_id, "not_settled", words="还漏水")),
    ("phone of another", lambda walk, need_id: walk.tap_resident(need_id, "accept")),
]
