"""Sentences of needs."""

WORDS: dict[str, tuple[str, str]] = {
    # why a move is refused
    "needs.already_so": ("这条需求已经是这个状态，不用再改。", "The need is in this state already."),
    "needs.no_way_back_to_draft": (
        "提交过的需求不能退回草稿；信息不全请改为“待核实”。",
        "A need once handed in is no draft again; if something is missing, set it to be verified.",
    ),
    "needs.ended": (
        "这条需求已经结束。要继续办，请先重新打开并写明原因。",
        "This need has ended. To go on, reopen it with a reason first.",
    ),
    "needs.reopen_first": (
        "这条需求已服务完。还没办好请重新打开，会记为一次重开。",
        "This need has been served. If it is not settled, reopen it; that is recorded as a reopening.",
    ),
    "needs.not_open_yet": (
        "这条需求还没核实、没放到待派单，先补全地点、时间、人数再放开。",
        "This need is not open yet: complete place, time and people, then open it.",
    ),
    "needs.somebody_serves": (
        "有人正在服务，不能直接取消或记为未满足。请先登记服务或撤回派单。",
        "Somebody is serving now: record the service or withdraw the dispatch before cancelling.",
    ),
    "needs.work_began": (
        "已经有人上门服务，不能再这样改。还没办好请重新打开。",
        "People have already served here, so it can't be changed like this. Reopen it if it is not settled.",
    ),
    "needs.nobody_serves": (
        "还没有人开始服务，不能记为已服务。先派单、接单、登记服务。",
        "Nobody has started yet, so it is not done: dispatch, accept and record the service first.",
    ),
    "needs.not_done": (
        "还没服务完，不能确认。等所有人都登记了服务再确认。",
        "The work is not done, so it can't be confirmed. Record everybody's service first.",
    ),
    "needs.not_confirmed": (
        "还没向居民确认，不能评单或办结。先打电话确认。",
        "Not yet confirmed with the resident, so it can't be rated or closed. Call and confirm first.",
    ),
    "needs.broken_history": ("这条需求的历史记录不连贯。", "The history of this need is broken."),
    # what must be verified
    "needs.verify.no_place": ("没有地点", "No place"),
    "needs.verify.no_time": ("没有时间", "No time"),
    "needs.verify.vague_time": ("时间不明确", "Vague time"),
    "needs.verify.no_people": ("人数不明确", "Head-count unclear"),
    "needs.verify.no_category": ("没有类别", "No category"),
    "needs.verify.unknown_village": ("村名对不上", "Unknown village"),
    # why an order can't open yet
    "needs.missing.no_place": (
        "还没有地点，不能放开派单。请选村、选网格，或在地图上点位置。",
        "No place yet, so it can't open: choose a village or a grid, or click the map.",
    ),
    "needs.missing.no_time": (
        "还没有明确的时间，不能放开派单。请问清哪天、几点到几点。",
        "No clear time yet, so it can't open: ask for the day and the hours.",
    ),
    "needs.missing.no_people": (
        "还没有人数，不能放开派单。请问清要几个人。",
        "No head-count yet, so it can't open: ask how many people are wanted.",
    ),
    "needs.missing.no_category": (
        "还没有类别，不能放开派单。请选一个服务类别。",
        "No category yet, so it can't open: choose what kind of service it is.",
    ),
    # refusals of values
    "needs.no_such": ("没有这条需求，或不在您负责的范围内。", "There is no such need, or it lies outside your part."),
    "needs.span_backwards": ("结束时间要晚于开始时间。", "The end must be later than the start."),
    "needs.span_too_far": (
        "时间离今天超过 {days} 天，请核对年份。",
        "The time is more than {days} days away; check the year.",
    ),
    "needs.spans_overlap": (
        "要求每个时段都服务时，各时段不能重叠。",
        "Spans that must all be served may not overlap.",
    ),
    "needs.bad_duration": (
        "服务时长要在 1 分钟到 {hours} 小时之间。",
        "A service lasts between 1 minute and {hours} hours.",
    ),
    "needs.bad_head_count": ("人数要是 1 到 {most} 之间的整数。", "The head-count is a whole number from 1 to {most}."),
    "needs.bad_level": ("技能等级是 1、2、3。", "A skill level is 1, 2 or 3."),
    "needs.preferred_and_excluded": (
        "同一个人不能既是想要的又是不要的。",
        "Nobody can be both preferred and excluded.",
    ),
    "needs.half_a_point": ("经度、纬度要同时填写。", "Give both longitude and latitude."),
    "needs.not_degrees": ("经纬度超出范围。", "These are no degrees of longitude and latitude."),
    "needs.unknown_grid": ("没有这个网格。", "There is no such grid."),
    "needs.unknown_village": ("没有这个村（社区）。", "There is no such village."),
    "needs.unknown_category": ("没有这个服务类别。", "There is no such category."),
    "needs.bad_phone": (
        "电话号码不对，请核对；没有电话请留空。",
        "This is no phone number; leave it empty if there is none.",
    ),
    "needs.staff_phone": (
        "这是工作人员自己的电话，不能登记为居民电话。请填居民的电话，或留空。",
        "This phone belongs to a member of staff, so it can't be the resident's. Enter hers or leave it empty.",
    ),
    "needs.reason_wanted": ("请写明原因。", "Say why."),
    "needs.not_over": ("这条需求还在办，不用重新打开。", "This need is still under way; there is nothing to reopen."),
    "needs.not_editable": (
        "这条需求已服务完或已结束，不能再改内容。还没办好请重新打开。",
        "This need is served or over and can't be edited. Reopen it if it is not settled.",
    ),
    "needs.edit_cuts_people": (
        "已派出 {people} 人，人数不能改得更少。请先撤回派单。",
        "{people} people are sent already; withdraw a dispatch before lowering the head-count.",
    ),
    "needs.edit_cuts_time": (
        "已派出的人约好的时间不在新时段内。请先撤回派单再改时间。",
        "Somebody already sent would fall outside the new times; withdraw that dispatch first.",
    ),
    "needs.role_in_use": (
        "这个角色派过人，不能删除。",
        "People were sent in this role, so it can't be removed.",
    ),
    "needs.not_earlier": (
        "重复来电只能关联到更早登记的另一条需求。",
        "A repeat is linked to another need registered earlier.",
    ),
    # after an act
    "needs.created": ("已登记需求 {code}。", "Need {code} is on record."),
    "needs.saved": ("已保存需求 {code}。", "Need {code} is saved."),
    "needs.opened": ("需求 {code} 已放开派单。", "Need {code} is open."),
    "needs.cancelled": ("需求 {code} 已取消。", "Need {code} is cancelled."),
    "needs.unmet_noted": ("需求 {code} 已记为未能满足。", "Need {code} is recorded as unmet."),
    "needs.closed": ("需求 {code} 已办结。", "Need {code} is closed."),
    "needs.reopened": ("需求 {code} 已重新打开，时限重新起算。", "Need {code} is open again; its clocks start anew."),
    "needs.linked": ("已关联重复来电。", "The repeat is linked."),
}
