"""Sentences of the queries: why a text was not run, or its answer not shown."""

WORDS: dict[str, tuple[str, str]] = {
    "queries.empty": ("还没有写查询。", "There is no query yet."),
    "queries.too_long": ("查询太长：最多 {limit} 个字符。", "The query is too long: at most {limit} characters."),
    "queries.bad_sign": (
        "查询里有看不见的字符（NUL），请删去。",
        "The query holds an invisible sign (NUL): delete it.",
    ),
    "queries.not_select": ("只能查询：请以 SELECT 或 WITH 开头。", "Only questions: begin with SELECT or WITH."),
    "queries.several": ("一次只能写一条查询，这里有 {count} 条。", "One query at a time: here are {count}."),
    "queries.parameter": ("没有给出参数 {name} 的值。", "The parameter {name} has no value."),
    "queries.no_table": ("没有叫“{name}”的表。", "There is no table called “{name}”."),
    "queries.no_table_near": (
        "没有叫“{name}”的表。是不是 {near}？",
        "There is no table called “{name}”. Perhaps {near}?",
    ),
    "queries.no_column": ("没有叫“{name}”的列。", "There is no column called “{name}”."),
    "queries.no_column_near": (
        "没有叫“{name}”的列。是不是 {near}？",
        "There is no column called “{name}”. Perhaps {near}?",
    ),
    "queries.no_function": ("不能用函数 {name}。", "The function {name} may not be used."),
    "queries.forbidden": ("查询里有不允许做的事。", "The query asks for something that is not allowed."),
    "queries.too_many_views": ("一条查询最多读 {limit} 个视图。", "One query reads {limit} views at most."),
    "queries.too_many_days": (
        "一条查询最多问 {limit} 天的往日指标。",
        "One query asks for the figures of {limit} days at most.",
    ),
    "queries.too_slow": (
        "查询超过 {seconds} 秒，已停止。请缩小范围。",
        "Stopped after {seconds} seconds: ask for less.",
    ),
    "queries.too_large": (
        "查询要的内存或结果太大。请缩小范围。",
        "The query or its answer is too large: ask for less.",
    ),
    "queries.no_copy": (
        "没能准备好要查的数据：请看服务器的磁盘是否已满。",
        "The data to ask could not be made ready: is the server's disk full?",
    ),
    "queries.frame_name": (
        "单元格的名称“{name}”与视图重名，请改名。",
        "The cell's name “{name}” is that of a view: choose another.",
    ),
    "queries.syntax": ("写法有误：{problem}", "It is not written correctly: {problem}"),
}
