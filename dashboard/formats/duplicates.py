"""Needs that may be one: the rule of `core.needs.repeat_reason` asked of every pair it could be true for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dashboard.core.geo import distance_m
from dashboard.core.needs import REPEAT_METRES, REPEAT_SPAN, Origin, repeat_reason
from dashboard.core.words import Precision


@dataclass(frozen=True)
class Order:
    """A need to compare: `id` orders needs of one moment, (lon, lat) is its exact point if it has one."""

    id: int
    origin: Origin
    lon: float | None = None
    lat: float | None = None


def earlier_orders(orders: Sequence[Order]) -> dict[int, tuple[int, str]]:
    """id -> (id of the nearest earlier order it repeats, why), whatever order the rows came in."""
    pairs: dict[int, tuple[Order, str]] = {}
    for left, right in _pairs(orders):
        earlier, later = sorted((left, right), key=_age)
        reason = repeat_reason(later.origin, earlier.origin, _metres(later, earlier))
        best = pairs.get(later.id)
        if reason and (best is None or _age(best[0]) < _age(earlier)):
            pairs[later.id] = (earlier, reason)
    return {later: (earlier.id, reason) for later, (earlier, reason) in pairs.items()}


def _age(order: Order) -> tuple[float, int]:
    return order.origin.registered_at.timestamp(), order.id


def _pairs(orders: Sequence[Order]) -> Iterator[tuple[Order, Order]]:
    """Pairs that share a key within the span of days; each bucket is short, so no pair is asked in vain often."""
    buckets: dict[tuple[object, ...], list[Order]] = {}
    for order in sorted(orders, key=_age):
        for key in _keys(order):
            bucket = buckets.setdefault((order.origin.category_id, *key), [])
            oldest = order.origin.registered_at - REPEAT_SPAN
            bucket[:] = [other for other in bucket if other.origin.registered_at >= oldest]
            yield from ((other, order) for other in bucket if other.id != order.id)
            bucket.append(order)


def _keys(order: Order) -> Iterable[tuple[object, ...]]:
    """What two orders must share for the rule to be possible: person, name and village, phone, address, cell."""
    origin = order.origin
    if origin.person_id is not None:
        yield ("person", origin.person_id)
    if origin.name and origin.village_code:
        yield ("name", origin.name, origin.village_code)
    if origin.phone_digest:
        yield ("phone", origin.phone_digest)
    if origin.address_digest:
        yield ("address", origin.address_digest)
    if origin.precision is Precision.POINT and order.lon is not None and order.lat is not None:
        # Cells larger than the reach of the rule, and the order in all nine around it: no neighbour is missed.
        size = REPEAT_METRES / 85_000
        column, row = int(order.lon // size), int(order.lat // size)
        for x in (-1, 0, 1):
            for y in (-1, 0, 1):
                yield ("cell", column + x, row + y)


def _metres(left: Order, right: Order) -> float | None:
    if left.lon is None or left.lat is None or right.lon is None or right.lat is None:
        return None
    return float(distance_m(left.lon, left.lat, right.lon, right.lat))
