"""Priced services, residents with evidence of an entitlement, what was charged for their orders, and the fund.

By the product's own tiers (dashboard/core/prices.py); tests hold every charge against them.
"""

import random
from datetime import date, datetime, timedelta
from typing import Any

from db.models import Entitlement, Fund, FundEntry, NeedCharge
from db.sample import words
from db.sample.clock import local, local_day
from db.sample.world import World

#: Service -> market price and material in it, in yuan.
_PRICES = {
    "电视机检修": (80, 30),
    "电饭煲维修": (50, 18),
    "洗衣机检修": (95, 35),
    "农机具维修": (120, 55),
    "水管抢修": (100, 38),
    "换灯换开关": (45, 16),
    "疏通下水道": (85, 10),
    "太阳能热水器检修": (125, 48),
    "上门打扫卫生": (75, 5),
    "擦窗除尘": (65, 5),
    "换洗被褥": (45, 8),
    "厨房清洁": (70, 10),
    "上门为失能老人理发": (25, 3),
    "为行动不便者修剪指甲": (15, 2),
    "为高龄老人送餐": (18, 12),
    "上门做饭": (40, 20),
    "上门换药": (35, 15),
    "导尿管护理": (60, 25),
    "接送就医": (50, 20),
    "接送办事": (40, 15),
}
#: Kinds of entitlement, each with its paper and how many of a hundred residents have it; of a group at most one.
_PAPERS = (
    (
        (words.EXTREME_HARDSHIP, "特困人员救助供养证", 10),
        (words.LOW_INCOME, "最低生活保障证", 18),
        (words.LOW_INCOME_EDGE, "低保边缘家庭认定书", 8),
    ),
    ((words.SEVERE_DISABILITY, "残疾人证", 7),),
    ((words.LIVING_ALONE, "村（居）委会证明", 14),),
)
_UNDER_MARKET = 10
#: What comes into the fund every third month, in yuan.
_DEPOSIT = 1_000
_PAY_DAY, _PAY_MINUTE = 5, 10 * 60


def make_prices(world: World) -> None:
    """Price the menu's services, then queue evidence, charges and the fund's entries; after the needs are told."""
    for item in world.rows.tables["catalogue_items"]:
        if item["name"] in _PRICES and item["retired_on"] is None:
            market, material = _PRICES[item["name"]]
            item |= {"market_fen": 100 * market, "material_fen": 100 * material}
    prices = {item["id"]: item for item in world.rows.tables["catalogue_items"] if item["market_fen"] is not None}
    orders = {row["id"]: row for row in world.rows.tables["needs"] if row["item_id"] in prices}
    papers = _make_papers(world, [row["person_id"] for row in orders.values()])
    charges = [
        _charge(world, order, prices[order["item_id"]], papers.get(order["person_id"], []), *moments)
        for order, moments in _served(world, orders)
    ]
    _make_fund(world, charges, orders)


def _make_papers(world: World, people: list[int]) -> dict[int, list[dict[str, Any]]]:
    """Evidence by resident; a paper is good for a year or two, some have run out."""
    chance = world.stream("evidence on record")
    found: dict[int, list[dict[str, Any]]] = {}
    for person in sorted(set(people)):
        for group in _PAPERS:
            drawn = chance.randrange(100)
            for kind, paper, share in group:
                if 0 <= drawn < share:
                    found.setdefault(person, []).append(_paper(world, chance, person, kind, paper))
                drawn -= share
    return found


def _paper(world: World, chance: random.Random, person: int, kind: str, paper: str) -> dict[str, Any]:
    since = world.today - timedelta(days=chance.randrange(60, 800))
    lasts = chance.choice((365, 730, 1095, None))
    number = f"{chance.randrange(10**8):08d}"
    row = {
        "person_id": person,
        "kind": kind,
        "document": f"{paper} {number}",
        "document_tail": number[-4:],
        "valid_from": since,
        "valid_to": None if lasts is None else since + timedelta(days=lasts),
        "entered_by": world.accounts["sample-coordinator"],
        "entered_at": max(world.begin, local(since, 9 * 60)),
    }
    return row | {"id": world.rows.add(Entitlement, **row)}


def _served(world: World, orders: dict[int, dict[str, Any]]) -> list[tuple[dict[str, Any], tuple[datetime, datetime]]]:
    """Each order that was ever confirmed, in that sequence: when it was served and when that was confirmed first."""
    done: dict[int, datetime] = {}
    found: dict[int, tuple[datetime, datetime]] = {}
    for event in world.rows.tables["need_events"]:
        need = event["need_id"]
        if need not in orders or event["dispatch_id"] is not None or need in found:
            continue
        if event["to_state"] == words.DONE:
            done[need] = event["happened_at"]
        elif event["to_state"] == words.CONFIRMED:
            found[need] = done[need], event["recorded_at"]
    return [(orders[need], moments) for need, moments in found.items()]


def _charge(
    world: World,
    order: dict[str, Any],
    item: dict[str, Any],
    papers: list[dict[str, Any]],
    served: datetime,
    kept: datetime,
) -> dict[str, Any]:
    day = local_day(served)
    good = [row for row in papers if row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])]
    market, material = item["market_fen"], item["material_fen"]
    tier, resident, proofs = "everybody", market * (100 - _UNDER_MARKET) // 100, []
    for name, fen, kinds in (("free", 0, words.FREE), ("material", material, words.FOR_MATERIAL)):
        if any(row["kind"] in kinds for row in good):
            tier, resident, proofs = name, fen, [row for row in good if row["kind"] in kinds]
            break
    people = world.rows.tables["persons"]
    born = people[order["person_id"] - people[0]["id"]]["birth_year"]
    row = {
        "need_id": order["id"],
        "item_id": order["item_id"],
        "served_on": day,
        "market_fen": market,
        "material_fen": material,
        "tier": tier,
        "resident_fen": resident,
        "fund_fen": market - resident,
        "rule_version": 0,
        "facts": {
            "birth_year": born,
            "proofs": [[one["id"], one["kind"], _iso(one["valid_from"]), _iso(one["valid_to"])] for one in good],
            "evidence": [[one["kind"], one["id"], None] for one in proofs],
        },
        "kept_at": kept,
    }
    world.rows.add(NeedCharge, **row)
    return row


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _make_fund(world: World, charges: list[dict[str, Any]], orders: dict[int, dict[str, Any]]) -> None:
    """Deposits every third month; each month's pay day pays what is due, oldest first, as long as there is money."""
    account, balance = world.accounts["sample-admin"], 0
    due = [row for row in charges if row["fund_fen"] and orders[row["need_id"]]["state"] in words.SERVED_WELL]
    day = local_day(world.begin).replace(day=_PAY_DAY)
    month = 0
    while local(day, _PAY_MINUTE) < world.end:
        at = local(day, _PAY_MINUTE)
        if at >= world.begin:
            if month % 3 == 0:
                balance += 100 * _DEPOSIT
                _entry(world, words.DEPOSIT, 100 * _DEPOSIT, at - timedelta(hours=1), account, "爱心企业捐赠")
            while due and due[0]["kept_at"] < at and due[0]["fund_fen"] <= balance:
                row = due.pop(0)
                balance -= row["fund_fen"]
                _entry(world, words.PAYMENT, row["fund_fen"], at, account, "", row["need_id"])
            month += 1
        day = (day + timedelta(days=31)).replace(day=_PAY_DAY)
    world.rows.add(Fund, balance_fen=balance)


def _entry(
    world: World, kind: str, fen: int, at: datetime, account: int, reason: str, need_id: int | None = None
) -> None:
    world.rows.add(FundEntry, kind=kind, need_id=need_id, amount_fen=fen, at=at, account_id=account, reason=reason)
