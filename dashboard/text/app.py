"""Words of the frame around every page: titles, who is signed in, the sample's mark."""

WORDS: dict[str, tuple[str, str]] = {
    "app.name": ("文明实践志愿服务调度台", "Civic Practice Dashboard"),
    "app.map": ("地图", "Map"),
    "app.needs": ("需求", "Needs"),
    "app.match": ("匹配派单", "Match"),
    "app.rounds": ("包户与定期", "Rounds"),
    "app.messages": ("消息", "Messages"),
    "app.teams": ("服务队", "Teams"),
    "app.hours": ("服务时长", "Hours"),
    "app.volunteers": ("志愿者", "Volunteers"),
    "app.imports": ("导入", "Imports"),
    "app.accounts": ("账号", "Accounts"),
    "app.audit": ("审计", "Audit"),
    "app.done": ("已完成。", "Done."),
    "app.failed": (
        "这个页面出了错，没有保存任何内容。请刷新后再试；如果仍然出错，请告诉管理员时间 {time}。",
        "Something went wrong on this page; nothing was saved. Reload and try again, or tell the admin the time: {time}.",
    ),
    "app.sample": ("示例数据 · 人物均为虚构", "Sample data · all people invented"),
    "app.sample_short": ("示例数据", "Sample"),
    "app.language": ("English", "中文"),
    "app.language_help": ("切换为英文", "Switch to Chinese"),
    "app.whole_county": ("全县", "Whole county"),
    "app.scope": ("{role} · {place}", "{role} · {place}"),
    "app.sign_out": ("退出登录", "Sign out"),
    "app.own_password": ("修改密码", "Change password"),
    "app.signed_out": ("您已退出，或登录已过期。", "You have signed out, or your session has ended."),
    "app.sign_in_again": ("重新登录", "Sign in again"),
    "app.no_front_door": (
        "请用 `python -m dashboard run` 启动：这样打开的页面没有登录保护，因此不显示任何内容。",
        "Start with `python -m dashboard run`: opened this way the pages have no sign-in in front, so they show nothing.",
    ),
    "app.another_account": (
        "这个标签页换成了另一个账号，之前未保存的内容已清除。",
        "Another account is signed in now; what this tab held was cleared.",
    ),
}
