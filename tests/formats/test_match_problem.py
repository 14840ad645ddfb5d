"""Problem files: what is read is what is there; what is wrong is told by its place, and never a traceback."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.formats import limits, strict_json
from dashboard.formats.match_document import schema_of
from dashboard.formats.match_problem import read_problem
from dashboard.formats.mistakes import TOLD, Refused, pointer, shown
from dashboard.text import known
from tests.formats.match_files import an_arcs_problem, arcs_problems, as_bytes, mistakes

GOOD = an_arcs_problem()


def test_explicit_arcs_are_read_sorted_by_id_numbers_first() -> None:
    arcs = read_problem(as_bytes(GOOD))
    assert ((7, "roof"), (12, "cook")) == (arcs.needs, arcs.volunteers)
    assert ([2, 1], [100, 100], [2, 1]) == (arcs.seats.tolist(), arcs.unmet.tolist(), arcs.capacity.tolist())
    found = list(zip(arcs.need.tolist(), arcs.volunteer.tolist(), arcs.cost.tolist(), strict=True))
    assert [(0, 0, 7), (0, 1, 5), (1, 1, 3)] == found


def test_a_need_has_its_own_penalty_or_the_common_one() -> None:
    needs = [{"id": 1, "people": 1, "unmet_penalty": 3}, {"id": 2, "people": 1}]
    assert [3, 100] == read_problem(as_bytes(an_arcs_problem(needs=needs, arcs=[]))).unmet.tolist()
    assert [("/needs/1", "no_penalty")] == mistakes(an_arcs_problem(needs=needs, arcs=[], unmet_penalty=None))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"arcs": [[7, "cook", 5], [7, 12, 1], [7, "cook", 5]]}, [("/arcs/2", "pair_twice")]),
        ({"arcs": [[7, "cook", 5], [8, 12, 1]]}, [("/arcs/1/0", "unknown_id")]),
        ({"arcs": [["7", "cook", 5]]}, [("/arcs/0/0", "unknown_id")]),
        ({"arcs": [[7, "nobody", 5]]}, [("/arcs/0/1", "unknown_id")]),
        ({"arcs": [[7, "cook", -1]]}, [("/arcs/0/2", "too_small")]),
        ({"arcs": [[7, "cook", 1.5]]}, [("/arcs/0/2", "wrong_type")]),
        ({"arcs": [[7, "cook", "5"]]}, [("/arcs/0/2", "wrong_type")]),
        ({"arcs": [[7, "cook", True]]}, [("/arcs/0/2", "wrong_type")]),
        ({"arcs": [[7, "cook", None]]}, [("/arcs/0/2", "wrong_type")]),
        ({"arcs": [[7, "cook", 2**53 + 1]]}, [("/arcs/0/2", "too_large")]),
        ({"arcs": [[7, "cook", 10**400]]}, [("/arcs/0/2", "too_large")]),
        ({"arcs": [[True, "cook", 5]]}, [("/arcs/0/0", "wrong_type")]),
        ({"arcs": [[[7], {}, 5]]}, [("/arcs/0/0", "wrong_type"), ("/arcs/0/1", "wrong_type")]),
        ({"arcs": [[7, "cook"]]}, [("/arcs/0", "not_an_arc")]),
        ({"arcs": [{"need": 7}]}, [("/arcs/0", "not_an_arc")]),
        ({"arcs": {}}, [("/arcs", "wrong_type")]),
        ({"needs": [{"id": 7, "people": 0}]}, [("/needs/0/people", "too_small")]),
        ({"needs": [{"id": 7, "people": 1.5}]}, [("/needs/0/people", "wrong_type")]),
        ({"needs": [{"id": 7}]}, [("/needs/0", "missing")]),
        ({"needs": [{"people": 1}]}, [("/needs/0", "missing")]),
        ({"needs": [{"id": "", "people": 1}]}, [("/needs/0/id", "too_short")]),
        ({"needs": [{"id": "x" * 201, "people": 1}]}, [("/needs/0/id", "too_long")]),
        ({"needs": [{"id": None, "people": 1}]}, [("/needs/0/id", "wrong_type")]),
        ({"needs": [{"id": 7, "people": 1}, {"id": 7, "people": 2}]}, [("/needs/1/id", "id_twice")]),
        ({"needs": [{"id": 7, "people": 1}, {"id": 7.0, "people": 2}]}, [("/needs/1/id", "id_twice")]),
        ({"volunteers": [{"id": "cook", "capacity": -1}]}, [("/volunteers/0/capacity", "too_small")]),
        ({"volunteers": [{"id": "cook", "capacity": 2**53 + 1}]}, [("/volunteers/0/capacity", "too_large")]),
        ({"volunteers": [{"id": "cook", "capacity": 1}] * 2}, [("/volunteers/1/id", "id_twice")]),
        ({"volunteers": [{"id": "cook", "capacity": 1, "name": "x"}]}, [("/volunteers/0/name", "unknown_key")]),
        ({"unmet_penalty": -5}, [("/unmet_penalty", "too_small")]),
        ({"unmet_penalty": None, "unmet_penalties": 5}, [("/unmet_penalties", "unknown_key_like")]),
        ({"unmet_penalty": 2**53, "needs": [{"id": 7, "people": 40}]}, [("", "sum_too_large")]),
        ({"a/b~": 1}, [("/a~1b~0", "unknown_key")]),
    ],
)  # fmt: skip
def test_every_mistake_is_told_by_its_place(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    if "needs" in changes or "volunteers" in changes:
        changes = {"arcs": []} | changes
    assert found == mistakes(an_arcs_problem(**changes))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", ("", "empty")),
        (b" \n\t", ("", "empty")),
        (b"\xef\xbb\xbf", ("", "empty")),
        (b"hello", ("", "not_json")),
        (b'{"needs": [', ("", "not_json")),
        (b'{"needs": []} {}', ("", "not_json")),
        (b"{'needs': []}", ("", "not_json")),
        (b"PK\x03\x04", ("", "not_json")),
        (b"\x1f\x8b\x08\x00", ("", "not_utf8")),
        ('{"县": 1}'.encode("gb18030"), ("", "not_utf8")),
        ('{"needs": []}'.encode("utf-16"), ("", "other_encoding")),
        ('{"needs": []}'.encode("utf-32"), ("", "other_encoding")),
        (b"[" * 200_000, ("", "too_deep")),
        (b'{"a":' * 200_000, ("", "too_deep")),
        (b"[]", ("", "wrong_type")),
        (b"null", ("", "wrong_type")),
        (b'{"needs": NaN}', ("/needs", "no_number")),
        (b'{"needs": [{"id": 1, "people": -Infinity}]}', ("/needs/0/people", "no_number")),
        (b'{"arcs": [[1, 2, 1e999]]}', ("/arcs/0/2", "huge_number")),
        (b'{"arcs": [[1, 2, ' + b"9" * 5000 + b"]]}", ("/arcs/0/2", "huge_number")),
        (b'{"needs": [], "needs": []}', ("/needs", "key_twice")),
        (b'{"volunteers": [{"id": 1, "capacity": 1, "capacity": 2}]}', ("/volunteers/0/capacity", "key_twice")),
        (b'{"needs": [{"id": "\\ud83d"}]}', ("/needs/0/id", "half_character")),
        (b'{"\\udc00": 1}', ("", "half_character")),
    ],
)  # fmt: skip
def test_what_is_no_json_of_ours_is_told_and_where(data: bytes, found: tuple[str, str]) -> None:
    assert [found] == mistakes(data)


def test_a_whole_surrogate_pair_and_a_byte_order_mark_are_fine() -> None:
    escaped = b'\xef\xbb\xbf{"needs": [], "arcs": [], "volunteers": [{"id": "\\ud83d\\ude00", "capacity": 1}]}'
    assert ("\N{GRINNING FACE}",) == read_problem(escaped).volunteers


def test_too_large_a_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(limits.MATCH_FILE_BYTES + 10)
    with pytest.raises(Refused) as refusal:
        strict_json.read_file(path)
    assert "match_files.too_big" == refusal.value.mistakes[0].key
    monkeypatch.setattr(limits, "MATCH_FILE_VALUES", 10)
    assert [("", "too_many_values")] == mistakes(b'{"arcs": [' + b"[]," * 10 + b"[]]}")


def test_the_first_mistakes_are_told_and_all_are_counted() -> None:
    with pytest.raises(Refused) as refusal:
        read_problem(as_bytes(an_arcs_problem(arcs=[[7, "cook", -1]] * 500)))
    assert (TOLD, 500) == (len(refusal.value.mistakes), refusal.value.count)


def test_whole_numbers_may_be_written_with_a_point() -> None:
    needs = [{"id": 7.0, "people": 2.0}, {"id": "roof", "people": 1}]
    same = an_arcs_problem(needs=needs, arcs=[[7.0, "cook", 5.0], [7, 12, 7], ["roof", "cook", 3]])
    found, plain = read_problem(as_bytes(same)), read_problem(as_bytes(GOOD))
    assert (plain.needs, plain.cost.tolist()) == (found.needs, found.cost.tolist())


@given(arcs_problems(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_neither_digest_nor_problem_depends_on_the_order_of_anything(
    problem: dict[str, Any], chance: random.Random
) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            keys = list(value)
            chance.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
            mixed = [shuffled(part) if isinstance(part, dict) else part for part in value]
            chance.shuffle(mixed)
            return mixed
        return value

    one = read_problem(as_bytes(problem))
    other = read_problem(json.dumps(shuffled(problem), indent=chance.choice([None, 1, 4])).encode())
    assert one.digest == other.digest
    assert (one.needs, one.volunteers) == (other.needs, other.volunteers)
    for name in ("seats", "unmet", "capacity", "need", "volunteer", "cost"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


@given(arcs_problems())
@settings(max_examples=100, deadline=None)
def test_what_was_written_is_what_is_read(problem: dict[str, Any]) -> None:
    arcs = read_problem(as_bytes(problem))
    pairs = zip(arcs.need.tolist(), arcs.volunteer.tolist(), arcs.cost.tolist(), strict=True)
    found = {(arcs.needs[need], arcs.volunteers[volunteer], cost) for need, volunteer, cost in pairs}
    assert {tuple(arc) for arc in problem["arcs"]} == found
    seats = {need["id"]: need["people"] for need in problem["needs"]}
    assert seats == dict(zip(arcs.needs, arcs.seats.tolist(), strict=True))


@pytest.mark.parametrize(
    "change", [{"unmet_penalty": 101}, {"arcs": GOOD["arcs"][:2]}, {"needs": GOOD["needs"][:1], "arcs": []}]
)
def test_another_problem_has_another_digest(change: dict[str, Any]) -> None:
    assert read_problem(as_bytes(an_arcs_problem(**change))).digest != read_problem(as_bytes(GOOD)).digest


KEYS = ("needs", "volunteers", "arcs", "id", "people", "capacity", "unmet_penalty")
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([7, "cook"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@given(st.one_of(st.binary(max_size=60), any_json.map(as_bytes), any_json.map(lambda x: as_bytes(GOOD | {"arcs": x}))))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_is_a_problem_or_is_refused_in_words(data: bytes) -> None:
    for _, key in mistakes(data):
        assert known(f"match_files.{key}"), key


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_a_problem_or_is_refused(data: st.DataObject) -> None:
    good = as_bytes(GOOD)
    at, length = data.draw(st.integers(0, len(good))), data.draw(st.integers(0, 8))
    mistakes(good[:at] + data.draw(st.binary(max_size=6)) + good[at + length :])


def test_every_keyword_of_the_schemas_has_its_sentence() -> None:
    told = {"type", "required", "additionalProperties", "enum", "pattern", "minimum", "maximum"}
    told |= {"minItems", "maxItems", "minLength", "maxLength"}
    silent = {"$schema", "$ref", "$defs", "title", "description", "properties", "items", "prefixItems"}
    silent |= {"if", "then", "else"}

    def keywords(schema: Any) -> set[str]:
        if not isinstance(schema, dict):
            return set()
        found = set(schema)
        for name, part in schema.items():
            if name in ("properties", "$defs"):
                found |= set().union(*map(keywords, part.values()))
            elif name == "prefixItems":
                found |= set().union(*map(keywords, part))
            elif name in ("items", "if", "then", "else", "additionalProperties"):
                found |= keywords(part)
        return found

    for name in ("match_problem.schema.json", "match_plan.schema.json"):
        assert keywords(schema_of(name)) <= told | silent


def test_values_are_shown_short_and_places_as_pointers() -> None:
    assert "/a~1b/0/~0" == pointer(["a/b", 0, "~"])
    assert len(shown(list(range(10**6)))) <= 60
    assert '"县"' == shown("县")
