"""Words of the sample county."""

WORDS: dict[str, tuple[str, str]] = {
    "sample.notice": (
        "示例数据：地名真实，人物、网格边界和业务均为虚构（种子 {seed}，截至 {today}）。",
        "Sample data: real place names; people, grid outlines and records are invented (seed {seed}, up to {today}).",
    ),
    "sample.made": (
        "示例县已生成：{volunteers} 名志愿者，{needs} 条需求，历史截至 {today}，用时 {seconds} 秒。",
        "Sample county made: {volunteers} volunteers, {needs} needs, history up to {today}, in {seconds} s.",
    ),
    "sample.added": ("已新增 {needs} 条待派需求。", "Added {needs} open needs."),
    "sample.not_empty": (
        "数据库里已有真实资料，不能写入示例数据。请用 --db 指定一个新库。",
        "The database holds real records; no sample is written there. Name a new database with --db.",
    ),
    "sample.already": (
        "数据库里已有示例县。加 --needs N 可新增待派需求；加 --force 可重新生成（仅限 SQLite 文件，先停止服务）。",
        "The database already holds a sample county. --needs N adds open needs; --force makes it anew "
        "(SQLite files only, server stopped).",
    ),
    "sample.not_sample": (
        "只能往示例库里新增虚构需求。",
        "Invented needs are added to sample databases only.",
    ),
    "sample.help.size": (
        "规模：full 为公布的全县规模，small 用于测试",
        "full: the county as published; small: for tests",
    ),
    "sample.help.seed": ("随机种子；相同种子和日期得到相同的数据", "seed of chance: same seed and date, same rows"),
    "sample.help.today": ("历史截止的日期，默认今天", "the date at which the history ends; default today"),
    "sample.help.needs": ("另加 N 条当前待派需求", "add N open needs on top"),
    "sample.help.force": ("替换已有的示例库（SQLite 文件）", "replace an older sample (SQLite files)"),
    "sample.lunch": ("{site}午餐", "Lunch of {site}"),
}
