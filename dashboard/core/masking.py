"""How personal values look to somebody who has not asked to see them."""

import re


def masked_name(name: str) -> str:
    """The family name and stars: 张小贵 -> 张**, 欧阳小贵 -> 欧***. Empty stays empty."""
    return name[:1] + "*" * max(len(name) - 1, 0)


def masked_phone(tail: str | None) -> str:
    """Stars and the tail kept for display: "1234" -> "*******1234". Empty when there is no phone."""
    return f"*******{tail}" if tail else ""


def masked_address(tail: str | None) -> str:
    """Stars before the tail kept for display, which holds no house number."""
    return f"{tail}***" if tail else ""


def phone_tail(phone: str) -> str:
    """The last four digits of a phone of at least seven."""
    return phone[-4:] if len(phone) >= 7 else ""


def address_tail(address: str) -> str:
    """The part of an address that may be shown: what stands before its first number."""
    return re.split(r"[\d〇零一二三四五六七八九十百]+(?=[号栋幢单室楼层组])|\d", address, maxsplit=1)[0][:60]
