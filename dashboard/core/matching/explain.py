"""Reasons in numbers and sentence keys: why this score, why not this person, what would have to change.

Keys are those of `dashboard/text/match_rules.py`; `values` fill the sentences. Skills and languages are given as
`Codebook` names, turned into words by `name_of`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.core import spans
from dashboard.core.matching import candidates, rules, screen
from dashboard.core.matching.arrays import Array, Row
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import DEFAULT, HARD, TERMS, Policy
from dashboard.core.matching.rules import Rule
from dashboard.core.matching.terms import Term
from dashboard.core.matching.words import Codebook

NameOf = Callable[[object], str]


@dataclass(frozen=True)
class Reason:
    """One row of the table behind a score: points * weight = value."""

    term: Term
    measure: int  # in term.unit, -1 unknown
    points: int  # 0 .. 100
    weight: int

    @property
    def value(self) -> int:
        """What the term adds to the score."""
        return self.points * self.weight

    @property
    def sentence(self) -> str:
        """Key of the measure's sentence, filled with measure=."""
        return self.term.unknown if self.measure < 0 else self.term.known


@dataclass(frozen=True)
class Failing:
    """A rule that a volunteer fails, by how much in its unit, and the values of its sentences."""

    rule: Rule
    short: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """May she take the line, and if not, why: all failing rules in the order they are tried.

    Rules about time are judged at one slot, [start, end) in minutes: the earliest at which she may serve, else the
    earliest of those that pass the most of these rules in a row. None when the need has no time yet.
    """

    failing: tuple[Failing, ...]
    start: int | None
    end: int | None

    @property
    def eligible(self) -> bool:
        """True when no rule fails."""
        return not self.failing

    @property
    def first(self) -> Failing | None:
        """The first failing rule."""
        return self.failing[0] if self.failing else None


def table_of(measures: Array, points: Array, weights: Array) -> tuple[Reason, ...]:
    """The rows of one pair, from a row of `Ranking.measures` and `Ranking.points`; their values add to the score."""
    return tuple(
        Reason(term, int(measure), int(point), int(weight))
        for term, measure, point, weight in zip(TERMS, measures, points, weights, strict=True)
    )


def reasons(people: People, lines: Lines, line: int, person: int, policy: Policy = DEFAULT) -> tuple[Reason, ...]:
    """The terms of any eligible pair, by rows. Raises ValueError when the need has no time yet."""
    slot = _slot_judged(people, lines, line, person, policy)
    if slot is None:
        raise ValueError("a need without a time has no score")
    found = candidates.measured(people, lines, line, np.array([person]), np.array([slot]), policy)
    return table_of(found[0][0], found[1][0], policy.weight_array)


def why_not(
    people: People,
    lines: Lines,
    line: int,
    person: int,
    codes: Codebook,
    policy: Policy = DEFAULT,
    name_of: NameOf = str,
) -> Verdict:
    """All rules the volunteer at row `person` fails for the line at row `line`, with what would have to change."""
    who, record, lists = people.table[person], lines.table[line], screen.pools(people, lines, policy)
    slot = _slot_judged(people, lines, line, person, policy)
    first = int(record.slot_from) if slot is None else slot
    last = int(record.slot_to) if slot is None or record.all_slots else slot + 1
    detail = _Detail(people, lines, who, record, codes, policy, name_of, first, last)
    failing = []
    for number, rule in enumerate(HARD):
        if not rule.timed:
            short = screen.pair_short(number, who, record, lists.skills, lists.asked, lists.names)
        elif slot is not None:
            short = screen.time_short(number, who, record, lists, first, last)
        else:
            short = 0
        if short > 0:
            failing.append(Failing(rule, int(short), detail.values(rule.name, int(short))))
    if slot is None:
        return Verdict(tuple(failing), None, None)
    return Verdict(tuple(failing), int(lines.slots[first].start), int(lines.slots[last - 1].end))


def _slot_judged(people: People, lines: Lines, line: int, person: int, policy: Policy) -> int | None:
    """The slot at which the rules about time are judged; None when the need has no time yet."""
    record = lines.table[line]
    if record.slot_from == record.slot_to:
        return None
    return int(screen.best_slot(people.table[person], record, screen.pools(people, lines, policy))[1])


@dataclass(frozen=True)
class _Detail:
    """Fills the sentences of one failing rule."""

    people: People
    lines: Lines
    person: Row
    line: Row
    codes: Codebook
    policy: Policy
    name_of: NameOf
    first: int
    last: int

    def values(self, name: str, short: int) -> dict[str, Any]:
        """`short`, and what the rule's own method adds."""
        fill: Callable[[int], dict[str, Any]] | None = getattr(self, name, None)
        return {"short": short} | (fill(short) if fill else {})

    def _when(self) -> str:
        return spans.words_of(int(self.lines.slots[self.first].start), int(self.lines.slots[self.last - 1].end))

    def _lacking(self, lacks: Callable[[Row], bool]) -> str:
        asked = self.lines.skills[self.line.skill_from : self.line.skill_to]
        return "、".join(self.name_of(self.codes.skills[int(row.skill)]) for row in asked if lacks(row))

    def skill(self, short: int) -> dict[str, Any]:
        """Which skills are missing or too low."""
        pool = self.people.skills
        return {"skills": self._lacking(lambda row: rules.level_of(self.person, pool, int(row.skill)) < row.level)}

    def certificate(self, short: int) -> dict[str, Any]:
        """Which licences have no certificate on the day."""
        day = spans.day_of(int(self.lines.slots[self.last - 1].end) - 1)
        own = self.people.skills[self.person.skill_from : self.person.skill_to]
        expired = {int(row.skill) for row in own if row.valid_until < day}
        return {"skills": self._lacking(lambda row: int(row.skill) in expired), "day": spans.date_of(day).isoformat()}

    def distance(self, short: int) -> dict[str, Any]:
        """How far it is, and how far she would go."""
        limit = int(self.person.max_distance_m)
        return {"limit": limit, "metres": limit + short}

    def language(self, short: int) -> dict[str, Any]:
        """The languages wished."""
        wished = int(self.line.languages)
        names = [name for bit, name in enumerate(self.codes.languages) if wished >> bit & 1]
        return {"languages": "、".join(self.name_of(name) for name in names)}

    def free(self, short: int) -> dict[str, Any]:
        """When she would be needed."""
        return {"when": self._when()}

    keep_free = free

    def clash(self, short: int) -> dict[str, Any]:
        """When she would be needed, and the worst of the tasks in the way."""
        worst, task = 0, ""
        for at in range(self.person.busy_from, self.person.busy_to):
            busy = self.people.spans[at]
            travel = int(rules.margin(busy, self.line, self.policy.settings))
            for slot in self.lines.slots[self.first : self.last]:
                overlap = min(int(busy.end) + travel - int(slot.start), int(slot.end) + travel - int(busy.start))
                if overlap > worst:
                    worst, task = overlap, spans.words_of(int(busy.start), int(busy.end))
        return {"when": self._when(), "task": task}

    def cap_day(self, short: int) -> dict[str, Any]:
        """How many tasks she takes, and how many it would be."""
        return {"cap": int(self.person.cap_day), "tasks": int(self.person.cap_day) + short}

    def cap_week(self, short: int) -> dict[str, Any]:
        """How many tasks she takes, and how many it would be."""
        return {"cap": int(self.person.cap_week), "tasks": int(self.person.cap_week) + short}
