"""Words of what the desk is told without having asked."""

WORDS: dict[str, tuple[str, str]] = {
    "notices.tab": ("给调度台", "To the desk"),
    "notices.bell": ("提醒 {count}", "Notices {count}"),
    "notices.bell_help": ("有 {count} 条提醒等人处理。", "{count} notices wait for somebody."),
    "notices.lead": (
        "系统发现的事，每件只提醒一次；处理好了就自动消失，也可点“知道了”。",
        "What the system has found, each told once; it goes when it is settled, or press “Seen”.",
    ),
    "notices.none": ("没有要处理的提醒。", "Nothing to see to."),
    "notices.more": (
        "只显示最新的 {count} 条。",
        "Only the newest {count} are shown.",
    ),
    "notices.kind.visit_gap": ("没人去", "Nobody sent"),
    "notices.kind.meal_gap": ("没人送餐", "Nobody carries"),
    "notices.kind.duty_gap": ("轮值缺人", "Duty short"),
    "notices.kind.hours_held": ("工时待核", "Hours held"),
    "notices.kind.raised": ("反复来电", "Repeats"),
    "notices.words.visit_gap": (
        "{when}的定期服务“{subject}”还没有派人。",
        "Nobody is sent yet to the visit “{subject}”, {when}.",
    ),
    "notices.words.meal_gap": (
        "{when}的送餐轮次“{subject}”，送餐人和替补都不在。",
        "Neither carrier nor substitute is there for the meal round “{subject}”, {when}.",
    ),
    "notices.words.duty_gap": (
        "{when}在“{subject}”的轮值人手不够。",
        "Too few people are on duty at “{subject}”, {when}.",
    ),
    "notices.words.hours_held": (
        "“{subject}”双方说法不一，工时暂不计，请核定。",
        "The two sides tell the hours of “{subject}” differently: they count nowhere until decided.",
    ),
    "notices.words.raised": (
        "“{subject}”30 天内多次反映，已升一级。",
        "“{subject}” was reported again and again within 30 days and is one grade up.",
    ),
    "notices.send": ("去派人", "Send somebody"),
    "notices.open": ("打开", "Open"),
    "notices.decide": ("去核定", "Decide"),
    "notices.rounds": ("看轮次", "See rounds"),
    "notices.seen": ("知道了", "Seen"),
    "notices.closed_now": ("已标记。", "Marked as seen."),
    "notices.no_such": ("没有这条提醒。", "There is no such notice."),
    "notices.closed": ("这条提醒已有人处理。", "Somebody has seen to this already."),
    "notices.not_due": ("已经提醒过。", "It was told already."),
    "notices.made": ("{when} 提醒", "told {when}"),
}
