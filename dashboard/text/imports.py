"""Import and export of registers: refusals of whole files, the page, the shell."""

WORDS: dict[str, tuple[str, str]] = {
    # Whole files that are refused
    "imports.no_such_file": ("找不到或打不开文件：{name}", "No such file, or not readable: {name}"),
    "imports.file_too_big": (
        "文件超过 {limit} MB，未读取。请拆成几个文件再导入。",
        "The file is larger than {limit} MB and was not read. Split it and import the parts.",
    ),
    "imports.empty_file": (
        "文件里没有内容。请确认选对了文件。", "The file holds nothing. Check that it is the right one.",
    ),
    "imports.wrong_type": (
        "这不是台账文件（看起来是 {type}）。请用 xlsx、xls、csv 或 GeoJSON。",
        "This is no register (it looks like {type}). Use xlsx, xls, csv or GeoJSON.",
    ),
    "imports.password": (
        "文件有密码，打不开。请去掉密码另存后再导入。",
        "The file is protected by a password. Save it without one and import it again.",
    ),
    "imports.damaged": (
        "文件已损坏，无法读取。请从原处重新导出或另存。",
        "The file is damaged and can't be read. Export or save it again.",
    ),
    "imports.zip_bomb": (
        "工作簿解开后超过 {limit} MB 或压缩比异常，未读取。请只留台账另存为 csv。",
        "Unpacked, the workbook exceeds {limit} MB or an odd ratio; it was not read. Save the register alone as csv.",
    ),
    "imports.zip_members": (
        "工作簿里有 {members} 个部件（最多 {limit} 个），未读取。请只留台账另存。",
        "The workbook has {members} parts (at most {limit}); it was not read. Save the register alone.",
    ),
    "imports.too_many_columns": (
        "表格有 {columns} 列（最多 {limit} 列），未读取。请删去多余的列。",
        "The sheet has {columns} columns (at most {limit}); it was not read. Delete those that are not needed.",
    ),
    "imports.too_many_rows": (
        "表格太大（最多 {limit} 行），未读取。请删去末尾的空行或拆成几个文件。",
        "The sheet is too large (at most {limit} rows); it was not read. Delete empty rows at its end or split it.",
    ),
    "imports.too_heavy": (
        "文件太复杂，在限定的时间和内存内读不完，未导入。请只留台账另存为 csv。",
        "The file could not be read within the limits of time and memory. Save the register alone as csv.",
    ),
    "imports.line_too_long": (
        "第 {row} 行过长，不像台账，未读取。", "Line {row} is too long for a register; the file was not read.",
    ),
    "imports.cell_too_long": (
        "第 {row} 行有一格超过 {limit} 个字，未读取。请缩短后再导入。",
        "A cell in row {row} has more than {limit} characters; the file was not read. Shorten it.",
    ),
    "imports.broken_csv": (
        "第 {row} 行附近的引号不成对，无法读取。请用表格软件打开后另存为 csv。",
        "Quotation marks near row {row} don't pair up. Open the file in a spreadsheet and save it as csv again.",
    ),
    "imports.unknown_encoding": (
        "认不出文字编码。请另存为“CSV UTF-8”。",
        "The text encoding is not known. Save the file as “CSV UTF-8”.",
    ),
    "imports.no_headings": (
        "没有找到表头（需要：{needed}）。请确认选对了台账类别，或手工指定各列。",
        "The headings were not recognised (needed: {needed}). Check the kind of register, or map the columns yourself.",
    ),
    "imports.no_rows": ("表头下面没有数据行。", "There are no rows below the headings."),
    "imports.needs_table": (
        "这类台账要用表格文件（xlsx、xls 或 csv）。", "This register comes as a table (xlsx, xls or csv).",
    ),
    "imports.needs_features": (
        "网格要用 GeoJSON 文件（FeatureCollection）。", "Grids come as a GeoJSON file (FeatureCollection).",
    ),
    "imports.not_features": (
        "不是 GeoJSON 的 FeatureCollection，未读取。",
        "This is no GeoJSON FeatureCollection; it was not read.",
    ),
    "imports.broken_json": (
        "JSON 格式有误（{place}），未读取。请从制图软件重新导出。",
        "The JSON is broken ({place}); it was not read. Export it again from the mapping software.",
    ),
    "imports.too_deep": ("JSON 嵌套太深，未读取。", "The JSON is nested too deeply; it was not read."),
    "imports.too_many_features": (
        "图形超过 {limit} 个，未读取。请拆成几个文件。",
        "More than {limit} features; the file was not read. Split it.",
    ),
    "imports.too_many_vertices_in_all": (
        "全部图形超过 {limit} 个点，未读取。请先简化边界。",
        "More than {limit} points in all; the file was not read. Simplify the borders first.",
    ),
    "imports.unknown_field": ("没有“{field}”这个字段。", "There is no field “{field}”."),
    "imports.field_twice": (
        "两列都对应到“{field}”，只能选一列。",
        "Two columns are mapped to “{field}”; choose one.",
    ),
    "imports.unknown_mapping": (
        "没有保存过名为“{name}”的对应关系，也没有这个文件。", "There is no saved mapping and no file called “{name}”.",
    ),
    "imports.bad_mapping": (
        "对应关系文件应是 JSON 对象：表头 -> 字段。", "A mapping file is a JSON object: heading -> field.",
    ),
    "imports.many_changes": (
        "将改动已有 {existing} 行中的 {changed} 行（{percent} %）。确认无误后再导入（命令行加 --yes）。",
        "{changed} of {existing} stored rows ({percent} %) would change. Confirm to go on (--yes in the shell).",
    ),
    "imports.moved": (
        "导入期间资料被别人改动，请重新预览后再导入。",
        "The data changed while the file was read. Preview it again, then import.",
    ),
    "imports.bad_word": (
        "“{word}”的含义写得不对。", "The meaning given for “{word}” is not valid.",
    ),
    # Notes about a whole file
    "imports.note.datum_doubted": (
        "按这个坐标系，有些点落在县外；换一个坐标系会更合适，请核对。",
        "In this datum some points fall outside the county; another would fit better. Please check.",
    ),
    "imports.datum.heading": ("坐标系取自表头或文件说明", "Datum as the heading or the file says"),
    "imports.datum.fit": ("按各点与县界的吻合程度推定坐标系", "Datum that fits the county's outline best"),
    "imports.datum.assumed": (
        "文件没有说明坐标系，按惯例推定",
        "The file does not say its datum; the usual one is assumed",
    ),
    "imports.datum.chosen": ("坐标系由您指定", "Datum as you chose"),
    "imports.datum.wgs84": ("WGS-84（GPS、天地图）", "WGS-84 (GPS, Tianditu)"),
    "imports.datum.gcj02": ("GCJ-02（高德、腾讯）", "GCJ-02 (AutoNavi, Tencent)"),
    "imports.datum.bd09": ("BD-09（百度）", "BD-09 (Baidu)"),
    "imports.datum.used": (
        "坐标按 {datum} 转成 WGS-84：{reason}。",
        "Coordinates were read as {datum}: {reason}.",
    ),
    "imports.severity.refused": ("不存", "Refused"),
    "imports.severity.warning": ("提醒", "Warning"),
    "imports.severity.verify": ("待核实", "To verify"),
    # The shell
    "imports.done": (
        "共 {rows} 行：存入 {stored}，未变 {unchanged}，不存 {refused}；关联重复 {linked}，提醒 {warnings}，待核实 {to_verify}。",
        "{rows} rows: {stored} stored, {unchanged} unchanged, {refused} refused; {linked} linked as repeats, "
        "{warnings} warnings, {to_verify} to verify.",
    ),
    "imports.dry_run": ("（仅预检，未保存）", "(dry run: nothing was saved)"),
    "imports.problem_line": (
        "第 {row} 行 {column}：{message}（{value}）→ {fix}",
        "Row {row}, {column}: {message} ({value}) -> {fix}",
    ),
    "imports.class_line": ("{severity}：{message} × {count}", "{severity}: {message} × {count}"),
    "imports.refused_written": (
        "不存的行已写入 {path}，改好可再导入。",
        "Refused rows are in {path}, ready to mend.",
    ),
    "imports.reading": ("读取文件", "reading the file"),
    "imports.checking": ("核对各行", "checking rows"),
    "imports.storing": ("保存", "storing"),
    "imports.help.kind": ("台账类别", "kind of register"),
    "imports.help.file": (
        "台账文件：xlsx、xls、csv，网格为 GeoJSON",
        "register: xlsx, xls or csv; GeoJSON for grids",
    ),
    "imports.help.mapping": (
        "列的对应关系：保存的名称或 JSON 文件",
        "column mapping: a saved name or a JSON file",
    ),
    "imports.help.datum": (
        "坐标系，缺省时由文件推定",
        "datum of the coordinates, guessed from the file by default",
    ),
    "imports.help.today": ("今天的日期，缺省为当天", "the day that counts as today"),
    "imports.help.dry_run": ("只检查，不保存", "check only, save nothing"),
    "imports.help.yes": ("改动三成以上也继续", "go on when 30 % or more of the stored rows change"),
    "imports.help.refused": ("把不存的行写到这个 xlsx", "write refused rows to this xlsx"),
    "imports.help.export_kind": ("要导出的清单", "list to export"),
    "imports.help.out": ("写到这个文件（.xlsx、.csv；网格可用 .geojson）", "file to write (.xlsx or .csv; .geojson for grids)"),
    "imports.exported": ("已导出 {rows} 行到 {path}。", "{rows} rows written to {path}."),
    "imports.bad_export": ("只能导出为 .xlsx 或 .csv。", "Lists are exported as .xlsx or .csv."),
    # Columns of the workbook of refused rows
    "imports.column.row": ("原行号", "row (file)"),
    "imports.column.reason": ("不存的原因", "reason (refused)"),
    "imports.column.fix": ("怎么改", "how to mend"),
    # The page
    "imports.page.title": ("导入", "Imports"),
    "imports.page.kind": ("台账类别", "Kind of register"),
    "imports.page.file": (
        "选择文件（xlsx、xls、csv；网格用 GeoJSON）",
        "Choose a file (xlsx, xls, csv; GeoJSON for grids)",
    ),
    "imports.page.mapping": ("各列对应什么", "What each column is"),
    "imports.page.saved_mapping": ("用保存过的对应关系", "Use a saved mapping"),
    "imports.page.guessed": ("自动识别", "Guessed"),
    "imports.page.not_used": ("不用", "Not used"),
    "imports.page.save_mapping": ("保存这个对应关系", "Save this mapping"),
    "imports.page.mapping_name": ("名称", "Name"),
    "imports.page.mapping_saved": ("对应关系已保存。", "The mapping was saved."),
    "imports.page.datum": ("坐标系", "Datum"),
    "imports.page.today": ("今天（用来补全缺的年份）", "Today (a missing year comes from it)"),
    "imports.page.preview": ("将这样保存", "As it will be stored"),
    "imports.page.problems": ("问题", "Problems"),
    "imports.page.no_problems": ("没有发现问题。", "No problems found."),
    "imports.page.skipped": (
        "{count} 行不是数据（标题、合计、说明），已略过。",
        "{count} rows are no data (titles, totals, notes).",
    ),
    "imports.page.import": ("导入 {count} 行", "Import {count} rows"),
    "imports.page.confirm": ("我已核对，仍要改动这么多已有的行", "I have checked: change this many stored rows"),
    "imports.page.download_refused": ("下载不存的行", "Download refused rows"),
    "imports.page.history": ("导入记录", "Imports so far"),
    "imports.page.no_history": ("还没有导入过。", "Nothing was imported yet."),
    "imports.page.unplaced": ("未落格的点", "Points outside every grid"),
    "imports.page.no_unplaced": ("没有未落格的点。", "No point lies outside every grid."),
    "imports.page.words": ("词表", "Word tables"),
    "imports.page.words_hint": (
        "可服务时间写成 [[星期几(0 为周一), 起始分钟, 结束分钟], ...]，null 表示没说清；类别写菜单类别的代码。",
        "Free time is [[weekday (0 Monday), first minute, end minute], ...], null says nothing; a category is its code.",
    ),
    "imports.page.word": ("说法", "Wording"),
    "imports.page.meaning": ("含义", "Meaning"),
    "imports.page.save_word": ("保存说法", "Save the wording"),
    "imports.page.word_saved": ("词表已更新。", "The word table was updated."),
    "imports.page.availability": ("可服务时间", "Free time"),
    "imports.page.category": ("需求类别", "Category of need"),
    "imports.page.row": ("行", "Row"),
    "imports.page.column": ("列", "Column"),
    "imports.page.value": ("内容", "Value"),
    "imports.page.message": ("问题", "Problem"),
    "imports.page.fix": ("怎么改", "How to mend it"),
    "imports.page.severity": ("处理", "What happens"),
    "imports.page.count": ("行数", "Rows"),
    "imports.page.at": ("时间", "When"),
    "imports.page.file_name": ("文件", "File"),
    "imports.page.rows": ("行", "Rows"),
    "imports.page.stored": ("存入", "Stored"),
    "imports.page.unchanged": ("未变", "Unchanged"),
    "imports.page.refused": ("不存", "Refused"),
    "imports.page.linked": ("关联", "Linked"),
    "imports.page.warnings": ("提醒", "Warnings"),
    "imports.page.by": ("导入人", "By"),
    "imports.page.subject": ("资料", "What"),
    "imports.page.name": ("名称", "Name"),
}  # fmt: skip
