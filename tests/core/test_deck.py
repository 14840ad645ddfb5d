"""Blocks of a screen: none over another, none outside, numbers on top, tables cut where they would not fit."""

from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.deck import Block, Box, Chart, Line, Number, Slide, Table, Words, arranged, fitted, rows_that_fit

TABLE = Table("镇", ("名称", "数"), tuple((f"镇{n}", str(n)) for n in range(30)), (False, True))
blocks = st.lists(
    st.sampled_from([Number("服务", "12"), Words((Line("paragraph", "话"),)), TABLE, Chart("图", {}, "图")]),
    max_size=12,
)


def apart(one: Box, other: Box) -> bool:
    sideways = one.x + one.width <= other.x + 1e-9 or other.x + other.width <= one.x + 1e-9
    return sideways or one.y + one.height <= other.y + 1e-9 or other.y + other.height <= one.y + 1e-9


@given(blocks)
def test_no_two_blocks_touch_and_none_leaves_the_screen(some: list[Block]) -> None:
    placed = arranged(Slide("a", "标题", tuple(some)))
    assert sorted(map(id, some)) == sorted(id(block) for block, _ in placed)
    for _, box in placed:
        assert box.width > 0
        assert box.height > 0
        assert 0 <= box.x
        assert box.x + box.width <= 1
        assert 0 <= box.y
        assert box.y + box.height <= 0.95 + 1e-9
    assert all(apart(one, other) for (_, one), (_, other) in combinations(placed, 2))


def test_six_figures_stand_in_two_rows_of_three() -> None:
    placed = arranged(Slide("a", "六个数字", tuple(Number(str(n), "1") for n in range(6))))
    assert len({round(box.x, 3) for _, box in placed}) == 3
    assert len({round(box.y, 3) for _, box in placed}) == 2


def test_a_long_table_is_cut_and_says_how_much_is_left() -> None:
    cut = fitted(TABLE, 0.5)
    assert len(cut.rows) == rows_that_fit(0.5)
    assert cut.rest == 30 - len(cut.rows)
    assert replace(cut, more="另有 {rest} 行", note="注").footnote == f"注 · 另有 {cut.rest} 行"
    assert fitted(cut, 0.5) == cut


def test_a_short_table_stays_whole() -> None:
    assert fitted(TABLE, 2.0) == TABLE
