"""Sentences of dispatches."""

WORDS: dict[str, tuple[str, str]] = {
    # why a move is refused
    "dispatches.already_so": ("这一单已经是这个状态，不用再改。", "This dispatch is in this state already."),
    "dispatches.ended": (
        "这一单已经结束（谢绝、过期或撤回）。要请这个人，请重新派单。",
        "This dispatch has ended (declined, expired or withdrawn). To send this person, dispatch again.",
    ),
    "dispatches.served": (
        "服务已登记，不能再退回或撤回。登记有误请更正服务记录。",
        "The service is on record, so this can't be undone or withdrawn. Correct the service record instead.",
    ),
    "dispatches.not_accepted": (
        "已经开始服务，先撤销“开始服务”，再撤销接单。",
        "Service has begun: undo the start before undoing the acceptance.",
    ),
    "dispatches.past_acceptance": (
        "志愿者已接单，不能再记为谢绝或过期。来不了请撤回这一单并写明原因。",
        "The volunteer has accepted, so it can't be declined or expired. If she can't come, withdraw it with a reason.",
    ),
    "dispatches.accept_first": ("志愿者还没接单，不能开始服务。", "Not accepted yet, so service can't start."),
    "dispatches.start_first": ("还没开始服务，不能记为已服务。", "Service has not started, so it is not done."),
    "dispatches.serve_first": ("还没登记服务，不能确认。", "No service on record yet, so it can't be confirmed."),
    # who was faster
    "dispatches.no_such": (
        "没有这一单，或不在您负责的范围内。",
        "There is no such dispatch, or it lies outside your part.",
    ),
    "dispatches.taken_by": (
        "{volunteer} 已被 {who} 于 {at} 派往 {span}，未派单。请选其他人。",
        "{who} sent {volunteer} elsewhere at {at}, for {span}. Nothing was dispatched; choose somebody else.",
    ),
    "dispatches.no_time_to_travel": (
        "{volunteer} 另有一单 {span}（{who} 于 {at} 派出），路上时间不够，未派单。",
        "{volunteer} has another task {span} (sent by {who} at {at}) and no time for the way. Nothing was dispatched.",
    ),
    "dispatches.filled_by": (
        "需求 {code} 已由 {who} 于 {at} 派满，未派单。",
        "{who} filled need {code} at {at}. Nothing was dispatched.",
    ),
    "dispatches.already_on_it": (
        "{volunteer} 已经派到这条需求上了。",
        "{volunteer} has been sent to this need already.",
    ),
    "dispatches.too_many": (
        "只剩 {seats} 个名额，选的人多了，未派单。",
        "Only {seats} seats are left; you chose more people. Nothing was dispatched.",
    ),
    "dispatches.outside_wanted": (
        "需求 {code} 想要的时间已经改过，派单时间不在其中。请刷新后重选。",
        "The wanted time of need {code} has changed and no longer holds this span. Reload and choose again.",
    ),
    "dispatches.need_draft": ("需求 {code} 还是草稿，不能派单。", "Need {code} is a draft and takes nobody yet."),
    "dispatches.need_to_verify": (
        "需求 {code} 待核实，先补全地点、时间、人数再派单。",
        "Need {code} is to be verified: complete place, time and people before dispatching.",
    ),
    "dispatches.need_done": ("需求 {code} 已服务完，不再派单。", "Need {code} is done and takes nobody."),
    "dispatches.need_confirmed": ("需求 {code} 已确认办好，不再派单。", "Need {code} is confirmed and takes nobody."),
    "dispatches.need_rated": ("需求 {code} 已评单，不再派单。", "Need {code} is rated and takes nobody."),
    "dispatches.need_closed": ("需求 {code} 已办结，不再派单。", "Need {code} is closed and takes nobody."),
    "dispatches.need_cancelled": ("需求 {code} 已取消，不再派单。", "Need {code} is cancelled and takes nobody."),
    "dispatches.need_unmet": (
        "需求 {code} 已记为未能满足；要继续派单请先重新打开。",
        "Need {code} is recorded as unmet; reopen it before dispatching.",
    ),
    # what was asked for can't be
    "dispatches.hours_overlap": (
        "{volunteer} 在这段时间已登记过别的服务，同一小时不能记两次。请核对起止时间。",
        "{volunteer} has hours on record at that time already; no hour counts twice. Check the times.",
    ),
    "dispatches.not_her_team": (
        "{volunteer} 当天不在这支队伍里。",
        "{volunteer} was not in that team on the day.",
    ),
    "dispatches.people_are_sent": (
        "已有人派往这条需求，地点、时间、人数和类别不能留空。要清空请先撤回派单。",
        "People are on their way: place, time, people and category can't be left empty. Withdraw them first.",
    ),
    "dispatches.nobody_chosen": ("请先选人。", "Choose somebody first."),
    "dispatches.no_such_role": ("这条需求没有这个角色。", "The need has no such role."),
    "dispatches.time_past": (
        "想要的时间已经过了。请和居民另约时间再派单。",
        "The wanted time is past. Agree on another time with the resident first.",
    ),
    "dispatches.rule.need_ready": (
        "这条需求没有地点或没有将来的时间，不能派人。",
        "The need has no place or no time ahead, so nobody can be sent.",
    ),
    "dispatches.rule.active": ("{volunteer} 不在册或不同意登记，不能派。", "{volunteer} is not an active volunteer."),
    "dispatches.rule.scope": (
        "{volunteer} 属于别的站所，所在的队没有共享，不能派。",
        "{volunteer} belongs to another part of the county and to no shared team.",
    ),
    "dispatches.rule.language": (
        "{volunteer} 不会居民要求的语言。",
        "{volunteer} doesn't speak the language asked for.",
    ),
    "dispatches.rule.gender": (
        "{volunteer} 的性别不符合居民要求。",
        "The resident asks for another gender than {volunteer}'s.",
    ),
    "dispatches.rule.excluded": ("居民不要 {volunteer} 来。", "The resident will not have {volunteer}."),
    "dispatches.rule.forbidden": (
        "有调度员排除了 {volunteer} 与这条需求；先撤销排除。",
        "A coordinator forbade {volunteer} for this need; withdraw that first.",
    ),
    "dispatches.rule.certificate": (
        "{volunteer} 没有当天有效的证书，持证服务不能破例。",
        "{volunteer} has no certificate valid on the day; a licence can't be waived.",
    ),
    "dispatches.rule.keep_free": (
        "{volunteer} 这段时间由调度员留空，或排了小区值班；先撤销留空或撤下值班。",
        "A coordinator keeps {volunteer} free at that time, or a rota has a duty then; withdraw that first.",
    ),
    "dispatches.ask_reason.placed": (
        "不知道 {volunteer} 住哪里。确定要派，请写明原因。",
        "Nobody knows where {volunteer} lives. To send anyway, say why.",
    ),
    "dispatches.ask_reason.skill": (
        "{volunteer} 缺少要求的技能或等级不够。确定要派，请写明原因。",
        "{volunteer} lacks a required skill or level. To send anyway, say why.",
    ),
    "dispatches.ask_reason.distance": (
        "超出了 {volunteer} 愿意走的距离。确定要派（已征得同意），请写明原因。",
        "It is further than {volunteer} wants to go. To send anyway, say why.",
    ),
    "dispatches.ask_reason.known": (
        "不知道 {volunteer} 什么时候有空，未知不等于有空。已电话问过请写明原因。",
        "Nobody knows when {volunteer} is free, and unknown is not free. If you asked by phone, say so as the reason.",
    ),
    "dispatches.ask_reason.free": (
        "{volunteer} 登记的空闲时间不含这段。已电话问过请写明原因。",
        "{volunteer} is not registered as free then. If you asked by phone, say so as the reason.",
    ),
    "dispatches.ask_reason.cap_day": (
        "{volunteer} 当天的任务已到上限。确定要派，请写明原因。",
        "{volunteer} has as many tasks that day as agreed. To send anyway, say why.",
    ),
    "dispatches.ask_reason.cap_week": (
        "{volunteer} 本周的任务已到上限。确定要派，请写明原因。",
        "{volunteer} has as many tasks that week as agreed. To send anyway, say why.",
    ),
    "dispatches.still_waiting": ("还在等答复（到 {until}），不能记为过期。", "The offer stands until {until}."),
    "dispatches.not_yours": (
        "这一步是 {who} 于 {at} 做的，只能由本人、领导或管理员撤销；您可以写明原因撤回派单。",
        "{who} did this at {at}; only she, a leader or an admin can undo it. You can withdraw the dispatch with a reason.",
    ),
    "dispatches.offer_not_yours": (
        "发出的邀请只能由调度员撤回。",
        "Only those who dispatch take an offer back.",
    ),
    "dispatches.in_future": ("时间不能晚于现在。", "The time can't lie in the future."),
    "dispatches.no_hours": ("服务时间要大于 0 分钟。", "A service takes more than no time."),
    "dispatches.too_many_hours": ("一次服务不能超过 {most} 小时。", "One service takes at most {most} hours."),
    "dispatches.bad_score": ("评分是 1 到 5。", "A score is 1 to 5."),
    "dispatches.rated_already": ("这条需求已经评过单。", "This need has been rated already."),
    # after an act
    "dispatches.sent": ("已派单：{volunteer} → {code}。", "Dispatched: {volunteer} to {code}."),
    "dispatches.accepted": ("{volunteer} 已接单（{code}）。", "{volunteer} accepted {code}."),
    "dispatches.declined": (
        "{volunteer} 谢绝了 {code}，名额已放出。",
        "{volunteer} declined {code}; the seat is open again.",
    ),
    "dispatches.expired": (
        "{volunteer} 未答复 {code}，名额已放出。",
        "{volunteer} gave no answer on {code}; the seat is open.",
    ),
    "dispatches.started": ("{volunteer} 开始服务（{code}）。", "{volunteer} has begun ({code})."),
    "dispatches.cancelled": (
        "已撤回 {volunteer} 的派单（{code}）。",
        "The dispatch of {volunteer} to {code} is withdrawn.",
    ),
    "dispatches.undone": ("已撤销上一步：{volunteer}（{code}）。", "Undone: {volunteer} ({code})."),
    "dispatches.served_noted": (
        "已登记 {volunteer} 服务 {minutes} 分钟（{code}）。",
        "{minutes} minutes of {volunteer} are on record ({code}).",
    ),
    "dispatches.served_held": (
        "{volunteer} 的服务（{code}）已登记，但与签到签退的时间不符：{minutes} 分钟待他人裁定后才计入。",
        "The service of {volunteer} ({code}) is on record, but she signed in or out at other times: its {minutes} minutes "
        "count once somebody else has decided.",
    ),
    "dispatches.served_without_hours": (
        "{volunteer} 的服务（{code}）已登记；她没有同意登记时长，所以不计时长。",
        "The service of {volunteer} ({code}) is on record; she has not agreed that hours are kept, so there are none.",
    ),
    "dispatches.confirmed": (
        "需求 {code} 已确认，{people} 人的服务有效。",
        "Need {code} is confirmed for {people} people.",
    ),
    "dispatches.rated": ("需求 {code} 的评单已登记。", "The rating of need {code} is on record."),
    "dispatches.plan_sent": ("已派出 {count} 单。", "{count} dispatches made."),
    "dispatches.plan_partly": (
        "已派出 {count} 单，{refused} 单被拒，见下表，可只重试这几单。",
        "{count} dispatches made, {refused} refused: see the table; you can retry those only.",
    ),
    # the lines of people sent
    "dispatches.by": ("{who} 于 {when} 派出", "sent by {who} {when}"),
    "dispatches.answer_by": ("等答复到 {when}", "answer by {when}"),
    "dispatches.no_answer": ("{when} 前未答复", "no answer by {when}"),
    "dispatches.break": ("休息（分）", "Break (min)"),
    "dispatches.grade": ("怎样证明的", "How it was proved"),
    "dispatches.act.accept": ("接单", "Accepted"),
    "dispatches.act.decline": ("谢绝", "Declined"),
    "dispatches.act.expire": ("未答复", "No answer"),
    "dispatches.act.start": ("开始服务", "Started"),
    "dispatches.act.served": ("登记服务", "Record the service"),
    "dispatches.act.undo": ("撤销上一步", "Undo"),
    "dispatches.act.cancel": ("撤回派单", "Withdraw"),
}
