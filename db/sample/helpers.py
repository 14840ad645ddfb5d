"""Who could be sent: the same rules as the product's matching, by hand and a few draws instead of a search."""

import random
from collections import defaultdict
from datetime import date, datetime

from db.sample.chance import skewed
from db.sample.clock import local, local_day
from db.sample.orders import Span, Wish, distance
from db.sample.world import World

_DRAWS = 14
#: The pool of everybody, kept with those of the towns.
_ANYWHERE = -1


class Helpers:
    """Volunteers by what they can do and where, those who serve most first."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tasks: dict[tuple[int, date], int] = defaultdict(int)
        self._weeks: dict[tuple[int, int], int] = defaultdict(int)
        self._order = [i for i, may in enumerate(world.crowd.may_serve.tolist()) if may]
        world.stream("helpers").shuffle(self._order)
        self._pools: dict[tuple[str, ...], tuple[dict[int, list[int]], dict[int, list[int]]]] = {}

    def find(
        self, chance: random.Random, wish: Wish, span: Span, at: datetime, without: set[int], *, sure: bool
    ) -> int | None:
        """Somebody of the village, else of the town or beyond; with `sure` only people known to be free then."""
        by_village, by_town = self._skilled(wish.kind.skills)
        town = self._world.villages[wish.village].town
        near, around = by_village.get(wish.village, []), by_town.get(town, [])
        for pool, strength in ((near, 3), (around, 2), (by_town[_ANYWHERE], 1)):
            for _ in range(min(_DRAWS, 2 * len(pool))):
                person = skewed(chance, pool, strength)
                if person not in without and self._fits(person, wish, span, at, sure=sure):
                    return person
        return None

    def send(self, person: int, span: Span) -> None:
        """Keep her time for it."""
        self._world.take(person, *span)
        day = local_day(span[0])
        self._tasks[person, day] += 1
        self._weeks[person, _week(day)] += 1

    def _fits(self, person: int, wish: Wish, span: Span, at: datetime, *, sure: bool) -> bool:
        crowd, day = self._world.crowd, local_day(span[0])
        if crowd.registered[person] >= local_day(at):
            return False
        if self._tasks[person, day] >= crowd.cap_day[person]:
            return False
        if self._weeks[person, _week(day)] >= crowd.cap_week[person]:
            return False
        for code in wish.kind.skills:
            issued, expires = crowd.valid_until.get((person, code), (day, day))
            if not issued <= day <= expires:
                return False
        metres = distance(self._world, wish, person)
        if metres is None or metres > crowd.max_metres[person]:
            return False
        return self._has_time(person, span, sure=sure)

    def _has_time(self, person: int, span: Span, *, sure: bool) -> bool:
        crowd = self._world.crowd
        free, away = crowd.free[person], crowd.away.get(person)
        if away and away[0] < span[1] and span[0] < away[1]:
            return False
        if free is None:
            return not sure and self._world.is_free(person, *span)
        day = local_day(span[0])
        today = [(local(day, start), local(day, end)) for on, start, end in free if on == day.weekday()]
        fits = any(start <= span[0] and span[1] <= end for start, end in today)
        return fits and self._world.is_free(person, *span)

    def _skilled(self, skills: tuple[str, ...]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """(by village, by town) those who have the skills, with the certificates that some need."""
        if skills not in self._pools:
            by_village: dict[int, list[int]] = defaultdict(list)
            by_town: dict[int, list[int]] = defaultdict(list)
            for i in self._order:
                if all(self._can(i, code) for code in skills):
                    village = int(self._world.crowd.village[i])
                    by_village[village].append(i)
                    by_town[self._world.villages[village].town].append(i)
                    by_town[_ANYWHERE].append(i)
            self._pools[skills] = (by_village, by_town)
        return self._pools[skills]

    def _can(self, person: int, code: str) -> bool:
        licensed = code not in self._world.licences or (person, code) in self._world.crowd.valid_until
        return licensed and code in self._world.crowd.skills[person]


def _week(day: date) -> int:
    """Number of the week, Monday to Sunday."""
    return (day.toordinal() - 1) // 7
