"""Sentences of deadlines and their clocks."""

WORDS: dict[str, tuple[str, str]] = {
    "deadlines.bad_rules": (
        "时限规则有误（{problem}）：工作时段须不重叠，每种紧急程度都要有接单和办结的工时，且接单不晚于办结。",
        "The deadline rules are wrong ({problem}): working spans must not overlap, every urgency needs hours to take "
        "up and to close, and taking up may not be later than closing.",
    ),
    "deadlines.beyond_calendar": (
        "时限超出可推算的日历范围。",
        "The deadline lies beyond the days the calendar covers.",
    ),
    "deadlines.take_up": ("接单", "Take up"),
    "deadlines.close": ("办结", "Close"),
    "deadlines.left": ("剩 {hours} 工时", "{hours} h left"),
    "deadlines.over": ("超 {hours} 工时", "{hours} h late"),
    "deadlines.met": ("按时", "In time"),
    "deadlines.missed": ("逾时", "Late"),
    "deadlines.none": ("未起算", "Not started"),
    "deadlines.unknown_calendar": (
        "国务院尚未公布 {year} 年放假安排，该年按周一至周五为工作日推算。",
        "The holidays of {year} are not announced yet; that year counts Monday to Friday as working days.",
    ),
    "deadlines.explained": (
        "时限按工作时间计算（法定节假日不计，调休上班日计入）：紧急 {urgent}，较急 {soon}，一般 {normal}。",
        "Clocks count working hours (public holidays excluded, make-up workdays included): urgent {urgent}, "
        "soon {soon}, normal {normal}.",
    ),
    "deadlines.pair": ("{take_up} 工时内接单、{close} 工时内办结", "{take_up} h to take up, {close} h to close"),
}
