"""Is a plan file what it says: can it be carried out, does it cost that, and can nothing be better?"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from dashboard.core.matching import proof
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.flaws import Flaw
from dashboard.formats import match_plan_file
from dashboard.formats.match_arcs import Arcs
from dashboard.formats.match_document import Id, plain_id
from dashboard.formats.match_rows import Rows
from dashboard.formats.match_rows_check import check_rows_plan
from dashboard.formats.match_verdict import Verdict

#: What a pair says where there are neither roles nor times.
_OF_AN_ARC = {"need", "volunteer", "cost"}


def check_plan(problem: Arcs | Rows, plan: Mapping[str, Any]) -> Verdict:
    """Of a plan for a problem of either form."""
    if plan["digest"] != problem.digest:
        stale = Flaw("match_files.flaw_digest", {"stated": plan["digest"][:12], "found": problem.digest[:12]})
        return Verdict(False, None, None, (stale,))
    return check_arcs_plan(problem, plan) if isinstance(problem, Arcs) else check_rows_plan(problem, plan)


def check_arcs_plan(arcs: Arcs, plan: Mapping[str, Any]) -> Verdict:
    """Of a plan for explicit arcs, its digest set aside."""
    taken, flaws = _positions(arcs, plan["pairs"])
    if flaws:
        return Verdict(False, None, None, tuple(flaws))
    flaws = _changed_costs(arcs, plan["pairs"], taken)
    prices, wrong = _prices(arcs, plan["duals"])
    problem = arcs.seats, arcs.unmet, arcs.capacity, arcs.need, arcs.volunteer, arcs.cost
    found = proof.check_arcs(*problem, taken, *prices, plan["objective"])
    flaws += wrong + [_named(arcs, flaw) for flaw in found]
    if any(flaw.key in proof.INFEASIBLE for flaw in found):
        return Verdict(False, None, None, tuple(flaws))
    objective, bound = match_plan_file.objective_of_arcs(arcs, taken), proof.bound_of(*problem, *prices)
    flaws += _wrong_words(arcs, plan, np.sort(taken), objective, bound)
    return Verdict(True, objective, bound, tuple(flaws))


def _positions(arcs: Arcs, pairs: Iterable[Mapping[str, Any]]) -> tuple[Array, list[Flaw]]:
    """The arc of each pair; a flaw for each pair without one."""
    needs, volunteers = _rows(arcs.needs), _rows(arcs.volunteers)
    width = max(1, len(volunteers))
    keys = arcs.need * width + arcs.volunteer
    wanted, flaws = [], []
    for pair in pairs:
        need, volunteer = needs.get(plain_id(pair["need"]), -1), volunteers.get(plain_id(pair["volunteer"]), -1)
        here = need >= 0 and volunteer >= 0 and pair.keys() <= _OF_AN_ARC
        wanted.append(need * width + volunteer if here else -1)
    asked = np.array(wanted, dtype=np.int64)
    at = np.searchsorted(keys, asked)
    known = np.zeros(len(asked), dtype=bool)
    inside = at < len(keys)
    known[inside] = keys[at[inside]] == asked[inside]
    for pair, fits in zip(pairs, known.tolist(), strict=True):
        if not fits:
            flaws.append(Flaw("match_files.flaw_no_arc", {"need": pair["need"], "volunteer": pair["volunteer"]}))
    return at, flaws


def _rows(ids: tuple[Id, ...]) -> dict[Id, int]:
    return {one: row for row, one in enumerate(ids)}


def _changed_costs(arcs: Arcs, pairs: Iterable[Mapping[str, Any]], taken: Array) -> list[Flaw]:
    flaws = []
    for pair, cost in zip(pairs, arcs.cost[taken].tolist(), strict=True):
        if pair["cost"] != cost:
            values = {"need": pair["need"], "volunteer": pair["volunteer"], "stated": pair["cost"], "found": cost}
            flaws.append(Flaw("match_files.flaw_cost", values))
    return flaws


def _prices(arcs: Arcs, duals: Mapping[str, Any]) -> tuple[tuple[list[int], list[int]], list[Flaw]]:
    """Prices by row; what isn't there is 0. A flaw for each entry that is no price of this problem."""
    flaws: list[Flaw] = []
    columns = []
    for name, ids in (("needs", arcs.needs), ("volunteers", arcs.volunteers)):
        rows, prices = _rows(ids), [0] * len(ids)
        seen: set[int] = set()
        for entry in duals.get(name, ()):
            row, price = rows.get(plain_id(entry[0]), -1), entry[-1]
            if len(entry) != 2 or row < 0 or row in seen or not isinstance(price, int):
                flaws.append(Flaw("match_files.flaw_dual", {"list": name, "entry": str(entry)[:60]}))
                continue
            seen.add(row)
            prices[row] = price
        columns.append(prices)
    return (columns[0], columns[1]), flaws


def _named(arcs: Arcs, flaw: Flaw) -> Flaw:
    """Rows as the ids of the file."""
    ids = {"need": arcs.needs, "volunteer": arcs.volunteers}
    return Flaw(flaw.key, {name: ids[name][value] if name in ids else value for name, value in flaw.values.items()})


def _wrong_words(arcs: Arcs, plan: Mapping[str, Any], taken: Array, objective: int, bound: int | None) -> list[Flaw]:
    """What the plan says about itself against what was found."""
    found: dict[str, Any] = {
        "tiers": match_plan_file.arcs_tiers(arcs, taken),
        "kinds": [],
        "unmet": match_plan_file.unmet_of_arcs(arcs, taken),
    }
    if bound is not None:
        found |= {"bound": bound, "gap": match_plan_file.gap_per_cent(objective, bound)}
    return [Flaw("match_files.flaw_stated", {"field": name}) for name, value in found.items() if plan[name] != value]
