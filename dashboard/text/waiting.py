"""Words of residents' waiting."""

WORDS: dict[str, tuple[str, str]] = {
    "waiting.group_80_up": ("80 岁及以上", "80 and older"),
    "waiting.group_60_79": ("60–79 岁", "60 to 79"),
    "waiting.group_18_59": ("18–59 岁", "18 to 59"),
    "waiting.group_under_18": ("未满 18 岁", "under 18"),
    "waiting.group_unknown": ("年龄不详", "age unknown"),
    "waiting.no_place": ("地点不详", "place unknown"),
}
