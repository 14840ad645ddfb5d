"""Two years of orders, each told until the past ends: who called yesterday is still waiting today."""

from datetime import datetime, timedelta

from db.models import Rating, Service
from db.sample import words
from db.sample.clock import local, local_day
from db.sample.helpers import Helpers
from db.sample.orders import Order, Record, Sent, Span, TheFuture, Wish, to_minute
from db.sample.wishes import Wishes
from db.sample.world import World

#: Median working minutes from opening to the first offer, and how long an offer stands, by urgency.
_FIRST_OFFER = {words.URGENT: 18, words.SOON: 130, words.NORMAL: 330}
_OFFER_STANDS = {words.URGENT: timedelta(minutes=40), words.SOON: timedelta(hours=5), words.NORMAL: timedelta(hours=26)}
#: At least so long before the work begins people are asked.
_NOTICE = {words.URGENT: timedelta(hours=1), words.SOON: timedelta(hours=6), words.NORMAL: timedelta(hours=12)}
_SCORES = (5, 4, 3, 2, 1)
_SCORE_WEIGHTS = (58, 27, 9, 4, 2)
_PRAISE = ("", "", "", "谢谢", "很耐心", "来得很快", "下次还请她", "做得干净")
_BLAME = ("来晚了", "没修好", "只做了一半", "时间太短")
_REFUSALS = ("家里有事", "临时加班", "身体不舒服", "路太远", "不会这项")
_NOBODY = "没有合适的志愿者"
VAGUE_TIMES = ("尽快", "有空来一趟", "每周三上午", "看你们方便")
_CHANGES_OF_MIND = ("家人已办好", "老人住院了", "改期再说", "重复登记")
_NOT_SETTLED = ("又漏水了，还没修好", "孩子还是跟不上", "约好的第二次没来", "问题还没解决")


class History:
    """Tells orders; needs the crowd, the helpers and the record they share."""

    def __init__(self, world: World, wishes: Wishes, helpers: Helpers, record: Record) -> None:
        self.world, self.wishes, self.helpers, self.record = world, wishes, helpers, record
        self.chance = world.stream("history")
        self._rated: set[int] = set()
        self.staff = [world.accounts[f"sample-{name}"] for name in ("coordinator", "town", "station")]

    def tell(self, count: int) -> int:
        """`count` orders over the two years, then more early ones until enough are closed; says how many."""
        total, wanted = 0, self.world.size.closed
        registered = sorted(self._moment(growing=True) for _ in range(count))
        while registered:
            for moment in registered:
                self._one(moment)
            total += len(registered)
            missing = wanted - self._closed()
            registered = sorted(self._moment(growing=False) for _ in range(missing))
        return total

    def _closed(self) -> int:
        return sum(row["state"] == words.CLOSED for row in self.world.rows.tables["needs"])

    def _moment(self, *, growing: bool) -> datetime:
        """When somebody calls: by day, less at weekends, `growing` over the years, else at least two months ago."""
        chance, begin, end = self.chance, self.world.begin, self.world.end
        span = end - begin if growing else end - begin - timedelta(days=60)
        while True:
            share = chance.random() ** 0.8 if growing else chance.random()
            day = local_day(begin + span * share)
            hour = chance.triangular(7, 21, 10) if chance.random() < 0.97 else chance.uniform(0, 24)
            moment = local(day, int(hour * 60))
            if begin <= moment < end and (day.weekday() < 5 or chance.random() < 0.4):
                return moment

    def _one(self, registered: datetime) -> None:
        self.story(self.wishes.wish(registered))

    def story(self, wish: Wish) -> None:
        """All that happened to an order so far."""
        actor = self.chance.choices(self.staff, (5, 2, 3))[0]
        vague = self.chance.random() < 0.12
        if vague:
            wish.extra["time_text"] = self.chance.choice(VAGUE_TIMES)
        order = Order(self.world, self.record, wish, actor, lacks=("vague_time",) if vague else ())
        self.wishes.told(wish, order.id)
        try:
            self._story(order, vague)
        except TheFuture:
            return

    def half_served(self, wish: Wish, actor: int, later: Span) -> None:
        """Of two people one was there yesterday and the other comes at `later`."""
        order = Order(self.world, self.record, wish, actor)
        self.wishes.told(wish, order.id)
        order.move(words.OPEN, wish.registered)
        order.add_span(*later)
        at = self.world.clock.after(wish.registered, 40)
        tried: set[int] = set()
        for span in (wish.span, later):
            person = self.helpers.find(self.chance, wish, span, at, tried, sure=span is later)
            if person is None:
                return
            tried.add(person)
            one = order.offer(order.roles[0], person, at, span, timedelta(hours=3))
            one.move(words.ACCEPTED, at + timedelta(minutes=self.chance.randrange(5, 120)))
            self.helpers.send(person, span)
            if span is wish.span:
                one.move(words.IN_SERVICE, span[0])
                order.move(words.IN_SERVICE, span[0])
                one.move(words.DONE, span[1])
                self._service(order, one, span, signed_in=True)

    def _story(self, order: Order, vague: bool) -> None:
        chance, clock, wish = self.chance, self.world.clock, order.wish
        opened = wish.registered
        if vague:
            order.move(words.TO_VERIFY, opened)
            opened = clock.after(opened, chance.uniform(10, 400))
        order.move(words.OPEN, opened)
        for start, end in wish.spans if vague else ():
            order.add_span(start, end)
        if chance.random() < 0.025:
            later = clock.after(opened, chance.uniform(20, 900))
            order.move(words.CANCELLED, later, reason=chance.choice(_CHANGES_OF_MIND))
            return
        self._round(order, order.roles[0], wish.people, opened)
        if order.state == words.CLOSED and chance.random() < 0.017:
            self._again(order)

    def _again(self, order: Order) -> None:
        """The resident says it isn't settled: opened again, with a seat for the new round."""
        at = self.world.clock.after(order.latest, self.chance.uniform(200, 5000))
        order.move(words.OPEN, at, reason=self.chance.choice(_NOT_SETTLED))
        self._round(order, order.add_role(1), 1, at)

    def _round(self, order: Order, role: int, seats: int, opened: datetime) -> None:
        """Find people, serve, confirm, rate, close; without enough people the order stays unmet."""
        clock, wish = self.world.clock, order.wish
        usual = _FIRST_OFFER[wish.urgency]
        at = clock.after(opened, max(2.0, self.chance.lognormvariate(0, 0.8) * usual))
        sent: list[Sent] = []
        tried: set[int] = set()
        for seat in range(seats):
            taken = self._fill(order, role, at + timedelta(minutes=2 * seat), tried)
            if taken is None:
                self._give_up(order, sent)
                return
            sent.append(taken)
        self._serve(order, sorted(sent, key=lambda one: one.span))
        self._settle(order, sent)

    def _give_up(self, order: Order, sent: list[Sent]) -> None:
        """Nobody more to ask: who had agreed is told, and the order is unmet."""
        at = max(order.latest, self.world.clock.after(order.row["close_due_at"], 30))
        for one in sent:
            one.move(words.CANCELLED, at, reason=_NOBODY)
        order.move(words.UNMET, at, reason=_NOBODY)

    def _fill(self, order: Order, role: int, at: datetime, tried: set[int]) -> Sent | None:
        """Offer a seat until somebody takes it; who declines or stays silent is followed by the next."""
        chance, clock, urgency = self.chance, self.world.clock, order.wish.urgency
        span = self._span(order, at + _NOTICE[urgency])
        while True:
            if span[0] - at < timedelta(minutes=30):
                span = self._span(order, at + _NOTICE[urgency])
            person = self.helpers.find(chance, order.wish, span, at, tried, sure=False)
            if person is None:
                return None
            tried.add(person)
            offered = order.offer(role, person, at, span, min(_OFFER_STANDS[urgency], (span[0] - at) * 0.7))
            if self._accepts(offered, at):
                self.helpers.send(person, span)
                return offered
            at = clock.after(offered.now, chance.uniform(1, 15))

    def _accepts(self, offered: Sent, at: datetime) -> bool:
        chance, stands = self.chance, offered.row["expires_at"] - at
        draw = chance.random()
        if draw < 0.05:
            offered.move(words.EXPIRED, at + stands)
            return False
        answered = at + stands * min(0.95, chance.expovariate(6))
        if draw < 0.16:
            offered.move(words.DECLINED, answered, reason=chance.choice(_REFUSALS))
            return False
        offered.move(words.ACCEPTED, answered)
        return True

    def _span(self, order: Order, ready: datetime) -> Span:
        """The wanted span if people can still be found by then, else one agreed on the phone for a later day."""
        work = timedelta(minutes=order.wish.kind.minutes)
        for start, _ in order.wish.spans:
            if start >= ready:
                return start, start + work
        day = local_day(ready) + timedelta(days=self.chance.randrange(1, 4))
        start = local(day, self.chance.choice((9, 10, 14, 15)) * 60)
        if ready < self.world.end:
            order.add_span(start, start + work)
        return start, start + work

    def _serve(self, order: Order, sent: list[Sent]) -> None:
        """Each comes, works and goes; with a sign-in it is known at once, else when the station writes it down."""
        chance = self.chance
        signed_in = chance.random() < 0.55
        finished = sent[0].span[0]
        for one in sent:
            begun = one.span[0] + timedelta(minutes=chance.randrange(0, 12))
            left = one.span[1] - timedelta(minutes=chance.randrange(0, 20))
            written = None if signed_in else self.world.clock.after(left, chance.uniform(5, 500))
            one.move(words.IN_SERVICE, begun, written)
            if order.state == words.OPEN:
                order.move(words.IN_SERVICE, begun, written)
            one.move(words.DONE, left, written)
            self._service(order, one, (begun, left), signed_in=signed_in)
            finished = max(finished, left)
        order.move(words.DONE, finished, order.latest)

    def _service(self, order: Order, one: Sent, span: Span, *, signed_in: bool) -> None:
        grade = words.GRADE_A if signed_in else (words.GRADE_B if self.chance.random() < 0.65 else words.GRADE_C)
        self.world.rows.add(
            Service,
            volunteer_id=one.volunteer + 1,
            need_id=order.id,
            dispatch_id=one.id,
            team_id=self.world.team_on(one.volunteer, local_day(span[0])),
            site_id=order.row["site_id"],
            grid_id=order.row["grid_id"],
            start=span[0],
            end=span[1],
            minutes=int((span[1] - span[0]) / timedelta(minutes=1)),
            grade=grade,
            recorded_at=one.now,
            recorded_by=order.actor,
        )

    def _settle(self, order: Order, sent: list[Sent]) -> None:
        """A call confirms it, a question asks for a rating, and silence closes it in the end."""
        chance, clock = self.chance, self.world.clock
        at = clock.after(order.latest, chance.uniform(30, 1100))
        for one in sent:
            one.move(words.CONFIRMED, at)
        order.move(words.CONFIRMED, at)
        asked = order.id not in self._rated and chance.random() < 0.96
        answered = clock.after(at, chance.uniform(5, 1500)) if asked and chance.random() < 0.76 else None
        if asked:
            self._rate(order, sent[0], at, answered)
        if answered is not None:
            order.move(words.RATED, answered)
        wait = chance.uniform(20, 900) if answered else chance.uniform(1900, 3400)
        order.move(words.CLOSED, clock.after(order.latest, wait))

    def _rate(self, order: Order, one: Sent, asked: datetime, answered: datetime | None) -> None:
        """A row is the asking; it stays without an answer while the resident is silent. One asking an order."""
        known = answered is not None and answered < self.world.end
        score = self.chance.choices(_SCORES, _SCORE_WEIGHTS)[0]
        outcome = words.OUTCOME_DONE if score >= 4 else words.OUTCOME_PARTLY if score == 3 else words.OUTCOME_NOT
        said = self.chance.choice(_PRAISE if score >= 4 else _BLAME)
        channel = self.chance.choice(("hotline", "visit", "online"))
        self._rated.add(order.id)
        self.world.rows.add(
            Rating,
            need_id=order.id,
            team_id=self.world.team_on(one.volunteer, local_day(one.span[0])),
            score=score if known else None,
            outcome=outcome if known else None,
            words=said if known else "",
            channel=channel if known else "",
            asked_at=to_minute(asked),
            answered_at=to_minute(answered) if answered and known else None,
            recorded_by=order.actor,
        )
