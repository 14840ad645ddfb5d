"""Words of long work in the background, whatever it is."""

WORDS: dict[str, tuple[str, str]] = {
    "jobs.no_such": (
        "没有这项后台任务，或不是您启动的，或服务已重启。",
        "There is no such job of yours, or the server was restarted.",
    ),
    "jobs.bug": (
        "出错了，没有留下任何结果。请重试；再出错请联系管理员查看日志。",
        "It went wrong and left nothing. Try again; if it happens again, ask an admin to look into the log.",
    ),
    "jobs.stop": ("停止", "Stop"),
    "jobs.done_of": ("{done} / {total}", "{done} of {total}"),
    "jobs.seconds": ("{seconds} 秒", "{seconds} s"),
}
