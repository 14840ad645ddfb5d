"""Rules of deadlines tried on what was: which needs would have been late under other rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.core.deadlines import DeadlineRules, deadlines
from dashboard.core.words import Urgency


@dataclass(frozen=True)
class Case:
    """A need with the deadlines it had; `own` are its category's hours, which stand before the rules'."""

    need_id: int
    urgency: Urgency
    opened_at: datetime
    take_up_due_at: datetime
    close_due_at: datetime
    taken_up_at: datetime | None
    closed_at: datetime | None
    own: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Change:
    """A need that is judged otherwise: (late to take up, late to close) as it was and as it would be."""

    need_id: int
    urgency: Urgency
    before: tuple[bool, bool]
    after: tuple[bool, bool]


@dataclass(frozen=True)
class Tally:
    """Needs of an urgency: how many, and how many of them late to take up and to close, as it was and would be."""

    cases: int = 0
    take_up_before: int = 0
    take_up_after: int = 0
    close_before: int = 0
    close_after: int = 0


@dataclass(frozen=True)
class Trial:
    """What other rules would have made of the cases."""

    tallies: Mapping[Urgency, Tally]
    changes: tuple[Change, ...]


def tried(cases: Iterable[Case], rules: DeadlineRules, now: datetime) -> Trial:
    """The cases judged anew. What was neither taken up nor closed yet is late when its deadline lies before `now`."""
    tallies = {urgency: [0, 0, 0, 0, 0] for urgency in Urgency}
    changes = []
    for case in cases:
        due = deadlines(case.opened_at, rules.limits(case.urgency, case.own), rules)
        ends = (case.taken_up_at or case.closed_at or now, case.closed_at or now)
        before = (ends[0] > case.take_up_due_at, ends[1] > case.close_due_at)
        after = (ends[0] > due.take_up, ends[1] > due.close)
        for place, one in enumerate((True, before[0], after[0], before[1], after[1])):
            tallies[case.urgency][place] += one
        if before != after:
            changes.append(Change(case.need_id, case.urgency, before, after))
    return Trial({urgency: Tally(*numbers) for urgency, numbers in tallies.items()}, tuple(changes))
