"""Words around files to take away."""

WORDS: dict[str, tuple[str, str]] = {
    "downloads.open": ("导出", "Export"),
    "downloads.noted": ("已导出 {rows} 行，并记入访问日志。", "{rows} rows exported and entered in the access log."),
    "downloads.help": ("与屏幕上的列表相同：筛选、顺序、行数。", "The list as on screen: same filter, order, rows."),
}
