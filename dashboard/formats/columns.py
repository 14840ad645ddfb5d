"""From raw rows to fields: find the headings, guess what each column is, leave out what is no row."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from dashboard.core.errors import Invalid
from dashboard.core.intake import clean, name_key
from dashboard.core.words import ImportKind
from dashboard.formats.parsed import RawRow, Table
from dashboard.formats.workbooks import unguarded

#: For each kind of register its fields, and the words offices put above them; the first word is the one we write.
FIELDS: dict[ImportKind, dict[str, tuple[str, ...]]] = {
    ImportKind.SITES: {
        "source_id": ("编号", "阵地编号", "站点编号", "编码", "阵地编码", "代码", "id"),
        "name": ("阵地名称", "名称", "站点名称", "实践阵地", "场所名称", "单位名称", "阵地", "name"),
        "level": ("级别", "层级", "阵地级别", "类别", "等级", "level"),
        "parent": ("上级阵地", "上级", "所属所", "隶属", "上级单位", "所属阵地", "主管阵地", "parent"),
        "address": ("地址", "详细地址", "所在地", "位置", "address"),
        "phone": ("联系电话", "电话", "固定电话", "办公电话", "联系方式", "phone"),
        "coordinates": ("经纬度", "坐标", "经纬度坐标", "定位", "地理坐标", "coordinates"),
        "lon": ("经度", "东经", "lon", "lng", "longitude", "x坐标"),
        "lat": ("纬度", "北纬", "lat", "latitude", "y坐标"),
        "kind": ("阵地类型", "场所类型", "站点类型", "类型", "kind"),
        "opening": ("开放时间", "服务时间", "开放时段", "opening"),
        "note": ("备注", "说明", "note"),
    },
    ImportKind.GRIDS: {
        "code": ("网格编码", "网格编号", "网格代码", "编码", "编号", "代码", "code", "id"),
        "name": ("网格名称", "名称", "网格", "name"),
        "town": ("所属乡镇", "乡镇", "镇街", "乡镇街道", "街道", "所属街道", "town"),
        "village": ("所属村社区", "村社区", "村居", "社区", "行政村", "村", "village"),
        "parent": ("上级网格", "上级网格编码", "父网格", "parent"),
        "households": ("户数", "家庭户数", "总户数", "households"),
        "note": ("备注", "说明", "note"),
    },
    ImportKind.VOLUNTEERS: {
        "source_id": ("志愿者编号", "志愿者id", "注册号", "志愿者证号", "编号", "id"),
        "name": ("姓名", "志愿者姓名", "名字", "志愿者", "name"),
        "gender": ("性别", "gender", "sex"),
        "phone": ("手机号码", "手机", "手机号", "联系电话", "电话", "联系方式", "phone", "mobile"),
        "id_number": ("身份证号", "身份证号码", "身份证", "证件号码", "证件号"),
        "team": ("所属服务队", "服务队", "队伍", "志愿服务队", "所属队伍", "团队", "所在队伍", "team"),
        "skills": ("特长", "技能", "专长", "服务特长", "服务技能", "擅长", "skills"),
        "availability": ("可服务时间", "服务时间", "空闲时间", "可参与时间", "availability"),
        "village": ("所在村社区", "村社区", "村居", "所在村", "所在社区", "居住村社区", "社区", "村", "village"),
        "address": ("住址", "家庭住址", "详细地址", "地址", "address"),
        "registered": ("注册时间", "登记时间", "注册日期", "入队时间", "登记日期", "registered"),
        "note": ("备注", "说明", "note"),
    },
    ImportKind.NEEDS: {
        "source_id": ("需求编号", "工单号", "订单号", "点单编号", "编号", "id"),
        "registered": ("登记日期", "登记时间", "点单时间", "日期", "受理日期", "受理时间", "填报日期", "registered"),
        "channel": ("来源", "渠道", "需求来源", "来源渠道", "channel"),
        "village": ("村社区", "所在村社区", "村居", "社区", "所在村", "所在社区", "居住村社区", "村", "village"),
        "address": ("地址", "详细地址", "住址", "服务地点", "地点", "address"),
        "coordinates": ("经纬度", "坐标", "定位", "coordinates"),
        "lon": ("经度", "东经", "lon", "lng", "longitude"),
        "lat": ("纬度", "北纬", "lat", "latitude"),
        "name": ("姓名", "群众姓名", "求助人", "联系人", "点单人", "服务对象", "name"),
        "phone": ("联系方式", "联系电话", "电话", "手机号码", "手机", "手机号", "phone"),
        "detail": ("需求内容", "内容", "诉求", "需求", "具体需求", "需求描述", "事项", "detail"),
        "title": ("标题", "需求标题", "title"),
        "category": ("类别", "需求类别", "服务类别", "分类", "类型", "需求类型", "服务类型", "category"),
        "urgency": ("紧急程度", "紧急", "缓急程度", "缓急", "urgency"),
        "wanted": ("希望时间", "服务时间", "期望时间", "预约时间", "希望服务时间", "wanted"),
        "people": ("人数", "需要人数", "所需人数", "志愿者人数", "需求人数", "people"),
        "visit": ("走访情况",),
        "note": ("备注", "说明", "note"),
    },
}
#: Without these fields a sheet is not that register.
REQUIRED: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.SITES: ("name",),
    ImportKind.GRIDS: ("code",),
    ImportKind.VOLUNTEERS: ("name",),
    ImportKind.NEEDS: ("registered", "category"),
}
#: Fields that tell who somebody is: never copied into a row's raw text.
PERSONAL = frozenset({"name", "phone", "id_number", "address"})
#: Columns of the workbook of refused rows (text/imports.py): no part of the row when it comes back.
ADDED_HEADINGS = frozenset({"原行号", "不存的原因", "怎么改", "row (file)", "reason (refused)", "how to mend"})
_HEADING_ROWS = 30
_TOTALS = re.compile(r"(合计|总计|共计|小计|总数|汇总)[::]?.*")
_FOOTERS = re.compile(
    r"(填报|制表|审核|填表|负责|统计|联系|分管)?(人|单位|日期|时间|领导)?[::].*|(备注|注|说明|附注)[::].*"
)


@dataclass(frozen=True)
class Sheet:
    """A register's rows by heading: what is data and what was left out (number, why)."""

    headings: tuple[str, ...]
    mapping: Mapping[str, str]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    skipped: tuple[tuple[int, str], ...]

    @cached_property
    def _headings(self) -> Mapping[str, str]:
        return {field: heading for heading, field in self.mapping.items()}

    def field_of(self, row: Mapping[str, str], field: str) -> str:
        """The cell of the column mapped to this field, "" without one."""
        return row.get(self.heading(field), "")

    def heading(self, field: str) -> str:
        """The heading mapped to this field, "" without one."""
        return self._headings.get(field, "")


@lru_cache(maxsize=1024)
def heading_key(text: str) -> str:
    """What two spellings of a heading share: no brackets with their content (经纬度(高德)), no signs, no spaces."""
    key = name_key(text)
    inside = re.sub(r"[((][^))]*[))]", "", key)
    return re.sub(r"[\W_]+", "", key if not inside or "村" in key else inside)


def guess(kind: ImportKind, headings: Sequence[str]) -> dict[str, str]:
    """heading -> field, each field at most once: exact words first, then headings that contain a word."""
    keys = {heading: heading_key(heading) for heading in headings if heading and heading not in ADDED_HEADINGS}
    found: dict[str, str] = {}
    for wanted in (_is_word, _contains_word):
        for field, words in FIELDS[kind].items():
            if field in found.values():
                continue
            ranked = [
                (rank, heading)
                for heading, key in keys.items()
                if heading not in found
                for rank, word in enumerate(words)
                if wanted(heading_key(word), key)
            ]
            if ranked:
                found[min(ranked, key=lambda pair: (pair[0], headings.index(pair[1])))[1]] = field
    return {heading: found[heading] for heading in headings if heading in found}


def _is_word(word: str, key: str) -> bool:
    return word == key


def _contains_word(word: str, key: str) -> bool:
    return len(word) >= 2 and word in key and not word.isascii()


def check_mapping(kind: ImportKind, mapping: Mapping[str, str], headings: Sequence[str]) -> dict[str, str]:
    """A mapping somebody gave, held against the file. Raises Invalid for an unknown field or one given twice."""
    used = {heading: field for heading, field in mapping.items() if field and heading in headings}
    for field in used.values():
        if field not in FIELDS[kind]:
            raise Invalid("imports.unknown_field", field=field)
    twice = [field for field in used.values() if list(used.values()).count(field) > 1]
    if twice:
        raise Invalid("imports.field_twice", field=twice[0])
    return used


def find_sheet(kind: ImportKind, tables: Sequence[Table], mapping: Mapping[str, str] | None = None) -> Sheet:
    """The sheet of the tables whose headings are this register's. Raises Invalid when none are recognised."""
    if not tables:
        raise Invalid("imports.needs_table")
    best: tuple[int, Table, int, tuple[str, ...]] | None = None
    for table in tables:
        for position, row in enumerate(table.rows[:_HEADING_ROWS]):
            headings = _unique(row.cells)
            found = check_mapping(kind, mapping, headings) if mapping else guess(kind, headings)
            if all(field in found.values() for field in REQUIRED[kind]) and len(found) >= 2:
                score = len(found) - position
                if best is None or score > best[0]:
                    best = (score, table, position, headings)
    if best is None:
        seen = next((row for table in tables for row in table.rows if any(cell.strip() for cell in row.cells)), None)
        if seen is None:
            raise Invalid("imports.empty_file")
        raise Invalid("imports.no_headings", needed="、".join(FIELDS[kind][f][0] for f in REQUIRED[kind]))
    _, table, position, headings = best
    used = check_mapping(kind, mapping, headings) if mapping else guess(kind, headings)
    rows, skipped = _data_rows(kind, table.rows, position, headings, used)
    if not rows:
        raise Invalid("imports.no_rows")
    return Sheet(headings, used, rows, skipped)


def _unique(cells: Iterable[str]) -> tuple[str, ...]:
    """Headings made distinct: the second 电话 becomes 电话(2), an empty one its place."""
    seen: dict[str, int] = {}
    headings = []
    for place, cell in enumerate(cells, start=1):
        name = clean(cell) or f"#{place}"
        seen[name] = seen.get(name, 0) + 1
        headings.append(name if seen[name] == 1 else f"{name}({seen[name]})")
    return tuple(headings)


def _data_rows(
    kind: ImportKind, rows: Sequence[RawRow], heading_at: int, headings: tuple[str, ...], mapping: Mapping[str, str]
) -> tuple[tuple[tuple[int, Mapping[str, str]], ...], tuple[tuple[int, str], ...]]:
    data: list[tuple[int, Mapping[str, str]]] = []
    skipped = [(row.number, "title") for row in rows[: heading_at + 1] if any(clean(cell) for cell in row.cells)]
    heads = tuple(clean(cell) for cell in rows[heading_at].cells)
    for row in rows[heading_at + 1 :]:
        cells = {
            heading: unguarded(cell)
            for heading, cell in zip(headings, row.cells, strict=False)
            if heading not in ADDED_HEADINGS
        }
        reason = _no_row(kind, [clean(cell) for cell in row.cells], headings, heads, mapping)
        if reason is None:
            data.append((row.number, cells))
        elif reason != "blank":
            skipped.append((row.number, reason))
    return tuple(data), tuple(skipped)


def _no_row(
    kind: ImportKind,
    cells: Sequence[str],
    headings: Sequence[str],
    heads: tuple[str, ...],
    mapping: Mapping[str, str],
) -> str | None:
    """Why this is no data row: "blank", "heading" (repeated on a page), "total", "footer"; None for a data row."""
    named = dict(zip(headings, cells, strict=False))
    written = [cell for cell in cells if cell]
    if not written or (not any(named.get(heading) for heading in mapping) and all(map(str.isdigit, written))):
        return "blank"
    if tuple(cells) == heads:
        return "heading"
    required = [heading for heading, field in mapping.items() if field in REQUIRED[kind] or field == "name"]
    said = [named.get(heading, "") for heading in required]
    first = next((cell for cell in written if not re.fullmatch(r"[\d.]+", cell)), "")
    if _TOTALS.fullmatch(first) and all(not cell or _TOTALS.fullmatch(cell) for cell in said):
        return "total"
    if len(written) <= 2 and _FOOTERS.fullmatch(written[0]):
        return "footer"
    return None


def raw_text(row: Mapping[str, str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The row as it was written, without empty cells and without who it speaks of: for the row's `raw` column."""
    return {heading: cell for heading, cell in row.items() if cell.strip() and mapping.get(heading, "") not in PERSONAL}
