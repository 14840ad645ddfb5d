"""Sentences of rights."""

WORDS: dict[str, tuple[str, str]] = {
    "permissions.page": (
        "您的角色（{role}）不能打开这一页。",
        "Your role ({role}) may not open this page.",
    ),
    "permissions.role": (
        "您的角色不能做这件事。",
        "Your role may not do this.",
    ),
    "permissions.scope": (
        "这里不在您负责的范围内。",
        "This place lies outside your part of the county.",
    ),
}
