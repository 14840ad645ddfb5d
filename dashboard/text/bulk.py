"""Words of one deed on many rows."""

WORDS: dict[str, tuple[str, str]] = {
    "bulk.nothing": ("还没有勾选。", "Nothing is ticked yet."),
    "bulk.too_many": (
        "一次最多办 {most} 件，这里有 {count} 件。请先缩小筛选。",
        "At most {most} at once, here are {count}. Narrow the filter first.",
    ),
    "bulk.bug": (
        "出错停下了：前面 {done} 件已经办过，后面的没有动。请看列表；再出错请联系管理员查看日志。",
        "It went wrong and stopped: {done} were dealt with, the rest is untouched. "
        "Look at the list; if it happens again, ask an admin to look into the log.",
    ),
    "bulk.do_many": ("批量办理", "Many at once"),
    "bulk.ticked": ("已勾 {count} 件", "{count} ticked"),
    "bulk.everything": ("本列表全部 {count} 件", "All {count} of this list"),
    "bulk.this_page": ("勾上本页全部 {count} 件", "Tick all {count} on this page"),
    "bulk.untick": ("全不勾", "Untick all"),
    "bulk.tick": ("勾选", "Tick"),
    "bulk.what": ("办什么", "What to do"),
    "bulk.go": ("{what}：{count} 件", "{what}: {count}"),
    "bulk.meanwhile": (
        "办完的马上生效；停止后，已办完的都保留。",
        "What is done counts at once; if you stop, it stays done.",
    ),
    "bulk.all_done": ("{what}：{done} 件完成。", "{what}: {done} done."),
    "bulk.some_refused": ("{what}：{done} 件完成，{refused} 件未办", "{what}: {done} done, {refused} refused"),
    "bulk.was_stopped": (
        "{what}：已停止。{done} 件完成，{refused} 件未办，{left} 件没有动",
        "{what}: stopped. {done} done, {refused} refused, {left} not touched",
    ),
    "bulk.retry": ("只重试这 {count} 件", "Retry only the {count} refused"),
    "bulk.go_on": ("接着办剩下的 {count} 件", "Go on with the other {count}"),
    "bulk.read": ("知道了", "Close"),
    "bulk.column.name": ("编号", "Number"),
    "bulk.column.why": ("为什么没办", "Why not"),
}
