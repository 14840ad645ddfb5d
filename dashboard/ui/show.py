"""Numbers, dates and times as the reader writes them. Pure: the language comes first, no Streamlit here.

Times come in as aware datetimes (stored UTC) and are shown in county time; a missing value is shown as a dash.
"""

from datetime import date as calendar_day
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from babel.dates import format_date, format_skeleton
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from dashboard.text import text

#: China keeps one time without summer time, so a fixed offset needs no time zone files (Windows has none).
COUNTY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
DASH = "—"


@lru_cache(maxsize=4096)
def number(language: str, value: float | None, digits: int = 0) -> str:
    """ "12,345" with at most `digits` decimals."""
    if value is None:
        return DASH
    pattern = "#,##0." + "#" * digits if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=LOCALES[language])


def value(language: str, told: str | float | None) -> str:
    """A value of a result: whole numbers whole, others with two decimals, text as it is."""
    if told is None or isinstance(told, str):
        return DASH if told is None else told
    return number(language, told, 0 if float(told).is_integer() else 2)


def compact(language: str, value: float | None) -> str:
    """A number short enough for a tile: 53.2万 in Chinese, 532.1K in English; whole below 100,000."""
    if value is None:
        return DASH
    if abs(value) < 100_000:
        return number(language, value, 1)
    return format_compact_decimal(value, locale=LOCALES[language], fraction_digits=1)


def percent(language: str, share: float | None, digits: int = 1) -> str:
    """A share of one as "96.3%"."""
    if share is None:
        return DASH
    pattern = "0." + "0" * digits + "%" if digits else "0%"
    return format_percent(share, format=pattern, locale=LOCALES[language])


def money(language: str, fen: int | None) -> str:
    """Fen as yuan: "¥1,234.50"."""
    return DASH if fen is None else format_decimal(fen / 100, format="¥#,##0.00", locale=LOCALES[language])


def hours(language: str, minutes: float | None) -> str:
    """Minutes as hours with one decimal: "12.5 小时", "12.5 h"."""
    if minutes is None:
        return DASH
    return text(language, "show.hours", value=number(language, minutes / 60, 1))


def duration(language: str, minutes: int | None) -> str:
    """Minutes as "1 小时 30 分", "1 h 30 min"; whole parts that are zero are left out."""
    if minutes is None:
        return DASH
    whole, rest = divmod(minutes, 60)
    if not whole:
        return text(language, "show.minutes", value=rest)
    if not rest:
        return text(language, "show.hours", value=number(language, whole))
    return text(language, "show.hours_minutes", hours=number(language, whole), minutes=rest)


def distance(language: str, metres: float | None) -> str:
    """ "350 m" below a kilometre, then "2.4 km"."""
    if metres is None:
        return DASH
    if metres < 1000:
        return text(language, "show.metres", value=number(language, metres))
    return text(language, "show.kilometres", value=number(language, metres / 1000, 1))


def date(language: str, value: calendar_day | datetime | None) -> str:
    """ "2026年11月3日", "3 Nov 2026"; a datetime is first moved to county time."""
    return DASH if value is None else format_date(_day(value), "medium", locale=LOCALES[language])


@lru_cache(maxsize=1024)
def short_date(language: str, value: calendar_day | datetime | None) -> str:
    """Without the year, with the weekday: "11月3日周二", "Tue 3 Nov"."""
    return DASH if value is None else format_skeleton("MMMEd", _day(value), locale=LOCALES[language])


def month(language: str, value: calendar_day | datetime | None) -> str:
    """ "2026年11月", "Nov 2026"."""
    return DASH if value is None else format_skeleton("yMMM", _day(value), locale=LOCALES[language])


def clock(value: datetime | None) -> str:
    """ "14:30" in county time; the same in both languages."""
    return DASH if value is None else value.astimezone(COUNTY_TIME).strftime("%H:%M")


def until(language: str, value: datetime | None, now: datetime) -> str:
    """A moment to wait for: "18:00" today, with its day on any other, "11月30日周一 18:00"."""
    if value is None or _day(value) == _day(now):
        return clock(value)
    return f"{short_date(language, value)} {clock(value)}"


def minute_of_day(minute: int) -> str:
    """Minutes from midnight as "08:30"; the end of the day is "24:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def datetime_(language: str, value: datetime | None) -> str:
    """ "2026年11月3日 14:30", "3 Nov 2026 14:30"."""
    return DASH if value is None else f"{date(language, value)} {clock(value)}"


def span(language: str, start: datetime | None, end: datetime | None) -> str:
    """A half-open span: one date when it lies within one day, "11月3日周二 09:00–11:30"; else both dates."""
    if start is None or end is None:
        return DASH
    opening = f"{short_date(language, start)} {clock(start)}"
    if _day(start) == _day(end):
        return f"{opening}–{clock(end)}"
    return f"{opening} – {short_date(language, end)} {clock(end)}"


def span_in_two(language: str, start: datetime | None, end: datetime | None) -> tuple[str, str]:
    """A span on two lines: the date above the times; both dates where it lies in two days."""
    if start is None or end is None:
        return DASH, ""
    if _day(start) == _day(end):
        return short_date(language, start), f"{clock(start)}–{clock(end)}"
    return f"{short_date(language, start)} {clock(start)}", f"– {short_date(language, end)} {clock(end)}"


def ago(language: str, value: datetime | None, now: datetime) -> str:
    """How long before `now`: minutes, hours, then days."""
    return DASH if value is None else text(language, "show.ago", value=length(language, now - value))


def length(language: str, value: timedelta) -> str:
    """A length of time in its largest fitting unit, without sign: "12 分钟", "3 小时", "5 天"."""
    seconds = abs(value.total_seconds())
    for key, unit in (("show.days", 86_400), ("show.hours", 3_600)):
        if seconds >= unit:
            return text(language, key, value=number(language, seconds // unit))
    return text(language, "show.minutes", value=number(language, seconds // 60))


def weekday(language: str, index: int) -> str:
    """0 Monday .. 6 Sunday: "周一", "Mon"."""
    return format_skeleton("E", calendar_day(2024, 1, 1) + timedelta(days=index), locale=LOCALES[language])


def _day(value: calendar_day | datetime) -> calendar_day:
    return value.astimezone(COUNTY_TIME).date() if isinstance(value, datetime) else value
