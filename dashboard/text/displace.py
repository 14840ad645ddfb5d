"""Sentences of taking a promise back for a more urgent need."""

WORDS: dict[str, tuple[str, str]] = {
    "displace.who_accepts": (
        "请写明是谁同意调走的（姓名），没有具名同意不能调人。",
        "Name the person who accepts this; nobody is taken away without a named acceptance.",
    ),
    "displace.somebody_is_free": (
        "需求 {code} 还有 {free} 人有空可派，不必从别处调人。",
        "{free} free people could take need {code}; nobody has to be taken from elsewhere.",
    ),
    "displace.not_less_urgent": (
        "需求 {code} 同样紧急或更紧急，不能从那里调人。",
        "Need {code} is as urgent or more; nobody may be taken from it.",
    ),
    "displace.not_open_any_more": (
        "{code} 的这一单已开始服务或已结束，不能调走。",
        "That dispatch to {code} has begun or ended; she can't be taken away.",
    ),
    "displace.several_times": (
        "此人答应了 {code} 的多个时段，不能只抽走其中一次。",
        "She promised several times to {code}; one of them can't be taken out.",
    ),
    "displace.done": (
        "{volunteer} 已从 {displaced_code} 调往 {code}，由 {substitute} 接替。",
        "{volunteer} was taken from {displaced_code} to {code}; {substitute} takes over.",
    ),
    "displace.escalated": (
        "{volunteer} 已从 {displaced_code} 调往 {code}；{displaced_code} 暂无人可接，已上报。",
        "{volunteer} was taken from {displaced_code} to {code}; nobody can take over at {displaced_code}, it is "
        "escalated.",
    ),
}
