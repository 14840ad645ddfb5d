"""Words of registers -> values: names, phones, numbers, coordinates, villages, and the traps of Chinese text.

Every reader takes the text of one cell and says what it means, or that it means nothing; none raises, none guesses
silently. The text itself is kept by the caller.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.core.traditional import SIMPLIFIED
from dashboard.core.words import Channel, Gender, Level, SiteKind, TeamKind, Urgency, VisitTold

_SPACES = re.compile(r"\s+")
#: Characters without a picture of their own: controls (Cc), formats (Cf), halves of pairs (Cs).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f\ud800-\udfff]+"
)
#: Words an office writes where it means "nothing here".
_NOTHING = "- -- — —— / \\ 无 暂无 不详 未知 空 n/a none null nan"
NOTHING = frozenset(_NOTHING.split()) | {""}


def clean(text: str) -> str:
    """NFKC (full-width digits and letters become plain), no invisible characters, single spaces."""
    if text.isalnum() and text.isascii():
        return text
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()


def blank(text: str) -> bool:
    """Does the cell say nothing?"""
    return clean(text).casefold() in NOTHING


def name_key(text: str) -> str:
    """What two spellings of one name share: clean, without any space, simplified characters, lower case."""
    return _SPACES.sub("", simplified(clean(text))).casefold()


def person_name(text: str) -> str:
    """A person's name as stored: clean, without the spaces put between two Chinese characters (张 三)."""
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", clean(text))


def simplified(text: str) -> str:
    """Common traditional characters replaced by the simplified ones they stand for."""
    return text.translate(SIMPLIFIED)


def text_traps(text: str) -> tuple[str, ...]:
    """Signs that a text was damaged on its way, as keys: "private_use", "lost_characters", "mixed_writing"."""
    found = []
    if any(unicodedata.category(c) == "Co" for c in text):
        found.append("private_use")
    if "\ufffd" in text or re.search(r"[\u4e00-\u9fff]\?+|\?+[\u4e00-\u9fff]", text):
        found.append("lost_characters")
    if any(ord(c) in SIMPLIFIED for c in text) and any(c in _ONLY_SIMPLIFIED for c in text):
        found.append("mixed_writing")
    return tuple(found)


_ONLY_SIMPLIFIED = frozenset(SIMPLIFIED.values()) - {chr(code) for code in SIMPLIFIED}


@dataclass(frozen=True)
class Phone:
    """A telephone number: its digits (or the cell's text where it is no number), and whether it can be one."""

    digits: str
    valid: bool

    @property
    def missing(self) -> bool:
        return not self.digits


_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}|[2-8]\d{6,7}|(400|800)\d{7}|1\d{2}|12\d{3}|9\d{4,5}")


def phone(text: str) -> Phone:
    """The digits of "+86 150 8563 0312", "0856-5666640", full-width digits; mobile, landline or hotline."""
    if blank(text):
        return Phone("", False)
    compact = re.sub(r"[\s\-—–_()（）.·]", "", clean(text))
    compact = re.sub(r"^(\+|00)86", "", compact)
    if re.fullmatch(r"86\d{11}", compact):
        compact = compact[2:]
    valid = bool(_MOBILE.fullmatch(compact) or _LANDLINE.fullmatch(compact))
    return Phone(compact, valid)


_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5}
_DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(r"[零〇一二两俩三仨四五六七八九十百千万]+")


def chinese_number(text: str) -> int | None:
    """一百零五 -> 105, 两 -> 2, 十二 -> 12, 三万二千 -> 32000; None for anything else."""
    if not _NUMERAL.fullmatch(text):
        return None
    total, section, digit = 0, 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character == "万":
            total, section, digit = (total + section + digit) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _UNITS[character], 0
    return total + section + digit


@dataclass(frozen=True)
class Quantity:
    """A number as an office writes it: 6,700余张 is 6700, "more", 张. `value` is None where there is no number."""

    value: int | None
    qualifier: str = ""
    unit: str = ""


_QUALIFIERS = {"余": "more", "多": "more", "以上": "more", "+": "more", "近": "less", "不到": "less", "以内": "less"}
_QUALIFIERS |= {"约": "about", "左右": "about", "大概": "about", "上下": "about"}
_VAGUE = re.compile(r"若干|几[个人名位]*|多[人名位个]+|数[人名位个十]+|一些|[不待]定|看情况|视情况|酌情")
_QUANTITY = re.compile(
    r"(?P<before>近|不到|约|大概)?"
    r"(?P<number>[+-]?\d[\d,]*(?:\.\d+)?|[零〇一二两俩三仨四五六七八九十百千万]+)(?P<scale>万|千|百)?"
    r"(?P<after>余|多|\+)?(?P<unit>[^\d\s余多以左上内]{0,4})(?P<end>以上|左右|以内|上下|余|多)?"
)


def quantity(text: str) -> Quantity:
    """The number in a cell with its qualifier (余/多/近 ...) and unit; of a range (3-5人) the first, as "more"."""
    compact = clean(text).replace(" ", "")
    first, *rest = re.split(r"(?<=[\d一二三四五六七八九十人名])[-~—–至到]+(?=[\d一二三四五六七八九十])", compact)
    found = _QUANTITY.fullmatch(first)
    number = _number(found) if found else None
    if found is None or number is None:
        return Quantity(None)
    marks = (found["before"], found["after"], found["end"])
    qualifier = "more" if rest else next((_QUALIFIERS[mark] for mark in marks if mark), "")
    return Quantity(number, qualifier, found["unit"])


def _number(found: re.Match[str]) -> int | None:
    written, scale = found["number"], {"万": 10_000, "千": 1000, "百": 100}.get(found["scale"] or "", 1)
    spoken = chinese_number(written)
    if spoken is not None:
        return spoken * scale
    try:
        value = float(written.replace(",", "")) * scale
    except ValueError:
        return None
    return int(value) if value.is_integer() else None


@dataclass(frozen=True)
class HeadCount:
    """How many people are wanted. `vague` for 若干: somebody has to ask. Neither value nor vague: no number at all."""

    value: int | None
    vague: bool = False
    qualifier: str = ""


def head_count(text: str) -> HeadCount:
    """两人 -> 2, 若干 -> vague, 10余人 -> 10 "more", 很多 -> nothing."""
    compact = clean(text).replace(" ", "")
    if _VAGUE.fullmatch(compact):
        return HeadCount(None, vague=True)
    found = quantity(compact)
    if found.unit not in ("", "人", "名", "个", "位", "个人", "名志愿者", "人次"):
        return HeadCount(None)
    return HeadCount(found.value, qualifier=found.qualifier)


_DMS = re.compile(r"(\d{1,3})[°度](\d{1,2})[′'分](?:(\d{1,2}(?:\.\d+)?)[″\"秒])?")
_DECIMAL = re.compile(r"-?\d{1,3}\.\d+|-?\d{1,3}(?![\d.])")


def coordinates(text: str) -> tuple[float, float] | None:
    """Two numbers in a cell as (first, second) degrees: "107.89，28.51", "东经107°53′24″ 北纬28°31′3″"; else None."""
    plain = clean(text).replace("''", '"')
    degrees = [int(d) + int(m) / 60 + float(s or 0) / 3600 for d, m, s in _DMS.findall(plain)]
    if not degrees:
        degrees = [float(found) for found in _DECIMAL.findall(plain)]
    if len(degrees) != 2:
        return None
    latitude_first = re.match(r"\s*(北纬|纬度|[Nn]\b|[Nn](?=\d)|lat)", plain)
    return (degrees[1], degrees[0]) if latitude_first else (degrees[0], degrees[1])


def degrees(text: str) -> float | None:
    """One number of degrees in a cell, or None."""
    plain = clean(text)
    if found := _DMS.search(plain):
        return int(found[1]) + int(found[2]) / 60 + float(found[3] or 0) / 3600
    numbers = _DECIMAL.findall(plain)
    return float(numbers[0]) if len(numbers) == 1 else None


def gender(text: str) -> Gender:
    """男 / 女 / M / F; anything else is unknown."""
    word = clean(text).casefold().removesuffix("性")
    return {"男": Gender.MALE, "m": Gender.MALE, "male": Gender.MALE, "女": Gender.FEMALE, "f": Gender.FEMALE,
            "female": Gender.FEMALE, "先生": Gender.MALE, "女士": Gender.FEMALE}.get(word, Gender.UNKNOWN)  # fmt: skip


def level(text: str, name: str = "") -> Level | None:
    """中心 / 所 / 站 / 点 from the level's cell, else from how the site's name ends."""
    for word in (name_key(text), name_key(name)):
        for ending, found in (("中心", Level.CENTRE), ("所", Level.INSTITUTE), ("站", Level.STATION)):
            if word.endswith(ending):
                return found
        if re.search(r"(点|基地|点\d+号|\d+号点|广场|讲习所|示范点)$", word):
            return Level.POINT
    return None


def urgency(text: str) -> Urgency | None:
    """紧急 / 较急 / 一般 and their neighbours."""
    word = name_key(text)
    if word in ("紧急", "特急", "加急", "非常紧急", "很急", "urgent"):
        return Urgency.URGENT
    if word in ("较急", "急", "比较急", "soon"):
        return Urgency.SOON
    return Urgency.NORMAL if word in ("一般", "普通", "不急", "正常", "常规", "normal") else None


_CHANNELS: tuple[tuple[str, Channel], ...] = (
    ("一键", Channel.DEVICE), ("呼叫", Channel.DEVICE), ("设备", Channel.DEVICE),
    ("院坝", Channel.COURTYARD), ("坝坝", Channel.COURTYARD), ("座谈", Channel.COURTYARD),
    ("走访", Channel.VISIT), ("入户", Channel.VISIT), ("上门", Channel.VISIT), ("巡", Channel.VISIT),
    ("信箱", Channel.MAILBOX), ("收集箱", Channel.MAILBOX), ("意见箱", Channel.MAILBOX),
    ("微信", Channel.GROUP_CHAT), ("群", Channel.GROUP_CHAT), ("qq", Channel.GROUP_CHAT),
    ("电话", Channel.HOTLINE), ("热线", Channel.HOTLINE), ("12345", Channel.HOTLINE), ("来电", Channel.HOTLINE),
    ("小程序", Channel.ONLINE), ("网", Channel.ONLINE), ("线上", Channel.ONLINE), ("公众号", Channel.ONLINE),
    ("来访", Channel.WALK_IN), ("到站", Channel.WALK_IN), ("窗口", Channel.WALK_IN), ("现场", Channel.WALK_IN),
)  # fmt: skip


def channel(text: str) -> Channel | None:
    """走访 / 院坝会 / 微信群 / 电话 / 一键呼叫 ... as the channel it is, or None."""
    word = name_key(text)
    return next((found for sign, found in _CHANNELS if sign in word), None)


_SITE_KINDS: tuple[tuple[str, SiteKind], ...] = (
    ("助餐", SiteKind.MEAL_POINT), ("食堂", SiteKind.MEAL_POINT), ("餐", SiteKind.MEAL_POINT),
    ("养老", SiteKind.ELDERCARE), ("日间照料", SiteKind.ELDERCARE), ("敬老", SiteKind.ELDERCARE),
    ("学校", SiteKind.SCHOOL), ("小学", SiteKind.SCHOOL), ("中学", SiteKind.SCHOOL), ("幼儿园", SiteKind.SCHOOL),
    ("文化", SiteKind.CULTURE), ("图书", SiteKind.CULTURE), ("博物", SiteKind.CULTURE), ("景区", SiteKind.SCENIC),
    ("公司", SiteKind.ENTERPRISE), ("企业", SiteKind.ENTERPRISE),
)  # fmt: skip


def site_kind(text: str, name: str) -> SiteKind:
    """The kind a cell names, else the kind the name tells; a place called 实践 is a practice site."""
    said = name_key(text) or name
    if "实践" in said:
        return SiteKind.PRACTICE
    unnamed = SiteKind.OTHER if name_key(text) else SiteKind.PRACTICE
    return next((kind for sign, kind in _SITE_KINDS if sign in said), unnamed)


_TEAM_KINDS: tuple[tuple[str, TeamKind], ...] = (
    ("党员", TeamKind.PARTY), ("青年", TeamKind.YOUTH), ("团员", TeamKind.YOUTH), ("巾帼", TeamKind.WOMEN),
    ("红马甲", TeamKind.RED_VEST), ("银龄", TeamKind.SILVER), ("老年", TeamKind.SILVER), ("县", TeamKind.COUNTY),
)  # fmt: skip


#: How registers write the closed words: what the readers above read back.
WRITTEN: dict[Gender | Level | Urgency | Channel, str] = {
    Gender.MALE: "男", Gender.FEMALE: "女", Gender.UNKNOWN: "",
    Level.CENTRE: "中心", Level.INSTITUTE: "所", Level.STATION: "站", Level.POINT: "点",
    Urgency.URGENT: "紧急", Urgency.SOON: "较急", Urgency.NORMAL: "一般",
    Channel.VISIT: "走访", Channel.COURTYARD: "院坝会", Channel.GROUP_CHAT: "微信群", Channel.HOTLINE: "电话",
    Channel.MAILBOX: "民情收集箱", Channel.WALK_IN: "来访", Channel.DEVICE: "一键呼叫", Channel.ONLINE: "网上",
}  # fmt: skip


#: How a visit sheet says what became of a need, the first as we write it.
VISIT_WORDS: dict[VisitTold, tuple[str, ...]] = {
    VisitTold.STILL_OPEN: ("仍需要", "还需要", "未办", "没办", "没有办"),
    VisitTold.DONE_ALREADY: ("已办好", "已办", "办好了", "不需要了"),
}


def visit_told(text: str) -> VisitTold | None:
    """仍需要 / 已办好 and their neighbours; None for anything else."""
    word = name_key(text)
    return next((told for told, words in VISIT_WORDS.items() if word in words), None)


def team_kind(name: str) -> TeamKind:
    """The kind a team's name tells, else "other"."""
    return next((kind for sign, kind in _TEAM_KINDS if sign in name), TeamKind.OTHER)


def split_words(text: str) -> tuple[str, ...]:
    """The words of a free list (医疗护理 陪伴老人、理发), in their order, each once."""
    parts = re.split(r"[、，,；;/\\|和及与\s]+", clean(text))
    return tuple(dict.fromkeys(part for part in parts if part and part.casefold() not in NOTHING))


@dataclass(frozen=True)
class Village:
    """A village or community of the county, and its town."""

    code: str
    name: str
    town_code: str
    town: str


_COMMITTEE = re.compile(r"(村民委员会|居民委员会|村委会|居委会|委员会)$")


def village_key(text: str) -> str:
    """洪渡社区居民委员会, 洪渡社区 -> one key; the word 村 or 社区 stays, for 珍珠村 is not 珍珠社区."""
    return _COMMITTEE.sub("", name_key(text))


class Villages:
    """The county's villages by what people call them: with or without town, committee, village group."""

    def __init__(self, villages: Iterable[Village]) -> None:
        self.all: Sequence[Village] = tuple(villages)
        self._by_key: dict[str, list[Village]] = {}
        for village in self.all:
            self._by_key.setdefault(village_key(village.name), []).append(village)
        self._towns = {name_key(village.town): village.town_code for village in self.all}

    def find(self, text: str) -> Village | None:
        """The one village this text names; None when there is none, or several and the town is not said."""
        key = village_key(text)
        exact = self._by_key.get(key, [])
        if len(exact) == 1:
            return exact[0]
        town, rest = self._split(key)
        inside = [village for village in self._named(rest) if town in (None, village.town_code)]
        return inside[0] if len(inside) == 1 else None

    def town_of(self, text: str) -> str | None:
        """The code of the town a text names or begins with."""
        return self._split(name_key(text))[0]

    def _split(self, key: str) -> tuple[str | None, str]:
        for name, code in self._towns.items():
            before, found, after = key.partition(name)
            if found and (not before or before.endswith(("县", "省", "市", "区"))):
                return code, after
        return None, re.sub(r"^.*县(?=.)", "", key)

    def _named(self, key: str) -> list[Village]:
        """Villages the text names or begins with (洪渡社区3组 begins with 洪渡社区): the longest name wins."""
        for end in range(len(key), 1, -1):
            found = self._by_key.get(key[:end], [])
            if found:
                return found
        return []
