"""Words of household contracts: why something is refused, and what the page shows of them."""

WORDS: dict[str, tuple[str, str]] = {
    "contracts.own_household": ("不能包自己家。", "Nobody takes on her own household."),
    "contracts.taken": ("这一户已由{who}包户。", "{who} looks after this household already."),
    "contracts.limit_reached": (
        "每人最多包 {most} 户，这名志愿者已有 {has} 户。超过要由管理员说明原因后批准。",
        "A volunteer has at most {most} households; this one has {has}. An admin may allow more, with a reason.",
    ),
    "contracts.limit_reason": (
        "已有 {has} 户，上限是 {most} 户。要再加一户，请写明原因。",
        "She has {has} households, the limit is {most}. Say why she should have one more.",
    ),
    "contracts.bad_limit": (
        "设置 household_limit 的 most 应是不小于 0 的整数，不能是 {value}。",
        "The setting household_limit needs a whole number from 0 as most, not {value}.",
    ),
    "contracts.no_such": ("找不到这份包户，可能已经结束。", "There is no such contract; it may have ended."),
    "contracts.limit_number": ("上限是 0 到 {most} 的整数。", "The limit is a whole number from 0 to {most}."),
    "contracts.limit_changed": (
        "上限刚被别人改过，请刷新后再改。",
        "Somebody else has just set the limit. Reload the page and try again.",
    ),
    # the page
    "contracts.limit": ("每人最多包 {most} 户", "A volunteer has at most {most} households"),
    "contracts.limit_most": ("每人最多几户", "Most households of a volunteer"),
    "contracts.act.limit": ("改上限", "Change the limit"),
    "contracts.done.limit": (
        "上限改为 {most} 户，已有的包户不变。",
        "The limit is {most} now; contracts that exist stay.",
    ),
    "contracts.none": (
        "还没有包户。在“无人包户”里给一户人家选一名志愿者。",
        "No household is kept yet. Under “Without a keeper” give a household to a volunteer.",
    ),
    "contracts.all_kept": ("90 天内有需求的人家都有人包户。", "Every household with needs in 90 days has a keeper."),
    "contracts.counts": (
        "{volunteers} 名志愿者包了 {households} 户",
        "{volunteers} volunteers keep {households} households",
    ),
    "contracts.unkept": ("{count} 户有需求但没有人包", "{count} households with needs have no keeper"),
    "contracts.first": (
        "需求最多的 {count} 户，都没有人包",
        "The {count} households with most needs of those without a keeper",
    ),
    "contracts.which": ("哪一户", "Which household"),
    "contracts.column.keeper": ("志愿者", "Keeper"),
    "contracts.column.households": ("包户数", "Households"),
    "contracts.column.resident": ("居民", "Resident"),
    "contracts.column.substitute": ("替补", "Substitute"),
    "contracts.column.since": ("从哪天起", "Since"),
    "contracts.column.note": ("备注", "Note"),
    "contracts.column.needs": ("90 天内的需求", "Needs in 90 days"),
    "contracts.column.last": ("最近一张", "Last need"),
    "contracts.column.series": ("定期服务", "Series"),
    "contracts.over": ("超过上限：{reason}", "beyond the limit: {reason}"),
    "contracts.reason": ("备注或原因", "Note or reason"),
    "contracts.reason_help": (
        "超过每人上限时由管理员填写原因。",
        "Beyond the limit an admin says why.",
    ),
    "contracts.act.take": ("包这一户", "Give her the household"),
    "contracts.act.substitute": ("换替补", "Change the substitute"),
    "contracts.act.end": ("结束包户", "End the contract"),
    "contracts.done.taken": ("已包户，以后先问她。", "Done: she is asked first from now on."),
    "contracts.done.substituted": ("替补已更换。", "The substitute is changed."),
    "contracts.done.ended": ("包户已结束。", "The contract has ended."),
}
