"""Charts by their specification: the numbers drawn are the rows given, and words stay words."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from dashboard.draw import charts
from dashboard.draw.charts import Titles

TITLES = Titles("月份", "服务人次", "队伍")
NASTY = "{{7*7}}${alert(1)}<img src=x onerror=alert(1)>'\"`\\"


def series(names: tuple[str, ...] = ("甲队",)) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"x": month, "y": n, "series": name, "label": str(n)}
            for name in names
            for n, month in enumerate(("2026年9月", "2026年10月", "2026年11月"))
        ]
    )


def table() -> pd.DataFrame:
    return pd.DataFrame(
        [{"row": row, "column": c, "y": n, "label": str(n)} for n, (row, c) in enumerate((("乙", "2"), ("甲", "1")))]
    )


def month() -> pd.DataFrame:
    days = [{"row": d // 7, "column": f"周{d % 7}", "day": d + 1, "y": d, "label": str(d)} for d in range(30)]
    return pd.DataFrame(days).assign(date=lambda rows: rows["day"].astype(str), more="0")


def shares() -> pd.DataFrame:
    return pd.DataFrame([{"x": "甲", "share": 0.9, "low": 0.8, "high": 0.95, "label": "90%（9/10）", "small": True}])


DRAWN: list[tuple[Callable[..., Any], pd.DataFrame]] = [
    (charts.bars, series()),
    (charts.bars, series(("甲队", "乙队"))),
    (charts.lines, series(("甲队", "乙队"))),
    (charts.lying_bars, series()),
    (charts.lying_bars, series(("甲队", "乙队"))),
    (charts.cells, table()),
    (charts.calendar, month()),
    (charts.intervals, shares()),
]


def spec_of(chart: Any) -> dict[str, Any]:
    return json.loads(chart.to_json())


def rows_drawn(spec: dict[str, Any]) -> list[dict[str, Any]]:
    (rows,) = spec["datasets"].values()
    return rows


@pytest.mark.parametrize(("draw", "rows"), DRAWN)
def test_the_chart_holds_exactly_the_rows_of_its_table(draw: Callable[..., Any], rows: pd.DataFrame) -> None:
    assert rows_drawn(spec_of(draw(rows, TITLES))) == json.loads(rows.to_json(orient="records"))


@pytest.mark.parametrize(("draw", "rows"), DRAWN)
def test_every_chart_has_the_chinese_font_stack_and_fills_its_place(
    draw: Callable[..., Any], rows: pd.DataFrame
) -> None:
    spec = spec_of(draw(rows, TITLES))
    assert spec["config"]["font"] == charts.FONTS
    assert "Noto Sans CJK SC" in charts.FONTS
    assert spec["width"] == "container"
    assert spec["height"] > 0


@pytest.mark.parametrize(("draw", "rows"), DRAWN)
def test_names_are_data_and_never_part_of_the_program(draw: Callable[..., Any], rows: pd.DataFrame) -> None:
    harmful = rows.assign(**{column: NASTY for column in ("x", "row", "series") if column in rows})
    spec = spec_of(draw(harmful, TITLES))
    del spec["datasets"]
    kept = json.dumps({"sort": _sorts(spec)}, ensure_ascii=False)
    assert json.dumps(spec, ensure_ascii=False).count("alert(1)") == kept.count("alert(1)")


def _sorts(node: Any) -> list[Any]:
    """Lists of labels in the specification: orders and domains, which are plain values."""
    if isinstance(node, dict):
        here = [node[name] for name in ("sort", "domain") if isinstance(node.get(name), list)]
        return here + [found for value in node.values() for found in _sorts(value)]
    return [found for item in node for found in _sorts(item)] if isinstance(node, list) else []


def test_months_stand_in_the_order_of_the_rows_and_not_of_the_alphabet() -> None:
    spec = spec_of(charts.bars(series(), TITLES))
    assert spec["encoding"]["x"]["sort"] == ["2026年9月", "2026年10月", "2026年11月"]


def test_one_series_needs_no_legend_and_two_have_one() -> None:
    assert spec_of(charts.bars(series(), TITLES))["encoding"]["color"]["legend"] is None
    two = spec_of(charts.bars(series(("甲队", "乙队")), TITLES))["encoding"]["color"]
    assert two["legend"]["orient"] == "top"
    assert two["scale"]["domain"] == ["甲队", "乙队"]


def test_stacked_columns_begin_at_zero() -> None:
    assert spec_of(charts.bars(series(("A", "B")), TITLES))["encoding"]["y"]["stack"] == "zero"


def test_a_share_is_drawn_on_the_whole_scale_and_grey_on_a_small_base() -> None:
    rule = spec_of(charts.intervals(shares(), TITLES))["layer"][0]["encoding"]
    assert rule["x"]["scale"]["domain"] == [0, 1]
    assert rule["color"]["condition"] == {"test": "datum.small", "value": charts.GREY}
