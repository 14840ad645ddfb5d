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
}
