"""Messages copied from a group chat -> what each of them asks for, as far as it says.

A line is a message, except under a line of sender and time as WeChat copies them: then everything up to the next such
line is one message. A phone is the resident's only where the message says so; any other is the reporter's. Phones are
masked in what is kept as text.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dashboard.core.errors import Invalid
from dashboard.core.intake import Village, Villages, clean, head_count, name_key, phone, village_key
from dashboard.core.intake_times import COUNTY_TIME, day, wanted
from dashboard.core.masking import masked_phone, phone_tail
from dashboard.core.words import Urgency

#: Most lines of one paste, and characters of one message.
MOST_LINES = 200
MOST_CHARACTERS = 500
_DATE = r"(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?"
_HEADER = re.compile(
    rf"(?:(?P<who>[^，。！？;；,!?]{{1,40}}?)[:： ]\s*)?(?:(?P<day>{_DATE}|昨天|星期[一二三四五六日天])\s*)?"
    r"(?P<part>凌晨|早上|上午|中午|下午|晚上)?\s*(?P<clock>\d{1,2}:\d{2})(?::\d{2})?"
)
_NO_NAME = re.compile(r"今天|明天|后天|上午|下午|晚上|中午|[周到至点]")
#: What the chat writes itself, and pictures and voices nobody can read here.
_OF_THE_CHAT = re.compile(r"\[[^\]]{1,8}\]|.*(撤回了一条消息|拍了拍|加入了?群聊|以下为新消息|修改群名为).*|[-—=~·. ]+")
_CHATTER = re.compile(
    r"(收到|好的?|谢谢|感谢|辛苦了?|明白|知道了|可以|行|嗯+|哦+|哈+|早上好|大家好|你好|是的|对|没有|已办|ok|[\d+ ])"
    r"+[啊呀哈了!！。,，~]*",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)(?:(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)")
_HERS = re.compile(
    r"(老人家?|居民|住户|户主|群众|村民|奶奶|爷爷|婆婆|公公|大爷|大娘|大妈|大伯|阿姨|叔叔|嬢嬢|孃孃|他|她|当事人)"
    r"(本人|家|家里|家属)?的?(联系|自己)?的?(电话|手机|号码|联系方式|手机号)?(号码?)?[是为:：,，( ]*"
)
_NAME = re.compile(r"(?:姓名|居民|住户|户主|村民)(?:[:：是为叫] ?|叫)([\u4e00-\u9fff]{2,4})(?=[,，。;；、 (]|$|\d)")
_PEOPLE = re.compile(
    r"([\d一二两三四五六七八九十]{1,3}|几|若干) ?(?:个|名|位)?(?:志愿者|人手|人(?=帮|来|去|到|上门|搬|抬))"
)
_URGENT = re.compile(r"紧急|十万火急|特急|加急|急需|马上|立刻|立即|救命|晕倒|摔倒|摔伤|着火|急救")
_SOON = re.compile(r"尽快|较急|比较急|很急|着急|急用|抓紧|越快越好")
_DAY_WORD = re.compile(
    r"大后天|今天|今日|明天|明日|后天|(?:本|这个?|下个?)?(?:周|星期|礼拜)[一二三四五六日天]"
    r"|(?:\d{4}[年./-])?\d{1,2}[月./-]\d{1,2}[日号]?"
)
_SOMEWHERE = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:村民组|村|社区|小区|片区|街道|大道|路|街|寨|坝|组)")
#: A wanted time is looked for in so many characters from its day on.
_TIME_LENGTH = 18


@dataclass(frozen=True)
class Message:
    """A message of a paste: the line it begins on, who sent it and when as far as the chat says. `digest` and
    `occurrence` tell it from every other."""

    line: int
    text: str
    sender: str
    sent_at: datetime | None
    digest: str
    occurrence: int


@dataclass(frozen=True)
class Kind:
    """A category of the catalogue and the words that mean it."""

    id: int
    minutes: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """What a message asks for. `chatter`: it looks as if it asked for nothing."""

    message: Message
    text: str
    chatter: bool
    category_id: int | None
    village: Village | None
    place_words: str
    urgency: Urgency
    spans: tuple[tuple[datetime, datetime], ...]
    time_words: str
    people: int | None
    people_words: str
    name: str
    phone: str
    reporter_phone: str


def messages(text: str, now: datetime) -> tuple[Message, ...]:
    """The messages of a paste, in their order. Raises Invalid naming the line for what is too long."""
    lines = text.replace("\x00", "").splitlines()
    if len(lines) > MOST_LINES:
        raise Invalid("group_chat.too_many", line=MOST_LINES + 1, lines=len(lines), most=MOST_LINES)
    found: list[tuple[int, list[str], str, datetime | None]] = []
    sender, sent_at, under = "", None, False
    for number, line in enumerate(lines, start=1):
        said = clean(line)
        if len(said) > MOST_CHARACTERS:
            raise Invalid("group_chat.long_line", line=number, length=len(said), most=MOST_CHARACTERS)
        head = _header(said, now)
        if head is not None:
            (sender, sent_at), under = head, False
        elif not said or _OF_THE_CHAT.fullmatch(said):
            continue
        elif under:
            found[-1][1].append(said)
        else:
            found.append((number, [said], sender, sent_at))
            under = bool(sender or sent_at)
    return _told_apart(found)


def _told_apart(found: Iterable[tuple[int, list[str], str, datetime | None]]) -> tuple[Message, ...]:
    seen: Counter[str] = Counter()
    told = []
    for number, parts, sender, sent_at in found:
        text = " ".join(parts)
        if len(text) > MOST_CHARACTERS:
            raise Invalid("group_chat.long_line", line=number, length=len(text), most=MOST_CHARACTERS)
        origin = "\n".join(("group_chat", sender, sent_at.isoformat() if sent_at else "", text))
        digest = hashlib.sha256(origin.encode("utf-8", "replace")).hexdigest()
        told.append(Message(number, text, sender, sent_at, digest, seen[digest]))
        seen[digest] += 1
    return tuple(told)


def _header(line: str, now: datetime) -> tuple[str, datetime | None] | None:
    """(sender, when) of a line that says no more than that; None for a message. Without a day the time is unsure."""
    found = _HEADER.fullmatch(line)
    if found is None:
        return None
    who = (found["who"] or "").strip()
    if _NO_NAME.search(who) or (not who and not found["day"]):
        return None
    today = now.astimezone(COUNTY_TIME).date()
    at = day(found["day"], today) if found["day"] and found["day"][0].isdigit() else None
    hour, minute = (int(part) for part in found["clock"].split(":"))
    if found["part"] in ("下午", "晚上") and hour < 12:
        hour += 12
    if at is None or hour > 23 or minute > 59:
        return who, None
    sent = datetime.combine(at, time(hour, minute), COUNTY_TIME)
    return who, sent if sent <= now else None


def heard(message: Message, villages: Villages, kinds: Iterable[Kind], now: datetime) -> Heard:
    """What a message asks for, counted from the day it was sent."""
    text = message.text
    hers, others = _phones(text)
    kind = _kind(text, list(kinds))
    village = village_in(text, villages)
    place = village.name if village else _somewhere(text)
    spans, time_words = _wanted(text, (message.sent_at or now).astimezone(COUNTY_TIME).date(), kind)
    count = _PEOPLE.search(text)
    people = head_count(count[1]).value if count else None
    urgency = _urgency(text)
    named = _NAME.search(text)
    says_something = kind or place or spans or hers or named or count or urgency is not Urgency.NORMAL
    return Heard(
        message=message,
        text=_PHONE.sub(lambda found: masked_phone(phone_tail(phone(found[0]).digits)), text),
        chatter=bool(_CHATTER.fullmatch(text)) or not says_something,
        category_id=kind.id if kind else None,
        village=village,
        place_words=place,
        urgency=urgency,
        spans=spans,
        time_words=time_words,
        people=people,
        people_words=count[0] if count and people is None else "",
        name=named[1] if named else "",
        phone=hers,
        reporter_phone=others,
    )


def _phones(text: str) -> tuple[str, str]:
    """(the resident's, another's): hers only where the words right before it say so."""
    hers = others = ""
    for found in _PHONE.finditer(text):
        digits = phone(found[0]).digits
        before = text[max(0, found.start() - 16) : found.start()]
        if any(said.end() == len(before) for said in _HERS.finditer(before)):
            hers = hers or digits
        else:
            others = others or digits
    return hers, others


def _kind(text: str, kinds: list[Kind]) -> Kind | None:
    """The category of the longest word of the catalogue in the text; else the one most of whose pairs of characters
    occur in it, where one is ahead of all others."""
    key = name_key(text)
    whole = [(len(word), kind) for kind in kinds for word in kind.words if len(word) > 1 and word in key]
    if whole:
        return max(whole, key=lambda found: found[0])[1]
    pairs = {kind.id: {w[at : at + 2] for w in kind.words for at in range(len(w) - 1)} for kind in kinds}
    shared = Counter(pair for mine in pairs.values() for pair in mine)
    scores = [(sum(1 / shared[pair] for pair in pairs[kind.id] if pair in key), kind) for kind in kinds]
    best = sorted(scores, key=lambda found: -found[0])[:2]
    ahead = bool(best) and best[0][0] > (best[1][0] if len(best) > 1 else 0)
    return best[0][1] if ahead else None


def village_in(text: str, villages: Villages) -> Village | None:
    """The one village a text names anywhere; of several the longest name, of namesakes the one whose town is named."""
    key = name_key(text)
    named = [one for one in villages.all if len(village_key(one.name)) > 1 and village_key(one.name) in key]
    longest = max((len(village_key(one.name)) for one in named), default=0)
    found = [one for one in named if len(village_key(one.name)) == longest]
    if len(found) > 1:
        found = [one for one in found if one.town and name_key(one.town) in key]
    return found[0] if len(found) == 1 else None


def _somewhere(text: str) -> str:
    found = _SOMEWHERE.search(text)
    return found[0] if found else ""


def _urgency(text: str) -> Urgency:
    if "不急" in text or "不着急" in text:
        return Urgency.NORMAL
    if _URGENT.search(text):
        return Urgency.URGENT
    return Urgency.SOON if _SOON.search(text) else Urgency.NORMAL


def _wanted(text: str, sent: date, kind: Kind | None) -> tuple[tuple[tuple[datetime, datetime], ...], str]:
    """The first wanted time the text names, as long a reading as can be understood; else the words for it."""
    for found in _DAY_WORD.finditer(text):
        rest = text[found.start() : found.start() + _TIME_LENGTH]
        for length in range(len(rest), len(found[0]) - 1, -1):
            spans = wanted(rest[:length], sent, kind.minutes if kind else 120).spans
            if spans and abs(spans[0][0].date() - sent) < timedelta(days=370):
                return spans, rest[:length]
    vague = _SOON.search(text)
    return (), vague[0] if vague else ""


def kinds_of(words: Mapping[str, tuple[int, int]]) -> tuple[Kind, ...]:
    """Kinds from keys of words -> (category, usual minutes)."""
    minutes = dict(words.values())
    return tuple(
        Kind(category, length, tuple(word for word, (mine, _) in words.items() if mine == category))
        for category, length in minutes.items()
    )
