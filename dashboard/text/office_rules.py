"""Words of the page where the office's deadlines are tried and published."""

WORDS: dict[str, tuple[str, str]] = {
    "office_rules.deadlines": ("办理时限（工作小时）", "Deadlines (working hours)"),
    "office_rules.take_up": ("受理不超过", "Taken up within"),
    "office_rules.close": ("办结不超过", "Closed within"),
    "office_rules.working": ("工作时间", "Working time"),
    "office_rules.spans": ("每行一段", "One span a line"),
    "office_rules.spans_help": (
        "如 08:30-12:00。只有工作日（含调休上班日）的这些时段计入时限。",
        "Such as 08:30-12:00. Only these spans of working days, make-up workdays included, count.",
    ),
    "office_rules.change_something": (
        "改动任一项，就能在近 12 个月的需求上试算。",
        "Change a number to try it on the last twelve months.",
    ),
    "office_rules.bad_working": (
        "工作时间不成立：至少一段，起止分明，互不重叠，如 08:30-12:00。",
        "The working time can't be: at least one span, its start before its end, none over another, such as 08:30-12:00.",
    ),
    "office_rules.bad_hours": (
        "时限不成立：都要大于 0，办结时限不得短于受理时限。",
        "The deadlines can't be: all above 0, and none closed sooner than taken up.",
    ),
    "office_rules.too_many_hours": ("时限最多 {most} 工作小时。", "A deadline has at most {most} working hours."),
    "office_rules.trial": ("试算：近 12 个月会怎样", "Tried on the last twelve months"),
    "office_rules.no_cases": (
        "{since} 以来没有带时限的需求，无从试算。",
        "No need with deadlines was opened since {since}: nothing to try it on.",
    ),
    "office_rules.changed": (
        "{since} 以来 {cases} 条需求，其中 {changed} 条（{share}）的判定会变。定期服务不计。",
        "{cases} needs since {since}; {changed} of them ({share}) would be judged otherwise. Recurring visits are not counted.",
    ),
    "office_rules.list": (
        "判定会变的需求（列出 {listed} 条，共 {changed} 条）",
        "Needs judged otherwise ({listed} of {changed} listed)",
    ),
    "office_rules.late_take_up": ("受理超时", "taken up late"),
    "office_rules.late_close": ("办结超时", "closed late"),
    "office_rules.in_time": ("按时", "in time"),
    "office_rules.from_help": (
        "留空为即刻生效。只管此后开放的需求，之前的时限不变。",
        "Empty: at once. It binds needs opened from then on; earlier ones keep their deadlines.",
    ),
    "office_rules.column.urgency": ("紧急程度", "Urgency"),
    "office_rules.column.cases": ("需求数", "Needs"),
    "office_rules.column.take_up_before": ("受理超时：当时", "Taken up late: then"),
    "office_rules.column.take_up_after": ("受理超时：试算", "Taken up late: tried"),
    "office_rules.column.close_before": ("办结超时：当时", "Closed late: then"),
    "office_rules.column.close_after": ("办结超时：试算", "Closed late: tried"),
    "office_rules.column.code": ("编号", "Code"),
    "office_rules.column.title": ("需求", "Need"),
    "office_rules.column.before": ("当时", "Then"),
    "office_rules.column.after": ("试算", "Tried"),
    "office_rules.column.hours": ("受理/办结（工作小时）", "Taken up/closed (working hours)"),
    "office_rules.column.working": ("工作时间", "Working time"),
}
