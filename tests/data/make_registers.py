# ruff: noqa: E501  (rows of registers stand on one line, as in the file)
"""Makes the small registers beside it, as offices keep them: run `python tests/data/make_registers.py` to make them anew.

All people are invented. Villages and towns are Wuchuan's; the grids are squares inside the county.
"""

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

HERE = Path(__file__).parent
CENTRE = "务川仡佬族苗族自治县新时代文明实践中心"
TOWN, OTHER = "丹砂街道新时代文明实践所", "丰乐镇新时代文明实践所"

SITES: list[list[Any]] = [
    [1, CENTRE, "中心", None, "县城", "0856-5666640", "107.891137,28.517457", None],
    # The parent stands below its station, with a space at its end.
    [2, "洪渡社区新时代文明实践站", "站", TOWN, "洪渡社区", "0856-5620922", "107.889651，28.563951", None],
    [3, TOWN + " ", "所", CENTRE, "丹砂街道", "0856-5648565", "107.909159，28.583425", None],
    [4, OTHER, "所", CENTRE, "丰乐镇", "0856-5626151", "28.558795,107.740460", "经纬度写反"],
    [None, "茶坪村新时代文明实践站", "站", OTHER, "茶坪村", "0856-5665653", None, None],
    [6, "特色实践点1号", "点", CENTRE, "县城", "12", "107.884610，28.540371", None],
    [7, "茶坪村新时代文明实践站", "站", TOWN, "茶坪村", "0856-5635003", "107.891137,28.517457", "重复填报"],
    [8, "茶坪村新时代文明 实践站", "站", OTHER, "茶坪村", "0856-5635004", "107.891137,28.517457", "同一上级下重名"],
    [9, "孤站新时代文明实践站", "站", "不存在镇新时代文明实践所", "孤", "0856-5631675", "107.891137，28.517457", None],
]

VOLUNTEERS: list[list[str]] = [
    ["高大", "女", "19565978658", "浞水镇党员志愿服务队", "法律咨询 保洁", "随时", "当阳社区", "2022/11/23", ""],
    ["李永", "女", "150-5676-2347", "浞水镇巾帼志愿服务队", "保洁；理发", "晚上7点后", "大坨村", "2020/1/19", ""],
    [
        "陈小贵",
        "男",
        "＋８６ １９８１４４４７８２０",
        "镇南镇党员志愿服务队",
        "仡佬语",
        "周末全天",
        "文化社区",
        "2025.11.3",
        "",
    ],
    ["敖光秀", "男", "13330429377", "都濡街道巾帼志愿服务队", "", "周六上午", "前进村村民委员会", "2018年10月4日", ""],
    [
        "杨国浩",
        "女",
        "15455726622",
        "分水镇巾帼志愿服务队",
        "医疗护理 开拖拉机",
        "周二、周四下午",
        "查无此村",
        "2019-08-19",
        "",
    ],
    ["王贵", "女", "", "涪洋镇银龄志愿服务队", "陪伴老人/摄影直播", "", "双联村", "2023.2.30", ""],
    ["田光思", "男", "133511530", "黄都镇巾帼志愿服务队", "调解", "不定", "和平村", "45123.5年", ""],
    ["刘燕大", "男", "19565978658", "涪洋镇党员志愿服务队", "驾驶", "节假日", "温泉村", "去年", "与高大同住"],
    [
        "𬭛 㛃",
        "女",
        "13350007001",
        "丹砂街道青年志愿服务队",
        "书法",
        "工作日白天",
        "洪渡社区",
        "2024-03-05",
        '=HYPERLINK("x","领奖")',
    ],
    [
        "何思",
        "女",
        "13350007002",
        "丹砂街道青年志愿服务队",
        "烹饪",
        "周一至周五晚上",
        "洪渡社区",
        "2024-03-05",
        "<img src=x onerror=alert(1)>",
    ],
    [
        "何怡",
        "女",
        "13350007003",
        "丹砂街道青年志愿服务队",
        "烹饪",
        "周三9:00-11:30",
        "洪渡社区",
        "45000",
        "{{7*7}}${1}",
    ],
    ["张三", "男", "13350007004", "", "'; DROP TABLE volunteer;--", "随时", "洪渡社区", "", "@SUM(1+1)"],
]

NEEDS: list[list[Any]] = [
    [
        datetime(2026, 11, 5),
        "一键呼叫",
        "乐园村",
        "敖奶奶",
        "13859865600",
        "独居",
        "邻里矛盾",
        "紧急",
        "11月6日 9:00-11:00",
        1,
    ],
    ["11.11", "走访", "龙潭村", "安大爷", "15329907061", "请尽快联系", "陪老人聊天", "一般", "2026-11-12 14:00", 10],
    [
        datetime(2026, 11, 8),
        "院坝会",
        "龙潭村",
        "安大爷",
        "15417160353",
        "早三天的同一件事",
        "陪老人聊天",
        "较急",
        "尽快",
        1,
    ],
    [
        datetime(2026, 11, 26),
        "电话",
        "龙潭村",
        "安大爷",
        "15417160354",
        "已过十四天",
        "陪老人聊天",
        "较急",
        "11月27日上午",
        1,
    ],
    [
        datetime(2026, 11, 12),
        "一键呼叫",
        None,
        "杨某",
        "13568602851",
        "灯不亮了",
        "法律问题",
        "紧急",
        "2026-11-18 14:00",
        1,
    ],
    [
        datetime(2026, 11, 14),
        "微信群",
        "查无此村",
        "杨某",
        "13568602852",
        "灯不亮了",
        "水电抢修",
        "紧急",
        "明天下午",
        1,
    ],
    [datetime(2026, 11, 2), "一键呼叫", "青坪村", "李阿姨", "13102249251", "理发", "上门理发", "一般", "每周三上午", 3],
    [
        datetime(2026, 11, 5),
        "微信群",
        "兴隆社区",
        "刘奶奶",
        "13531065761",
        "灯不亮了",
        "水电抢修",
        "一般",
        "本周六上午",
        "两人",
    ],
    [datetime(2026, 11, 5), "微信群", "兴隆社区", "刘某", "13531065762", "灯不亮了", "水电抢修", "一般", None, "若干"],
    [
        datetime(2026, 11, 5),
        "微信群",
        "兴隆社区",
        "刘大爷",
        "13531065763",
        "灯不亮了",
        "水电抢修",
        "一般",
        "11月7日上午",
        0,
    ],
    [
        datetime(2026, 11, 5),
        "微信群",
        "兴隆社区",
        "刘阿姨",
        "13531065764",
        "灯不亮了",
        "水电抢修",
        "一般",
        "11月7日上午",
        -1,
    ],
    [
        datetime(2026, 11, 5),
        "微信群",
        "兴隆社区",
        "刘叔",
        "13531065765",
        "灯不亮了",
        "水电抢修",
        "一般",
        "11月7日上午",
        "很多",
    ],
    # The same row twice: two needs, told apart by their occurrence.
    [
        datetime(2026, 11, 9),
        "微信群",
        "三合村",
        "廖某",
        "13945439019",
        "换药",
        "换药护理",
        "一般",
        "11月10日 9:00-11:00",
        1,
    ],
    [
        datetime(2026, 11, 9),
        "微信群",
        "三合村",
        "廖某",
        "13945439019",
        "换药",
        "换药护理",
        "一般",
        "11月10日 9:00-11:00",
        1,
    ],
]


def _workbook(name: str, title: str, subtitle: list[Any] | None, headings: list[str], rows: list[list[Any]],
              total: list[Any] | None = None, merged: list[tuple[int, int, int]] | None = None) -> None:  # fmt: skip
    """A workbook with a merged title. `merged`: (first row, last row, column) of cells merged downwards."""
    book = xlsxwriter.Workbook(HERE / name)
    book.set_properties({"created": datetime(2026, 11, 1)})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("台账")
    sheet.merge_range(0, 0, 0, len(headings) - 1, title)
    lines = [*([subtitle] if subtitle else []), headings, *rows, *([total] if total else [])]
    for number, row in enumerate(lines, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(number, column, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif cell is not None:
                sheet.write_number(number, column, cell)
    for first, last, column in merged or []:
        sheet.merge_range(first, column, last, column, lines[first - 1][column])
    book.close()


def _square(west: float, south: float, size: float = 0.01) -> list[list[float]]:
    east, north = round(west + size, 6), round(south + size, 6)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _feature(code: str, name: str, rings: Any, **more: Any) -> dict[str, Any]:
    geometry = None if rings is None else {"type": "Polygon", "coordinates": rings}
    properties = {"网格编码": code, "网格名称": name, "所属乡镇": "丹砂街道"} | more
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _grids() -> dict[str, Any]:
    features = [
        _feature("G1", "丹砂街道第1网格", [_square(107.88, 28.56)], 户数=30),
        _feature("G2", "丹砂街道第2网格", [_square(107.89, 28.56)], 户数="七十余户"),
        _feature("G3", "洪渡社区第3网格", [_square(107.90, 28.56)], 户数=None, 村社区="洪渡社区"),
        _feature(
            "BOWTIE", "自交", [[[107.91, 28.56], [107.92, 28.57], [107.92, 28.56], [107.91, 28.57], [107.91, 28.56]]]
        ),
        _feature("G1", "重复编码", [_square(107.92, 28.56)]),
        _feature("OVERLAP", "重叠", [_square(107.885, 28.562, 0.004)]),
        _feature("SLIVER", "只搭一点边", [_square(107.8701, 28.5601, 0.00991)]),
        _feature("NULLISLAND", "县外", [_square(0.0, 0.0, 0.1)]),
        _feature("SWAPPED", "反了", [[[lat, lon] for lon, lat in _square(107.93, 28.56)]]),
        _feature("OPENRING", "没闭合", [_square(107.94, 28.56)[:-1]]),
        _feature("", "没有编码", [_square(107.95, 28.56)]),
        _feature("NOGEOM", "没有图形", None),
    ]
    return {"type": "FeatureCollection", "features": features}


def main() -> None:
    headings = ["序号", "阵地名称", "级别", "上级阵地", "地址", "联系电话", "经纬度(高德)", "备注"]
    subtitle = ["填报单位：县文明办", None, None, None, None, "填报人：申某"]
    _workbook(
        "sites.xlsx", "实践阵地台账(截至2026年10月)", subtitle, headings, SITES, [None, None, "合计", None, None, 9]
    )
    heads = ["登记日期", "来源", "村（社区）", "姓名", "联系方式", "需求内容", "类别", "紧急程度", "希望时间", "人数"]
    _workbook("needs.xlsx", "群众需求（点单）登记表", None, heads, NEEDS)
    # Villages merged over the needs they stand for, columns in another order and wording.
    order = [6, 2, 0, 3, 8, 9]
    heads = ["需求类型", "所在村居", "受理时间", "群众姓名", "期望时间", "所需人数"]
    rows = [[row[column] for column in order] for row in NEEDS[:4]]
    rows[2][1] = rows[3][1] = None
    _workbook("needs_merged.xlsx", "点单表", None, heads, rows, merged=[(3, 5, 1)])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        ["姓名", "性别", "手机号码", "所属服务队", "特长", "可服务时间", "所在村（社区）", "注册时间", "备注"]
    )
    writer.writerows(VOLUNTEERS)
    (HERE / "volunteers.csv").write_bytes(out.getvalue().encode("gb18030"))
    (HERE / "grids.geojson").write_text(json.dumps(_grids(), ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
