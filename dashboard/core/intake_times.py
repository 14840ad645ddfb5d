"""Words of registers -> days, wanted spans and weekly free hours.

County time is UTC+8 all year. Spans are half-open. Nothing here reads the clock: `today` and the day of registration
are given. Words an office edits (`WordRule` rows of kind "availability") come before the grammar here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from dashboard.core.intake import blank, chinese_number, clean, name_key

COUNTY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")

Minutes = tuple[int, int]
#: (weekday 0 Monday .. 6 Sunday, first minute, minute after the last).
Weekly = tuple[int, int, int]

#: What a part of the day means, minutes from midnight.
DAY_PARTS: dict[str, Minutes] = {
    "早上": (420, 540), "早晨": (420, 540), "清晨": (360, 480), "上午": (480, 720), "中午": (720, 840),
    "下午": (840, 1080), "傍晚": (1020, 1140), "晚上": (1140, 1320), "晚间": (1140, 1320), "夜间": (1140, 1320),
    "白天": (480, 1080), "全天": (480, 1080), "整天": (480, 1080),
}  # fmt: skip
_WEEK = "一二三四五六日天"
_ALL_DAYS, _WORKDAYS, _WEEKEND = tuple(range(7)), tuple(range(5)), (5, 6)
_DAY_SETS: dict[str, tuple[int, ...]] = {
    "每天": _ALL_DAYS, "天天": _ALL_DAYS, "每日": _ALL_DAYS, "工作日": _WORKDAYS, "平时": _WORKDAYS,
    "周末": _WEEKEND, "双休日": _WEEKEND, "节假日": _WEEKEND, "休息日": _WEEKEND,
}  # fmt: skip


def _every(days: tuple[int, ...], span: Minutes) -> tuple[Weekly, ...]:
    return tuple((day, *span) for day in days)


@dataclass(frozen=True)
class Free:
    """When somebody is free in a week. Not `known`: the words say nothing."""

    spans: tuple[Weekly, ...]
    known: bool


def availability(text: str, words: Mapping[str, tuple[Weekly, ...]]) -> Free:
    """Free text of weekly hours -> spans: the office's words first, then days and parts of the day.

    `words` is the office's table: key of a word (`name_key`) -> its hours, none where it says nothing.

    周一至周五晚上; 周二、周四下午; 周末全天; 晚上7点后; 周三9:00-11:30; several joined by ； or ，are added up.
    """
    key = name_key(text)
    if blank(text):
        return Free((), known=False)
    if key in words:
        return Free(words[key], known=bool(words[key]))
    spans: set[Weekly] = set()
    listed = re.sub(rf"(?<=[周期拜][{_WEEK}])[，,和及](?=[周星礼])", "、", clean(text).replace(" ", ""))
    for part in re.split(r"[；;，,和及]", listed):
        found = words[name_key(part)] if name_key(part) in words else _weekly(part)
        if not found:
            return Free((), known=False)
        spans.update(found)
    return Free(_joined(spans), known=True)


def _weekly(part: str) -> tuple[Weekly, ...]:
    days, rest = _days_of_week(part)
    span = _minutes(rest) if rest else DAY_PARTS["全天"]
    if span is None or (not days and not rest):
        return ()
    return _every(days or _ALL_DAYS, span)


def _days_of_week(text: str) -> tuple[tuple[int, ...], str]:
    """The weekdays a text begins with, and what follows them."""
    text = text.removeprefix("每")
    for word, days in _DAY_SETS.items():
        if text.startswith(word.removeprefix("每")) and word.removeprefix("每"):
            return days, text[len(word.removeprefix("每")) :]
    name = r"(?:周|星期|礼拜)"
    if found := re.match(rf"{name}([{_WEEK}])(?:至|到|-|—|~){name}?([{_WEEK}])", text):
        first, last = (min(_WEEK.index(day), 6) for day in found.groups())
        return tuple(range(first, last + 1)), text[found.end() :]
    if found := re.match(rf"{name}[{_WEEK}](?:、?{name}?[{_WEEK}])*", text):
        return tuple(sorted({min(_WEEK.index(c), 6) for c in found[0] if c in _WEEK})), text[found.end() :]
    return (), text


def _joined(spans: set[Weekly]) -> tuple[Weekly, ...]:
    """Overlapping and touching spans of a day become one."""
    joined: list[Weekly] = []
    for day, start, end in sorted(spans):
        if joined and joined[-1][0] == day and start <= joined[-1][2]:
            joined[-1] = (day, joined[-1][1], max(end, joined[-1][2]))
        else:
            joined.append((day, start, end))
    return tuple(joined)


_CLOCK = (
    r"(?:(?P<{0}part>早上|早晨|上午|中午|下午|傍晚|晚上|晚间)?"
    r"(?P<{0}hour>\d{{1,2}}|[零一二三四五六七八九十两]{{1,3}})"
    r"(?:[::](?P<{0}minute>\d{{2}})|[点时](?P<{0}half>半|一刻|三刻|\d{{1,2}}分?)?))"
)
_SPAN = re.compile(
    _CLOCK.format("from_")
    + r"(?:(?P<open>以?后|开始|起)|(?P<until>以?前)|(?:-|—|–|~|至|到)"
    + _CLOCK.format("to_")
    + r")?"
)


def _minutes(text: str) -> Minutes | None:
    """A part of the day, or clock times, as minutes; a single clock time ends where it starts (start, start)."""
    text = text.strip("的是 ")
    if text in DAY_PARTS:
        return DAY_PARTS[text]
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    start = _clock(found, "from_", None)
    if start is None:
        return None
    if found["open"]:
        return (start, 1320) if start < 1320 else None
    if found["until"]:
        return (480, start) if start > 480 else None
    if found["to_hour"] is None:
        return start, start
    end = _clock(found, "to_", found["from_part"])
    return (start, end) if end is not None and start < end else None


def _clock(found: re.Match[str], side: str, part_before: str | None) -> int | None:
    """下午3点半 -> 930. A part of the day said for the start holds for the end as well."""
    written = found[f"{side}hour"]
    hour = int(written) if written.isdigit() else chinese_number(written)
    part = found[f"{side}part"] or part_before
    half = found[f"{side}half"] or ""
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(half)
    if minute is None:
        minute = int(found[f"{side}minute"] or half.removesuffix("分") or 0)
    if hour is None or hour > 24 or minute > 59:
        return None
    if part in ("下午", "傍晚", "晚上", "晚间") and hour < 12:
        hour += 12
    total = hour * 60 + minute
    return total if total <= 1440 else None


_FULL_DATE = re.compile(r"(\d{4}|\d{2})[年./\-](\d{1,2})[月./\-](\d{1,2})[日号]?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_COMPACT_DATE = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SHORT_DATE = re.compile(r"(\d{1,2})[月./\-](\d{1,2})[日号]?")
#: Days a spreadsheet counts from 1899-12-30: what a date becomes when its format was lost (1954 to 2119).
_SERIAL = range(20_000, 80_000)


def day(text: str, near: date) -> date | None:
    """A written day: 2018年10月4日, 2023.2.28, 2018/9/1, 20180901, 11.08, a spreadsheet's 45123. Else None.

    A day without a year gets the year that brings it nearest to `near`. 去年, 2023.2.30 and 45123.5年 are no days.
    """
    plain = clean(text)
    if found := _FULL_DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain):
        year = int(found[1])
        return _real(year + 2000 if year < 100 else year, int(found[2]), int(found[3]))
    if found := _SHORT_DATE.fullmatch(plain):
        return nearest_year(int(found[1]), int(found[2]), near)
    if re.fullmatch(r"\d{5}", plain) and int(plain) in _SERIAL:
        return date(1899, 12, 30) + timedelta(days=int(plain))
    return None


def nearest_year(month: int, number: int, near: date) -> date | None:
    """The month and day in the year that lies nearest to `near`."""
    days = [_real(near.year + step, month, number) for step in (-1, 0, 1)]
    return min((d for d in days if d), key=lambda d: abs((d - near).days), default=None)


def _real(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Wanted:
    """When a service is wanted: spans (any one may serve), or why somebody must ask: "no_time" or "vague_time"."""

    spans: tuple[tuple[datetime, datetime], ...] = ()
    problem: str | None = None


_RELATIVE = {"今天": 0, "今日": 0, "当天": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_WEEKDAY = re.compile(r"(本|这|这个|下|下个)?(?:周|星期|礼拜)([一二三四五六日天])(.*)")
_DATED = re.compile(r"((?:\d{4}[年./\-])?\d{1,2}[月./\-]\d{1,2}[日号]?)[ T]*(.*)")
_DAY_RANGE = re.compile(r"(\d{1,2})[月./\-](\d{1,2})[日号]?(?:-|—|~|至|到)(?:(\d{1,2})[月./])?(\d{1,2})[日号](.*)")


def wanted(text: str, registered: date, duration_minutes: int) -> Wanted:
    """The wanted time of a need, counted from the day it was registered.

    11月6日 9:00-11:00; 2026-11-12 14:00 (as long as the service takes); 明天下午; 本周六上午 (the coming Saturday);
    11月6日 (that day). 尽快 and 每周三上午 have to be asked about.
    """
    if blank(text):
        return Wanted(problem="no_time")
    if ";" in clean(text):
        parts = [wanted(part, registered, duration_minutes) for part in clean(text).split(";") if not blank(part)]
        if not parts:
            return Wanted(problem="no_time")
        told = next((part for part in parts if part.problem), None)
        return told or Wanted(tuple(sorted({span for part in parts for span in part.spans})))
    plain = re.sub(r":\d{2}:\d{2}$", lambda found: found[0][:3], clean(text))
    days, rest = _wanted_days(plain, registered)
    minutes = _minutes(rest.replace(" ", "")) if rest else DAY_PARTS["全天"]
    if not days or minutes is None:
        return Wanted(problem="vague_time")
    start, end = minutes
    length = timedelta(minutes=end - start or duration_minutes)
    starts = [datetime.combine(d, time(start // 60, start % 60), COUNTY_TIME) for d in days if start < 1440]
    return Wanted(tuple((at, at + length) for at in starts)) if starts else Wanted(problem="vague_time")


def _wanted_days(text: str, registered: date) -> tuple[list[date], str]:
    """The days a wanted time names, and the text after them; no days for "every Wednesday" and "soon"."""
    for word in sorted(_RELATIVE, key=len, reverse=True):
        if text.startswith(word):
            return [registered + timedelta(days=_RELATIVE[word])], text[len(word) :].strip()
    if found := _WEEKDAY.fullmatch(text):
        weekday = min(_WEEK.index(found[2]), 6)
        if (found[1] or "").startswith("下"):
            monday = registered + timedelta(days=7 - registered.weekday())
            return [monday + timedelta(days=weekday)], found[3].strip()
        return [registered + timedelta(days=(weekday - registered.weekday()) % 7)], found[3].strip()
    if found := _DAY_RANGE.fullmatch(text):
        first = nearest_year(int(found[1]), int(found[2]), registered)
        last = nearest_year(int(found[3] or found[1]), int(found[4]), registered)
        if first and last and first <= last <= first + timedelta(days=31):
            return [first + timedelta(days=step) for step in range((last - first).days + 1)], found[5].strip()
        return [], text
    if found := _DATED.fullmatch(text):
        named = day(found[1], registered)
        return ([named] if named else []), found[2].strip()
    return [], text


def written_hours(spans: Sequence[Weekly]) -> str:
    """Weekly spans as words that `availability` reads back: 周一08:00-12:00；周三14:00-18:00."""
    return ";".join(f"周{_WEEK[day]}{_hour(start)}-{_hour(end)}" for day, start, end in spans)


def _hour(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
