"""Words of the shell's commands."""

WORDS: dict[str, tuple[str, str]] = {
    "cli.description": (
        "文明实践志愿服务调度台：一个命令入口。",
        "Civic Practice Dashboard: the one door for the shell.",
    ),
    "cli.help.run": ("启动网页服务", "Serve the pages"),
    "cli.help.migrate": ("升级或降级数据库结构，保留数据", "Bring the schema up to date (or down), keeping the data"),
    "cli.help.sample": ("生成示例县数据", "Make the sample county"),
    "cli.help.import": ("导入台账：站点、网格、志愿者、需求", "Import a register: sites, grids, volunteers or needs"),
    "cli.help.undo-import": ("撤销一次需求导入", "Undo an import of needs as a whole"),
    "cli.help.export": ("导出列表为 xlsx 或 csv", "Export a list as xlsx or csv"),
    "cli.help.match": ("为全部待派需求求最优派单方案", "Find the best plan for all open needs"),
    "cli.help.certify": ("验证一份方案文件是否成立", "Prove a plan file, or say what is wrong with it"),
    "cli.help.figures": ("输出各项指标", "Print the figures"),
    "cli.help.check": ("检查数据是否自洽", "Check that the data agree with themselves"),
    "cli.help.send": ("发出待发的消息", "Send the messages that wait"),
    "cli.help.tick": (
        "办理到期的事：派单过期、改派下一位、释放占用",
        "Do what is due: offers that expire, the next to ask, holds that ran out",
    ),
    "cli.help.stars": ("重算志愿者星级", "Compute the volunteers' stars"),
    "cli.help.key": ("接入接口的密钥和呼叫器", "Keys of the intake API, and call devices"),
    "cli.help.backup": ("备份数据库并核对", "Back the database up, and verify the file"),
    "cli.help.restore": ("把备份恢复到空数据库", "Bring a backup into an empty database"),
    "cli.no_county": (
        "数据库还没有县域资料。请先运行 python -m dashboard migrate。",
        "The database holds no county yet. Run `python -m dashboard migrate` first.",
    ),
    "cli.migrated": ("数据库结构：{before} → {after}", "Schema: {before} -> {after}"),
    "cli.database_unreachable": (
        "打不开数据库：{reason}。请检查 --db 地址；新库请先运行 migrate。",
        "The database cannot be used: {reason}. Check --db; for a new one run `migrate` first.",
    ),
    "cli.name_hosts": (
        "监听 {host} 会让整个网络都能访问：请用 --allowed-host 写明大家在浏览器里输入的主机名。",
        "Listening on {host} opens the server to the network: name the hosts people type with --allowed-host.",
    ),
    "cli.serving": (
        "正在启动，请在浏览器打开 {url} 。按 Ctrl+C 停止。",
        "Starting: open {url} in a browser. Ctrl+C stops it.",
    ),
}
