"""Words around files to take away."""

WORDS: dict[str, tuple[str, str]] = {
    "downloads.open": ("导出", "Export"),
    "downloads.noted": ("共 {rows} 行，取走会记入访问日志。", "{rows} rows; taking them is entered in the access log."),
    "downloads.help": ("与屏幕上的列表相同：筛选、顺序、行数。", "The list as on screen: same filter, order, rows."),
}
