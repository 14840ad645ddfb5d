"""Words of the edges of figures: the numbers, and what others would change."""

WORDS: dict[str, tuple[str, str]] = {
    "edges.bad": (
        "“{name}”不成立：应为 {least} 至 {most} 的整数。",
        "“{name}” can't be: a whole number from {least} to {most}.",
    ),
    "edges.numbers": ("指标在哪里划线", "Where figures are cut"),
    "edges.name.small_base": ("基数不足多少显示为灰色", "Grey below a base of"),
    "edges.name.active_days": ("多少天内有服务算活跃", "Active: served within days"),
    "edges.name.expiry_days": ("证书提前多少天提醒", "Certificates told ahead, days"),
    "edges.name.low_score": ("几星及以下要回访", "Followed up from stars down"),
    "edges.name.hidden_below": ("会上不显示少于多少的人数", "Hidden from meetings below"),
    "edges.help.small_base": (
        "比率和平均数的基数不足这个数时显示为灰色。",
        "A rate or mean on a base below this is grey.",
    ),
    "edges.help.active_days": (
        "志愿者、队伍和队员：这些天内有服务记录的算活跃。",
        "Volunteers, teams and members who served within so many days are active.",
    ),
    "edges.help.expiry_days": (
        "从今天起这些天内到期的证书列入提醒。",
        "Certificates that end from today to so many days ahead are listed.",
    ),
    "edges.help.low_score": (
        "居民打这么多星及以下的，开一件回访。",
        "An answer of so many stars or fewer opens a follow-up.",
    ),
    "edges.help.hidden_below": (
        "投影和会议材料上不显示小于这个数的人数；只能调高，不能低于 5。",
        "Counts below this are hidden on decks; it can only be raised, never below 5.",
    ),
    "edges.change_something": (
        "改动任一项，就能看今天和近 12 个月末的指标会怎样变。",
        "Change a number to see what the figures of today and of the last twelve month ends would be.",
    ),
    "edges.from_help": (
        "留空为即刻生效。指标按各自时刻的口径计算，以前的报告不变。",
        "Empty: at once. A figure is cut at the edges of its own moment: earlier reports stay as they are.",
    ),
    "edges.trial": ("试算：指标会怎样", "Tried: what the figures would be"),
    "edges.today": (
        "今天的指标有 {changed} 项会变：数值、是否灰色、会上是否隐去（以全部指标同上一份材料计）。",
        "{changed} of today's figures would change: their value, being grey, or being hidden on a deck (one of all figures).",
    ),
    "edges.today_same": ("今天的指标没有一项会变。", "None of today's figures would change."),
    "edges.teams": (
        "满意率显示为灰色的队伍：现在 {before} 支，试算 {after} 支。",
        "Teams whose satisfaction is grey: {before} now, {after} tried.",
    ),
    "edges.teams_list": ("会变的队伍", "Teams that change"),
    "edges.answers": (
        "{since} 以来 {answers} 条回答：要回访的现在 {before} 条，试算 {after} 条（“没有办好”总要回访）。",
        "{answers} answers since {since}: {before} are followed up now, {after} tried (“not done” always is).",
    ),
    "edges.months": (
        "近 12 个月末（按今天的名册回算；现行一列用各月末当时的口径）",
        "The last twelve month ends (by the registers of today; “holds” is by the edges of each month end)",
    ),
    "edges.column.figure": ("指标", "Figure"),
    "edges.column.before": ("现行", "Holds"),
    "edges.column.after": ("试算", "Tried"),
    "edges.column.day": ("月末", "Month end"),
    "edges.grey": ("{value}（灰）", "{value} (grey)"),
    "edges.hidden": ("{value}（会上隐去）", "{value} (hidden on decks)"),
    "edges.history": ("灰色/活跃/到期/回访/隐去", "Grey/active/expiry/follow-up/hidden"),
}
