"""Words of charts drawn by a spec of one's own: its form, its refusals, what such a chart says itself."""

_WHERE = "单元 {name}（第 {number} 个）的图表写法 {path}："
_PLACE = "Cell {name} (number {number}), spec at {path}: "


def _refusal(chinese: str, english: str) -> tuple[str, str]:
    return _WHERE + chinese, _PLACE + english


WORDS: dict[str, tuple[str, str]] = {
    "chart_spec.way": ("怎么做这张图", "How the chart is made"),
    "chart_spec.way.columns": ("按列选", "By columns"),
    "chart_spec.way.spec": ("写图表规格", "By a spec"),
    "chart_spec.empty": (
        "写上图表规格，或改回按列选。",
        "Write a spec, or go back to picking columns.",
    ),
    "chart_spec.format": ("整理格式", "Format"),
    "chart_spec.columns": ("“{source}”的列：{columns}", "Columns of “{source}”: {columns}"),
    "chart_spec.no_columns": (
        "“{source}”还没有结果，运行后这里列出它的列。",
        "“{source}” has no result yet; its columns are listed here once it ran.",
    ),
    "chart_spec.help": ("怎么写", "How to write it"),
    "chart_spec.help_words": (
        "数据总是所选查询的各行，规格里不写 `data`。标记（mark）可用 bar、line、area、point、rect、arc、boxplot、"
        "tick、rule、text；字段（field）写查询的列名。可用 aggregate、bin、timeUnit、sort、stack、scale、axis、"
        "legend、title、tooltip、layer，以及小图 row、column。筛选写成对象。不能用表达式、网址和图片，要计算请写在"
        "查询里。会议稿上的图不能用 count 计数：请在查询里数好，小数才能隐去。",
        "The data are always the rows of the query: no `data` in it. Marks are bar, line, area, point, rect, arc, "
        "boxplot, tick, rule, text; a field is a column of the query. There are aggregate, bin, timeUnit, sort, stack, "
        "scale, axis, legend, title, tooltip, layer, and small charts by row and column. Filters are objects. No "
        "expressions, addresses or pictures: compute in the query. On a deck a chart can't count rows itself: count in "
        "the query, so that small counts are hidden.",
    ),
    "chart_spec.example.bars": ("横条，从大到小", "Bars lying, largest first"),
    "chart_spec.example.lines": ("折线与目标线", "Lines with a limit"),
    "chart_spec.x": ("分类列", "words"),
    "chart_spec.y": ("数值列", "number"),
    # What a summed column is called at axes; {column} is its name.
    "chart_spec.count": ("行数", "Rows"),
    "chart_spec.summed.count": ("{column}（行数）", "{column}, rows"),
    "chart_spec.summed.distinct": ("{column}（不同值）", "{column}, distinct"),
    "chart_spec.summed.valid": ("{column}（有值的行）", "{column}, present"),
    "chart_spec.summed.missing": ("{column}（空缺的行）", "{column}, missing"),
    "chart_spec.summed.sum": ("{column}（合计）", "{column}, sum"),
    "chart_spec.summed.mean": ("{column}（平均）", "{column}, mean"),
    "chart_spec.summed.average": ("{column}（平均）", "{column}, mean"),
    "chart_spec.summed.median": ("{column}（中位数）", "{column}, median"),
    "chart_spec.summed.min": ("{column}（最小）", "{column}, least"),
    "chart_spec.summed.max": ("{column}（最大）", "{column}, most"),
    "chart_spec.summed.q1": ("{column}（下四分位）", "{column}, lower quartile"),
    "chart_spec.summed.q3": ("{column}（上四分位）", "{column}, upper quartile"),
    "chart_spec.summed.stdev": ("{column}（标准差）", "{column}, standard deviation"),
    "chart_spec.summed.variance": ("{column}（方差）", "{column}, variance"),
    "chart_spec.partial": (
        "不含隐去的数（小于 {most} 等）",
        "without hidden counts (below {most}, and others with them)",
    ),
    # Forms of days, as d3 writes them.
    "chart_spec.unit.year": ("%Y年", "%Y"),
    "chart_spec.unit.quarter": ("%q季度", "Q%q"),
    "chart_spec.unit.month": ("%-m月", "%b"),
    "chart_spec.unit.week": ("第%U周", "week %U"),
    "chart_spec.unit.day": ("%a", "%a"),
    "chart_spec.unit.date": ("%-d日", "%-d"),
    "chart_spec.unit.hours": ("%-H时", "%H:00"),
    "chart_spec.unit.minutes": ("%-M分", "%M min"),
    "chart_spec.unit.yearquarter": ("%Y年%q季度", "Q%q %Y"),
    "chart_spec.unit.yearmonth": ("%Y年%-m月", "%b %Y"),
    "chart_spec.unit.yearmonthdate": ("%Y-%m-%d", "%Y-%m-%d"),
    "chart_spec.unit.yearweek": ("%Y年第%U周", "week %U %Y"),
    "chart_spec.unit.monthdate": ("%-m月%-d日", "%-d %b"),
    "chart_spec.unit.dayhours": ("%a%-H时", "%a %H:00"),
    "chart_spec.unit.hoursminutes": ("%H:%M", "%H:%M"),
    "chart_spec.unit.yearmonthdatehours": ("%Y-%m-%d %-H时", "%Y-%m-%d %H:00"),
    "chart_spec.unit.dayofyear": ("%-m月%-d日", "%-d %b"),
    "chart_spec.days": (
        "星期日 星期一 星期二 星期三 星期四 星期五 星期六",
        "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
    ),
    "chart_spec.short_days": ("周日 周一 周二 周三 周四 周五 周六", "Sun Mon Tue Wed Thu Fri Sat"),
    "chart_spec.months": (
        "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
        "January February March April May June July August September October November December",
    ),
    "chart_spec.short_months": (
        "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    ),
    "chart_spec.halves": ("上午 下午", "AM PM"),
    # Refusals.
    "chart_spec.not_json": _refusal(
        "不是 JSON，第 {line} 行第 {column} 个字符“{near}”处读不下去。检查逗号、引号和括号。",
        "not JSON; it can't be read on from line {line}, character {column}, “{near}”. Look at commas, quotes, brackets.",
    ),
    "chart_spec.too_long": _refusal("最多 {most} 个字符。", "at most {most} characters."),
    "chart_spec.too_large": _refusal(
        "太大，最多 {most} 项。数据不写在规格里。",
        "too large: at most {most} parts. Rows don't stand in it.",
    ),
    "chart_spec.too_deep": _refusal("套得太深，最多 {most} 层。", "nested too deep: at most {most} levels."),
    "chart_spec.no_number": _refusal(
        "“{found}”不是 JSON 里的数。换成普通的数。", "“{found}” is no number of JSON. Write a usual number."
    ),
    "chart_spec.key_twice": _refusal("“{what}”写了两次，删去一个。", "“{what}” stands twice: remove one."),
    "chart_spec.key": _refusal("这里没有“{what}”。可写：{allowed}。", "there is no “{what}” here, but: {allowed}."),
    "chart_spec.needs": _refusal("缺少“{what}”，请补上。", "“{what}” is missing: add it."),
    "chart_spec.wrong": _refusal("“{found}”不行，应为 {wanted}。", "“{found}” can't be; it takes {wanted}."),
    "chart_spec.too_many": _refusal(
        "有 {count} 项，应为 {least} 到 {most} 项。", "{count} of them; it takes {least} to {most}."
    ),
    "chart_spec.own_data": _refusal(
        "“{what}”会带来别的数据。删去它：数据总是所选查询的各行，要别的列请写进查询。",
        "“{what}” would bring data of its own. Remove it: the data are the rows of the query; add columns there.",
    ),
    "chart_spec.address": _refusal(
        "图里不能有网址和图片。删去“{what}”。", "a chart holds no addresses and no pictures. Remove “{what}”."
    ),
    "chart_spec.params": _refusal(
        "图上不能点选（“{what}”）。删去它；要读者选的值请用输入单元。",
        "nothing in a chart is selected (“{what}”). Remove it; for what a reader chooses use an input cell.",
    ),
    "chart_spec.expression": _refusal(
        '“{what}”处不能写表达式。筛选写成对象，如 {{"field": "列名", "gte": 5}}；要计算请写在查询里。',
        'no expressions (“{what}”). A test is an object such as {{"field": "column", "gte": 5}}; compute in the query.',
    ),
    "chart_spec.settings": _refusal(
        "不能改绘图程序的设置。删去“{what}”。", "remove “{what}”: it sets up the drawing program."
    ),
    "chart_spec.size": _refusal(
        "删去“{what}”：图随所在的位置变宽，高度用 height。",
        "remove “{what}”: a chart takes the width of its place; its height is `height`.",
    ),
    "chart_spec.concat": _refusal(
        "不能把几张图拼在一起（“{what}”）。叠在一起用 layer，小图用 encoding 里的 row 或 column，别的图另放一个单元。",
        "charts can't be joined by “{what}”. Use layer to lay them over one another, row or column in the encoding for "
        "small ones, and another cell for another chart.",
    ),
    "chart_spec.font": _refusal(
        "字体用系统的，中文才不缺字。删去“{what}”；字号可以用 fontSize 等。",
        "remove “{what}”: the house's fonts have all Chinese letters. Sizes may be set.",
    ),
    "chart_spec.schema": _refusal(
        "“{found}”不是 Vega-Lite 5 或 6。改成第 6 版，或删去 $schema。",
        "“{found}” is not Vega-Lite 5 or 6. Write version 6 or leave $schema out.",
    ),
    "chart_spec.test": _refusal(
        '条件应有一列和一种比较，如 {{"field": "列名", "gte": 5}}，或只有 and、or、not 之一。',
        'a test has one column and one comparison, {{"field": "column", "gte": 5}}, or one of and, or, not.',
    ),
    "chart_spec.no_column": _refusal(
        "查询结果里没有“{column}”这一列。有：{columns}。",
        "the query's result has no column “{column}”, but: {columns}.",
    ),
    "chart_spec.small_made": _refusal(
        "分小图的“{column}”必须是查询的列。", "small charts are by a column of the query, and “{column}” is none."
    ),
    "chart_spec.too_many_small": _refusal(
        "会分成 {count} 张小图，最多 {most} 张。请在查询里合并或筛选。",
        "that makes {count} small charts; at most {most}. Join or filter in the query.",
    ),
    "chart_spec.too_many_rows": _refusal(
        "查询有 {rows} 行，图最多画 {most} 行。请在查询里先汇总。",
        "the query gives {rows} rows; a chart takes {most}. Sum up in the query.",
    ),
    "chart_spec.no_day": _refusal(
        "“{column}”按日期读，但“{found}”不是日期（如 2026-11-05 或 2026-11）。",
        "“{column}” is read as days, and “{found}” is none (2026-11-05 or 2026-11 are).",
    ),
    "chart_spec.no_numbers": _refusal(
        "“{column}”按数读，但“{found}”不是数。",
        "“{column}” is read as numbers, and “{found}” is none.",
    ),
    "chart_spec.timed": _refusal(
        '有 timeUnit 的地方，固定值写成数或日期对象，如 {{"year": 2026, "month": 11}}，不能写文字。',
        'beside a timeUnit a constant is a number or a day such as {{"year": 2026, "month": 11}}, no text.',
    ),
    "chart_spec.boxes": _refusal(
        "boxplot 的 x 或 y 要有一个是数（type 为 quantitative）。",
        "a boxplot has numbers along x or y (type quantitative).",
    ),
    "chart_spec.form": _refusal(
        "“{found}”是另一种值的格式：日期写如 %Y-%m（列的 type 为 temporal），数写如 ,.1f 或 .0%。",
        "“{found}” is the form of another kind of value: %Y-%m is of days (type temporal), ,.1f or .0% of numbers.",
    ),
    "chart_spec.not_drawn": (
        "单元 {name} 的图表规格画不出来：{why}",
        "The spec of cell {name} can't be drawn: {why}",
    ),
    "chart_spec.counts_on_deck": _refusal(
        "会议稿上的图不能自己数行（{op}），否则小数藏不住。请在查询里用 count(*) 数好，再画那一列。",
        "on a deck a chart can't count or number rows itself ({op}): small counts could not be hidden. Count in the "
        "query with count(*) and draw that column.",
    ),
}
