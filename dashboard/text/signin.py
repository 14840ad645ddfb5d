"""Words of the sign-in and first set-up pages."""

WORDS: dict[str, tuple[str, str]] = {
    "signin.console": ("首次设置口令：{token}", "Set-up token for the first admin: {token}"),
    "signin.title": ("登录", "Sign in"),
    "signin.lead": (
        "看清站点与网格，把需求派给合适的志愿者。",
        "See stations and grids, and send the right volunteer to every need.",
    ),
    "signin.username": ("账号", "Username"),
    "signin.password": ("密码", "Password"),
    "signin.submit": ("登录", "Sign in"),
    "signin.other_language": ("English", "中文"),
    "signin.sample_title": ("示例县，一键进入", "A sample county: step inside"),
    "signin.sample_lead": (
        "{county}的地名是真实的，人物和记录全部虚构。选择一个身份看看：",
        "Place names of {county} are real; all people and records are invented. Choose a role to look around:",
    ),
    "signin.sample_note": (
        "仅在本机打开示例数据时出现。",
        "Shown only for sample data opened on this machine.",
    ),
    "signin.as_coordinator": ("调度员", "Coordinator"),
    "signin.as_coordinator_note": ("看需求、匹配、派单", "needs, matching, dispatch"),
    "signin.as_station_worker": ("站点工作人员", "Station worker"),
    "signin.as_station_worker_note": ("登记本站需求与服务", "records needs and services of one station"),
    "signin.as_leader": ("领导", "Leader"),
    "signin.as_leader_note": ("看地图与成效", "reads the map and the results"),
    "signin.as_admin": ("管理员", "Admin"),
    "signin.as_admin_note": ("导入、账号、审计", "imports, accounts, audit"),
    "signin.or_account": ("或用账号登录", "or sign in with an account"),
    "signin.wrong": (
        "账号或密码不对，请再试一次；忘了密码请找管理员重设。",
        "Wrong username or password. Try again, or ask the admin for a new password.",
    ),
    "signin.account_waits": (
        "这个账号试错次数过多，请 {seconds} 秒后再试。",
        "Too many wrong attempts for this account. Try again in {seconds} seconds.",
    ),
    "signin.address_waits": (
        "这台电脑试错次数过多，请 {minutes} 分钟后再试。",
        "Too many wrong attempts from this address. Try again in {minutes} minutes.",
    ),
    "signin.foreign_form": (
        "这次提交不是从本页发出的，未执行。请重新打开登录页。",
        "This form was not sent from this page, so nothing was done. Open the sign-in page again.",
    ),
    "signin.no_sample": (
        "只有示例数据、并且在本机打开时才能这样进入。",
        "This way in exists only for sample data opened on this machine.",
    ),
    "signin.setup_title": ("首次设置", "First set-up"),
    "signin.setup_lead": (
        "还没有任何账号。建立第一个管理员账号：把启动窗口中显示的设置口令填在下面。",
        "There is no account yet. Create the first admin: copy the set-up token shown in the console that started this.",
    ),
    "signin.token": ("设置口令（见启动窗口）", "Set-up token (shown in the console)"),
    "signin.display_name": ("姓名", "Your name"),
    "signin.new_password": ("密码（至少 15 个字符）", "Password (at least 15 characters)"),
    "signin.password_hint": (
        "一句只有您知道的话最好记，例如几个不相干的词连在一起。",
        "A phrase only you know is easiest to remember: a few unrelated words in a row.",
    ),
    "signin.repeat": ("再输一次密码", "Password again"),
    "signin.county": ("县级行政区划代码（六位数字）", "County code (six digits)"),
    "signin.county_code": ("请填六位数字的县级行政区划代码。", "Give the county's code of six digits."),
    "signin.create": ("建立管理员账号", "Create the admin account"),
    "signin.wrong_token": ("设置口令不对，请看启动窗口。", "Wrong set-up token: look at the console."),
    "signin.not_repeated": ("两次输入的密码不同，请重新输入。", "The two passwords differ: type them again."),
    "signin.already_set_up": ("已经有账号了，请登录。", "There is an account already: sign in."),
    "signin.set_up": ("管理员账号已建立，请登录。", "The admin account was created: sign in."),
}
