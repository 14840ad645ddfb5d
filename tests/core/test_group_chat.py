"""Messages of a group chat: what is one message, and what each asks for."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import Invalid
from dashboard.core.group_chat import MOST_CHARACTERS, MOST_LINES, Heard, heard, kinds_of, messages
from dashboard.core.intake import Village, Villages, clean
from dashboard.core.intake_times import COUNTY_TIME
from dashboard.core.words import Urgency
from dashboard.text import known

#: Monday 2 November 2026, ten o'clock in the county.
NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
VILLAGES = Villages(
    [
        Village("1", "珍珠村", "a", "大坪镇"),
        Village("2", "新建村", "a", "大坪镇"),
        Village("3", "新建村", "b", "砚山镇"),
        Village("4", "洪渡社区居民委员会", "b", "砚山镇"),
    ]
)
KINDS = kinds_of({"水电维修": (1, 60), "医疗护理": (2, 120), "理发": (3, 30), "代买药品": (4, 60)})


def one(text: str) -> Heard:
    (message,) = messages(text, NOW)
    return heard(message, VILLAGES, KINDS, NOW)


def test_a_line_is_a_message_and_what_the_chat_writes_itself_is_dropped() -> None:
    found = messages("珍珠村有老人要理发\n\n[图片]\n“李四”撤回了一条消息\n------\n明天要送药", NOW)
    assert [(one.line, one.text) for one in found] == [(1, "珍珠村有老人要理发"), (6, "明天要送药")]


def test_lines_of_sender_and_time_are_the_source_and_gather_what_follows() -> None:
    found = messages("张网格 2026/11/1 9:05\n珍珠村停电\n麻烦看看\n\n李四 11-01 21:10:22\n收到\n王五 9:58\n要理发", NOW)
    assert [(one.sender, one.text) for one in found] == [
        ("张网格", "珍珠村停电 麻烦看看"),
        ("李四", "收到"),
        ("王五", "要理发"),
    ]
    assert found[0].sent_at == datetime(2026, 11, 1, 9, 5, tzinfo=COUNTY_TIME)
    assert found[2].sent_at is None


@pytest.mark.parametrize("text", ["明天上午 9:00", "李奶奶要理发，明天9:00", "9:00"])
def test_a_message_that_ends_in_a_time_is_no_line_of_sender_and_time(text: str) -> None:
    assert [one.text for one in messages(text, NOW)] == [clean(text)]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("珍珠村李奶奶家水电维修", "category_id", 1),
        ("李奶奶家水管坏了要维修", "category_id", 1),
        ("洪渡社区3组停水", "place_words", "洪渡社区居民委员会"),
        ("砚山镇新建村停水", "place_words", "新建村"),
        ("老人摔倒了，马上来人", "urgency", Urgency.URGENT),
        ("尽快来看看", "urgency", Urgency.SOON),
        ("要理发，不急", "urgency", Urgency.NORMAL),
        ("尽快来看看", "time_words", "尽快"),
        ("需要两个志愿者搬家具", "people", 2),
        ("要几个人帮忙搬家具", "people_words", "几个人"),
        ("户主：张小贵，要理发", "name", "张小贵"),
        ("老人电话13985621234，要理发", "phone", "13985621234"),
        ("老人家的联系电话是 139 8562 1234", "phone", "13985621234"),
        ("要理发，联系我13985621234", "reporter_phone", "13985621234"),
        ("要理发 13985621234", "phone", ""),
    ],
)
def test_what_a_message_says(text: str, field: str, value: Any) -> None:
    assert getattr(one(text), field) == value


def test_a_namesake_village_whose_town_is_not_named_is_to_be_asked_about() -> None:
    assert one("新建村停水").village is None and one("新建村停水").place_words == "新建村"


def test_a_wanted_time_is_read_out_of_the_sentence() -> None:
    found = one("珍珠村李奶奶明天上午9点到11点要理发，谢谢")
    start, end = (moment.astimezone(COUNTY_TIME) for moment in found.spans[0])
    assert (start.day, start.hour, end.hour) == (3, 9, 11)


def test_a_time_counts_from_the_day_the_message_was_sent() -> None:
    (message,) = messages("张三 2026/10/30 9:05\n明天下午要理发", NOW)
    assert heard(message, VILLAGES, KINDS, NOW).spans[0][0].astimezone(COUNTY_TIME).day == 31


@pytest.mark.parametrize("text", ["收到", "好的，谢谢", "辛苦了", "大家早点休息", "OK"])
def test_chatter_asks_for_nothing(text: str) -> None:
    assert one(text).chatter
    assert not one("珍珠村要理发").chatter


def test_no_phone_stays_in_the_text() -> None:
    found = one("老人电话13985621234，我的 0856-5666640")
    assert "13985621234" not in found.text and "5666640" not in found.text and "1234" in found.text


def test_the_same_text_twice_is_two_messages_and_the_same_two_again() -> None:
    first, again = messages("要理发\n要理发", NOW), messages("要理发\n\n要理发", NOW)
    told = [(one.digest, one.occurrence) for one in first]
    assert len(set(told)) == 2 and told == [(one.digest, one.occurrence) for one in again]


@pytest.mark.parametrize(
    ("text", "line"),
    [("好\n" + "长" * (MOST_CHARACTERS + 1), 2), ("行\n" * (MOST_LINES + 1), MOST_LINES + 1)],
)
def test_what_is_too_long_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Invalid) as error:
        messages(text, NOW)
    assert error.value.values["line"] == line and known(error.value.key)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    for message in messages(text, NOW):
        found = heard(message, VILLAGES, KINDS, NOW)
        assert all(start < end for start, end in found.spans)
