"""Sentences of needs pasted from a group chat."""

WORDS: dict[str, tuple[str, str]] = {
    "group_chat.open": ("粘贴群消息", "Paste a group chat"),
    "group_chat.title": ("粘贴微信群消息", "Paste messages of a group chat"),
    "group_chat.lead": (
        "从微信群里复制消息，贴到下面：一行一条，带“姓名 时间”的也可以。先看清每条会变成什么，再保存；保存后都是“待核实”。",
        "Copy messages from the group and paste them: one a line, with or without lines of name and time. Look at what "
        "each would become, then save; all of them are still to be verified.",
    ),
    "group_chat.text": ("群消息", "Messages"),
    "group_chat.look": ("看看会变成什么", "Show what they become"),
    "group_chat.nothing": ("没有读到消息。", "There are no messages in this."),
    "group_chat.counts": (
        "共 {all} 条消息：勾选 {chosen} 条，已登记过 {known} 条。",
        "{all} messages: {chosen} ticked, {known} taken before.",
    ),
    "group_chat.save": ("保存勾选的 {count} 条", "Save the {count} ticked"),
    "group_chat.leave": ("不保存，关闭", "Close without saving"),
    "group_chat.taken": (
        "已登记 {made} 条待核实需求；{there} 条以前登记过，没有重复登记。",
        "{made} needs to verify taken; {there} were there already and were not taken again.",
    ),
    "group_chat.too_many": (
        "第 {line} 行起超出：一次最多 {most} 行，这里有 {lines} 行。请分几次粘贴。",
        "Too long from line {line} on: at most {most} lines at once, these are {lines}. Paste them in parts.",
    ),
    "group_chat.long_line": (
        "第 {line} 行的消息有 {length} 字，最多 {most} 字。请删短或拆成两行。",
        "The message at line {line} has {length} characters, at most {most}. Shorten it or split it in two.",
    ),
    "group_chat.column.take": ("登记", "Take"),
    "group_chat.column.line": ("行", "Line"),
    "group_chat.column.text": ("消息", "Message"),
    "group_chat.column.sender": ("谁发的", "Sender"),
    "group_chat.column.category": ("类别（可改）", "Category (editable)"),
    "group_chat.column.place": ("地点", "Place"),
    "group_chat.column.time": ("时间", "Time"),
    "group_chat.column.urgency": ("紧急", "Urgency"),
    "group_chat.column.phone": ("居民电话", "Resident's phone"),
    "group_chat.column.repeats": ("可能重复", "May repeat"),
    "group_chat.column.link": ("关联为重复", "Link as repeat"),
    "group_chat.no_category": ("（未定）", "(not known)"),
    "group_chat.unsure": ("{place}（待核实）", "{place} (to verify)"),
    "group_chat.has_phone": ("有", "yes"),
    "group_chat.known": ("已登记为 {code}", "Taken as {code}"),
}
