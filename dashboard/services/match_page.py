"""Two more things the Match page does with a draft: let an independent check go over it, and tell what the best people
of one need would cost it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.core.matching import override
from dashboard.core.matching.certify import certify
from dashboard.core.permissions import Action, Actor, require
from dashboard.services import live_plans
from dashboard.services.draft_facts import Cost
from dashboard.services.live_plans import Kept
from dashboard.services.match_desk import cost_of
from dashboard.services.match_people import url_of
from db.engine import Database


def check(database: Database, actor: Actor, *, run_id: int) -> int:
    """Let the independent checker go over a draft as it stands, everybody against every need; how many flaws it finds:
    0 when it stands by the plan."""
    require(actor, Action.SEE_MATCH)
    with database.read() as session, live_plans.held(session, actor, run_id) as (_, made):
        live, plan = made.live, made.plan
        refused = {(pin.line_id, pin.person_id) for pin in plan.refused}
        pins = sorted(live.pins - refused)
        return len(certify(made.case, plan, pins=pins, forbids=sorted(live.forbids), away=sorted(live.away)))


@dataclass(frozen=True)
class Costs:
    """What sending somebody to a role costs a draft at least, by volunteer; `chosen` are those whom it sends."""

    run_id: int
    name: str
    of: dict[int, Cost]
    chosen: frozenset[int]


def costs_at_hand(
    database: Database, actor: Actor, *, run_id: int, role_id: int, volunteer_ids: Sequence[int]
) -> Costs | None:
    """For the best people of one need: what each would cost the draft at least. None where the draft doesn't hold the
    role, or isn't at hand: one need must not wait for all of them to be solved."""
    require(actor, Action.SEE_MATCH)
    with database.read() as session:
        row = live_plans.row_of(session, actor, run_id)
        made = live_plans.known(url_of(session), run_id)
        if made is None or made.edits != live_plans.plain_edits(row.edits):
            return None
        with made.gate:
            if role_id not in made.case.lines.id:
                return None
            return _costs(made, row, role_id, volunteer_ids)


def _costs(made: Kept, row: Any, role_id: int, volunteer_ids: Sequence[int]) -> Costs:
    case, plan = made.case, made.plan
    line = int(case.lines.rows([role_id])[0])
    pairs = np.arange(case.pairs.ptr[line], case.pairs.ptr[line + 1])
    ids = case.people.id[case.pairs.row[pairs]]
    wanted = np.isin(ids, np.array(volunteer_ids, dtype=np.int64))
    least = np.maximum(0, override.least(made.live, pairs[wanted]))
    found = {int(one): cost_of(made, int(cost)) for one, cost in zip(ids[wanted].tolist(), least.tolist(), strict=True)}
    return Costs(row.id, row.name, found, frozenset(plan.person_id[plan.line == line].tolist()))
