"""The figures in words: name, and formula with its edge rules. docs/figures.md is printed from here."""

WORDS: dict[str, tuple[str, str]] = {
    "figures.unit.sites": ("个阵地", "sites"),
    "figures.unit.grids": ("个网格", "grids"),
    "figures.unit.cards": ("张联系卡", "contact cards"),
    "figures.unit.households": ("户", "households"),
    "figures.unit.people": ("人", "people"),
    "figures.unit.certificates": ("本证书", "certificates"),
    "figures.unit.teams": ("支队伍", "teams"),
    "figures.unit.memberships": ("人次入队", "memberships"),
    "figures.unit.orders": ("单", "orders"),
    "figures.unit.seats": ("个名额", "seats"),
    "figures.unit.services": ("服务人次", "services"),
    "figures.unit.minutes": ("分钟", "minutes"),
    "figures.unit.activities": ("场活动", "activities"),
    "figures.unit.person_times": ("受益人次", "person-times"),
    "figures.unit.share": ("比例", "share"),
    "figures.unit.points": ("分", "points"),
    "figures.unit.services_per_person": ("服务人次/人", "services per person"),
    "figures.unit.minutes_per_person": ("分钟/人", "minutes per person"),
    "figures.unit.cards_per_grid": ("张/网格", "cards per grid"),
    "figures.unit.orders_per_1000_households": ("单/千户", "orders per 1,000 households"),
    "figures.window.now": ("截至现在", "as of now"),
    "figures.window.year": ("本月及之前 11 个月", "this month and the 11 before it"),
    "figures.window.recent": ("最近 {active_days} 天", "the last {active_days} days"),
    "figures.owner.places": ("阵地与网格管理", "sites and grids desk"),
    "figures.owner.volunteers": ("志愿服务管理", "volunteers desk"),
    "figures.owner.dispatch": ("派单调度", "dispatch desk"),
    "figures.owner.quality": ("评单回访", "quality desk"),
    "figures.card": (
        "{formula}\n\n单位：{unit}；时段：{window}；负责：{owner}。",
        "{formula}\n\nUnit: {unit}. Time: {window}. Answered for by the {owner}.",
    ),
    "figures.title": ("指标", "Figures"),
    "figures.as_of": ("截至 {as_of} · 数据版本 {revision}", "As of {as_of} · data revision {revision}"),
    "figures.small_note": (
        "灰色：基数不足 {base}，仅供参考。没有基数的比率显示为“—”，不显示 0%。",
        "Grey: a base below {base}, for orientation only. A rate without a base is a dash, never 0 %.",
    ),
    "figures.broken": (
        "“{name}”与各部分之和不符，请联系管理员检查数据。",
        "“{name}” is not the sum of its parts: ask an admin to check the data.",
    ),
    "figures.column.name": ("指标", "Figure"),
    "figures.column.value": ("数值", "Value"),
    "figures.column.unit": ("单位", "Unit"),
    "figures.column.n": ("n（基数）", "n (base)"),
    "figures.column.window": ("时段", "Time"),
    "figures.column.formula": ("公式与边界规则", "Formula and edge rules"),
    "figures.small_base": ("样本不足 {base}，仅供参考", "fewer than {base} cases: for orientation only"),
    "figures.satisfaction_line": (
        "{share}（{asked} 单询问，{answered} 单回答，其中 {satisfied} 单满意；95% Wilson 区间 {low}–{high}；"
        "未评 {silent} 单，占 {silent_share}，不计入）",
        "{share} ({satisfied} of {answered} answers, {asked} asked; 95 % Wilson interval {low}–{high}; "
        "{silent} silent, {silent_share}, not counted)",
    ),
    "figures.satisfaction_none": ("还没有人回答（{asked} 单询问）", "nobody has answered yet ({asked} asked)"),
    "figures.satisfaction_short": (
        "{satisfied}/{answered} 满意 · 询问 {asked}",
        "{satisfied} of {answered} · {asked} asked",
    ),
    "figures.opens": ("勾一行，打开数字后面的明细。", "Tick a row to open the rows behind its number."),
    "figures.no_rows": ("没有“{key}”这个可以展开的指标。", "There is no counted figure “{key}”."),
    "figures.cli.line": ("{name}：{value} {unit}（n={n}）", "{name}: {value} {unit} (n={n})"),
    "figures.cli.head": ("截至 {as_of}，数据版本 {revision}", "As of {as_of}, data revision {revision}"),
    "figures.cli.unknown": ("无数据", "no data"),
    "figures.cli.scope": (
        "没有编号或名称为“{scope}”的阵地。",
        "There is no site with the code or name “{scope}”.",
    ),
    "figures.cli.scope_ambiguous": (
        "有 {count} 个阵地都叫“{scope}”，请用编号：{codes}",
        "{count} sites are called “{scope}”; give the code instead: {codes}",
    ),
    "figures.sites": ("阵地总数", "Sites"),
    "figures.sites.formula": (
        "中心、所、站、点之和。已撤销的（失效日期不晚于今天）不计。",
        "Centre, institutes, stations and points together. Sites whose validity has ended are not counted.",
    ),
    "figures.sites_centre": ("实践中心", "Centres"),
    "figures.sites_centre.formula": ("层级为“中心”的阵地。", "Sites of the level centre."),
    "figures.sites_institute": ("实践所", "Institutes"),
    "figures.sites_institute.formula": ("层级为“所”的阵地。", "Sites of the level institute."),
    "figures.sites_station": ("实践站", "Stations"),
    "figures.sites_station.formula": ("层级为“站”的阵地。", "Sites of the level station."),
    "figures.sites_point": ("实践点", "Points"),
    "figures.sites_point.formula": ("层级为“点”的阵地。", "Sites of the level point."),
    "figures.grids": ("网格", "Grids"),
    "figures.grids.formula": (
        "今天有效的网格版本，一个网格只计一次。",
        "Grid versions valid today; each grid counts once.",
    ),
    "figures.grids_without_contact": ("无联系人的网格", "Grids without a contact"),
    "figures.grids_without_contact.formula": (
        "今天没有任何有效联系卡的网格。",
        "Grids without any contact card valid today.",
    ),
    "figures.contact_cards": ("网格联系卡", "Contact cards"),
    "figures.contact_cards.formula": (
        "今天有效的联系卡张数。同一人负责两个网格计两张。",
        "Contact cards valid today. A person answering for two grids has two cards.",
    ),
    "figures.contact_people": ("网格联系人", "Contact people"),
    "figures.contact_people.formula": (
        "联系卡背后的不重复人数。",
        "Different people behind the contact cards.",
    ),
    "figures.households": ("网格户数", "Households in grids"),
    "figures.households.formula": (
        "有效网格登记户数之和；未登记户数的网格不计，n 为已登记的网格数。",
        "Sum of the households registered for valid grids; n is the number of grids that have registered them.",
    ),
    "figures.volunteers": ("在册志愿者", "Volunteers on the register"),
    "figures.volunteers.formula": (
        "状态为“在册”的志愿者；暂停、退出的不计。",
        "Volunteers whose status is active; paused and former ones are not counted.",
    ),
    "figures.volunteers_time_unknown": ("空闲时间未知的志愿者", "Volunteers whose free time is unknown"),
    "figures.volunteers_time_unknown.formula": (
        "在册志愿者中没有登记空闲时间的人。未知不等于有空，匹配时不会派单。",
        "Active volunteers whose free time nobody has recorded. Unknown is not free: they are not matched.",
    ),
    "figures.volunteers_served": ("服务过的志愿者", "Volunteers who served"),
    "figures.volunteers_served.formula": (
        "时段内至少有一条服务记录的不重复人数，含后来退出的人。",
        "Different people with at least one service record in the time, those who left since included.",
    ),
    "figures.volunteers_active": ("活跃志愿者", "Active volunteers"),
    "figures.volunteers_active.formula": (
        "在册志愿者中，最近 {active_days} 天至少有一条服务记录的不重复人数。",
        "Different volunteers on the register with at least one service record in the last {active_days} days.",
    ),
    "figures.certificates_expiring": ("即将到期的证书", "Certificates about to expire"),
    "figures.certificates_expiring.formula": (
        "在册志愿者的证书中，到期日在今天至第 {expiry_days} 天之间（含两端）的；同一技能已有更晚到期证书的不计。",
        "Certificates of active volunteers that expire from today to {expiry_days} days ahead, both included, unless a later "
        "certificate for the same skill is on file.",
    ),
    "figures.teams": ("志愿服务队", "Teams"),
    "figures.teams.formula": ("未解散的志愿服务队。", "Volunteer teams that are not dissolved."),
    "figures.teams_active": ("活跃队伍", "Active teams"),
    "figures.teams_active.formula": (
        "最近 {active_days} 天至少有一条服务记录的志愿服务队。",
        "Teams with at least one service record in the last {active_days} days.",
    ),
    "figures.team_members": ("队员", "Team members"),
    "figures.team_members.formula": (
        "今天至少在一支队伍里的在册志愿者，每人只计一次。",
        "Active volunteers who are in at least one team today; each person counts once.",
    ),
    "figures.memberships": ("入队人次", "Memberships"),
    "figures.memberships.formula": (
        "今天有效的入队关系；一人在两支队伍计两次。",
        "Memberships valid today; a person in two teams counts twice.",
    ),
    "figures.needs_to_verify": ("待核实", "To verify"),
    "figures.needs_to_verify.formula": ("状态为“待核实”的需求。", "Orders in the state to verify."),
    "figures.needs_open": ("待服务", "Open orders"),
    "figures.needs_open.formula": ("状态为“待服务”的需求。", "Orders in the state open."),
    "figures.needs_overdue": ("超期需求", "Overdue orders"),
    "figures.needs_overdue.formula": (
        "待服务需求中，正在走的时限已过的：无人接单前看接单时限，之后看办结时限；没有时限的不计。n 为待服务需求数。",
        "Open orders whose running deadline has passed: the one to take up until somebody has, then the one to close; "
        "orders without one are not counted. n is the number of open orders.",
    ),
    "figures.needs_in_service": ("服务中", "In service"),
    "figures.needs_in_service.formula": ("状态为“服务中”的需求。", "Orders in the state in service."),
    "figures.seats_wanted": ("需要名额", "Seats wanted"),
    "figures.seats_wanted.formula": (
        "待服务需求各岗位人数之和。",
        "Head-counts of all roles of the open orders.",
    ),
    "figures.seats_held": ("已占名额", "Seats held"),
    "figures.seats_held.formula": (
        "待服务需求各岗位上，派单状态为已派单、已接单、服务中、已服务或已确认的人；一人在同一岗位去几次只占一个名额。",
        "People on the roles of open orders whose dispatch is offered, accepted, in service, done or confirmed; somebody "
        "who comes several times to one role takes one seat.",
    ),
    "figures.seats_open": ("空缺名额", "Open seats"),
    "figures.seats_open.formula": (
        "待服务需求各岗位的人数减去占名额的人，每个岗位不低于零。",
        "Head-count of each role of the open orders less the people on it, never below zero for a role.",
    ),
    "figures.needs_registered": ("登记需求", "Orders registered"),
    "figures.needs_registered.formula": (
        "时段内登记的全部需求，重复登记也计（另列“重复需求”）。",
        "All orders registered in the time, repeats included (they are also a figure of their own).",
    ),
    "figures.needs_repeated": ("重复需求", "Repeated orders"),
    "figures.needs_repeated.formula": (
        "时段内登记、且关联到更早需求的需求。",
        "Orders registered in the time that are linked to an earlier order.",
    ),
    "figures.residents_asking": ("提出需求的居民", "Residents who asked"),
    "figures.residents_asking.formula": (
        "时段内登记的需求背后的不重复居民；没有登记姓名的不计。n 为有登记人的需求数。",
        "Different residents behind the orders registered in the time; orders without a person are left out. "
        "n is the number of orders with a person.",
    ),
    "figures.needs_closed": ("办结需求", "Orders closed"),
    "figures.needs_closed.formula": (
        "时段内办结、现在状态仍为“已办结”的需求；之后重开的不计。",
        "Orders closed in the time whose state is still closed; those reopened since are not counted.",
    ),
    "figures.needs_closed_with_deadline": ("有时限的办结需求", "Orders closed that had a deadline"),
    "figures.needs_closed_with_deadline.formula": (
        "办结需求中设有办结时限的。",
        "Closed orders that had a time to be closed.",
    ),
    "figures.needs_closed_in_time": ("按时办结", "Orders closed in time"),
    "figures.needs_closed_in_time.formula": (
        "有时限的办结需求中，办结时间不晚于时限的。",
        "Closed orders with a deadline that were closed no later than it.",
    ),
    "figures.needs_unmet": ("未能满足", "Orders unmet"),
    "figures.needs_unmet.formula": (
        "时段内判为“未能满足”、现在仍是此状态的需求。",
        "Orders found unmet in the time that are still unmet.",
    ),
    "figures.services": ("服务人次", "Services"),
    "figures.services.formula": (
        "时段内开始的服务记录条数：一人参加一次需求或活动计一次。不是人数，也不是受益人次。",
        "Service records that started in the time: one person at one order or activity counts once. Neither people "
        "nor person-times reached.",
    ),
    "figures.service_minutes": ("服务时长", "Service time"),
    "figures.service_minutes.formula": (
        "服务记录的净时长之和（结束减开始减休息），三个等级合计。",
        "Sum of the net time of the service records (end minus start minus break), all three grades.",
    ),
    "figures.service_minutes_a": ("服务时长 A（签到签退）", "Service time A (signed in and out)"),
    "figures.service_minutes_a.formula": ("由签到签退证明的服务时长。", "Service time proved by signing in and out."),
    "figures.service_minutes_b": ("服务时长 B（双方确认）", "Service time B (confirmed by both sides)"),
    "figures.service_minutes_b.formula": (
        "由志愿者一方和居民双方确认的服务时长。",
        "Service time confirmed by both sides.",
    ),
    "figures.service_minutes_c": ("服务时长 C（人工录入）", "Service time C (entered by staff)"),
    "figures.service_minutes_c.formula": (
        "只由工作人员录入的服务时长。",
        "Service time that only staff have entered.",
    ),
    "figures.activities": ("活动", "Activities"),
    "figures.activities.formula": ("时段内开始的活动场数。", "Activities that started in the time."),
    "figures.activities_uncounted": ("未清点人数的活动", "Activities nobody counted"),
    "figures.activities_uncounted.formula": (
        "没有填写受益人次的活动；不按 0 人次计算。",
        "Activities without a number of people reached; they are not taken as zero.",
    ),
    "figures.people_reached": ("受益人次", "People reached"),
    "figures.people_reached.formula": (
        "活动填报的受益人次之和，n 为填报了人次的活动数。同一居民参加两次计两次，不能当作人数。",
        "Sum of the person-times reported for activities; n is the number of activities that reported. A resident who "
        "came twice counts twice: these are not people.",
    ),
    "figures.ratings_asked": ("已询问评单", "Ratings asked for"),
    "figures.ratings_asked.formula": ("时段内请居民评价的需求。", "Orders whose resident was asked in the time."),
    "figures.ratings_answered": ("已回答评单", "Ratings answered"),
    "figures.ratings_answered.formula": (
        "已询问的需求中，居民给了分、说了办没办好、或需求被重开的。",
        "Orders asked about whose resident gave points, said whether it was done, or whose order was reopened.",
    ),
    "figures.ratings_silent": ("未评", "Silent"),
    "figures.ratings_silent.formula": (
        "已询问而没有回答的需求。不算满意，也不算不满意。",
        "Orders asked about without an answer: neither satisfied nor dissatisfied.",
    ),
    "figures.ratings_satisfied": ("满意", "Satisfied"),
    "figures.ratings_satisfied.formula": (
        "回答中 4 分或 5 分的；没有打分的看是否“办好了”。服务后又重开的需求，原来的评价作废，"
        "按不满意计，直到居民对重新办理的结果作出回答。",
        "Answers of 4 or 5 points, or “done” where no points were given. An order reopened after the service counts as "
        "answered and not satisfied, whatever was said before, until the resident answers anew.",
    ),
    "figures.satisfaction": ("满意率", "Satisfaction"),
    "figures.satisfaction.formula": (
        "满意 ÷ 已回答。未评不计入，其占比另列；n 为已回答数，n 不足 {small_base} 显示为灰色，附 95% Wilson 区间。",
        "Satisfied ÷ answered. Silent cases are left out and their share is printed; n is the number of answers, grey "
        "below {small_base}, with the 95 % Wilson interval.",
    ),
    "figures.silence": ("未评占比", "Share of silent cases"),
    "figures.silence.formula": ("未评 ÷ 已询问。", "Silent ÷ asked."),
    "figures.in_time": ("按时办结率", "Closed in time"),
    "figures.in_time.formula": (
        "按时办结 ÷ 有时限的办结需求。",
        "Orders closed in time ÷ orders closed that had a deadline.",
    ),
    "figures.active_share": ("活跃率", "Share of active volunteers"),
    "figures.active_share.formula": ("活跃志愿者 ÷ 在册志愿者。", "Active volunteers ÷ volunteers on the register."),
    "figures.services_per_volunteer": ("人均服务次数", "Services per volunteer"),
    "figures.services_per_volunteer.formula": (
        "服务人次 ÷ 在册志愿者。",
        "Services ÷ volunteers on the register.",
    ),
    "figures.minutes_per_volunteer": ("人均服务时长", "Service time per volunteer"),
    "figures.minutes_per_volunteer.formula": (
        "服务时长 ÷ 在册志愿者。",
        "Service time ÷ volunteers on the register.",
    ),
    "figures.cards_per_grid": ("每网格联系卡", "Contact cards per grid"),
    "figures.cards_per_grid.formula": ("网格联系卡 ÷ 网格。", "Contact cards ÷ grids."),
    "figures.needs_per_1000_households": ("每千户登记需求", "Orders per 1,000 households"),
    "figures.needs_per_1000_households.formula": (
        "登记需求 ÷ 网格户数 × 1000；户数未知时不显示。",
        "Orders registered ÷ households in grids × 1,000; not shown where households are unknown.",
    ),
}
