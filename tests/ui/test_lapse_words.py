"""What is written beside a map by month: the county's numbers only where they are the county's."""

from dashboard.core.deck_lapse import Place
from dashboard.core.frames import Frame
from dashboard.core.notebook import Cell, cells_of
from dashboard.text import text
from dashboard.ui.lapse_words import lapse


def a_town(code: str, west: float) -> Place:
    ring = [[west, 28.0], [west + 1, 28.0], [west + 1, 29.0], [west, 29.0], [west, 28.0]]
    return Place(code, f"镇{code}", {"type": "Polygon", "coordinates": [ring]}, (west + 0.5, 28.5))


def a_cell() -> Cell:
    return cells_of([{"name": "played", "kind": "lapse", "figure": "needs_open", "months": "2"}])[0]


def test_the_sum_of_a_part_is_not_called_the_county_s() -> None:
    towns = (a_town("1", 107.0), a_town("2", 108.0))
    days = ("2026-09-30", "2026-10-31")
    part = lapse("zh", a_cell(), Frame(("code", "town", *days), (("1", "镇1", 7, 9),)), towns)
    whole = lapse("zh", a_cell(), Frame(("code", "town", *days), (("1", "镇1", 7, 9), ("2", "镇2", 0, 0))), towns)
    unit = text("zh", "lapse.unit.needs_open")
    assert [one.total for one in part.months] == [text("zh", "lapse.total_of_part", count=n, unit=unit) for n in "79"]
    assert [one.total for one in whole.months] == [text("zh", "lapse.total", count=n, unit=unit) for n in "79"]
