"""What was solved, as bytes and back: the volunteers in some eligible pair, lines, policy, pins and people away.

The bytes are a compressed npz of plain columns and one JSON text. The digest is taken over the columns and the JSON in
a fixed order, so equal inputs have equal digests whatever packed them.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dashboard.core.errors import Invalid
from dashboard.core.matching import candidates
from dashboard.core.matching.arrays import SPAN, Array, records
from dashboard.core.matching.lines import ASKED, LINE, SLOT, Lines
from dashboard.core.matching.people import PERSON, SKILL, People
from dashboard.core.matching.policy import Policy
from dashboard.core.matching.rules import Settings
from dashboard.core.matching.watch import Watch
from dashboard.services.plan_basis import Basis

#: (line's id, volunteer's id)
PairId = tuple[int, int]
#: Raised when the shape of the bytes changes.
FORMAT = 1
#: Lists of a volunteer in a pool: pool -> its kinds.
_LISTS: Mapping[str, tuple[str, ...]] = {"skills": ("skill",), "spans": ("free", "busy", "keep")}
_TEXT = "text"


@dataclass(frozen=True)
class Inputs:
    """All that a plan follows from. `away` are people kept free of everything by the office's claim limits."""

    people: People
    lines: Lines
    policy: Policy
    pins: tuple[PairId, ...]
    away: tuple[int, ...]
    basis: Basis


def needed(people: People, lines: Lines, policy: Policy, watch: Watch | None = None) -> People:
    """Only the volunteers who may take some line: the others can't change a plan."""
    pairs = candidates.eligible_pairs(people, lines, policy, watch)
    return chosen(people, np.unique(pairs.row))


def chosen(people: People, rows: Array) -> People:
    """Only these rows, ascending, with their own lists and nothing else in the pools."""
    table = people.table[rows].copy()
    pools: dict[str, Any] = {}
    for pool, kinds in _LISTS.items():
        entries, start = [], np.zeros(len(rows), dtype=np.int64)
        sizes = [table[f"{kind}_to"] - table[f"{kind}_from"] for kind in kinds]
        start = np.concatenate([[0], np.cumsum(sum(sizes))])[:-1]
        positions = []
        for kind, size in zip(kinds, sizes, strict=True):
            first = table[f"{kind}_from"].copy()
            entries.append(_ranges(first, size))
            positions.append(_ranges(start, size))
            table[f"{kind}_from"], table[f"{kind}_to"] = start, start + size
            start = start + size
        source, target = np.concatenate(entries), np.concatenate(positions)
        old = getattr(people, pool)
        fresh = np.zeros(len(source), dtype=old.dtype)
        fresh[target] = old[source]
        pools[pool] = fresh.view(np.recarray)
    return replace(people, table=table.view(np.recarray), **pools)


def _ranges(first: Array, size: Array) -> Array:
    """first[0], first[0] + 1, ... (size[0] of them), first[1], ..."""
    ends = np.cumsum(size)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(first - (ends - size), size)


def pack(inputs: Inputs) -> tuple[bytes, str]:
    """(bytes, digest)."""
    columns, text = _columns(inputs), _text(inputs)
    packed = io.BytesIO()
    arrays: dict[str, Any] = {_TEXT: np.frombuffer(text, dtype=np.uint8), **columns}
    np.savez_compressed(packed, **arrays)
    return packed.getvalue(), digest_of(columns, text)


def unpack(packed: bytes) -> Inputs:
    """From the bytes of `pack`. Raises Invalid for bytes of another version of the program."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
        columns = {name: archive[name] for name in archive.files}
    data = json.loads(columns.pop(_TEXT).tobytes())
    if data["format"] != FORMAT:
        raise Invalid("match_runs.other_format")
    people = People(
        _table(columns, "people.table", PERSON),
        _table(columns, "people.skills", SKILL),
        _table(columns, "people.spans", SPAN),
        data["skill_count"],
    )
    lines = Lines(
        _table(columns, "lines.table", LINE),
        _table(columns, "lines.skills", ASKED),
        _table(columns, "lines.slots", SLOT),
        columns["lines.names"],
    )
    policy = Policy(data["version"], tuple(data["weights"]), Settings(**data["settings"]))
    pins = tuple((line, person) for line, person in data["pins"])
    return Inputs(people, lines, policy, pins, tuple(data["away"]), Basis.of(data["basis"]))


def digest_of(columns: Mapping[str, Array], text: bytes) -> str:
    """SHA-256 in hex over name, type, length and content of every column by name, then the text."""
    found = hashlib.sha256()
    for name in sorted(columns):
        column = np.ascontiguousarray(columns[name])
        found.update(f"{name}:{column.dtype.str}:{column.shape}\n".encode())
        found.update(column.tobytes())
    found.update(text)
    return found.hexdigest()


def digest(inputs: Inputs) -> str:
    """The digest of inputs at hand."""
    return digest_of(_columns(inputs), _text(inputs))


def _text(inputs: Inputs) -> bytes:
    policy = inputs.policy
    data = {
        "format": FORMAT,
        "skill_count": inputs.people.skill_count,
        "version": policy.version,
        "weights": list(policy.weights),
        "settings": policy.settings._asdict(),
        "pins": sorted(list(pair) for pair in inputs.pins),
        "away": sorted(inputs.away),
        "basis": inputs.basis.plain(),
    }
    return json.dumps(data, separators=(",", ":"), sort_keys=True).encode()


def _columns(inputs: Inputs) -> dict[str, Array]:
    """Every column of every table: fields one by one, for between the fields of a record lies padding."""
    people, lines = inputs.people, inputs.lines
    tables = {
        "people.table": people.table,
        "people.skills": people.skills,
        "people.spans": people.spans,
        "lines.table": lines.table,
        "lines.skills": lines.skills,
        "lines.slots": lines.slots,
    }
    found = {
        f"{name}.{field}": np.ascontiguousarray(table[field])
        for name, table in tables.items()
        for field in table.dtype.names
    }
    return found | {"lines.names": np.ascontiguousarray(lines.names)}


def _table(columns: Mapping[str, Array], name: str, dtype: Any) -> Any:
    """A record array from its columns."""
    fields = {field: columns[f"{name}.{field}"] for field in dtype.names}
    return records(dtype, len(next(iter(fields.values()))), fields)
