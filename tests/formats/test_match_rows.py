"""People and needs in full: read as they are meant, every mistake told by its place, the plan and its tampering."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core import spans
from dashboard.core.matching.case import prepare
from dashboard.core.matching.parts import plan_in_parts
from dashboard.core.matching.plan import match_all
from dashboard.core.matching.policy import TERMS
from dashboard.core.matching.rules import Settings
from dashboard.core.matching.words import NEVER, UNLIMITED
from dashboard.formats.match_check import check_plan
from dashboard.formats.match_document import schema_of
from dashboard.formats.match_plan_file import read_plan, to_bytes
from dashboard.formats.match_problem import read_problem
from dashboard.formats.match_rows import Rows
from dashboard.formats.match_rows_plan import plan_of_rows
from dashboard.formats.match_times import time_words
from dashboard.formats.match_verdict import Verdict
from dashboard.formats.mistakes import Refused
from dashboard.text import LANGUAGES, known, text
from tests.core.matching.builders import CODES, lines_of, people_of
from tests.core.matching.counties import counties
from tests.formats.match_files import a_need, a_people_problem, a_volunteer, as_bytes, hours, mistakes

ROOT = Path(__file__).parents[2]
Plan = dict[str, Any]


def read(problem: dict[str, Any]) -> Rows:
    rows = read_problem(as_bytes(problem))
    assert isinstance(rows, Rows)
    return rows


def solved(problem: dict[str, Any]) -> Plan:
    rows = read(problem)
    case = prepare(rows.people, rows.lines, rows.policy)
    return plan_of_rows(rows, case, plan_in_parts(case, rows.pins))


def verdict(problem: dict[str, Any], plan: Plan) -> Verdict:
    return check_plan(read(problem), read_plan(as_bytes(plan)))


def chosen(plan: Plan) -> list[tuple[Any, ...]]:
    return [(*(pair[name] for name in ("need", "role") if name in pair), pair["volunteer"]) for pair in plan["pairs"]]


# -- reading


def test_what_is_not_said_is_as_documented() -> None:
    rows = read({"needs": [{"id": 1, "windows": [hours(9, 11)]}], "volunteers": [{"id": 2}]})
    person, line = rows.people.table[0], rows.lines.table[0]
    assert (UNLIMITED, UNLIMITED, UNLIMITED) == (person.cap_day, person.cap_week, person.max_distance_m)
    assert (True, True, False, False) == (person.active, person.in_scope, person.shared, person.known)
    assert (0, 0, 0, NEVER) == (person.load_90, person.asked, person.kept, person.last_day)
    assert person.lon != person.lon and line.lon != line.lon
    assert (1, 1, 2, False, False) == (line.seats, line.least, line.urgency, line.whole, line.all_slots)
    slot = rows.lines.slots[line.slot_from]
    assert (120, 1) == (slot.end - slot.start, line.slot_to - line.slot_from)


def test_a_need_with_roles_is_a_crew_unless_it_says_otherwise() -> None:
    roles = [{"id": "b", "people": 2, "least": 1}, {"id": "a", "people": 1, "gender": "male"}]
    need = a_need(people=None, roles=roles, gender="female", gender_hard=True)
    rows = read(a_people_problem(needs=[need]))
    assert (("N1", "a"), ("N1", "b")) == rows.names
    table = rows.lines.table
    assert ([1, 2], [1, 1], [True, True]) == (table.seats.tolist(), table.least.tolist(), table.whole.tolist())
    assert ([2, 1], [True, True]) == (table.gender.tolist(), table.gender_hard.tolist())
    assert not read(a_people_problem(needs=[need | {"whole": False}])).lines.table.whole.any()
    assert read(a_people_problem(needs=[a_need(people=2, whole=True)])).lines.table.whole.all()


def test_a_role_asks_for_its_own_skills_beside_those_of_the_need() -> None:
    roles = [
        {"id": "a", "people": 1, "skills": [{"id": "y", "level": 1}, {"id": "x", "level": 3}]},
        {"id": "b", "people": 1},
    ]
    need = a_need(people=None, roles=roles, skills=[{"id": "x", "level": 2}], preferred_skills=["y"])
    rows = read(a_people_problem(needs=[need]))
    asked = [
        sorted((int(one.skill), int(one.level)) for one in rows.lines.skills[line.skill_from : line.skill_to])
        for line in rows.lines.table
    ]
    assert [[(0, 3), (1, 1)], [(0, 2)]] == asked


def test_starts_are_rounded_down_and_ends_up_and_offsets_count() -> None:
    window = {"start": "2026-11-30T01:00:30Z", "end": "2026-11-30T05:00:30.5-05:00"}
    rows = read(a_people_problem(needs=[a_need(windows=[window], minutes=40_000)]))
    slot = rows.lines.slots[0]
    assert ("2026-11-30T09:00+08:00", "2026-11-30T18:01+08:00") == (time_words(slot.start), time_words(slot.end))


NAMED = {"skills": [{"id": "x"}, {"id": "nurse", "licence": True}]}
FIRST, OWN = "/needs/0/windows/0", "/volunteers/0/skills/0"


def window(start: Any, end: Any = "2026-12-30T11:00Z", **more: Any) -> dict[str, Any]:
    return {"needs": [a_need(windows=[{"start": start, "end": end}], **more)]}


def able(**skill: Any) -> dict[str, Any]:
    return {"volunteers": [a_volunteer(skills=[skill])]} | NAMED


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (window("2026-11-30T09:00"), (f"{FIRST}/start", "not_a_time")),
        (window("2026-02-30T09:00Z"), (f"{FIRST}/start", "not_a_time")),
        (window("2026-11-30 09:00Z"), (f"{FIRST}/start", "not_a_time")),
        (window("2026-11-30T25:00Z"), (f"{FIRST}/start", "not_a_time")),
        (window("2026-11-30T09:00+25:00"), (f"{FIRST}/start", "not_a_time")),
        (window(5), (f"{FIRST}/start", "wrong_type")),
        (window("1970-01-01T00:00Z", "2999-01-01T00:00Z", minutes=60), ("/needs", "too_many_starts")),
        ({"needs": [a_need(windows=[hours(11, 9)])]}, (f"{FIRST}/end", "ends_first")),
        ({"needs": [a_need(windows=[hours(9, 9)])]}, (f"{FIRST}/end", "ends_first")),
        ({"needs": [a_need(windows=None)]}, ("/needs/0", "missing")),
        ({"needs": [a_need(lat=None)]}, ("/needs/0", "missing")),
        ({"needs": [a_need(lon=200)]}, ("/needs/0/lon", "too_large")),
        ({"needs": [a_need(lat="28")]}, ("/needs/0/lat", "wrong_type")),
        ({"needs": [a_need(urgency="now")]}, ("/needs/0/urgency", "not_among")),
        ({"needs": [a_need(rule="one_of")]}, ("/needs/0/rule", "not_among")),
        ({"needs": [a_need(people=0)]}, ("/needs/0/people", "too_small")),
        ({"needs": [a_need(people=10_001)]}, ("/needs/0/people", "too_large")),
        ({"needs": [a_need(people=2, least=3)]}, ("/needs/0/least", "too_large")),
        ({"needs": [a_need(minutes=0)]}, ("/needs/0/minutes", "too_small")),
        ({"needs": [a_need(roles=[{"id": 1, "people": 1}])]}, ("/needs/0/people", "beside_roles")),
        ({"needs": [a_need(people=None, roles=[])]}, ("/needs/0/roles", "too_few")),
        ({"needs": [a_need(people=None, roles=[{"id": 1, "people": 1}] * 2)]}, ("/needs/0/roles/1/id", "id_twice")),
        ({"needs": [a_need(), a_need()]}, ("/needs/1/id", "id_twice")),
        ({"needs": [a_need(langauges=["x"])]}, ("/needs/0/langauges", "unknown_key_like")),
        ({"needs": [a_need(preferred=["V9"])]}, ("/needs/0/preferred/0", "unknown_id")),
        ({"needs": [a_need(taken=["V1", 1])]}, ("/needs/0/taken/1", "unknown_id")),
        ({"needs": [a_need(skills=[{"id": "y"}])]} | NAMED, ("/needs/0/skills/0/id", "unknown_id")),
        ({"needs": [a_need(skills=[{"id": "x", "level": 4}])]}, ("/needs/0/skills/0/level", "too_large")),
        (able(id="y"), (f"{OWN}/id", "unknown_id")),
        (able(id="x", valid_until="2026-11-30"), (f"{OWN}/valid_until", "no_licence")),
        (able(id="nurse", valid_until="2026-11-31"), (f"{OWN}/valid_until", "not_a_date")),
        ({"volunteers": [a_volunteer(), a_volunteer()]}, ("/volunteers/1/id", "id_twice")),
        ({"volunteers": [a_volunteer(free=[hours(12, 8)])]}, ("/volunteers/0/free/0/end", "ends_first")),
        ({"volunteers": [a_volunteer(busy=[hours(8, 9) | {"lon": 108}])]}, ("/volunteers/0/busy/0", "missing")),
        ({"volunteers": [a_volunteer(lon=None)]}, ("/volunteers/0", "missing")),
        ({"volunteers": [a_volunteer(cap_day=-1)]}, ("/volunteers/0/cap_day", "too_small")),
        ({"volunteers": [a_volunteer(cap_week=2**31)]}, ("/volunteers/0/cap_week", "too_large")),
        ({"volunteers": [a_volunteer(gender="F")]}, ("/volunteers/0/gender", "not_among")),
        ({"volunteers": [a_volunteer(asked=1, kept=2)]}, ("/volunteers/0/kept", "kept_more")),
        ({"volunteers": [a_volunteer(last_served="yesterday")]}, ("/volunteers/0/last_served", "not_a_date")),
        ({"volunteers": [a_volunteer(active=1)]}, ("/volunteers/0/active", "wrong_type")),
        ({"volunteers": [a_volunteer(languages=[str(k) for k in range(64)])]}, ("", "too_many_languages")),
        ({"rules": {"weights": {"distnace": 1}}}, ("/rules/weights/distnace", "unknown_key_like")),
        ({"rules": {"weights": {"distance": -1}}}, ("/rules/weights/distance", "too_small")),
        ({"rules": {"settings": {"far_m": 0}}}, ("/rules/settings/far_m", "too_small")),
        ({"skills": [{"id": 1}, {"id": 1}]}, ("/skills/1/id", "id_twice")),
        ({"today": "2026-13-01"}, ("/today", "not_a_date")),
        ({"unmet_penalty": 5}, ("/unmet_penalty", "unknown_key")),
    ],
)  # fmt: skip
def test_every_mistake_is_told_by_its_place(changes: dict[str, Any], found: tuple[str, str]) -> None:
    assert [found] == mistakes(a_people_problem(**changes))


def said(kind: str = "pin", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "volunteer": "V1"} | ({} if kind == "keep_free" else {"need": "N1"}) | more


@pytest.mark.parametrize(
    ("constraint", "found"),
    [
        ({"kind": "pin", "volunteer": "V1"}, ("/constraints/0", "missing")),
        ({"kind": "pin", "need": "N1"}, ("/constraints/0", "missing")),
        (said("stay"), ("/constraints/0/kind", "not_among")),
        (said(need="N9"), ("/constraints/0/need", "unknown_id")),
        (said(role="cook"), ("/constraints/0/role", "unknown_id")),
        (said(volunteer=1), ("/constraints/0/volunteer", "unknown_id")),
        (said("forbid", start="2026-11-30T09:00Z"), ("/constraints/0/start", "only_keep_free")),
        (said("keep_free", need="N1"), ("/constraints/0/need", "not_keep_free")),
        (said("keep_free", start="2026-11-30T09:00Z"), ("/constraints/0", "missing")),
        (said("keep_free", **hours(9, 8)), ("/constraints/0/end", "ends_first")),
        (said(expires="2026-11-30"), ("/constraints/0/expires", "no_today")),
        (said(expires="2026-11-32"), ("/constraints/0/expires", "not_a_date")),
        (said(need="crew"), ("/constraints/0", "which_role")),
    ],
)
def test_a_constraint_that_means_nothing_is_told(constraint: dict[str, Any], found: tuple[str, str]) -> None:
    crew = a_need("crew", people=None, roles=[{"id": 1, "people": 1}, {"id": 2, "people": 1}])
    problem = a_people_problem(needs=[a_need(), crew], constraints=[constraint])
    assert found == mistakes(problem)[0]


def test_rules_in_the_schema_are_those_of_the_matching() -> None:
    rules = schema_of("match_problem.schema.json")["$defs"]["rules"]["properties"]
    assert [term.name for term in TERMS] == list(rules["weights"]["properties"])
    assert list(Settings()._fields) == list(rules["settings"]["properties"])


# -- what it means


def test_who_is_pinned_forbidden_or_kept_free_is_treated_so_until_it_expires() -> None:
    near, far = a_volunteer("near"), a_volunteer("far", lat=28.51)
    problem = a_people_problem(volunteers=[near, far], today="2026-11-28")

    def who(*constraints: dict[str, Any]) -> list[tuple[Any, ...]]:
        return chosen(solved(problem | {"constraints": list(constraints)}))

    assert [("N1", "near")] == who()
    assert [("N1", "far")] == who(said(volunteer="far"))
    assert [("N1", "far")] == who(said("forbid", volunteer="near"))
    assert [("N1", "far")] == who(said("keep_free", volunteer="near"))
    assert [("N1", "far")] == who(said("keep_free", volunteer="near", **hours(10, 12)))
    assert [("N1", "near")] == who(said("keep_free", volunteer="near", **hours(11, 12)))
    assert [("N1", "far")] == who(said("forbid", volunteer="near", expires="2026-11-28"))
    assert [("N1", "near")] == who(said("forbid", volunteer="near", expires="2026-11-27"))


def test_a_pin_that_breaks_a_rule_is_refused_by_name() -> None:
    problem = a_people_problem(volunteers=[a_volunteer(free=None), a_volunteer("V2")], constraints=[said()])
    plan = solved(problem)
    assert [{"need": "N1", "volunteer": "V1", "reason": "known"}] == plan["refused_pins"]
    assert [("N1", "V2")] == chosen(plan)
    assert verdict(problem, plan).proven
    for reason in ("free", "full", "twice", ""):
        plan["refused_pins"][0]["reason"] = reason
        assert ["match_files.flaw_refused_pin"] == [flaw.key for flaw in verdict(problem, plan).flaws]


def test_a_kept_pin_can_not_be_called_refused() -> None:
    problem = a_people_problem(
        volunteers=[a_volunteer(), a_volunteer("V2", lat=28.51)], constraints=[said(volunteer="V2")]
    )
    plan = solved(problem)
    assert [True] == [pair.get("pinned", False) for pair in plan["pairs"]]
    assert verdict(problem, plan).proven
    free = solved(problem | {"constraints": []})
    free |= {"digest": plan["digest"], "refused_pins": [{"need": "N1", "volunteer": "V2", "reason": "full"}]}
    assert ["match_files.flaw_refused_pin"] == [flaw.key for flaw in verdict(problem, free).flaws]
    free["refused_pins"] = []
    assert "match_files.flaw_rows_pin" in [flaw.key for flaw in verdict(problem, free).flaws]


def test_an_unmet_need_counts_what_became_of_everybody() -> None:
    people = [a_volunteer("far", lat=29.5, max_distance_m=1000), a_volunteer("busy"), a_volunteer("unknown", free=None)]
    urgent = a_need("A", urgency="urgent")
    plan = solved(a_people_problem(needs=[urgent, a_need("B", people=2)], volunteers=people))
    assert [("A", "busy")] == chosen(plan)
    counts = {"distance": 1, "known": 1, "elsewhere": 1}
    around = {"needs": [["A"], ["B"]], "volunteers": 1, "seats": 3, "room": 1, "unmet": 2}
    assert [{"need": "B", "seats": 2, "cause": "elsewhere", "counts": counts, "bottleneck": around}] == plan["unmet"]
    alone = solved(a_people_problem(volunteers=[people[0]]))
    assert ["distance"] == [one["cause"] for one in alone["unmet"]]
    assert ["nobody"] == [one["cause"] for one in solved(a_people_problem(volunteers=[]))["unmet"]]


def test_the_examples_of_the_documentation_are_solved_and_proven() -> None:
    page = (ROOT / "docs" / "match-problem.md").read_text(encoding="utf-8")
    first, second = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    plan = solved(first)
    assert {("N-1", "V-1"), ("N-2", "helper", 8), ("N-2", "lead", "V-2")} == set(chosen(plan))
    assert verdict(first, plan).feasible
    assert "arcs" in second
    assert [] == mistakes(second)


def test_every_field_is_documented() -> None:
    page = (ROOT / "docs" / "match-problem.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9_]+)`", page))
    for name in ("match_problem.schema.json", "match_plan.schema.json"):
        schema = schema_of(name)
        parts = [schema, *(part for key, part in schema["$defs"].items() if key != "rules")]
        fields = {field for part in parts for field in part.get("properties", ())}
        assert fields <= named


# -- the same as without a file


SAME_OF_PEOPLE = (
    "id", "cap_day", "cap_week", "max_distance_m", "gender", "languages", "active", "in_scope", "shared", "load_90",
    "asked", "kept",
)  # fmt: skip
SAME_OF_NEEDS = (
    "id", "urgency", "rule", "languages", "language_hard", "gender", "gender_hard", "preferred", "excluded", "taken",
)  # fmt: skip


def as_document(persons: list[dict[str, Any]], lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The tests' tiny counties as a problem file."""

    def span(start: int, end: int) -> dict[str, str]:
        return {"start": spans.moment_of(start).isoformat(), "end": time_words(end)}

    def day(number: int) -> str:
        return spans.date_of(number).isoformat()

    def point(one: dict[str, Any]) -> dict[str, Any]:
        return {"lon": None if one["lat"] is None else one["lon"], "lat": one["lat"]}

    volunteers = []
    for one in persons:
        skills = {skill: {"id": skill, "level": level} for skill, level in one["skills"].items()}
        for skill, until in one["certificates"].items():
            skills.setdefault(skill, {"id": skill})["valid_until"] = day(until)
        busy = [span(*task[:2]) | {"lon": task[2], "lat": task[3]} for task in one["busy"]]
        made = {key: one[key] for key in SAME_OF_PEOPLE} | point(one) | {"skills": list(skills.values()), "busy": busy}
        made |= {"free": [span(*part) for part in one["free"]]} if one["known"] else {}
        volunteers.append(made | ({} if one["last_day"] == NEVER else {"last_served": day(one["last_day"])}))
    needs = []
    for line in lines:
        made = (
            {key: line[key] for key in SAME_OF_NEEDS}
            | point(line)
            | {"people": line["seats"], "minutes": line["duration"]}
        )
        made["windows"] = [span(*window) for window in line["windows"]]
        made["skills"] = [{"id": skill, "level": level} for skill, level in line["required"].items()]
        needs.append(made | {"preferred_skills": line["wished"]})
    constraints = [
        {"kind": "keep_free", "volunteer": one["id"]} | span(*part) for one in persons for part in one["keep"]
    ]
    constraints += [
        {"kind": "forbid", "need": line["id"], "volunteer": one} for line in lines for one in line["forbidden"]
    ]
    skills = [{"id": skill, "licence": skill in CODES.licences} for skill in CODES.skills]
    return {"needs": needs, "volunteers": volunteers, "constraints": constraints, "skills": skills}


@given(counties())
@settings(max_examples=150, deadline=None)
def test_a_county_in_a_file_gets_the_plan_it_gets_without(
    county: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    persons, lines = county
    lines = [line for line in lines if line["seats"]]
    document = as_document(persons, lines)
    plan = solved(document)
    direct = match_all(people_of(*persons), lines_of(*lines))
    pairs = zip(direct.line_id.tolist(), direct.person_id.tolist(), direct.start.tolist(), strict=True)
    told = [(pair["need"], pair["volunteer"], pair["start"]) for pair in plan["pairs"]]
    assert (direct.bound, list(direct.kinds)) == (plan["bound"], plan["kinds"])
    if not direct.kinds:
        assert [(*pair[:2], time_words(pair[2])) for pair in pairs] == told
        assert direct.objective == plan["objective"]
    found = verdict(document, plan)
    gap = ["match_files.flaw_gap"] if plan["objective"] != plan["bound"] else []
    assert (gap, True) == ([flaw.key for flaw in found.flaws], found.feasible)
    assert (plan["objective"], plan["bound"]) == (found.objective, found.bound)
    assert plan == read_plan(to_bytes(plan))


@given(counties(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_rows_changes_no_byte_of_the_plan(county: Any, chance: Any) -> None:
    document = as_document(county[0], [line for line in county[1] if line["seats"]])
    other = copy.deepcopy(document)
    for name in ("needs", "volunteers", "skills"):
        chance.shuffle(other[name])
    assert to_bytes(solved(document)) == to_bytes(solved(other))


# -- tampering

CREW = {
    "needs": [
        a_need("A", people=2, windows=[hours(9, 11)]),
        a_need("B", urgency="urgent", windows=[hours(10, 12)]),
        a_need("C", windows=[hours(14, 16)]),
    ],
    "volunteers": [a_volunteer(1, cap_day=2), a_volunteer(2, cap_day=1, lat=28.51), a_volunteer(3, lat=28.52)],
}


def _set(*path: Any) -> Callable[[Plan], None]:
    *way, last, value = path

    def change(plan: Plan) -> None:
        part: Any = plan
        for step in way:
            part = part[step]
        part[last] = value

    return change


def _pair(need: Any, volunteer: Any, start: float, end: float, cost: int = 0) -> dict[str, Any]:
    return {"need": need, "volunteer": volunteer, **hours(start, end), "cost": cost}


def _price(volunteer: Any, kind: str, price: int, **what: Any) -> Callable[[Plan], None]:
    limit = {"volunteer": volunteer, "kind": kind, "price": price} | what
    return lambda plan: plan["duals"]["limits"].append(limit)


def _put(plan: Plan, at: int, **changes: Any) -> None:
    plan["pairs"][at] |= changes


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda plan: _put(plan, 0, volunteer=9), "unknown_pair"),
        (lambda plan: _put(plan, 0, need="Z"), "unknown_pair"),
        (lambda plan: _put(plan, 0, role="cook"), "unknown_pair"),
        (lambda plan: _put(plan, 0, **hours(9.5, 11.5)), "pair_said"),
        (lambda plan: _put(plan, 0, end="2026-11-30T11:30+08:00"), "rows_score"),
        (lambda plan: _put(plan, 0, cost=plan["pairs"][0]["cost"] + 1), "rows_score"),
        (lambda plan: _put(plan, 0, cost=-1), "pair_said"),
        (lambda plan: plan["pairs"].append(plan["pairs"][0]), "rows_repeated"),
        (lambda plan: plan["pairs"].pop(), "rows_tiers"),
        (lambda plan: _put(plan, 0, pinned=True), "stated"),
        (_set("objective", 1), "rows_objective"),
        (_set("bound", 1), "rows_gap"),
        (_set("gap", 1.0), "stated"),
        (_set("kinds", ["crew"]), "stated"),
        (_set("tiers", "lost", 0), "rows_tiers"),
        (_set("tiers", "unmet", "urgent", 1), "rows_tiers"),
        (_set("tiers", {}), "stated"),
        (_set("unmet", [{"need": "A", "seats": 1, "cause": "", "counts": {}}]), "stated"),
        (_set("digest", "x"), "digest"),
        (_set("duals", "needs", 0, 1, 1 << 59), "rows_prices"),
        (_set("duals", "needs", 0, 1, -5), "rows_gap"),
        (_set("duals", "needs", 0, 1, "5"), "dual"),
        (_set("duals", "needs", 0, ["Z", 1]), "dual"),
        (_set("duals", "needs", []), "rows_gap"),
        (_price(1, "day", 1, of="x"), "dual"),
        (_price(1, "week", 1, of="2026-12-01"), "dual"),
        (_price(9, "day", 1, of="2026-11-30"), "dual"),
        (_price(1, "block", 9, needs=[["A"], ["C"]]), "rows_block"),
    ],
)  # fmt: skip
def test_each_tampering_is_named(change: Callable[[Plan], None], named: str) -> None:
    plan = solved(CREW)
    assert verdict(CREW, plan).proven
    change(plan)
    found = verdict(CREW, plan)
    assert f"match_files.flaw_{named}" in [flaw.key for flaw in found.flaws]
    assert all(known(flaw.key) for flaw in found.flaws)


def test_somebody_at_two_places_or_over_her_cap_is_named() -> None:
    plan = solved(CREW)
    cost = {(pair["need"], pair["volunteer"]): pair["cost"] for pair in plan["pairs"]}
    clash = copy.deepcopy(plan)
    clash["pairs"] = [_pair("A", 1, 9, 11, cost.get(("A", 1), 0)), _pair("B", 1, 10, 12, cost.get(("B", 1), 0))]
    over = copy.deepcopy(plan)
    over["pairs"] = [_pair("A", 2, 9, 11, cost.get(("A", 2), 0)), _pair("C", 2, 14, 16, cost.get(("C", 2), 0))]
    for tampered in (clash, over):
        found = verdict(CREW, tampered)
        assert not found.feasible
        assert {"match_files.flaw_rows_overused", "match_files.flaw_rows_score"} & {flaw.key for flaw in found.flaws}


def test_a_need_with_too_many_people_is_named() -> None:
    problem = a_people_problem(volunteers=[a_volunteer(), a_volunteer("V2")])
    plan = solved(problem)
    plan["pairs"].append(plan["pairs"][0] | {"volunteer": "V2" if chosen(plan)[0][1] == "V1" else "V1"})
    found = verdict(problem, plan)
    assert "match_files.flaw_rows_overfilled" in [flaw.key for flaw in found.flaws]
    assert not found.feasible


def test_half_a_crew_is_named() -> None:
    roles = [{"id": "a", "people": 1}, {"id": "b", "people": 1}]
    problem = a_people_problem(needs=[a_need(people=None, roles=roles)], volunteers=[a_volunteer(), a_volunteer("V2")])
    plan = solved(problem)
    assert 2 == len(plan["pairs"])
    plan["pairs"].pop()
    assert "match_files.flaw_rows_crew" in [flaw.key for flaw in verdict(problem, plan).flaws]


def test_a_price_on_a_day_that_is_overfull_already_proves_nothing() -> None:
    full = a_volunteer(cap_day=0, busy=[hours(13, 14), hours(15, 16)])
    problem = a_people_problem(needs=[a_need(), a_need("N2")], volunteers=[full, a_volunteer("V2")])
    plan = solved(problem)
    price = {"volunteer": "V1", "kind": "day", "of": "2026-11-30", "price": 10_000}
    worse = {**plan, "pairs": [], "duals": {**plan["duals"], "limits": [*plan["duals"]["limits"], price]}}
    found = verdict(problem, worse)
    assert found.bound is None or found.bound <= plan["bound"]
    assert verdict(problem, plan | {"duals": worse["duals"]}).bound == plan["bound"]


def test_a_huge_price_of_a_week_without_a_cap_proves_nothing() -> None:
    problem = a_people_problem()
    plan = solved(problem)
    plan["duals"]["limits"].append({"volunteer": "V1", "kind": "week", "of": "2026-11-30", "price": 1 << 58})
    assert not verdict(problem, plan).proven


# -- whatever comes

JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**30,
    1.5,
    1e308,
    "",
    "x",
    "2026-11-30",
    "2026-11-30T09:00Z",
    [],
    {},
]
JUNK += [[[]], [{}], {"id": 1}, "A", "N-1", 7, 1, 2]


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield from _places(part, (*path, step))


def damaged(document: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """A copy in which some value is another, missing, or there twice."""
    document = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(list(_places(document))))
        part: Any = document
        for step in way:
            part = part[step]
        what = data.draw(st.sampled_from(["other", "gone", "more"]))
        if what == "other":
            part[last] = copy.deepcopy(data.draw(st.sampled_from(JUNK)))
        elif what == "gone":
            del part[last]
        elif isinstance(part, list):
            part.append(copy.deepcopy(part[last]))
        else:
            key = data.draw(st.sampled_from(["id", "need", "role", "volunteer", "start", "people", "price", "x"]))
            part[key] = copy.deepcopy(data.draw(st.sampled_from(JUNK)))
        if not list(_places(document)):
            break
    return document


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_damaged_problem_is_refused_or_solved_and_proven(data: st.DataObject) -> None:
    problem = damaged(CREW, data)
    try:
        plan = solved(problem) if "arcs" not in problem else None
    except Refused:
        return
    if plan is not None:
        found = verdict(problem, plan)
        assert found.feasible
        assert found.proven or plan["gap"] > 0


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_plan_is_refused_flawed_or_as_good(data: st.DataObject) -> None:
    plan = solved(CREW)
    worse = damaged(plan, data)
    try:
        found = verdict(CREW, worse)
    except Refused:
        return
    said = ("pairs", "objective", "tiers", "bound", "gap", "kinds", "digest")
    assert found.flaws or all(plan[name] == worse[name] for name in said)
    for flaw in found.flaws:
        assert all(text(language, flaw.key, **flaw.values) for language in LANGUAGES)
