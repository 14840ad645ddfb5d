"""Words of accounts and passwords."""

WORDS: dict[str, tuple[str, str]] = {
    "accounts.password_short": (
        "密码至少要 {least} 个字符，现在是 {length} 个。",
        "The password needs at least {least} characters; this one has {length}.",
    ),
    "accounts.password_long": (
        "密码最多 {most} 个字符。",
        "The password may have at most {most} characters.",
    ),
    "accounts.password_control": (
        "密码里有看不见的控制字符，请重新输入。",
        "The password contains invisible control characters: type it again.",
    ),
    "accounts.password_guessable": (
        "这个密码太容易猜：请不要用常见密码、重复、键盘连串，或自己的账号和姓名。",
        "This password is too easy to guess: no known passwords, repeats, runs of keys, or your own name.",
    ),
    "accounts.username_bad": (
        "账号用 2 到 60 个字母、数字、汉字或 . @ - _，不能有空格。",
        "A username has 2 to 60 letters or digits, or . @ - _, without spaces.",
    ),
    "accounts.name_taken": ("账号 {username} 已经有人用了。", "The username {username} is already in use."),
    "accounts.language_unknown": ("没有这种语言：{language}。", "There is no such language: {language}."),
    "accounts.no_site": ("没有这个站点（{id}）。", "There is no such site ({id})."),
    "accounts.no_account": ("没有这个账号（{id}）。", "There is no such account ({id})."),
    "accounts.own": (
        "不能改自己的角色、范围或停用自己，请另一位管理员来改。",
        "You can't change your own role or place, or switch yourself off: ask another admin.",
    ),
    "accounts.old_password_wrong": ("原密码不对。", "The old password is wrong."),
    "accounts.name_missing": ("账号和姓名都要填。", "Give both a username and a name."),
}
