"""A cell under another name: what reads it goes on reading it."""

import re
from collections.abc import Mapping, Sequence

from dashboard.core.notebook import NAME, Kind
from dashboard.core.notebook_inputs import parameters
from dashboard.core.query_names import with_parameter, with_table

#: Fields in which `{name}` is what the input of that name holds.
_WORDED = ("title", "markdown", "notes")


def may_be_named(name: str, others: Sequence[str]) -> bool:
    """May a cell have this name beside cells of those?"""
    return bool(NAME.fullmatch(name)) and name not in others


def with_name(cell: Mapping[str, str], renamed: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    """The fields to change in a plain cell, now that the cell `renamed` is called `new`."""
    told = dict(cell)
    if renamed["kind"] == Kind.INPUT:
        pairs = zip(parameters(renamed["type"], old), parameters(renamed["type"], new), strict=True)
        for was, now in pairs:
            if "sql" in told:
                told["sql"] = with_parameter(told["sql"], was, now)
        for field in _WORDED:
            if field in told:
                told[field] = re.sub(rf"\{{{re.escape(old)}(_from|_to)?\}}", rf"{{{new}\1}}", told[field])
    elif renamed["kind"] == Kind.QUERY:
        if told.get("source") == old:
            told["source"] = new
        if "sql" in told:
            told["sql"] = with_table(told["sql"], old, new)
    return {field: value for field, value in told.items() if value != cell[field]}
