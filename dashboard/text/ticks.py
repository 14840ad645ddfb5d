"""Words of what time brings about: the tick, and the queue of needs for which nobody is left to ask."""

WORDS: dict[str, tuple[str, str]] = {
    "ticks.done": (
        "到期派单 {expired} 个，改派下一位 {offered} 个，转入“无人可派” {nobody} 条，移出 {closed} 条，转交请求过时 {lapsed} 个，释放占用 {released} 个，生成定期需求 {visits} 条，生成送餐轮次 {meals} 个，排定轮值 {duties} 班，提醒空缺 {alarms} 个，新开回访 {check_backs} 条。",
        "Offers expired: {expired}; offered to the next: {offered}; needs with nobody left: {nobody}, no longer so: {closed}; requests for a hold that lapsed: {lapsed}; holds released: {released}; needs made of recurring visits: {visits}; meal rounds made: {meals}; duties of rotas made or changed: {duties}; gaps told: {alarms}; check-backs opened: {check_backs}.",
    ),
    "ticks.refused": ("没有办成：{what}（编号 {id}）：{key}", "Could not be done: {what} (number {id}): {key}"),
    "ticks.what.expire": ("派单到期", "expiry of a dispatch"),
    "ticks.what.release": ("释放需求的占用", "release of a need's hold"),
    "ticks.what.next": ("为需求问下一位", "asking the next for a need"),
    "ticks.what.nobody": ("需求转入“无人可派”", "putting a need with nobody left into the queue"),
    "ticks.what.close": ("需求移出“无人可派”", "taking a need out of the queue"),
    "ticks.what.visits": ("生成定期需求（0 为全部）", "making the needs of a series (0: all of them)"),
    "ticks.what.meals": ("生成当天送餐（0 为全部）", "making the day's meal round (0: all of them)"),
    "ticks.what.duties": ("排定小区轮值（0 为全部）", "making the duties of a rota (0: all of them)"),
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
    "ticks.nobody_count": ("无人可派 {count}", "Nobody left {count}"),
    "ticks.nobody_title": ("无人可派的需求", "Needs with nobody left to ask"),
    "ticks.nobody_lead": (
        "能问的人都问过了，或没有符合条件的人。请有人接手：放宽条件、换时间，或当面去请。",
        "Everybody who could be asked was asked, or nobody fits. Somebody has to take it on: other times, other rules, or a personal word.",
    ),
    "ticks.nobody_none": ("没有无人可派的需求。", "There is no such need."),
    "ticks.owner": ("负责人 {who}", "looked after by {who}"),
    "ticks.owner_none": ("还没有人接手", "nobody looks after it yet"),
    "ticks.since": ("自 {when}", "since {when}"),
    "ticks.take_on": ("由我接手", "Take on"),
    "ticks.take_on_mine": ("已由您负责", "Yours already"),
    "ticks.taken_on": ("需求 {code} 现由您负责。", "You look after need {code} now."),
    "ticks.setting": ("有人回绝之后", "After a no"),
    "ticks.setting_lead": (
        "志愿者回绝或到时不答时，系统可以自动去问下一位：先问候补名单，再按排名。问满人数仍无人答应，或没有人可问，就转入“无人可派”，由人来看。正被人保留的需求不会自动去问。",
        "When a volunteer says no or stays silent, the next can be asked by itself: those on standby first, then by rank. After so many in vain, or with nobody left, the need goes to those with nobody left and a person looks. A need somebody holds is left alone.",
    ),
    "ticks.now_on": (
        "现在：自动问下一位，一条需求最多白问 {most} 人。",
        "Now: the next is asked by itself, at most {most} in vain for a need.",
    ),
    "ticks.now_off": (
        "现在：不自动问下一位，由调度员自己派。",
        "Now: nobody is asked by itself; coordinators dispatch themselves.",
    ),
    "ticks.setting_since": ("自 {when} 起", "Since {when}"),
    "ticks.setting_on": ("自动问下一位", "Ask the next by itself"),
    "ticks.setting_most": ("最多白问几人", "Asked in vain at most"),
    "ticks.setting_most_help": (
        "一条需求白问了比这更多的人，就由人来看。0：第一个回绝后就由人来看。",
        "After more than this many in vain for a need a person looks. 0: after the first no.",
    ),
    "ticks.setting_store": ("保存", "Store"),
    "ticks.setting_stored": ("已保存，下一轮起生效。", "Stored; it holds from the next round on."),
    "ticks.setting_changed": (
        "这项设置刚被别人改过。请刷新后再看。",
        "Somebody changed this setting meanwhile. Reload the page.",
    ),
    "ticks.bad_most": ("人数要在 0 到 {most} 之间。", "The number must be between 0 and {most}."),
}
