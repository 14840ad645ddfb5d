"""The matching problem in plain integers, as every solver of the benchmark gets it, and as a network for those that
want one. Small random ones for warming up and for the proofs."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
RANKS = 3


class Network(NamedTuple):
    """Lines, then limits, then the sink. Arcs: the pairs in their order, the seats left empty, the links."""

    tail: Array
    head: Array
    cap: Array
    cost: Array
    supply: Array  # [nodes]


@dataclass(frozen=True, eq=False)
class Instance:
    """Pairs are CSR by line; a pair enters a limit, and a limit leads through its links, all of them to one other limit
    or all to the sink (-1). The sum of the costs of pairs, links and empty seats (`unmet`) is to be least."""

    seats: Array  # [lines]
    unmet: Array  # [lines]
    urgency: Array  # [lines] rank, 0 first
    need: Array  # [lines]
    whole: Array  # [lines] bool: all roles of the need reach their least, or nobody comes
    least: Array  # [lines]
    ptr: Array  # [lines + 1]
    entry: Array  # [pairs] limit
    cost: Array  # [pairs]
    person: Array  # [pairs] row of the person
    volunteers: Array  # [] how many there are, with a pair or without
    link_from: Array  # [links]
    link_to: Array
    link_cap: Array
    link_cost: Array

    @property
    def line(self) -> Array:
        """[pairs]: the line of each."""
        return np.repeat(np.arange(len(self.seats)), np.diff(self.ptr))

    @property
    def limits(self) -> int:
        """How many limits there are, those that lead nowhere among them."""
        return 1 + int(max(rows.max(initial=-1) for rows in (self.entry, self.link_from, self.link_to)))

    @property
    def is_plain(self) -> bool:
        """One task a person, each seat by itself."""
        one = (self.link_to < 0).all() and (self.link_cap == 1).all() and len(self.link_to) == self.limits
        return bool(one and not self.link_cost.any() and not self.whole.any())

    def network(self) -> Network:
        """The same problem as a min-cost flow; crews are left out."""
        lines, limits, pairs = len(self.seats), self.limits, len(self.cost)
        sink = lines + limits
        above = np.where(self.link_to < 0, limits, self.link_to)
        supply = np.zeros(sink + 1, dtype=np.int64)
        supply[:lines], supply[sink] = self.seats, -self.seats.sum()
        return Network(
            np.concatenate([self.line, np.arange(lines), lines + self.link_from]),
            np.concatenate([lines + self.entry, np.full(lines, sink), lines + above]),
            np.concatenate([np.ones(pairs, dtype=np.int64), self.seats, self.link_cap]),
            np.concatenate([self.cost, self.unmet, self.link_cost]),
            supply,
        )

    def through(self, pairs: Array) -> Array:
        """[limits]: how many of the pairs go through each limit."""
        above = np.full(self.limits, -1)
        above[self.link_from] = self.link_to
        units = np.zeros(self.limits, dtype=np.int64)
        at = self.entry[pairs]
        while len(at):
            np.add.at(units, at, 1)
            at = above[at]
            at = at[at >= 0]
        return units

    def value(self, pairs: Array) -> int:
        """What a plan costs: its pairs, the cheapest links for them, and the seats left empty."""
        empty = self.seats - np.bincount(self.line[pairs], minlength=len(self.seats))
        order = np.lexsort((self.link_cost, self.link_from))
        left = self.through(pairs)[self.link_from[order]]
        room = self.link_cap[order]
        before = np.cumsum(room) - room
        first = np.searchsorted(self.link_from[order], self.link_from[order])
        used = np.clip(left - (before - before[first]), 0, room)
        return exact_dot(self.unmet, empty) + exact_dot(self.link_cost[order], used) + int(self.cost[pairs].sum())

    def worth(self, objective: int) -> int:
        """How much better a plan is than to send nobody."""
        return exact_dot(self.unmet, self.seats) - objective

    def filled(self, pairs: Array) -> tuple[int, ...]:
        """Seats filled, the most urgent first."""
        return tuple(np.bincount(self.urgency[self.line[pairs]], minlength=RANKS).tolist())

    def check(self, pairs: Array) -> None:
        """Raises ValueError unless the pairs are a plan that breaks no seat, limit or crew."""
        if len(np.unique(pairs)) != len(pairs):
            raise ValueError("a pair taken twice")
        used = np.bincount(self.line[pairs], minlength=len(self.seats))
        if (used > self.seats).any():
            raise ValueError("more people than seats")
        comes, short = (np.unique(self.need[self.whole & lines]) for lines in (used > 0, used < self.least))
        if len(np.intersect1d(comes, short)):
            raise ValueError("a crew in part")
        room = np.zeros(self.limits, dtype=np.int64)
        np.add.at(room, self.link_from, self.link_cap)
        if (self.through(pairs) > room).any():
            raise ValueError("a person beyond her limits")

    def save(self, path: Path) -> Path:
        """As .npz, for a process of its own."""
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})
        return path

    @classmethod
    def load(cls, path: Path) -> "Instance":
        """What `save` wrote."""
        with np.load(path) as stored:
            return cls(**{field.name: stored[field.name] for field in fields(cls)})


def exact_dot(costs: Array, units: Array) -> int:
    """The sum of the products, beyond 64 bits too."""
    some = np.flatnonzero(units)
    return sum(cost * unit for cost, unit in zip(costs[some].tolist(), units[some].tolist(), strict=True))


def ladder(urgency: Array, seats: Array, largest: int) -> Array:
    """Cost of an empty seat: a rung is more than all pairs together can cost."""
    return (RANKS - urgency) * (int(seats.sum()) * largest + 1)


def weighted(urgency: Array) -> Array:
    """Cost of an empty seat as people weigh them who have no tiers: small numbers, for solvers that count in floats or
    take longer the larger the costs."""
    return np.array([12_000, 6_000, 3_000])[urgency]


def at_random(
    chance: np.random.Generator,
    lines: int,
    people: int,
    *,
    blocks: int = 0,
    rising: bool = False,
    crews: float = 0.0,
    most: int = 40,
) -> Instance:
    """A small problem with many ties. Without blocks: one task a person. With them: one a block, one or two a day of
    three blocks, up to four a week; `rising` makes each task of a week dearer than the one before."""
    share = chance.uniform(1, 8) / max(1, people) / max(1, blocks) * (2 if blocks else 1)
    line, person, block = np.nonzero(chance.random((lines, people, max(1, blocks))) < share)
    seats = chance.choice([1, 1, 1, 2, 3, 0], lines)
    need = np.cumsum(chance.random(lines) < 0.6) if crews else np.arange(lines)
    urgency = chance.integers(0, RANKS, lines + 1)[need]
    entry, links = person, _flat(people)
    if blocks:
        entry, links = _week(chance, person, block, people, blocks // 3, rising)
    return Instance(
        seats=seats,
        unmet=ladder(urgency, seats, 10 * most if rising else most),
        urgency=urgency,
        need=need,
        whole=(chance.random(lines + 1) < crews)[need],
        least=np.maximum(np.minimum(seats, 1), seats - chance.integers(0, 2, lines)),
        ptr=np.searchsorted(line, np.arange(lines + 1)),
        entry=entry,
        cost=chance.integers(0, most, len(line)),
        person=person,
        volunteers=np.array(people),
        **links,
    )


def _flat(people: int) -> dict[str, Array]:
    rows = np.arange(people)
    return {
        "link_from": rows,
        "link_to": np.full(people, -1),
        "link_cap": np.ones(people, dtype=np.int64),
        "link_cost": np.zeros(people, dtype=np.int64),
    }


def _week(
    chance: np.random.Generator, person: Array, block: Array, people: int, days: int, rising: bool
) -> tuple[Array, dict[str, Array]]:
    """(entry of each pair, links) of limits for blocks, days of three blocks, and weeks."""
    blocks = 3 * days
    first_day, first_week = people * blocks, people * (blocks + days)
    of_block, of_day = np.arange(first_day), np.arange(first_week - first_day)
    room = chance.integers(0, 5, people)
    week = np.repeat(np.arange(people), room if rising else 1)
    step = np.arange(len(week)) - np.searchsorted(week, week)
    return person * blocks + block, {
        "link_from": np.concatenate([of_block, first_day + of_day, first_week + week]),
        "link_to": np.concatenate([first_day + of_block // 3, first_week + of_day // days, np.full(len(week), -1)]),
        "link_cap": np.concatenate(
            [np.ones_like(of_block), chance.integers(1, 3, len(of_day)), step * 0 + 1 if rising else room]
        ),
        "link_cost": np.concatenate([np.zeros(first_week, dtype=np.int64), step * (2 * step + 1) * int(rising)]),
    }
