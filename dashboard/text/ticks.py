"""Words of what time brings about: the tick, and the queue of needs for which nobody is left to ask."""

WORDS: dict[str, tuple[str, str]] = {
    "ticks.done": (
        "到期派单 {expired} 个，改派下一位 {offered} 个，转入“无人可派” {nobody} 条，移出 {closed} 条，释放占用 {released} 个，生成定期需求 {visits} 条，生成送餐轮次 {meals} 个，新开回访 {check_backs} 条。",
        "Offers expired: {expired}; offered to the next: {offered}; needs with nobody left: {nobody}, no longer so: {closed}; holds released: {released}; needs made of recurring visits: {visits}; meal rounds made: {meals}; check-backs opened: {check_backs}.",
    ),
    "ticks.refused": ("没有办成：{what}（编号 {id}）：{key}", "Could not be done: {what} (number {id}): {key}"),
    "ticks.what.expire": ("派单到期", "expiry of a dispatch"),
    "ticks.what.release": ("释放需求的占用", "release of a need's hold"),
    "ticks.what.next": ("为需求问下一位", "asking the next for a need"),
    "ticks.what.nobody": ("需求转入“无人可派”", "putting a need with nobody left into the queue"),
    "ticks.what.close": ("需求移出“无人可派”", "taking a need out of the queue"),
    "ticks.what.visits": ("生成定期需求（0 为全部）", "making the needs of a series (0: all of them)"),
    "ticks.what.meals": ("生成当天送餐（0 为全部）", "making the day's meal round (0: all of them)"),
    "ticks.what.check_back": ("抽取回访", "drawing check-backs"),
    "ticks.not_due": ("这件事已经办好，或还没到时候。", "This is done already, or not due yet."),
    "ticks.nobody_no_such": (
        "这条需求不在“无人可派”之列，或已经派满、办结。请刷新。",
        "This need is not among those with nobody left, or was filled or ended meanwhile. Reload the page.",
    ),
    "ticks.yours_already": ("这条需求已经由您负责。", "You look after this need already."),
    "ticks.owned_by": (
        "需求 {code} 现由 {who} 负责。要接过来，请刷新后再试。",
        "{who} looks after need {code} now. To take it over, reload and try again.",
    ),
    "ticks.owner_is_a_person": (
        "负责人必须是登录的账号，命令行不能接手。",
        "The owner must be an account of a person; the shell can't take a need on.",
    ),
}
