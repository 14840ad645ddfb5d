"""A plan for people and needs in full: as its file says it, and back from the file as the checker takes it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.case import Case
from dashboard.core.matching.flaws import Flaw
from dashboard.core.matching.limits import BLOCK, DAY, WEEK
from dashboard.core.matching.parts import Answer
from dashboard.core.matching.plan import Plan, Prices, RefusedPin, causes
from dashboard.core.matching.policy import HARD
from dashboard.core.matching.problem import Tiers
from dashboard.core.matching.proof import LARGEST_PRICE
from dashboard.core.matching.words import URGENCIES
from dashboard.formats.match_document import Id, plain_id
from dashboard.formats.match_plan_file import gap_per_cent
from dashboard.formats.match_rows import Rows
from dashboard.formats.match_times import day_of_words, day_words, minute_of, time_words

Document = Mapping[str, Any]
_KINDS = {BLOCK: "block", DAY: "day", WEEK: "week"}
#: What became of those who break no rule, in the order in which it is worth knowing.
_LEFT = ("elsewhere", "crew", "dropped")


def plan_of_rows(rows: Rows, case: Case, answer: Answer) -> dict[str, Any]:
    """The plan as a document."""
    plan = answer.plan
    return {
        "pairs": _pairs(rows, case, plan),
        "objective": plan.objective,
        "tiers": tiers_words(plan.tiers),
        "bound": plan.bound,
        "gap": gap_per_cent(plan.objective, plan.bound),
        "kinds": list(plan.kinds),
        "duals": _duals(rows, plan.prices),
        "unmet": [_unmet(rows, case, answer, int(line)) for line in plan.unmet],
        "refused_pins": [
            named_line(rows, pin.line_id) | {"volunteer": rows.volunteers[pin.person_id - 1], "reason": pin.reason}
            for pin in plan.refused
        ],
        "digest": rows.digest,
    }


def named_line(rows: Rows, line_id: int) -> dict[str, Id]:
    """The need of a line, and its role where the need has roles."""
    need, role = rows.names[line_id - 1]
    return {"need": need} if role is None else {"need": need, "role": role}


def tiers_words(tiers: Tiers) -> dict[str, Any]:
    """The tiers by name."""
    unmet = {str(urgency): seats for urgency, seats in zip(URGENCIES, tiers.unmet, strict=True)}
    rest = {name: getattr(tiers, name) for name in ("displaced", "largest", "spread", "lost")}
    return {"unmet": unmet, **rest}


def _pairs(rows: Rows, case: Case, plan: Plan) -> list[dict[str, Any]]:
    top = case.policy.top_score
    found = []
    for k, line_id in enumerate(plan.line_id.tolist()):
        times = {"start": time_words(plan.start[k]), "end": time_words(plan.end[k])}
        pair = named_line(rows, line_id) | {"volunteer": rows.volunteers[plan.person_id[k] - 1], **times}
        pair["cost"] = top - int(plan.score[k])
        found.append(pair | ({"pinned": True} if plan.pinned[k] else {}))
    return found


def _duals(rows: Rows, prices: Prices) -> dict[str, Any]:
    """Every line's price, and what a place of a person is worth where it is worth anything."""
    needs = [[*named_line(rows, line + 1).values(), price] for line, price in enumerate(prices.line.tolist())]
    limits = []
    for k, price in enumerate(prices.price.tolist()):
        kind = int(prices.kind[k])
        limit = {"volunteer": rows.volunteers[prices.person[k]], "kind": _KINDS[kind]}
        if kind == BLOCK:
            members = prices.block_lines[prices.block_ptr[k] : prices.block_ptr[k + 1]]
            limit["needs"] = [list(named_line(rows, line + 1).values()) for line in members.tolist()]
        else:
            limit["of"] = day_words(int(prices.at[k]) * 7 - 3 if kind == WEEK else int(prices.at[k]))
        limits.append(limit | {"price": price})
    return {"needs": needs, "limits": limits}


def _unmet(rows: Rows, case: Case, answer: Answer, line: int) -> dict[str, Any]:
    plan, around = answer.plan, answer.around.get(line)
    counts = causes(case, plan, line)
    found = named_line(rows, line + 1) | {"seats": int(plan.empty[line]), "cause": _cause(counts), "counts": counts}
    if around is not None:
        names = [list(named_line(rows, other + 1).values()) for other in around.lines.tolist()]
        numbers = {"volunteers": len(around.people), "seats": around.seats, "room": around.room, "unmet": around.unmet}
        found["bottleneck"] = {"needs": names, **numbers}
    return found


def _cause(counts: Mapping[str, int]) -> str:
    """Why nobody came who could; where nobody could, the rule that kept the most away."""
    left = next((name for name in _LEFT if counts.get(name)), None)
    removed = [rule.name for rule in HARD if counts.get(rule.name)]
    return left or max(removed, key=counts.__getitem__, default="nobody")


class PlanReader:
    """Reads the document of a plan back into rows; `flaws` says what in it is no part of this problem."""

    def __init__(self, rows: Rows, case: Case) -> None:
        self.rows, self.case = rows, case
        self.flaws: list[Flaw] = []
        self.lines = {name: line for line, name in enumerate(rows.names)}
        self.volunteers = {one: row for row, one in enumerate(rows.volunteers)}

    def read(self, document: Document) -> Plan | None:
        """The plan as stated; None when some of it could not be read."""
        line, person, slot, end, cost, pinned = self._columns(document["pairs"])
        prices, refused = self._prices(document["duals"]), self._refused(document.get("refused_pins", ()))
        tiers = self._tiers(document["tiers"])
        if self.flaws:
            return None
        lines = self.case.lines
        filled = np.bincount(line, minlength=lines.count)
        return Plan(
            line=line,
            person=person,
            line_id=lines.id[line],
            person_id=self.case.people.id[person],
            slot=slot,
            start=lines.slots["start"][slot].astype(np.int64),
            end=end,
            score=self.case.policy.top_score - cost,
            pinned=pinned,
            empty=lines.table.seats.astype(np.int64) - filled,
            tiers=tiers,
            greedy=tiers,  # a file doesn't say it
            objective=int(document["objective"]),
            bound=int(document["bound"]),
            kinds=tuple(document["kinds"]),
            timed_needs=(),
            short_crews=(),
            refused=refused,
            certificate=prices,
        )

    def _columns(self, pairs: Iterable[Document]) -> tuple[Array, ...]:
        found = []
        for pair in pairs:
            line, person = self._line(pair), self.volunteers.get(plain_id(pair["volunteer"]), -1)
            start, end = (minute_of(pair.get(side, "")) for side in ("start", "end"))
            values = {name: pair[name] for name in ("need", "volunteer")}
            if line < 0 or person < 0:
                self.flaws.append(Flaw("match_files.flaw_unknown_pair", values))
                continue
            slot = self._slot(line, start)
            if slot < 0 or end is None or not 0 <= pair["cost"] <= self.case.policy.top_score:
                self.flaws.append(Flaw("match_files.flaw_pair_said", values))
                continue
            found.append((line, person, slot, end, int(pair["cost"]), bool(pair.get("pinned", False))))
        found.sort()
        table = np.array(found, dtype=np.int64).reshape(-1, 6)
        return *table[:, :5].T, table[:, 5].astype(bool)

    def _line(self, entry: Document) -> int:
        role = entry.get("role")
        return self.lines.get((plain_id(entry["need"]), None if role is None else plain_id(role)), -1)

    def _slot(self, line: int, start: int | None) -> int:
        """Position of the line's slot that starts then, -1 for none."""
        record = self.case.lines.table[line]
        last = int(record.slot_from) + 1 if record.all_slots else int(record.slot_to)
        for slot in range(int(record.slot_from), last):
            if self.case.lines.slots[slot].start == start:
                return slot
        return -1

    def _tiers(self, said: Document) -> Tiers:
        none = Tiers((0,) * len(URGENCIES), 0, 0, 0, 0)
        if said.keys() != tiers_words(none).keys():
            self.flaws.append(Flaw("match_files.flaw_stated", {"field": "tiers"}))
            return none
        unmet = tuple(int(said["unmet"][str(urgency)]) for urgency in URGENCIES)
        return Tiers(unmet, *(int(said[name]) for name in Tiers._fields[1:]))

    def _refused(self, pins: Iterable[Document]) -> tuple[RefusedPin, ...]:
        found = []
        for pin in pins:
            line, person = self._line(pin), self.volunteers.get(plain_id(pin["volunteer"]), -1)
            found.append(RefusedPin(line + 1, person + 1, pin["reason"]))
        return tuple(found)

    def _prices(self, duals: Document) -> Prices:
        line = np.zeros(len(self.rows.names), dtype=np.int64)
        for entry in duals["needs"]:
            row = self._named(entry[:-1])
            if row < 0 or not _is_price(entry[-1]):
                self._not_a_price("needs", entry)
            else:
                line[row] = entry[-1]
        table: list[tuple[int, int, int, int]] = []
        members: list[list[int]] = []
        sums = np.zeros(len(self.volunteers))
        for entry in duals.get("limits", ()):
            found = self._limit(entry)
            if found is None:
                self._not_a_price("limits", entry)
                continue
            table.append(found[0])
            members.append(found[1])
            sums[found[0][0]] += found[0][3]
        if (sums > LARGEST_PRICE).any():
            self._not_a_price("limits", "")
        person, kind, at, price = np.array(table, dtype=np.int64).reshape(-1, 4).T
        ptr = np.cumsum([0, *map(len, members)])
        return Prices(
            line, person, kind, at, price, ptr, np.array([j for block in members for j in block], dtype=np.int64)
        )

    def _named(self, name: Sequence[Any]) -> int:
        """The line of a need, or of a need and a role; -1 for none."""
        need, role = plain_id(name[0]), plain_id(name[1]) if len(name) > 1 else None
        return self.lines.get((need, role), -1)

    def _limit(self, entry: Document) -> tuple[tuple[int, int, int, int], list[int]] | None:
        """(row, kind, day or week, price) and the lines of a block."""
        kind = next(code for code, name in _KINDS.items() if name == entry["kind"])
        person = self.volunteers.get(plain_id(entry["volunteer"]), -1)
        if person < 0 or not _is_price(entry["price"]):
            return None
        if kind == BLOCK:
            lines = [self._named(name) for name in entry.get("needs", ())]
            return ((person, kind, 0, entry["price"]), lines) if min(lines, default=-1) >= 0 else None
        day = day_of_words(entry.get("of"))
        if day is None or (kind == WEEK and (day + 3) % 7):
            return None
        return (person, kind, (day + 3) // 7 if kind == WEEK else day, entry["price"]), []

    def _not_a_price(self, name: str, entry: Any) -> None:
        self.flaws.append(Flaw("match_files.flaw_dual", {"list": name, "entry": str(entry)[:60]}))


def _is_price(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_PRICE
