"""Words of hours of which the two sides tell differently."""

WORDS: dict[str, tuple[str, str]] = {
    "held.beside": (
        "另有 {services} 人次、{hours} 因说法不一待裁定，不计入以上合计。",
        "{services} more services ({hours}) are held because reports differ; they are in no total above.",
    ),
    "held.none": ("没有待裁定的时长。", "No hours are held."),
    "held.lead": (
        "志愿者与居民、或登记与签到说法不一的时长，裁定前不计入任何合计。裁定人不能是登记人或服务者本人。",
        "Hours of which volunteer and resident, or entry and sign-in, tell differently. They count nowhere until somebody "
        "who neither recorded nor gave the service decides.",
    ),
    "held.column.why": ("为何待裁定", "Why held"),
    "held.column.since": ("何时起", "Since"),
    "held.why.resident": ("居民说没办好", "The resident says it was not done"),
    "held.why.times": ("登记的时间与签到签退不符", "Entered times differ from signing in and out"),
    "held.why.asked": ("志愿者说记录有误", "The volunteer says the record is wrong"),
    "held.column.said": ("志愿者怎么说", "In the volunteer's words"),
    "held.ask": ("记录有误？", "Record wrong?"),
    "held.ask_lead": (
        "志愿者对时长有异议，可以代为提出。提出后这条时长先不计，由与此单无关的人核定并答复，每条只能提一次。",
        "Write down what the volunteer says is wrong. The hours then count nowhere until somebody independent has "
        "answered; once for each record.",
    ),
    "held.ask_words": ("哪里不对", "What is wrong"),
    "held.ask_send": ("提出更正", "Ask for a correction"),
    "held.asked_now": ("已提出，等待核定。", "Asked; it waits for a decision."),
    "held.words_wanted": ("请写明哪里不对。", "Say what is wrong."),
    "held.of_activity": (
        "活动的时长在“服务时长”页直接更正。",
        "Hours of an activity are corrected on page Hours.",
    ),
    "held.asked_before": ("这条时长已经提过更正。", "A correction of these hours was asked for before."),
    "held.result": ("裁定", "Decision"),
    "held.result.kept": ("照报告计", "Keep as reported"),
    "held.result.corrected": ("更正时间", "Correct the times"),
    "held.result.struck": ("不计", "Strike"),
    "held.which": ("哪一条", "Which one"),
    "held.day": ("日期", "Day"),
    "held.from": ("从", "From"),
    "held.to": ("到", "To"),
    "held.decide": ("裁定", "Decide"),
    "held.decided": ("需求 {code} 的时长已裁定。", "The hours of need {code} are decided."),
    "held.no_such": ("没有这条待裁定的时长。", "There are no such hours to decide on."),
    "held.decided_already": ("已经有人裁定过了。请刷新。", "Somebody has decided already. Reload the page."),
    "held.not_independent": (
        "登记过或参加了这次服务的账号不能裁定，请他人来办。",
        "An account that recorded or gave this service can't decide on it; ask somebody else.",
    ),
    "held.no_consent": (
        "未取得志愿者同意，不能计入时长；可以先征得同意，或不予计入。",
        "Without the volunteer's consent no hours can be written: ask for it first, or strike them.",
    ),
    "held.times_missing": ("更正要写明起止时间。", "To correct them, give both times."),
}
