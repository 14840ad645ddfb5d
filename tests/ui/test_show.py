"""Numbers, dates and times in the reader's form."""

from datetime import UTC, date, datetime, timedelta

from dashboard.ui import show

LATE = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)


def test_numbers_are_grouped_and_short_in_both_languages() -> None:
    assert show.number("zh", 1234567) == "1,234,567"
    assert show.number("en", 2.25, 1) == "2.2"
    assert show.compact("zh", 532_100) == "53.2万"
    assert show.compact("en", 532_100) == "532.1K"
    assert show.compact("zh", 99_999) == "99,999"
    assert show.percent("zh", 0.9626) == "96.3%"


def test_times_are_shown_in_county_time() -> None:
    assert show.date("zh", LATE) == "2026年11月4日"
    assert show.date("en", LATE) == "4 Nov 2026"
    assert show.datetime_("zh", LATE) == "2026年11月4日 00:30"
    assert show.date("en", date(2026, 11, 3)) == "3 Nov 2026"
    assert show.month("zh", date(2026, 11, 3)) == "2026年11月"
    assert show.weekday("zh", 0) == "周一"
    assert show.weekday("en", 6) == "Sun"


def test_a_moment_to_wait_for_names_its_day_unless_it_is_today() -> None:
    now = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
    assert show.until("zh", now + timedelta(hours=1), now) == "22:30"
    assert show.until("zh", datetime(2026, 11, 30, 10, 0, tzinfo=UTC), now) == "11月30日周一 18:00"
    assert show.until("en", datetime(2026, 11, 30, 10, 0, tzinfo=UTC), now) == "Mon 30 Nov 18:00"


def test_a_span_names_its_day_once_when_it_has_one() -> None:
    start = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
    assert show.span("zh", start, start + timedelta(hours=2, minutes=30)) == "11月3日周二 09:00–11:30"
    assert "4 Nov" in show.span("en", start, start + timedelta(days=1))


def test_lengths_and_distances_carry_their_unit() -> None:
    assert show.duration("zh", 90) == "1 小时 30 分"
    assert show.duration("en", 120) == "2 h"
    assert show.duration("en", 45) == "45 min"
    assert show.hours("zh", 750) == "12.5 小时"
    assert show.distance("en", 350) == "350 m"
    assert show.distance("zh", 2360) == "2.4 公里"
    assert show.ago("zh", LATE - timedelta(hours=3), LATE) == "3 小时前"
    assert show.minute_of_day(1440) == "24:00"


def test_a_missing_value_is_a_dash_and_never_a_zero() -> None:
    shown = {show.number("zh", None), show.percent("en", None), show.date("zh", None), show.hours("en", None)}
    assert shown == {show.DASH}
