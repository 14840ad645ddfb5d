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
}
