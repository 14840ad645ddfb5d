"""Words of the rules an office may change, whatever kind they are."""

WORDS: dict[str, tuple[str, str]] = {
    "rules.kind": ("哪种规则", "Which rules"),
    "rules.kind.deadlines": ("办理时限", "Deadlines"),
    "rules.kind.prices": ("收费", "Charges"),
    "rules.holds": ("现行第 {version} 版。", "Version {version} holds now."),
    "rules.holds_usual": (
        "现行为产品自带的规则，本县还没有自己的版本。",
        "The product's own rules hold; the county has no version of its own yet.",
    ),
    "rules.later": ("第 {version} 版将从 {day} 起生效。", "Version {version} will hold from {day} on."),
    "rules.county_only": (
        "规则全县统一，由县级管理员发布；您可以试算。",
        "The rules are the whole county's: a county admin publishes them. You can try.",
    ),
    "rules.from": ("从哪天起", "From which day"),
    "rules.publish": ("发布新版", "Publish"),
    "rules.history": ("历次版本", "Versions"),
    "rules.column.number": ("版本", "Version"),
    "rules.column.valid_from": ("生效", "Holds from"),
    "rules.column.by": ("谁", "By"),
    "rules.column.why": ("原因", "Why"),
    "rules.in_the_past": (
        "新规则不能从过去的时间起生效。",
        "New rules can't hold from a moment in the past.",
    ),
    "rules.nothing_changed": ("没有改动任何一项。", "Nothing was changed."),
    "rules.changed_meanwhile": (
        "{who} 已于 {at} 存了第 {version} 版规则。请刷新后在新版上修改。",
        "{who} stored version {version} of the rules at {at}. Reload and change that one.",
    ),
    "rules.stored": ("已存为第 {version} 版规则。", "Stored as version {version} of the rules."),
    "rules.name.most_open_person": ("每人未完成单上限（0 不限）", "Most open tasks a person (0: no limit)"),
    "rules.name.most_open_team": ("每队未完成单上限（0 不限）", "Most open tasks a team (0: no limit)"),
    "rules.name.metres_per_minute": ("路上每分钟走多少米", "Metres a minute on the way"),
    "rules.name.unplaced_minutes": ("上一处地点不明时留多少分钟", "Minutes for the way from an unknown place"),
    "rules.name.far_m": ("多远（米）起距离不得分", "Distance (m) from which nearness earns nothing"),
    "rules.name.full_week": ("一周多少单起负荷不得分", "Tasks a week from which load earns nothing"),
    "rules.name.full_90": ("90 天多少单起负荷不得分", "Tasks in 90 days from which load earns nothing"),
    "rules.name.rested_days": ("多少天没服务算休息够了", "Days after which somebody is rested"),
    "rules.name.least_asked": ("至少派过几单才看守约率", "Dispatches before reliability counts"),
    "rules.name.unknown_points": ("守约率未知时的得分", "Points while reliability is unknown"),
}
