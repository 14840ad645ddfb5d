"""What can be wrong with a row of a register, and how to mend it (`key` + ".fix")."""

_PROBLEMS: dict[str, tuple[str, str, str, str]] = {
    # key: what is wrong (zh, en), how to mend it (zh, en)
    "missing_name": (
        "没有名称或姓名", "There is no name",
        "填上名称后重新导入", "Fill in the name and import again",
    ),
    "unknown_level": (
        "看不出是中心、所、站还是点", "It is not said whether this is a centre, institute, station or point",
        "在“级别”列填 中心、所、站 或 点", "Write 中心, 所, 站 or 点 in the level column",
    ),
    "unknown_parent": (
        "上级阵地不在表中，系统里也没有", "The parent site is neither in the file nor stored",
        "改正上级名称，或先导入上级", "Correct the parent's name, or import the parent first",
    ),
    "missing_parent": (
        "没有填上级阵地，又不是县级中心", "No parent is given, and this is not the county's centre",
        "填上级阵地的全称", "Write the parent's full name",
    ),
    "several_parents": (
        "同名的上级阵地不止一个", "Several sites bear the parent's name",
        "给上级阵地起不同的名字，或在系统里手工添加", "Give the parents different names, or add this site by hand",
    ),
    "repeated_site": (
        "同一上级下有同名阵地（与第 {other} 行重复）", "The same name under the same parent as in row {other}",
        "删去其中一行，或改正名称", "Delete one of the rows or correct the name",
    ),
    "repeated_id": (
        "编号与第 {other} 行相同", "The number is already used in row {other}",
        "每行一个编号", "Give each row its own number",
    ),
    "same_name_elsewhere": (
        "别的上级下也有同名阵地（{parent}），已按两处存",
        "The same name stands under another parent ({parent}); both are stored",
        "如果是重复填报，删去一处", "If it was entered twice, remove one",
    ),
    "missing_coordinates": (
        "没有坐标，地图上暂不显示", "No coordinates: not on the map for now",
        "补上经纬度后重新导入，或在地图上点选", "Add the coordinates and import again, or set the point on the map",
    ),
    "unreadable_coordinates": (
        "坐标看不懂", "The coordinates can't be read",
        "写成“经度,纬度”，如 107.891137,28.517457",
        "Write longitude,latitude, such as 107.891137,28.517457",
    ),
    "swapped_coordinates": (
        "经度和纬度写反了，已对调", "Longitude and latitude were swapped; they were put right",
        "先写经度，后写纬度", "Write the longitude first",
    ),
    "point_outside_county": (
        "坐标在县界之外", "The point lies outside the county",
        "核对坐标和坐标系", "Check the coordinates and their datum",
    ),
    "missing_phone": (
        "没有电话", "There is no phone",
        "补上电话", "Add a phone",
    ),
    "malformed_phone": (
        "电话号码位数不对，原样保存", "This is no phone number; it is kept as written",
        "核对号码", "Check the number",
    ),
    "shared_phone": (
        "与第 {other} 行电话相同而姓名不同，按两个人存",
        "The phone of row {other} under another name: stored as two people",
        "家人共用电话可不改；填错的请改正", "A family may share a phone; correct it if it is a slip",
    ),
    "impossible_date": (
        "日期不存在或看不懂，存为空", "No such date, or not readable: stored as unknown",
        "写成 2026-11-05 这样的日期", "Write the date as 2026-11-05",
    ),
    "missing_date": (
        "没有登记日期，按导入当天计时", "No date of registration: times count from the day of the import",
        "补上登记日期", "Add the date of registration",
    ),
    "future_date": (
        "登记日期在今天之后", "The date of registration lies in the future",
        "核对日期，或用 --today 指定日期", "Check the date",
    ),
    "unknown_village": (
        "县内没有这个村（社区），原文已保留，定位前不参与匹配",
        "No such village in the county: kept as written, not matched until it is placed",
        "用全称，如“洪渡社区”；重名的村前面加乡镇名",
        "Use the full name; put the town before a name that occurs twice",
    ),
    "missing_village": (
        "没有填村（社区）", "There is no village",
        "补上村（社区）", "Add the village",
    ),
    "unknown_town": (
        "县内没有这个乡镇", "No such town in the county",
        "用乡镇全称", "Use the town's full name",
    ),
    "unknown_availability": (
        "没说清何时有空，按“未知”存（未知不等于有空）",
        "It is not said when she is free: stored as unknown, which is not free",
        "写成“周二、周四下午”这样，或在词表里加上这个说法",
        "Write it as 周二、周四下午, or add the wording to the word table",
    ),
    "unknown_skill": (
        "技能表里没有：{words}（原文已保留）", "Not in the list of skills: {words} (kept as written)",
        "改用技能表里的名称，或先添加技能", "Use a name from the list, or add the skill first",
    ),
    "repeated_person": (
        "与第 {other} 行是同一个人、内容相同，不重复存",
        "The same person as in row {other}, with the same values: not stored again",
        "删去一行", "Delete one of the rows",
    ),
    "repeated_person_differs": (
        "与第 {other} 行是同一个人，但内容不同", "The same person as in row {other}, with other values",
        "合并成一行", "Merge the two rows",
    ),
    "unknown_visit": (
        "走访情况只认：{words}", "Said at the visit is one of: {words}",
        "从下拉表里选一个，其他的话写在备注里", "Choose one from the list and write the rest as a note",
    ),
    "visit_of_nobody": (
        "没有这个编号的需求", "There is no need of this number",
        "核对编号；新的需求请把编号留空", "Check the number; leave it empty for a new need",
    ),
    "visit_of_ended": (
        "这条需求已服务完或已结束，不能再记走访情况", "This need is served or over; nothing is noted any more",
        "还没办好请在“需求”页重新打开", "Reopen it on the page Needs if it is not settled",
    ),
    "numeric_id": (
        "证件号被表格当成数字，末几位已丢失", "The ID number was stored as a number and has lost its last digits",
        "把该列设为文本后重新填写", "Set the column to text and type the number again",
    ),
    "malformed_id": (
        "证件号位数不对，原样保存", "This is no ID number; it is kept as written",
        "核对证件号", "Check the number",
    ),
    "no_head_count": (
        "人数没有写成数字", "The head-count is no number",
        "写成数字，如 2", "Write a number, such as 2",
    ),
    "head_count_below_one": (
        "人数小于 1", "The head-count is below 1",
        "至少 1 人", "At least 1",
    ),
    "head_count_too_high": (
        "人数超过 1000", "The head-count is above 1,000",
        "核对人数；大型活动请建活动", "Check it; large events are activities",
    ),
    "about_people": (
        "人数是约数，按 {value} 人存", "The head-count is approximate; stored as {value}",
        "写成准数", "Write an exact number",
    ),
    "vague_people": (
        "人数不明确，待核实", "The head-count is vague: to verify",
        "打电话问清人数", "Ask how many are needed",
    ),
    "no_place": (
        "没有地点，待核实", "There is no place: to verify",
        "打电话问清地点", "Ask for the place",
    ),
    "no_time": (
        "没有希望时间，待核实", "There is no wanted time: to verify",
        "打电话问清时间", "Ask for the time",
    ),
    "vague_time": (
        "时间不明确，待核实", "The time is vague: to verify",
        "打电话问清日期和钟点", "Ask for day and hour",
    ),
    "unknown_category": (
        "类别对不上菜单，待核实", "The category is not on the menu: to verify",
        "改用菜单里的类别，或在词表里加上这个说法", "Use a category of the menu, or add the wording to the word table",
    ),
    "missing_category": (
        "没有类别，待核实", "There is no category: to verify",
        "填上类别", "Add the category",
    ),
    "unknown_channel": (
        "来源看不懂，按电话存", "The channel is not known; stored as hotline",
        "写成 走访、院坝会、微信群、电话、一键呼叫 等", "Write 走访, 院坝会, 微信群, 电话, 一键呼叫 ...",
    ),
    "unknown_urgency": (
        "紧急程度看不懂，按一般存", "The urgency is not known; stored as normal",
        "写成 紧急、较急 或 一般", "Write 紧急, 较急 or 一般",
    ),
    "missing_code": (
        "没有网格编码", "There is no grid code",
        "补上编码", "Add the code",
    ),
    "repeated_code": (
        "网格编码与第 {other} 个图形重复", "The grid code is that of feature {other}",
        "每个网格一个编码", "Give each grid its own code",
    ),
    "no_number": (
        "不是数字，存为空", "This is no number; stored as unknown",
        "写成数字", "Write a number",
    ),
    "not_a_feature": (
        "不是 GeoJSON 要素", "This is no GeoJSON feature",
        "从制图软件重新导出", "Export the file again from the mapping software",
    ),
    "no_geometry": (
        "没有图形", "There is no geometry",
        "画上网格范围", "Draw the grid's area",
    ),
    "not_a_polygon": (
        "图形不是面", "The geometry is no polygon",
        "用 Polygon 或 MultiPolygon", "Use Polygon or MultiPolygon",
    ),
    "bad_coordinates": (
        "坐标不是数字对", "The coordinates are no pairs of numbers",
        "从制图软件重新导出", "Export the file again from the mapping software",
    ),
    "empty": (
        "图形是空的", "The geometry is empty",
        "画上网格范围", "Draw the grid's area",
    ),
    "unclosed": (
        "边界没有闭合", "The ring is not closed",
        "让最后一点与第一点相同", "End the ring at its first point",
    ),
    "too_few_points": (
        "边界不足三个不同的点", "The ring has fewer than three different points",
        "重新画边界", "Draw the border again",
    ),
    "too_many_vertices": (
        "一个图形的点太多", "The geometry has too many points",
        "先简化边界", "Simplify the border first",
    ),
    "swapped": (
        "经度和纬度写反了", "Longitude and latitude are swapped",
        "GeoJSON 先写经度，后写纬度", "GeoJSON has the longitude first",
    ),
    "not_degrees": (
        "坐标不是经纬度（可能是投影坐标）", "These are not degrees (projected coordinates?)",
        "以 WGS-84 经纬度重新导出", "Export the file again in WGS-84 degrees",
    ),
    "self_crossing": (
        "边界自己交叉", "The border crosses itself",
        "在制图软件里修复图形", "Repair the geometry in the mapping software",
    ),
    "grid_outside_county": (
        "网格在县界之外", "The grid lies outside the county",
        "核对坐标和坐标系", "Check the coordinates and their datum",
    ),
    "grid_over_the_border": (
        "网格有 {percent} % 在县界之外", "{percent} % of the grid lie outside the county",
        "核对边界", "Check the border",
    ),
    "overlap": (
        "与网格 {other} 重叠 {percent} %", "It overlaps grid {other} by {percent} %",
        "改正两个网格的边界", "Correct the border between the two",
    ),
    "private_use": (
        "有无法显示的自造字，原样保存", "Characters of a private font; kept as they are",
        "换成通用汉字", "Replace them by standard characters",
    ),
    "lost_characters": (
        "有变成问号的字，原样保存", "Characters were lost and became question marks; kept as they are",
        "按原表补全", "Restore them from the original",
    ),
    "mixed_writing": (
        "繁简混用，原样保存", "Traditional and simplified characters are mixed; kept as they are",
        "统一用简体", "Use simplified characters throughout",
    ),
    "need_in_work": (
        "这条需求已派单或已办结，不再由导入改动",
        "This need has been dispatched or finished; imports no longer change it",
        "在需求页面修改", "Change it on the Needs page",
    ),
    "person_is_taken": (
        "编号已属于另一位志愿者", "The number belongs to another volunteer",
        "核对编号和姓名", "Check number and name",
    ),
}  # fmt: skip

WORDS: dict[str, tuple[str, str]] = {}
for _key, (_zh, _en, _fix_zh, _fix_en) in _PROBLEMS.items():
    WORDS[f"import_problems.{_key}"] = (_zh, _en)
    WORDS[f"import_problems.{_key}.fix"] = (_fix_zh, _fix_en)
