"""Repeats among needs: found in either order, and the same as asking every pair."""
# ruff: noqa: E501  (one order a line)

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.geo import distance_m
from dashboard.core.needs import Origin, repeat_reason
from dashboard.core.words import Precision
from dashboard.formats.duplicates import Order, earlier_orders

START = datetime(2026, 11, 1, tzinfo=UTC)


def _order(
    number: int, day: float, name: str = "安大爷", village: str | None = "v", category: int = 1, **more
) -> Order:  # type: ignore[no-untyped-def]
    place = {"lon": more.pop("lon", None), "lat": more.pop("lat", None)}
    precision = Precision.POINT if place["lon"] is not None else Precision.VILLAGE
    origin = Origin(category, START + timedelta(days=day), precision, name=name, village_code=village, **more)
    return Order(number, origin, **place)


def test_the_later_repeats_the_earlier_whatever_the_order_of_the_rows() -> None:
    assert earlier_orders([_order(1, 9), _order(2, 0)]) == {1: (2, "person")}
    assert earlier_orders([_order(1, 0), _order(2, 9)]) == {2: (1, "person")}


def test_fourteen_days_are_near_and_fifteen_are_not() -> None:
    assert earlier_orders([_order(1, 0), _order(2, 14)]) == {2: (1, "person")}
    assert earlier_orders([_order(1, 0), _order(2, 15)]) == {}


def test_another_name_village_or_category_is_another_need() -> None:
    others = [
        _order(2, 1, name="安阿姨"),
        _order(3, 1, village="w"),
        _order(4, 1, category=2),
        _order(5, 1, village=None),
    ]
    assert earlier_orders([_order(1, 0), *others]) == {}


def test_of_several_earlier_ones_the_nearest_in_time_is_linked() -> None:
    assert earlier_orders([_order(1, 0), _order(2, 5), _order(3, 9)]) == {2: (1, "person"), 3: (2, "person")}


def test_village_precision_never_satisfies_the_250_metres() -> None:
    near = {"lon": 107.9, "lat": 28.5}
    assert earlier_orders([_order(1, 0, name="a", **near), _order(2, 1, name="b", **near)]) == {2: (1, "near")}
    coarse = Origin(1, START, Precision.VILLAGE, name="a", village_code="v")
    other = Origin(1, START, Precision.VILLAGE, name="b", village_code="v")
    assert earlier_orders([Order(1, coarse, 107.9, 28.5), Order(2, other, 107.9, 28.5)]) == {}


orders = st.lists(
    st.tuples(
        st.integers(0, 40), st.sampled_from("ab"), st.sampled_from(["v", None]), st.sampled_from([1, 2]),
        st.sampled_from([None, 107.9, 107.901, 107.9025, 107.91]), st.sampled_from([None, "p"]),
    ),
    max_size=12,
)  # fmt: skip


@given(orders)
def test_buckets_lose_no_pair(rows: list[tuple[int, str, str | None, int, float | None, str | None]]) -> None:
    listed = [
        _order(
            n, day, name, village, category, phone_digest=phone, **({} if lon is None else {"lon": lon, "lat": 28.5})
        )
        for n, (day, name, village, category, lon, phone) in enumerate(rows)
    ]
    expected: dict[int, int] = {}
    for later in listed:
        earlier = [
            other
            for other in listed
            if (other.origin.registered_at, other.id) < (later.origin.registered_at, later.id)
            and repeat_reason(later.origin, other.origin, _metres(later, other))
        ]
        if earlier:
            expected[later.id] = max(earlier, key=lambda o: (o.origin.registered_at, o.id)).id
    assert {later: earlier for later, (earlier, _) in earlier_orders(listed).items()} == expected


def _metres(left: Order, right: Order) -> float | None:
    if left.lon is None or right.lon is None or left.lat is None or right.lat is None:
        return None
    return float(distance_m(left.lon, left.lat, right.lon, right.lat))
