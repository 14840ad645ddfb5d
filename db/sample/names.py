"""Names of invented people: surnames as common around Wuchuan, given names by sex and age, phones nobody can have."""

import random
from functools import cache

from pypinyin import Style, lazy_pinyin

_SURNAMES = "申田冉王杨张李邹付徐黎覃敖肖高陈吴何罗刘彭安周谭黄唐龚任韩雷文卢谢袁熊曾"
_SURNAME_WEIGHTS = [max(1.0, 30 / (place + 3)) for place in range(len(_SURNAMES))]
_OLD_FEMALE = "秀英芬珍兰桂菊碧素淑贵琼莲玉仙群会"
_OLD_MALE = "国德明华兴文正光永昌朝清林贵福荣海"
_YOUNG_FEMALE = "婷雪佳欣怡梦丽娟敏燕晓琳静雨思芳艳"
_YOUNG_MALE = "浩宇杰俊鹏涛伟强磊鑫波勇飞旭航建春"
#: No operator was ever given numbers that begin with 154, so none of these can ring at a stranger's.
PHONE_PREFIX = "154"


def person_name(chance: random.Random, female: bool, born: int) -> str:
    """A surname and one or two characters."""
    old = born < 1975
    characters = (_OLD_FEMALE if old else _YOUNG_FEMALE) if female else (_OLD_MALE if old else _YOUNG_MALE)
    surname = chance.choices(_SURNAMES, _SURNAME_WEIGHTS)[0]
    length = 2 if chance.random() < 0.8 else 1
    return surname + "".join(chance.choice(characters) for _ in range(length))


def phone_number(serial: int) -> str:
    """The serial-th invented mobile number: eleven digits, scattered, all different for serials below 10^8."""
    return f"{PHONE_PREFIX}{(serial * 61_803_399 + 27_182_818) % 100_000_000:08d}"


@cache
def initials(name: str) -> str:
    """Pinyin initials in lower case: 申国华 -> sgh."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
