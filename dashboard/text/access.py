"""Words of looking at personal data, and of the access log."""

WORDS: dict[str, tuple[str, str]] = {
    "access.reason_missing": (
        "请写明查看的原因（至少两个字）。",
        "Say why you need to see it.",
    ),
    "access.field": ("您的角色不能查看这一项。", "Your role may not see this value."),
    "access.nobody": (
        "您负责的范围内没有这个人。",
        "There is no such person in your part of the county.",
    ),
    "access.show": ("查看联系方式", "Show contact details"),
    "access.lead": (
        "查看会记入审计：谁、何时、为什么。",
        "Looking is recorded: who, when and why.",
    ),
    "access.reason": ("原因", "Reason"),
    "access.reason_dispatch": ("联系派单", "To arrange a dispatch"),
    "access.reason_verify": ("核实需求", "To verify a need"),
    "access.reason_follow_up": ("服务回访", "To follow up a service"),
    "access.reason_emergency": ("紧急情况", "Emergency"),
    "access.reason_other": ("其他（请写明）", "Other (say what)"),
    "access.reason_words": ("写明原因", "Say why"),
    "access.confirm": ("查看", "Show"),
    "access.hide": ("隐藏", "Hide"),
    "access.nothing": ("没有登记", "not recorded"),
    "access.name": ("姓名", "Name"),
    "access.phone": ("电话", "Phone"),
    "access.address": ("地址", "Address"),
    "access.id_number": ("身份证号", "ID number"),
}
