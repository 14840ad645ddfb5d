"""Units beside numbers."""

WORDS: dict[str, tuple[str, str]] = {
    "show.comma": ("、", ", "),
    "show.minutes": ("{value} 分钟", "{value} min"),
    "show.hours": ("{value} 小时", "{value} h"),
    "show.hours_minutes": ("{hours} 小时 {minutes} 分", "{hours} h {minutes} min"),
    "show.days": ("{value} 天", "{value} d"),
    "show.metres": ("{value} 米", "{value} m"),
    "show.kilometres": ("{value} 公里", "{value} km"),
    "show.ago": ("{value}前", "{value} ago"),
}
