"""Sentences of the write path."""

WORDS: dict[str, tuple[str, str]] = {
    "commands.changed_meanwhile": (
        "您打开之后，别人已经改过这一条（{subject} {id}）。请刷新后再改。",
        "Somebody changed this row ({subject} {id}) after you opened it. Reload and try again.",
    ),
    "commands.volunteer_taken": (
        "这位志愿者在该时段刚刚被派出，未派单。请选其他人。",
        "This volunteer has just been sent elsewhere for that time. Nothing was dispatched; choose somebody else.",
    ),
    "commands.need_full": (
        "这条需求的人数刚刚已派满，未派单。",
        "This need has just been filled. Nothing was dispatched.",
    ),
    "commands.key_of_another": (
        "这次提交与另一项操作的编号相同（{key}），未执行。请刷新页面后重试。",
        "This submission carries the number of another deed ({key}). Nothing was done; reload the page and try again.",
    ),
}
