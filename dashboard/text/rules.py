"""Sentences of the rules an office may change."""

WORDS: dict[str, tuple[str, str]] = {
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
