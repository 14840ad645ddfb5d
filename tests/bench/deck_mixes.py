"""Decks of many mixes of blocks, by a seed: for the sweep in a browser and for tests of the layout."""

import random

from dashboard.core.deck import Block, Chart, Deck, Line, Number, Slide, Table, Words

_TOWNS = ("都濡街道", "浞水镇", "黄都镇", "丰乐镇", "红丝乡", "务川仡佬族苗族自治县中心")
_ZH = (
    "本月各乡镇办结需求与上月同期相比有所增加，其中陪伴老人、"
    "上门理发、换药护理三类最多（基数较小的不比）；请各所在周五前报送缺口名单。"
)
_EN = (
    "Orders closed this month beside the last, with accompaniment of the elderly and "
    "repairs coming first; towns report their gaps by Friday, please. "
)
_LONG = ("https://example.invalid/" + "a" * 60, "Donaudampfschifffahrtsgesellschaft", "1,234,567,890.12", "①②③★—……")


def chart(bars: int = 6, title: str = "各乡镇") -> Chart:
    """A chart of so many bars."""
    spec = {
        "data": {"values": [{"x": f"{_TOWNS[at % 5]}{at}", "y": at * 7 % 13} for at in range(bars)]},
        "mark": "bar",
        "encoding": {"x": {"field": "x", "type": "nominal"}, "y": {"field": "y", "type": "quantitative"}},
    }
    return Chart(title, spec, f"{bars} bars")


def words(chance: random.Random, most: int) -> str:
    """Chinese, English or both, sometimes with a part that has no place to break."""
    kind = chance.randrange(5)
    long = chance.randint(1, most)
    source = {0: _ZH, 1: _EN, 2: _ZH + _EN}.get(kind, chance.choice((_ZH, _EN)) + chance.choice(_LONG))
    begin = chance.randrange(len(source))
    return ((source[begin:] + source) * (1 + most // len(source)))[:long].strip() or "字"


def table(chance: random.Random, rows: int | None = None) -> Table:
    """1 to 40 rows of 1 to 9 columns."""
    columns = chance.choice((1, 2, 3, 4, 5, 6, 9))
    numeric = tuple(at > 0 and chance.random() < 0.6 for at in range(columns))
    longest = chance.choice((6, 6, 6, 20, 90))
    cells = [
        tuple(
            f"{chance.randrange(10 ** chance.randint(1, 7)):,}" if is_number else words(chance, longest)
            for is_number in numeric
        )
        for _ in range(rows or chance.randint(1, 40))
    ]
    return Table(
        chance.choice(("", words(chance, 12), words(chance, 60))),
        tuple(words(chance, 10) for _ in range(columns)),
        tuple(cells),
        numeric,
        chance.choice((0, 0, 0, 7, 5000)),
        chance.choice(("", "", "* 小于 5，或能推算出这样的数，不显示", words(chance, 200))),
        "另有 {rest} 行",
    )


def number(chance: random.Random) -> Number:
    """A headline figure."""
    beside = tuple(words(chance, chance.choice((8, 8, 60))) for _ in range(chance.randint(0, 4)))
    value = chance.choice(("12", "1,234", "40.0%", "12,345,678 小时", "<5", "98.4%（93.1%–99.7%）"))
    return Number(words(chance, chance.choice((6, 6, 40))), value, chance.choice(("", "单", "orders")), beside)


def text_block(chance: random.Random) -> Words:
    """A few lines, sometimes very many."""
    count = chance.choice((1, 2, 4, 8, 30))
    styles = ("heading", "paragraph", "bullet")
    return Words(tuple(Line(chance.choice(styles), words(chance, chance.choice((12, 60, 300)))) for _ in range(count)))


def block(chance: random.Random) -> Block:
    """Any block."""
    kind = chance.randrange(6)
    if kind == 0:
        return text_block(chance)
    if kind == 1:
        return number(chance)
    if kind == 2:
        return chart(chance.choice((3, 12, 16)), chance.choice(("", words(chance, 12), words(chance, 60))))
    return table(chance)


def deck(seed: int, slides: int = 6) -> Deck:
    """A deck; the same seed gives the same."""
    chance = random.Random(seed)
    made = []
    for at in range(slides):
        some = [block(chance) for _ in range(chance.choice((1, 2, 2, 3, 4, 6)))]
        if chance.random() < 0.2:
            some = [number(chance) for _ in range(chance.randint(1, 9))] + some[:1]
        title = words(chance, chance.choice((8, 20, 60, 160)))
        made.append(Slide(f"s{at}", title, tuple(some), "讲稿"))
    return Deck(f"第 {seed} 份", "务川仡佬族苗族自治县 2026年11月27日 20:33 · 数据第 145 号", tuple(made))
