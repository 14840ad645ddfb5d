"""Words of registers as values: a yes and a no for each rule."""
# ruff: noqa: E501  (one example a line)

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core import intake
from dashboard.core.intake import WRITTEN, HeadCount, Quantity, Village, Villages
from dashboard.core.words import Channel, Gender, Level, SiteKind, TeamKind, Urgency


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("１３８ ００", "138 00"),
        ("张\u200b三\ufeff", "张三"),
        (" a\t\r\n b ", "a b"),
        ("\x00x\x1f", "x"),
        ("（站）", "(站)"),
    ],
)
def test_text_is_cleaned(written: str, expected: str) -> None:
    assert intake.clean(written) == expected


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert intake.clean(intake.clean(text)) == intake.clean(text)


def test_no_character_without_a_picture_stays() -> None:
    """The list of invisible characters is that of this Python's Unicode tables."""
    hidden = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) in ("Cc", "Cf", "Cs")]
    assert len(hidden) > 2000
    assert [c for c in hidden if intake.clean(f"a{c}b") not in ("ab", "a b")] == []
    assert intake.clean("a\u4e00b") == "a\u4e00b"


def test_dashes_and_words_for_nothing_say_nothing() -> None:
    assert all(intake.blank(text) for text in ("", " ", "-", "——", "无", "不详", "N/A", "／"))
    assert not intake.blank("无锡")


def test_names_are_compared_without_spaces_and_in_simplified_writing() -> None:
    assert intake.name_key("丹砂街道 新时代文明实践所 ") == intake.name_key(
        "丹砂街道新時代文明實踐所".replace("踐", "践")
    )
    assert intake.person_name("张 三") == "张三"
    assert intake.person_name("John  Smith") == "John Smith"


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("19565978658", "19565978658"),
        ("150-5676-2347", "15056762347"),
        ("+86 150 8563 0312", "15085630312"),
        ("8615085630312", "15085630312"),
        ("１５５５３６８２０２７", "15553682027"),
        ("0856-5666640", "08565666640"),
        ("12345", "12345"),
    ],
)
def test_phones_become_digits(written: str, digits: str) -> None:
    assert intake.phone(written) == intake.Phone(digits, valid=True)


@pytest.mark.parametrize("written", ["133511530", "1234567890123", "电话不通", "23800000000"])
def test_what_is_no_phone_keeps_its_text(written: str) -> None:
    found = intake.phone(written)
    assert not found.valid and not found.missing and found.digits == written


@pytest.mark.parametrize("written", ["", "无", " - "])
def test_a_missing_phone_is_missing(written: str) -> None:
    assert intake.phone(written).missing


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("一百零五", 105),
        ("三万二千", 32000),
        ("二十", 20),
        ("若干", None),
        ("3", None),
    ],
)
def test_chinese_numbers(written: str, expected: int | None) -> None:
    assert intake.chinese_number(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("6,700余张", Quantity(6700, "more", "张")),
        ("近50人", Quantity(50, "less", "人")),
        ("30多", Quantity(30, "more", "")),
        ("约5名", Quantity(5, "about", "名")),
        ("1.2万", Quantity(12000, "", "")),
        ("3-5人", Quantity(3, "more", "")),
        ("七十余户", Quantity(70, "more", "户")),
        ("很多", Quantity(None)),
        ("1.5", Quantity(None)),
    ],
)
def test_quantities_keep_their_qualifier(written: str, expected: Quantity) -> None:
    assert intake.quantity(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("两人", HeadCount(2)),
        ("1", HeadCount(1)),
        ("2.0", HeadCount(2)),
        ("３", HeadCount(3)),
        ("-1", HeadCount(-1)),
        ("0", HeadCount(0)),
        ("10余人", HeadCount(10, qualifier="more")),
        ("若干", HeadCount(None, vague=True)),
        ("多人", HeadCount(None, vague=True)),
        ("几个人", HeadCount(None, vague=True)),
        ("很多", HeadCount(None)),
        ("", HeadCount(None)),
        ("3张", HeadCount(None)),
    ],
)
def test_head_counts(written: str, expected: HeadCount) -> None:
    assert intake.head_count(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("107.891137,28.517457", (107.891137, 28.517457)),
        ("107.909159，28.583425", (107.909159, 28.583425)),
        ("107.9 28.5", (107.9, 28.5)),
        ("北纬28.5，东经107.9", (107.9, 28.5)),
        ("E107.9 N28.5", (107.9, 28.5)),
        ("东经107°54′00″ 北纬28°30′", (107.9, 28.5)),
        ("107.9", None),
        ("不清楚", None),
        ("1,2,3", None),
    ],
)
def test_coordinates_in_one_cell(written: str, expected: tuple[float, float] | None) -> None:
    assert intake.coordinates(written) == (None if expected is None else pytest.approx(expected))


def test_closed_words_are_read_and_unknown_ones_are_not_guessed() -> None:
    assert (intake.gender("男性"), intake.gender("F"), intake.gender("?")) == (
        Gender.MALE,
        Gender.FEMALE,
        Gender.UNKNOWN,
    )
    assert (intake.urgency("紧急"), intake.urgency("较急"), intake.urgency("一般")) == tuple(Urgency)
    assert intake.urgency("看着办") is None
    assert intake.channel("院坝会") is Channel.COURTYARD and intake.channel("飞鸽") is None
    assert intake.level("", "洪渡社区新时代文明实践站") is Level.STATION and intake.level("", "某处") is None
    assert intake.level("点", "特色实践点1号") is Level.POINT
    assert intake.team_kind("浞水镇巾帼志愿服务队") is TeamKind.WOMEN and intake.team_kind("无名队") is TeamKind.OTHER
    assert intake.site_kind("", "洪渡社区助餐点") is SiteKind.MEAL_POINT
    assert intake.site_kind("", "洪渡社区新时代文明实践站") is SiteKind.PRACTICE


@pytest.mark.parametrize("word", [word for word in WRITTEN if word is not Gender.UNKNOWN], ids=str)
def test_what_we_write_for_a_closed_word_is_read_back(word: object) -> None:
    readers = {Gender: intake.gender, Level: intake.level, Urgency: intake.urgency, Channel: intake.channel}
    assert readers[type(word)](WRITTEN[word]) == word  # type: ignore[index]


def test_lists_are_split_at_every_sign_offices_use() -> None:
    assert intake.split_words("医疗护理 陪伴老人、理发；保洁/烹饪，理发") == (
        "医疗护理",
        "陪伴老人",
        "理发",
        "保洁",
        "烹饪",
    )
    assert intake.split_words("无") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("洪渡社区", ()),
        ("洪\ue000社区", ("private_use",)),
        ("洪渡?区", ("lost_characters",)),
        ("洪渡\ufffd区", ("lost_characters",)),
        ("务川縣", ("mixed_writing",)),
        ("東昇", ()),
        ("why?", ()),
    ],
)
def test_damaged_text_is_noticed(text: str, expected: tuple[str, ...]) -> None:
    assert intake.text_traps(text) == expected


VILLAGES = Villages(
    [
        Village("1", "洪渡社区", "A", "丹砂街道"),
        Village("2", "珍珠社区", "A", "丹砂街道"),
        Village("3", "珍珠村", "B", "涪洋镇"),
        Village("4", "石朝村", "C", "砚山镇"),
        Village("5", "新村", "A", "丹砂街道"),
        Village("6", "新村", "B", "涪洋镇"),
    ]
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("洪渡社区", "1"),
        ("洪渡社区居民委员会", "1"),
        (" 洪渡 社区 ", "1"),
        ("丹砂街道洪渡社区3组", "1"),
        ("务川自治县丹砂街道洪渡社区", "1"),
        ("珍珠社区", "2"),
        ("珍珠村", "3"),
        ("珍珠村村委会", "3"),
        ("涪洋镇新村", "6"),
        ("洪渡社区新时代文明实践站", "1"),
        # 石朝乡 is a town elsewhere; a name two villages share says nothing without its town.
        ("新村", None),
        ("查无此村", None),
        ("涪洋镇洪渡社区", None),
        ("", None),
    ],
)
def test_villages_are_found_by_what_people_call_them(text: str, code: str | None) -> None:
    found = VILLAGES.find(text)
    assert (found.code if found else None) == code


def test_a_town_is_found_at_the_beginning_of_a_name() -> None:
    assert VILLAGES.town_of("涪洋镇新时代文明实践所") == "B"
    assert VILLAGES.town_of("不存在镇新时代文明实践所") is None
