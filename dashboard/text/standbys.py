"""Words of the standby list 候补 of a need."""

WORDS: dict[str, tuple[str, str]] = {
    "standbys.title": ("候补名单", "On standby"),
    "standbys.lead": (
        "有人回绝、不答或撤下时，先问他们，再按排名问。到时仍要符合条件，不符合的移出并说明原因。",
        "Asked first when somebody says no, stays silent or is withdrawn, before the ranked list. They must fit then too; who does not is dropped with the reason.",
    ),
    "standbys.line": ("{number}. {volunteer}", "{number}. {volunteer}"),
    "standbys.by": ("{who} 列入于 {when}", "put here by {who}, {when}"),
    "standbys.add": ("列入候补", "On standby"),
    "standbys.ask": ("问候补", "Ask standby"),
    "standbys.up": ("提前一位", "One place up"),
    "standbys.remove": ("移出", "Remove"),
    "standbys.added": ("{volunteer} 已列入 {code} 的候补。", "{volunteer} is on standby for {code}."),
    "standbys.moved": ("{volunteer} 已提前一位。", "{volunteer} moved up one place."),
    "standbys.removed": ("{volunteer} 已移出候补。", "{volunteer} was taken off standby."),
    "standbys.offered": (
        "候补问过了：{code} 已派给 {volunteer}。不符合条件移出 {dropped} 人。",
        "Standby asked: {code} is offered to {volunteer}. Dropped as no longer fitting: {dropped}.",
    ),
    "standbys.all_dropped": (
        "候补里没有符合条件的人，{dropped} 人已移出，请按排名派。",
        "Nobody on standby fits any more; {dropped} dropped. Go on with the ranked list.",
    ),
    "standbys.dropped": ("{volunteer} 已移出（{when}）：{why}", "{volunteer} dropped ({when}): {why}"),
    "standbys.asked_already": (
        "{volunteer} 这一轮已经问过，要再派请直接派单。",
        "{volunteer} was asked already; dispatch directly to ask again.",
    ),
    "standbys.twice": ("{volunteer} 已在候补名单里。", "{volunteer} is on standby already."),
    "standbys.gone": ("已不在候补名单里。请刷新。", "No longer on standby. Reload the page."),
    "standbys.first_already": ("已经是第一位。", "First already."),
    "standbys.nobody": ("候补名单是空的。", "Nobody is on standby."),
    "standbys.why_asked": ("这一轮已经问过", "asked already"),
    "standbys.why_busy": ("那段时间有别的任务", "has another task then"),
    "standbys.why_full": ("手上的任务已到上限", "has as many tasks as allowed"),
    "standbys.why_rule": ("已不符合派单条件", "no longer fits the rules"),
    "standbys.who": ("谁可以候补（说好了的）", "Who would stand in (and said so)"),
    "standbys.who_pick": ("从排名里选", "Pick from the ranked list"),
}
