"""A deck's layout: all that is said is on some screen, measured into its box; none over another, none outside."""

import random
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.core import deck_type
from dashboard.core.deck import Block, Box, Chart, Line, Number, Slide, Table, Words
from dashboard.core.deck_layout import FOOT, HIGH, MOST_PARTS, WIDE, Placed, Screen, picture_box, screens, screens_of
from dashboard.core.deck_tables import sheet
from tests.bench import deck_mixes

ROWS_30 = Table(
    "镇", ("名称", "数"), tuple((f"镇{n}", str(n)) for n in range(30)), (False, True), more="另有 {rest} 行"
)


def apart(one: Box, other: Box) -> bool:
    sideways = one.x + one.width <= other.x + 1e-9 or other.x + other.width <= one.x + 1e-9
    return sideways or one.y + one.height <= other.y + 1e-9 or other.y + other.height <= one.y + 1e-9


def tables(shown: tuple[Screen, ...]) -> list[Table]:
    return [one.block for screen in shown for one in screen.placed if isinstance(one.block, Table)]


def said(shown: tuple[Screen, ...]) -> str:
    """All words of the screens' text blocks, in order."""
    blocks = [one.block for screen in shown for one in screen.placed]
    return "".join(line.text for block in blocks if isinstance(block, Words) for line in block.lines)


@settings(max_examples=40, deadline=None)
@example(469)  # a heading longer than a screen
@given(st.integers(0, 100_000))
def test_blocks_of_any_mix_stand_apart_on_their_screens(seed: int) -> None:
    for screen in screens(deck_mixes.deck(seed, slides=2)):
        for one in screen.placed:
            box = one.box
            assert box.width > 0 and box.height > 0
            assert box.x >= 0 and box.x + box.width <= 1
            assert box.y >= screen.title_box.y + screen.title_box.height - 1e-9
            assert box.y + box.height <= 1 - FOOT / HIGH + 1e-9, screen.title
        assert all(apart(one.box, other.box) for one, other in combinations(screen.placed, 2))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_a_table_fits_its_box_and_loses_no_row_silently(seed: int) -> None:
    table = deck_mixes.table(random.Random(seed))
    shown = screens_of(Slide("a", "标题", (table, deck_mixes.chart())))
    for screen in shown:
        for one in screen.placed:
            if isinstance(one.block, Table):
                columns = [share * one.box.width * WIDE for share in one.columns]
                measured = sheet(one.block, columns, one.scale)
                assert measured.height <= one.box.height * HIGH + 1e-6
    parts = [part for part in tables(shown) if part.columns == tables(shown)[0].columns]
    last = parts[-1]
    assert all(part.rest == 0 for part in parts[:-1])
    if last.rest == table.rest:
        words = ["".join(row[0] for part in parts for row in part.rows), "".join(row[0] for row in table.rows)]
        assert words[0].replace(" ", "") == words[1].replace(" ", "")
    else:
        assert f"另有 {last.rest} 行" in last.footnote
        assert len(parts) >= MOST_PARTS
    assert {name for part in tables(shown) for name in part.columns} == set(table.columns)


def test_rows_that_were_left_out_and_rows_that_are_add_up() -> None:
    long = replace(ROWS_30, rows=ROWS_30.rows * 20, rest=7)
    parts = tables(screens_of(Slide("a", "标题", (long,))))
    assert sum(len(part.rows) for part in parts) + parts[-1].rest == 607
    assert f"另有 {parts[-1].rest} 行" in parts[-1].footnote


def test_a_narrow_table_of_thirty_stands_in_two_columns_on_few_screens() -> None:
    shown = screens_of(Slide("a", "标题", (ROWS_30,)))
    assert [row for part in tables(shown) for row in part.rows] == list(ROWS_30.rows)
    assert [screen.title for screen in shown] == ["标题 1/2", "标题 2/2"]
    (first, second) = shown[0].placed
    assert first.box.y == second.box.y


def test_a_row_taller_than_a_screen_goes_on_below() -> None:
    table = Table("", ("甲", "乙"), (("长" * 1000, "1"), ("短", "2")), (False, True))
    rows = [row for part in tables(screens_of(Slide("a", "标题", (table,)))) for row in part.rows]
    assert "".join(row[0] for row in rows) == "长" * 1000 + "短"
    assert [row[1] for row in rows if row[1]] == ["1", "2"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_no_word_of_a_text_is_lost(seed: int) -> None:
    block = deck_mixes.text_block(random.Random(seed))
    whole = "".join(line.text for line in block.lines)
    assert said(screens_of(Slide("a", "标题", (block,)))).replace(" ", "") == whole.replace(" ", "")


@pytest.mark.parametrize("title", ["标题", "很长的标题" * 8, "A long English title of a screen " * 4, "长" * 2000])
def test_a_title_fits_above_the_blocks(title: str) -> None:
    shown = screens_of(Slide("a", title, (Number("服务", "12"),)))
    for one in shown:
        room = one.title_box.width * WIDE / one.title_type
        high = len(deck_type.lines(one.title, room, bold=True)) * one.title_type * 1.2
        assert high <= one.title_box.height * HIGH + 1e-9
        assert one.title_type >= 1.5
    assert title in (shown[0].title, said(shown))


def test_six_figures_stand_in_two_rows_of_three() -> None:
    (screen,) = screens_of(Slide("a", "六个数字", tuple(Number(str(n), "1") for n in range(6))))
    assert len({round(one.box.x, 3) for one in screen.placed}) == 3
    assert len({round(one.box.y, 3) for one in screen.placed}) == 2


def test_a_picture_takes_the_room_that_is_left_below_its_title() -> None:
    chart = Chart("图", {}, "图")
    (alone,) = screens_of(Slide("a", "标题", (chart,)))
    (beside,) = screens_of(Slide("a", "标题", (chart, Table("", ("镇",), (("甲",),), (False,)))))
    assert alone.placed[0].box.height == beside.placed[0].box.height > 0.7
    assert picture_box(alone.placed[0]).y > alone.placed[0].box.y
    untitled = Placed(replace(chart, title=""), alone.placed[0].box)
    assert picture_box(untitled) == untitled.box


def test_what_the_screen_s_title_says_is_not_said_again() -> None:
    (screen,) = screens_of(Slide("a", "镇", (replace(ROWS_30, rows=ROWS_30.rows[:3]),)))
    assert tables((screen,))[0].title == ""


def test_few_words_are_shown_larger() -> None:
    short: tuple[Block, ...] = (Words((Line("paragraph", "话"),)),)
    (few,) = screens_of(Slide("a", "标题", short))
    (many,) = screens_of(Slide("a", "标题", (Words((Line("bullet", "很多话" * 8),) * 10),)))
    assert few.placed[0].scale > many.placed[0].scale >= 1


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.floats(0.5, 60))
def test_lines_are_the_words_and_fit_their_room(words: str, room: float) -> None:
    found = deck_type.lines(words, room)
    assert "".join(found) == words
    assert all(deck_type.width(line.rstrip()) <= max(room, 1.3) + 1e-5 for line in found if len(line.rstrip()) > 1)
