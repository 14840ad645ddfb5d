"""Words of undoing an import of needs as a whole: preview, refusals, the page, the shell."""

WORDS: dict[str, tuple[str, str]] = {
    "import_undo.reason": ("撤销导入：{file}", "import undone: {file}"),
    # Refusals
    "import_undo.no_such": ("没有这次导入。", "There is no such import."),
    "import_undo.only_needs": (
        "只有需求的导入可以整批撤销。", "Only an import of needs can be undone as a whole.",
    ),
    "import_undo.nothing": (
        "这次导入没有新增需求，没有可撤销的。", "This import made no need: there is nothing to undo.",
    ),
    "import_undo.already": (
        "这次导入已由{by}于 {at} 撤销。", "This import was undone before, by {by} on {at}.",
    ),
    "import_undo.already_by_shell": (
        "这次导入已于 {at} 用命令行撤销。", "This import was undone before, in the shell on {at}.",
    ),
    "import_undo.touched": (
        "没有撤销：这次导入的 {needs} 条需求中，{count} 条之后已被处理（最多列出 {listed} 条）：{codes}。",
        "Nothing was undone: of its {needs} needs {count} were worked on since (at most {listed} are listed): {codes}.",
    ),
    # The page
    "import_undo.title": ("撤销一次需求导入", "Undo an import of needs"),
    "import_undo.choose": ("选择要撤销的导入", "Which import"),
    "import_undo.choice": ("{file} · {at} · 存入 {stored} 条", "{file} · {at} · {stored} stored"),
    "import_undo.none": ("没有可撤销的需求导入。", "There is no import of needs to undo."),
    "import_undo.lead": (
        "将取消这次导入新增的 {needs} 条需求，原因记为“撤销导入”，每条都留有记录。之后可以重新导入同一文件。",
        "Cancels the {needs} needs this import made, with the reason “import undone” in each one's history. The same file "
        "may be imported again afterwards.",
    ),
    "import_undo.counted": (
        "它们仍计入登记数，去向为“取消”。居民资料保留。",
        "They still count as registered, and as cancelled. Residents it brought stay.",
    ),
    "import_undo.changed": (
        "文件改动过的 {count} 条原有需求保持现状，不会改回。",
        "{count} needs that were there before and were changed by the file stay as they are.",
    ),
    "import_undo.linked": (
        "另有 {count} 条需求不再算作这些需求的重复。",
        "{count} needs from elsewhere no longer count as repeats of these.",
    ),
    "import_undo.raised": (
        "因重复而提高的紧急程度保持不变，需要时请人工改回：{codes}。",
        "Urgency raised by its repeats stays; change it by hand where it should not: {codes}.",
    ),
    "import_undo.blocked": (
        "不能撤销：{needs} 条中有 {count} 条在导入后已被处理。",
        "It can't be undone: {count} of its {needs} needs were worked on since.",
    ),
    "import_undo.more": (
        "只列出前 {listed} 条，共 {count} 条。", "The first {listed} of {count} are listed.",
    ),
    "import_undo.column_code": ("编号", "Number"),
    "import_undo.column_why": ("原因", "Why"),
    "import_undo.confirm": ("我已核对，要取消这 {needs} 条需求", "I have checked: cancel these {needs} needs"),
    "import_undo.button": ("撤销这次导入", "Undo this import"),
    "import_undo.done": (
        "已撤销“{file}”的导入：取消 {needs} 条需求。可以重新导入。",
        "The import of “{file}” was undone: {needs} needs were cancelled. It may be imported again.",
    ),
    "import_undo.stopped": ("已停止，什么都没有撤销。", "Stopped; nothing was undone."),
    "import_undo.stop_lead": ("停止则什么都不撤销。", "If you stop, nothing is undone."),
    "import_undo.step_waiting": ("等待", "Waiting"),
    "import_undo.step_check": ("正在核对", "Checking"),
    "import_undo.step_cancel": ("正在取消需求", "Cancelling needs"),
    "import_undo.step_release": ("正在解除关联", "Taking links back"),
    "import_undo.undone": ("{at} 由{by}撤销", "{at}, by {by}"),
    # Why a need stands in the way: a sign, or a table that points to it
    "import_undo.why.moved": ("状态变过", "Its state moved since"),
    "import_undo.why.changed": ("内容改过", "It was changed since"),
    "import_undo.why.constraints": ("指定或排除过志愿者", "A volunteer was pinned or forbidden"),
    "import_undo.why.device_calls": ("有呼叫器来电", "A device called for it"),
    "import_undo.why.dispatches": ("派过单", "Somebody was sent"),
    "import_undo.why.displacements": ("调过人", "Somebody was displaced for it"),
    "import_undo.why.follow_ups": ("有回访", "It has a follow-up"),
    "import_undo.why.fund_entries": ("动用过公益基金", "The fund paid for it"),
    "import_undo.why.hand_overs": ("申请过转单", "A hand-over was asked for"),
    "import_undo.why.held_services": ("有待审时长", "Hours of it are held"),
    "import_undo.why.holds": ("有人正在派", "Somebody holds it"),
    "import_undo.why.links": ("发过短链接", "A link was made for it"),
    "import_undo.why.messages": ("有消息", "It has messages"),
    "import_undo.why.need_charges": ("已计费", "It was charged"),
    "import_undo.why.need_persons": ("指定或不要某位志愿者", "A volunteer is wished for or not wanted"),
    "import_undo.why.nobody_left": ("在“没人可派”名单里", "It stands on the list “nobody”"),
    "import_undo.why.ratings": ("已询问评单", "Its resident was asked to rate"),
    "import_undo.why.series_visits": ("属于定期服务", "It belongs to a series of visits"),
    "import_undo.why.services": ("有服务记录", "It has a service record"),
    "import_undo.why.standbys": ("有候补", "Somebody stands by for it"),
    # The shell
    "import_undo.cli_preview": (
        "“{file}”（{at}）：将取消 {needs} 条需求；{in_the_way} 条之后已被处理；改动过的 {changed} 条保持现状。",
        "“{file}” ({at}): {needs} needs would be cancelled; {in_the_way} were worked on since; {changed} that it changed "
        "stay as they are.",
    ),
    "import_undo.cli_touched": ("{code}：{why_key}", "{code}: {why_key}"),
    "import_undo.cli_batch": (
        "{batch}  {at}  {file}  存入 {stored}  {undone}", "{batch}  {at}  {file}  {stored} stored  {undone}",
    ),
    "import_undo.help.batch": ("导入的编号；不写则列出最近的需求导入", "number of the import; left out: list the last"),
    "import_undo.help.dry_run": ("只预检，不撤销", "say what it would do, and do nothing"),
}  # fmt: skip
