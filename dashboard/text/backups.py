"""Words of backups."""

WORDS: dict[str, tuple[str, str]] = {
    "backups.step_waiting": ("等待", "Waiting"),
    "backups.step_copy": ("正在复制", "Copying"),
    "backups.step_verify": ("正在核对", "Verifying"),
    "backups.step_restore": ("正在恢复", "Restoring"),
    "backups.warning": (
        "备份含全部个人信息的明文：文件只有服务器管理者可读，请勿外传。",
        "A backup holds all personal data in plain: only the server's keeper can read the file; don't pass it on.",
    ),
    "backups.lead": ("停止则不留文件。", "If you stop, no file is left."),
    "backups.made": (
        "备份已核对：{file}，{size} MB，{tables} 张表 {rows} 行，用时 {seconds} 秒。",
        "Backed up and verified: {file}, {size} MB, {rows} rows in {tables} tables, {seconds} s.",
    ),
    "backups.made_at": (
        "备份已核对：{file}，{tables} 张表 {rows} 行，用时 {seconds} 秒。内含个人信息明文，请妥善保管。",
        "Backed up and verified: {file}, {rows} rows in {tables} tables, {seconds} s. It holds personal data in plain.",
    ),
    "backups.restored": (
        "已从 {file} 恢复 {tables} 张表 {rows} 行。请再运行 check。",
        "Restored {rows} rows in {tables} tables from {file}. Run `check` now.",
    ),
    "backups.cancelled": ("已停止，没有留下文件。", "Stopped; no file was left."),
    "backups.none": ("服务器上还没有备份。", "There is no backup on the server yet."),
    "backups.column_file": ("备份文件", "Backup"),
    "backups.column_at": ("时间", "Made"),
    "backups.column_size": ("大小（MB）", "Size (MB)"),
    "backups.bug": (
        "备份出错，没有留下文件。请查看日志。",
        "The backup went wrong and left no file. Look into the log.",
    ),
    "backups.exists": (
        "文件 {file} 已经存在，备份从不覆盖。",
        "The file {file} is there already; a backup never overwrites.",
    ),
    "backups.no_program": (
        "服务器上没有 {program}（PostgreSQL 客户端程序），请先安装。",
        "The server has no {program} (PostgreSQL's client program); install it first.",
    ),
    "backups.not_sound": (
        "备份核对没有通过（{why}），没有采用。",
        "The backup didn't pass its check ({why}) and wasn't taken.",
    ),
    "backups.not_written": ("写不了备份文件：{why}。", "The file can't be written: {why}."),
    "backups.no_file": ("没有文件 {file}。", "There is no file {file}."),
    "backups.other_database": (
        "这份备份是另一种数据库的，不能恢复到这里。",
        "This backup is of another kind of database.",
    ),
    "backups.not_empty": (
        "目标数据库里已经有表。只能恢复到空数据库，不会覆盖。",
        "The database has tables already. A backup goes into an empty one only; nothing is overwritten.",
    ),
}
