"""A problem file of the matching: bytes -> values, or every mistake in it with its place. See docs/match-problem.md."""

from dashboard.formats import strict_json
from dashboard.formats.match_arcs import Arcs, arcs_of
from dashboard.formats.match_document import check_schema
from dashboard.formats.match_rows import Rows, rows_of

PROBLEM_SCHEMA = "match_problem.schema.json"


def read_problem(data: bytes) -> Arcs | Rows:
    """The problem that the bytes of a file hold. Raises Refused with every mistake found."""
    document = strict_json.parse(data)
    if isinstance(document, dict) and isinstance(document.get("arcs"), list):
        check_schema(PROBLEM_SCHEMA, document | {"arcs": []})  # arcs are looked at by columns, which is quicker
        return arcs_of(document)
    check_schema(PROBLEM_SCHEMA, document)
    return rows_of(document)
