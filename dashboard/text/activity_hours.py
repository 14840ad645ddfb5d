"""Words of hours of an activity that are corrected."""

WORDS: dict[str, tuple[str, str]] = {
    "activity_hours.open": ("更正活动时长", "Correct an activity"),
    "activity_hours.lead": (
        "由没有登记也没有参加的人更正，原来的时间留在审计里。更正后为 C 级（工作人员登记）。",
        "Corrected by somebody who neither recorded nor gave them; the old times stay in the audit. Corrected hours are "
        "of grade C (entered by staff).",
    ),
    "activity_hours.strike": ("这条不计", "Strike these hours"),
    "activity_hours.do": ("更正", "Correct"),
    "activity_hours.done": ("活动时长已更正。", "The hours are corrected."),
    "activity_hours.no_such": ("没有这条活动时长。", "There are no such hours."),
    "activity_hours.of_order": (
        "这是需求的时长，请用“记录有误”提出更正。",
        "These are hours of an order: ask for a correction instead.",
    ),
}
