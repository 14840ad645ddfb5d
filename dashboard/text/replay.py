"""Words of the past: figures as known then and now, the map of a day gone by."""

WORDS: dict[str, tuple[str, str]] = {
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
    "replay.line_none": ("{name}：{why}", "{name}: {why}"),
    # -- why a figure of a day isn't told; stands where its number would
    "replay.why.register": (
        "名册直接改写，当时的样子没有留下",
        "a register changed in place: what it was then is kept nowhere",
    ),
    "replay.why.deadline": (
        "时限会重新起算，当时的时限没有留下",
        "deadlines are set anew: what they were then is kept nowhere",
    ),
    "replay.why.seats": (
        "人数会改，当时的名额没有留下",
        "head-counts are changed: what they were then is kept nowhere",
    ),
    "replay.why.undated": ("没有记下何时录入", "nothing says when it was recorded"),
    "replay.day": ("截至哪一天", "As of which day"),
    "replay.column.then": ("当时所知", "Known then"),
    "replay.column.now": ("现在所知", "Known now"),
    "replay.column.change": ("后来的变化", "Changed since"),
    "replay.untold": ("无从得知", "not on record"),
    "replay.column.why": ("说明", "Note"),
    "replay.part": ("范围", "Part"),
    "replay.part.own": ("我负责的全部范围", "All of my part"),
    "replay.part.county": ("全县", "The whole county"),
    "replay.part.note": (
        "往日的地点没有留下：需求和服务算在今天登记的地点上，后来更正过地点的算在更正后的地方。",
        "Where things lay that day is kept nowhere: orders and services are counted where they lie on record today, those "
        "corrected since at the corrected place.",
    ),
    "replay.pick": ("点一行看数字后面的明细。", "Click a row for the rows behind its number."),
    "replay.rows": ("{name} · {day} · {known}", "{name} · {day} · {known}"),
    "replay.no_rows": (
        "这个指标没有留下当天的样子，没有明细可看。",
        "What this figure was that day is kept nowhere, so there are no rows to show.",
    ),
    "replay.note": (
        "“当时所知”只算当天结束前已经记录的；“现在所知”加上后来补记、但发生在那之前的，减去后来更正和划掉的。",
        "“Known then” counts only what was recorded by the end of the day; “known now” adds what was recorded since and "
        "had happened by then, without what was corrected or struck since.",
    ),
}
