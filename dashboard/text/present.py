"""Words of a meeting: the screens' bar, the presenter's window, what was decided."""

WORDS: dict[str, tuple[str, str]] = {
    "present.changed": ("此后数据有 {count} 次变动", "{count} changes since"),
    "present.decided": ("已记下", "Noted"),
    "present.not_saved": ("没有存上，请再试。", "It was not kept. Please try again."),
    "present.decide": ("记决定", "Decision"),
    "present.notes": ("讲稿", "Notes"),
    "present.play": ("放映", "Play"),
    "present.pause": ("暂停", "Pause"),
    "present.month": ("月份", "Month"),
    "present.full": ("全屏", "Full screen"),
    "present.what": ("决定了什么？", "What was decided?"),
    "present.owner": ("谁负责？", "Who sees to it?"),
    "present.due": ("何时完成？", "By when?"),
    "present.save": ("记下", "Keep"),
    "present.cancel": ("取消", "Cancel"),
    "present.no_notes": ("这一屏没有讲稿。", "No notes for this screen."),
    "present.next": ("下一屏：", "Next:"),
    "present.last": ("这是最后一屏", "this is the last one"),
    "present.no_such_file": ("没有这个文件。", "There is no such file."),
    "present.no_font": (
        "服务器上没有中文字体，做不了文件。请管理员安装（如 fonts-noto-cjk）。",
        "The server has no Chinese font, so the file can't be made. Ask the administrator to install one (fonts-noto-cjk).",
    ),
}
