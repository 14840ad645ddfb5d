"""Words of the past: figures as known then and now, the map of a day gone by."""

WORDS: dict[str, tuple[str, str]] = {
    "replay.whole_county": (
        "需求的地点可能后来更正过，所以往日的指标只能按全县重算。",
        "Where an order lies may have been corrected since, so figures of the past are replayed for the whole county "
        "only.",
    ),
    "replay.known_alone": (
        "--known 要和 --as-of 一起用。",
        "--known goes with --as-of.",
    ),
    "replay.future": ("{day} 还没有到。", "{day} has not come yet."),
    "replay.head": ("{day} 结束时", "At the end of {day}"),
    "replay.line": (
        "{name}：当时所知 {then} · 现在所知 {now} {unit}",
        "{name}: {then} as known then · {now} as known now, {unit}",
    ),
    "replay.line_one": ("{name}：{value} {unit}", "{name}: {value} {unit}"),
    "replay.left_out": (
        "另外 {count} 个指标的依据（名册、时限、名额、时长、评价）会被更正，没有留下当时的样子，所以不重算。",
        "{count} more figures rest on what may be corrected (registers, deadlines, seats, hours, ratings) and leaves no "
        "trace of what it was; they are not replayed.",
    ),
    "replay.day": ("截至哪一天", "As of which day"),
    "replay.column.then": ("当时所知", "Known then"),
    "replay.column.now": ("现在所知", "Known now"),
    "replay.column.change": ("后来补记", "Recorded since"),
    "replay.note": (
        "“当时所知”只用当天结束前已经记录的事件；“现在所知”加上后来补记、但发生在那之前的。",
        "“Known then” takes only events recorded by the end of the day; “known now” adds what was recorded since and "
        "had happened by then.",
    ),
}
