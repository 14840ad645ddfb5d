"""Sentences of drafts: changing them, and why one can't be sent."""

WORDS: dict[str, tuple[str, str]] = {
    # changing a draft
    "match_drafts.is_a_run": (
        "这是求解记录，不能改。请先复制成方案。",
        "This is the record of a run and doesn't change. Copy it into a draft first.",
    ),
    "match_drafts.not_yours": (
        "这是 {who} 的方案，您可以复制一份再改。",
        "This is a draft of {who}; copy it and change the copy.",
    ),
    "match_drafts.already_committed": ("这个方案已于 {at} 派出。", "This draft was sent at {at}."),
    "match_drafts.already_dropped": ("这个方案已于 {at} 放弃。", "This draft was dropped at {at}."),
    "match_drafts.no_such_edit": ("没有这种修改。", "There is no such edit."),
    "match_drafts.said_already": ("方案里已经这样定了。", "The draft says so already."),
    "match_drafts.not_among_people": (
        "此人不能接这个方案里的任何需求。",
        "This person may take none of the plan's needs.",
    ),
    "match_drafts.not_among_needs": ("这个角色不在方案里。", "This role is not in the plan."),
    "match_drafts.at_her_limit": (
        "此人未完成的单已达上限，不能加进方案。",
        "This person is at the limit of open tasks and can't be taken in.",
    ),
    "match_drafts.other_run": (
        "两个方案不是同一次求解的，不能比较。",
        "These drafts are not of the same run and can't be compared.",
    ),
    "match_drafts.kind_pin": ("锁定", "Pin"),
    "match_drafts.kind_unpin": ("取消锁定", "Unpin"),
    "match_drafts.kind_forbid": ("排除", "Forbid"),
    "match_drafts.kind_allow": ("取消排除", "Allow again"),
    "match_drafts.kind_away": ("留空", "Keep free"),
    "match_drafts.kind_back": ("取消留空", "Take in again"),
    # sending a draft
    "match_drafts.nothing_to_send": ("方案里没有可派的单。", "The draft has nothing to send."),
    "match_drafts.sent": ("已派出整个方案，共 {count} 单。", "The whole plan is sent: {count} dispatches."),
    "match_drafts.refused": (
        "方案所依据的情况有 {count} 处已变，一单都没有派出。请看下表，重新求解或去掉这些单。",
        "{count} things the plan rests on have changed; nothing was sent. See the list, then solve again or leave these "
        "out.",
    ),
    "match_drafts.rules_changed": (
        "匹配规则已由 {who} 于 {at} 改为第 {version} 版。",
        "{who} changed the matching rules to version {version} at {at}.",
    ),
    "match_drafts.need_edited": (
        "需求 {code} 已由 {who} 于 {at} 修改。",
        "{who} changed need {code} at {at}.",
    ),
    "match_drafts.seats_changed": (
        "需求 {code} 的空位由 {before} 个变为 {left} 个（{who}，{at}）。",
        "Need {code} had {before} open seats and has {left} ({who}, {at}).",
    ),
    "match_drafts.need_draft": (
        "需求 {code} 已由 {who} 于 {at} 退回草稿。",
        "{who} put need {code} back to draft at {at}.",
    ),
    "match_drafts.need_to_verify": (
        "需求 {code} 已由 {who} 于 {at} 转为待核实。",
        "{who} sent need {code} back to be verified at {at}.",
    ),
    "match_drafts.need_done": ("需求 {code} 已服务完（{who}，{at}）。", "Need {code} is done ({who}, {at})."),
    "match_drafts.need_confirmed": (
        "需求 {code} 已确认办好（{who}，{at}）。",
        "Need {code} is confirmed ({who}, {at}).",
    ),
    "match_drafts.need_rated": ("需求 {code} 已评单（{who}，{at}）。", "Need {code} is rated ({who}, {at})."),
    "match_drafts.need_closed": ("需求 {code} 已由 {who} 于 {at} 办结。", "{who} closed need {code} at {at}."),
    "match_drafts.need_cancelled": (
        "需求 {code} 已由 {who} 于 {at} 取消。",
        "{who} cancelled need {code} at {at}.",
    ),
    "match_drafts.need_unmet": (
        "需求 {code} 已由 {who} 于 {at} 记为未能满足。",
        "{who} recorded need {code} as unmet at {at}.",
    ),
    "match_drafts.outside_wanted": (
        "方案里的时间已不在需求想要的时间内，或已经过去。",
        "The planned time is no longer among the wanted ones, or is past.",
    ),
    "match_drafts.pin_withdrawn": (
        "{who} 于 {at} 撤销了锁定：{volunteer} → {code}。",
        "{who} withdrew the pin of {volunteer} to {code} at {at}.",
    ),
    "match_drafts.pin_expired": (
        "锁定 {volunteer} → {code} 已于 {at} 到期。",
        "The pin of {volunteer} to {code} expired at {at}.",
    ),
    "match_drafts.forbid_withdrawn": (
        "{who} 于 {at} 撤销了排除：{volunteer} → {code}。",
        "{who} withdrew at {at} that {volunteer} is not to go to {code}.",
    ),
    "match_drafts.forbid_expired": (
        "排除 {volunteer} → {code} 已于 {at} 到期。",
        "That {volunteer} is not to go to {code} expired at {at}.",
    ),
    "match_drafts.pin_new": (
        "{who} 于 {at} 锁定了 {volunteer} → {code}，方案里不是这样。",
        "{who} pinned {volunteer} to {code} at {at}; the plan has it otherwise.",
    ),
    "match_drafts.crew_short": (
        "整组需求 {code} 的{role}还差 {missing} 人，不能只派一部分。",
        "Crew {code} lacks {missing} people of {role}; it goes complete or not at all.",
    ),
}
