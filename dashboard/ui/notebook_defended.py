"""Notebooks that show where numbers come from: two days compared as they were known, the identities of page Tie-out.

Both read views that the pages' own questions fill, so that a screen can't say otherwise than page Tie-out.
"""

from collections.abc import Callable, Iterable

from dashboard.core.figures import BY_KEY
from dashboard.core.replay import REPLAYED
from dashboard.services.tie_out import IDENTITIES
from dashboard.text import text

Plain = list[dict[str, str]]
Say = Callable[[str], str]

#: Orders that are not over.
_ALIVE = ("needs_to_verify", "needs_open", "needs_in_service")
#: The identities that a meeting asks for first, and the others of orders.
_FIRST = ("flow", "received", "people", "levels")
#: What their sides are made of.
_SIDES = (
    (("opening", "come"), "=", ("ended", "still")),
    (("needs_registered",), "=", ("direct", "dispatched", "waiting")),
    (("volunteers_served",), "≤", ("person_times",)),
)
_OF_ORDERS = ("life", "ended", "repeats", "towns", "seats", "dispatches")


def two_days(say: Say, language: str) -> Plain:
    """The figures of two days, as known then and as known now, and the towns whose orders changed most."""

    def known(day: str, how: str) -> str:
        return f"sum(case when day = :{day} and known = '{how}' then value else 0 end)"

    def alive(day: str) -> str:
        figures = _listed(_ALIVE)
        return f"sum(case when day = :{day} and known = 'now' and figure in ({figures}) then value else 0 end)"

    names = {key: text(language, BY_KEY[key].name) for key in REPLAYED}
    town, change = say("town"), say("change")
    return [
        _day("first", say("first_day"), "ago:31"),
        _day("second", say("second_day"), "ago:1"),
        _text("opening", "# " + say("two_days"), say("two_days_notes")),
        _query(
            "figures",
            say("figures_then_now"),
            f"""
select {_case("figure", names)} as "{say("figure")}",
  {known("first", "then")} as "{say("first_then")}", {known("first", "now")} as "{say("first_now")}",
  {known("second", "then")} as "{say("second_then")}", {known("second", "now")} as "{say("second_now")}",
  {known("second", "now")} - {known("first", "now")} as "{change}"
from past_figures where day in (:first, :second) and figure in ({_listed(REPLAYED)})
group by figure order by {_place("figure", REPLAYED)}
""",
        ),
        _text("changed", "# " + say("towns_changed")),
        _query(
            "towns",
            say("alive"),
            f"""
with towns as (
  select coalesce(town, '{say("no_town")}') as town, {alive("first")} as before, {alive("second")} as after
  from past_figures where day in (:first, :second) group by town_code
)
select town as "{town}", before as "{say("first_day")}", after as "{say("second_day")}", after - before as "{change}"
from towns order by abs(after - before) desc, town
""",
        ),
        {
            "name": "towns_chart",
            "kind": "chart",
            "title": change,
            "source": "towns",
            "mark": "bars",
            "x": town,
            "y": change,
            "series": "",
        },
        _text("how", f"# {say('how_counted')}\n\n{say('two_days_how')}"),
    ]


def tie_out(say: Say, language: str) -> Plain:
    """The identities: the four that a meeting asks for with their sides in words, the others, then the rows at fault.
    A side is shown as its sum only: with every term of an identity but one, the last could be reckoned."""
    keys = [identity.__name__ for identity in IDENTITIES]
    names = {key: text(language, f"tie_out.{key}") for key in keys}
    other = [key for key in keys if key not in (*_FIRST, *_OF_ORDERS)]
    return [
        _text("opening", f"# {say('tie_out')}\n\n{_sides(say, language)}", say("tie_out_notes")),
        _query("main", say("tie_out_main"), _lines(say, names, _FIRST, relation=False)),
        _text("of_orders", "# " + say("tie_out_orders")),
        _query("orders", say("tie_out_orders"), _lines(say, names, _OF_ORDERS)),
        _text("of_registers", "# " + say("tie_out_registers")),
        _query("registers", say("tie_out_registers"), _lines(say, names, other)),
        _text("at_fault", "# " + say("rows_at_fault")),
        _query(
            "faults",
            say("rows_at_fault"),
            f"""
select {_case("identity", names)} as "{say("identity")}", coalesce(code, '{say("hidden_code")}') as "{say("code")}"
from identity_faults
union all
select '{say("none_at_fault")}', '' where not exists (select 1 from identity_faults)
""",
        ),
    ]


def _sides(say: Say, language: str) -> str:
    """The first identities in words, one a line."""

    def said(terms: Iterable[str]) -> str:
        return " + ".join(text(language, BY_KEY[one].name if one in BY_KEY else f"tie_out.term.{one}") for one in terms)

    lines = [f"{said(left)} {relation} {said(right)}" for left, relation, right in _SIDES]
    return "\n".join(f"- {line}" for line in (*lines, say("levels_add_up")))


def _lines(say: Say, names: dict[str, str], keys: Iterable[str], *, relation: bool = True) -> str:
    """Some identities, those that are off first."""
    between = f' relation as "{say("relation")}",' if relation else ""
    return f"""
select {_case("identity", names)} as "{say("identity")}", left_side as "{say("left")}",{between}
  right_side as "{say("right")}", difference as "{say("difference")}", {_result(say)} as "{say("result")}"
from identities where identity in ({_listed(keys)}) order by holds, {_place("identity", keys)}
"""


def _result(say: Say) -> str:
    return f"case when holds then '{say('holds')}' else '{say('off')}' end"


def _case(column: str, words: dict[str, str]) -> str:
    """A key in words."""
    return f"case {column} " + " ".join(f"when '{key}' then '{_safe(word)}'" for key, word in words.items()) + " end"


def _place(column: str, keys: Iterable[str]) -> str:
    """In the order of these keys."""
    return f"case {column} " + " ".join(f"when '{key}' then {at}" for at, key in enumerate(keys)) + " end"


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f"'{key}'" for key in keys)


def _safe(word: str) -> str:
    return word.replace("'", "''")


def _text(name: str, markdown: str, notes: str = "") -> dict[str, str]:
    return {"name": name, "kind": "text", "markdown": markdown, "notes": notes}


def _query(name: str, title: str, sql: str) -> dict[str, str]:
    return {"name": name, "kind": "query", "title": title, "sql": sql.strip()}


def _day(name: str, title: str, value: str) -> dict[str, str]:
    return {"name": name, "kind": "input", "title": title, "value": value, "type": "day"}
