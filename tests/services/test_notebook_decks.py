"""A deck of several cells: tables, charts, maps and figures show no number that another of them hides."""

import json
from collections.abc import Mapping
from typing import Any

from dashboard.core.deck import Chart, Number, Table
from dashboard.core.figures import BY_KEY, Value
from dashboard.core.frames import Frame, Scalar
from dashboard.core.notebook import cells_of
from dashboard.services.month_figures import TwoMonths
from dashboard.services.notebook_decks import deck_of
from dashboard.services.notebook_runs import PLACES, Outcome
from dashboard.ui import deck_words

TOWNS: tuple[tuple[Scalar, ...], ...] = (("甲镇", 3), ("乙镇", 12), ("丙镇", 40), ("丁镇", 55))


def blocks(plain: list[dict[str, str]], outcomes: Mapping[str, Outcome], months: TwoMonths | None = None) -> list[Any]:
    deck = deck_of(
        "会", "", cells_of(plain), outcomes, deck_words.speech("zh", months=months or TwoMonths()), months=months
    )
    return [block for slide in deck.slides for block in slide.blocks]


def query(name: str, sql: str = "select 1") -> dict[str, str]:
    return {"name": name, "kind": "query", "title": "", "sql": sql}


def figure(key: str, value: float, n: int = 0) -> Value:
    return Value(value, BY_KEY[key].unit, n or int(value))


def drawn(block: Chart, field: str) -> list[Any]:
    """The numbers inside a chart."""
    sets = json.loads(json.dumps(block.spec))["datasets"].values()
    return [row[field] for rows in sets for row in rows if field in row]


def test_a_chart_and_a_map_hide_what_another_table_of_the_deck_would_tell() -> None:
    cells = [
        query("towns"),
        query("again"),
        {
            "name": "bars",
            "kind": "chart",
            "title": "",
            "source": "again",
            "mark": "bars",
            "x": "镇",
            "y": "件",
            "series": "",
        },
        {"name": "map", "kind": "map", "title": "", "source": "again", "y": "件"},
    ]
    same = Frame(
        ("镇", "件", "另"), tuple((*row, number) for row, number in zip(TOWNS[::-1], (61, 47, 900, 9), strict=True))
    )
    placed = Frame(PLACES, tuple((row[0], 107.0 + at, 28.0, row[1]) for at, row in enumerate(same.rows)))
    found = {
        "towns": Outcome(frame=Frame(("镇", "件"), TOWNS)),
        "again": Outcome(frame=same),
        "bars": Outcome(frame=same),
        "map": Outcome(frame=placed),
    }
    towns, again, bars, map_ = blocks(cells, found)
    assert isinstance(towns, Table) and isinstance(again, Table)
    read = [{row[0]: row[1] for row in one.rows} for one in (towns, again)]
    assert read[0] == read[1] == {"甲镇": "*", "乙镇": "*", "丙镇": "*", "丁镇": "55"}
    assert drawn(bars, "y") == [55, None, None, None]
    assert drawn(map_, "inside") == ["55", "", "", ""]
    radii = drawn(map_, "radius")
    assert radii[0] > radii[1] == radii[2] == radii[3], "a circle tells no more than its number"
    assert "小于" in bars.title and "小于" in map_.title


def test_a_month_beside_its_figure_is_hidden_where_a_table_hides_it() -> None:
    cells = [
        {"name": "figures", "kind": "figure", "keys": "needs_registered needs_closed"},
        query("months", "select '本月' as m, 1"),
    ]
    year = {"needs_registered": figure("needs_registered", 900), "needs_closed": figure("needs_closed", 700)}
    rows: tuple[tuple[Scalar, ...], ...] = (("登记", 64, 60), ("办结", 17, 3), ("转出", 50, 48))
    months = TwoMonths(
        {key: figure(key, many) for key, many in zip(year, (64, 17), strict=True)}, dict(year), "2026-11"
    )
    told = query("months", "select '登记' as a union all select '办结' union all select '转出'")
    found = {"figures": Outcome(figures=year), "months": Outcome(frame=Frame(("项", "本月", "上月"), rows))}
    registered, closed, table = blocks([cells[0], told], found, months)
    assert isinstance(registered, Number) and isinstance(closed, Number) and isinstance(table, Table)
    hidden = {row[0] for row in table.rows if row[1] == "*"}
    assert "办结" in hidden
    assert "17" not in "".join(closed.beside)
    assert ("64" not in "".join(registered.beside)) == ("登记" in hidden)
