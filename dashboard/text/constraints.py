"""Sentences of pins, forbidden pairs and people kept free."""

WORDS: dict[str, tuple[str, str]] = {
    "constraints.no_such": ("没有这条约束。", "There is no such constraint."),
    "constraints.no_such_volunteer": ("没有这位志愿者。", "There is no such volunteer."),
    "constraints.withdrawn_already": ("这条约束已经撤销过。", "This constraint was withdrawn already."),
    "constraints.there_already": ("这一对已经这样定过。", "This was said about the pair already."),
    "constraints.opposite": (
        "这一对已有相反的约束，请先撤销。",
        "The opposite was said about this pair; withdraw that first.",
    ),
    "constraints.expired": ("到期时间要晚于现在。", "The expiry must lie ahead."),
    "constraints.stored": ("已记下：{volunteer}。", "Noted: {volunteer}."),
    "constraints.withdrawn": ("已撤销：{volunteer}。", "Withdrawn: {volunteer}."),
}
