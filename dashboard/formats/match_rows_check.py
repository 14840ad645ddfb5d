"""Is the plan file of people and needs what it says? What `certify` finds, in the words and ids of the file."""

from collections.abc import Iterable, Mapping
from typing import Any

from dashboard.core.matching import screen
from dashboard.core.matching.case import Case, prepare
from dashboard.core.matching.certify import certify
from dashboard.core.matching.flaws import Flaw
from dashboard.core.matching.plan import PairId, Plan, RefusedPin
from dashboard.core.matching.policy import HARD
from dashboard.formats.match_plan_file import gap_per_cent
from dashboard.formats.match_rows import Rows
from dashboard.formats.match_rows_plan import PlanReader, named_line
from dashboard.formats.match_verdict import GAP, Verdict

#: What `certify` says of a plan that is no worse to carry out for it.
_CAN_BE_DONE = ("prices", "block", "gap", "objective", "tiers")


def check_rows_plan(rows: Rows, document: Mapping[str, Any]) -> Verdict:
    """Of a plan for people and needs in full, its digest set aside."""
    case = prepare(rows.people, rows.lines, rows.policy)
    reader = PlanReader(rows, case)
    plan = reader.read(document)
    if plan is None:
        return Verdict(False, None, None, tuple(reader.flaws))
    refused = {(pin.line_id, pin.person_id): pin for pin in plan.refused}
    kept = [pair for pair in rows.pins if pair not in refused]
    found = certify(case, plan, pins=kept)
    feasible = all(_name(flaw) in _CAN_BE_DONE for flaw in found)
    flaws = [_in_words(rows, flaw) for flaw in found]
    flaws += [
        _pin_flaw(rows, pin) for pair, pin in sorted(refused.items()) if not _rightly(rows, case, kept, pair, pin)
    ]
    flaws += [Flaw("match_files.flaw_stated", {"field": name}) for name in _wrong_words(rows, case, plan, document)]
    if not feasible:
        return Verdict(False, None, None, tuple(flaws))
    objective, bound = (
        _found(found, key, stated) for key, stated in (("objective", plan.objective), ("gap", plan.bound))
    )
    if any(_name(flaw) in ("prices", "block") for flaw in found):
        return Verdict(True, objective, None, tuple(flaws))
    if not flaws and objective != bound:
        flaws.append(Flaw(GAP, {"bound": bound, "found": objective}))
    return Verdict(True, objective, bound, tuple(flaws))


def _name(flaw: Flaw) -> str:
    return flaw.key.removeprefix("match_rules.flaw_")


def _found(flaws: Iterable[Flaw], name: str, stated: int) -> int:
    """What was worked out where it is not what is stated."""
    value = {_name(flaw): flaw.values["bound" if name == "gap" else "found"] for flaw in flaws if _name(flaw) == name}
    return value.get(name, stated)


def _in_words(rows: Rows, flaw: Flaw) -> Flaw:
    """With the ids of the file, and the sentence for it."""
    values = dict(flaw.values)
    if "line" in values:
        values["line"] = _line_words(rows, values["line"])
    if "person" in values:
        values["person"] = rows.volunteers[values["person"] - 1]
    if "need" in values:
        values["need"] = rows.needs[values["need"] - 1]
    return Flaw(f"match_files.flaw_rows_{_name(flaw)}", values)


def _line_words(rows: Rows, line_id: int) -> str:
    return " / ".join(str(part) for part in named_line(rows, line_id).values())


def _pin_flaw(rows: Rows, pin: RefusedPin) -> Flaw:
    line = _line_words(rows, pin.line_id) if pin.line_id > 0 else "?"
    person = rows.volunteers[pin.person_id - 1] if pin.person_id > 0 else "?"
    return Flaw("match_files.flaw_refused_pin", {"line": line, "person": person, "reason": pin.reason[:40]})


def _rightly(rows: Rows, case: Case, kept: list[PairId], pair: PairId, pin: RefusedPin) -> bool:
    """Was the pin asked for, and is what is said against it so?"""
    if pair not in rows.pins:
        return False
    line_id, person_id = pair
    line, person = case.lines.table[line_id - 1], case.people.table[person_id - 1]
    judged = int(screen.judge(person, line, screen.pools(case.people, case.lines, case.policy))[0])
    if judged < len(HARD):
        return pin.reason == HARD[judged].name
    here = sum(one == line_id for one, _ in kept)
    mates = any(case.lines.table[one - 1].need == line.need for one, _ in kept)
    others = any(one == person_id for _, one in kept)
    said = {"full": here >= line.seats, "twice": others, "apart": mates, "crew": bool(line.whole)}
    return said.get(pin.reason, False)


def _wrong_words(rows: Rows, case: Case, plan: Plan, document: Mapping[str, Any]) -> list[str]:
    """Fields that say something else than the pairs."""
    pins = set(rows.pins) - {(pin.line_id, pin.person_id) for pin in plan.refused}
    pairs = zip(plan.line_id.tolist(), plan.person_id.tolist(), strict=True)
    empty = [named_line(rows, int(line) + 1) | {"seats": int(plan.empty[line])} for line in plan.unmet]
    told = [{name: one[name] for name in ("need", "role", "seats") if name in one} for one in document["unmet"]]
    right = {
        "pinned": [pair in pins for pair in pairs] == plan.pinned.tolist(),
        "unmet": told == empty,
        "kinds": plan.kinds == case.kinds,
        "gap": document["gap"] == gap_per_cent(plan.objective, plan.bound),
    }
    return [name for name, fits in right.items() if not fits]
