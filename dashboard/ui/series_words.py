"""A recurrence rule in words."""

from dashboard.core.series import Frequency, parse
from dashboard.ui import show
from dashboard.ui.session import language, t


def rule_words(text: str) -> str:
    """ "每 2 周 周一、周四，共 10 次", "every 2 weeks on Mon, Thu, 10 times"."""
    rule = parse(text)
    name = str(rule.frequency).lower()
    every = t(f"series.every_{name}") if rule.interval == 1 else t(f"series.every_{name}_n", number=rule.interval)
    days = [_weekday(nth, day) for nth, day in rule.weekdays] + [_month_day(day) for day in rule.month_days]
    said = t("series.on_days", every=every, days=t("show.comma").join(days)) if days else every
    if rule.count is not None:
        return t("series.with_count", rule=said, count=rule.count)
    if rule.until is not None:
        return t("series.with_until", rule=said, day=show.date(language(), rule.until))
    return said


def _weekday(nth: int, day: int) -> str:
    name = show.weekday(language(), day)
    if nth == 0:
        return name
    return t("series.nth_day", number=nth, day=name) if nth > 0 else t("series.nth_last_day", number=-nth, day=name)


def _month_day(day: int) -> str:
    return t("series.month_day", day=day) if day > 0 else t("series.month_day_back", day=-day)


#: What the form offers, the usual one first.
FREQUENCIES = (Frequency.WEEKLY, Frequency.DAILY, Frequency.MONTHLY)
