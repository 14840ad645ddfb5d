"""Needs open now: a week in which the stations went from door to door, so that queue and map look alive.

Some are untouched, some lack something, some wait for an answer or for more people, some are overdue. `flood` makes
plain open ones, as many as asked for, well spread over the coming two weeks.
"""

from datetime import datetime, timedelta

from db.sample import words
from db.sample.clock import local, local_day
from db.sample.helpers import Helpers
from db.sample.history import VAGUE_TIMES, History
from db.sample.orders import Order, Record, TheFuture, Wish
from db.sample.wishes import Wishes
from db.sample.world import World

_DAYS_AHEAD = 14
#: What becomes of an order, and how often.
_FATES = {"untouched": 50, "asked": 21, "to_verify": 13, "draft": 2, "story": 9, "half_served": 3, "long_overdue": 2}
#: How many days ago it was registered, on average.
_DAYS_AGO = {"story": 6.0, "half_served": 3.0, "long_overdue": 14.0}
_USUALLY_AGO = 1.5
_LACKS = (("no_place",), ("vague_time",), ("vague_time",), ("no_time",), ("no_people",), ("no_place", "no_time"))


class Backlog:
    """Orders of the last days that nobody has served yet."""

    def __init__(self, world: World, wishes: Wishes, record: Record, topic: str) -> None:
        self.world, self.wishes, self.record = world, wishes, record
        self.chance = world.stream(topic)

    def flood(self, count: int, actor: int) -> None:
        """`count` open needs nobody has touched, wanted on the coming days."""
        for moment, urgency in sorted(self._moment("untouched") for _ in range(count)):
            self._register(self._wish(moment, urgency), actor).move(words.OPEN, moment)

    def fill(self, count: int, actor: int, history: History) -> None:
        """`count` orders in every state that an order may be in today."""
        fates = self.chance.choices(list(_FATES), list(_FATES.values()), k=count)
        for (moment, urgency), fate in sorted((self._moment(fate), fate) for fate in fates):
            try:
                self._one(moment, urgency, fate, actor, history)
            except TheFuture:
                continue

    def _moment(self, fate: str) -> tuple[datetime, str]:
        """When it was registered, before today and by day, and how urgent it is.

        Urgent orders are due within a working hour: those nobody has touched came in last evening.
        """
        chance, urgency = self.chance, self.wishes.urgency()
        if urgency == words.URGENT and fate == "untouched" and chance.random() < 0.7:
            return local(self.world.today - timedelta(days=1), int(chance.uniform(17.2, 21.5) * 60)), urgency
        ago = min(60.0, chance.expovariate(1 / _DAYS_AGO.get(fate, _USUALLY_AGO)))
        if fate == "half_served":
            ago += 2
        day = local_day(self.world.end - timedelta(days=ago, minutes=1))
        return local(day, int(chance.triangular(450, 1290, 620))), urgency

    def _wish(self, registered: datetime, urgency: str, people: int | None = None) -> Wish:
        """Mostly wanted within the coming two weeks; a few were wanted yesterday."""
        chance = self.chance
        wanted = self.world.today + timedelta(days=int(chance.random() ** 1.3 * _DAYS_AHEAD))
        if people or chance.random() < 0.04:
            wanted = max(local_day(registered), self.world.today - timedelta(days=1))
        return self.wishes.wish(registered, wanted=wanted, urgency=urgency, people=people)

    def _register(self, wish: Wish, actor: int, lacks: tuple[str, ...] = ()) -> Order:
        if self.chance.random() < 0.1 and wish.extra["language"]:
            wish.extra["language_hard"] = True
        if self.chance.random() < 0.3 and wish.extra["gender_wish"]:
            wish.extra["gender_hard"] = True
        order = Order(self.world, self.record, wish, actor, lacks=lacks)
        self.wishes.told(wish, order.id)
        return order

    def _one(self, moment: datetime, urgency: str, fate: str, actor: int, history: History) -> None:
        if fate == "story":
            history.story(self.wishes.wish(moment, urgency=urgency))
            return
        wish = self._wish(moment, urgency, 2 if fate == "half_served" else None)
        if fate == "half_served":
            later = timedelta(days=self.chance.randrange(2, 9))
            history.half_served(wish, actor, (wish.span[0] + later, wish.span[0] + later + _work(wish)))
            return
        if fate == "to_verify":
            lacks = self.chance.choice(_LACKS)
            if "vague_time" in lacks:
                wish.extra["time_text"] = self.chance.choice(VAGUE_TIMES)
            if "no_people" in lacks:
                wish.extra["people_text"] = self.chance.choice(("若干", "几个人", "多来点人"))
            self._register(wish, actor, lacks).move(words.TO_VERIFY, moment)
            return
        order = self._register(wish, actor)
        order.move(words.DRAFT if fate == "draft" else words.OPEN, moment)
        if fate == "asked":
            self._ask(order, history.helpers)

    def _ask(self, order: Order, helpers: Helpers) -> None:
        """Somebody was sent to some of the seats; about half have answered."""
        chance, clock, wish = self.chance, self.world.clock, order.wish
        at = clock.after(wish.registered, chance.uniform(10, 300))
        start = wish.span[0]
        span = (start, start + _work(wish))
        tried: set[int] = set()
        for _ in range(chance.randrange(1, wish.people + 1)):
            person = helpers.find(chance, wish, span, at, tried, sure=True)
            if person is None or start <= self.world.end:
                return
            tried.add(person)
            wait = min(timedelta(hours=30), (start - at) * 0.8)
            offered = order.offer(order.roles[0], person, at, span, wait)
            helpers.send(person, span)
            draw = chance.random()
            if at + wait < self.world.end or draw < 0.5:
                offered.move(words.ACCEPTED, at + wait * min(0.9, chance.expovariate(8)))


def _work(wish: Wish) -> timedelta:
    return timedelta(minutes=wish.kind.minutes)
