"""The shared filter and its query parameters."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.filters import NAMES, Filters, parse, query
from dashboard.core.words import SiteKind, Urgency

CODES = st.none() | st.from_regex(r"[0-9]{9,12}", fullmatch=True)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))
FILTERS = st.builds(
    Filters,
    town=CODES,
    village=CODES,
    kind=st.none() | st.sampled_from(SiteKind),
    category=st.none() | st.from_regex(r"[a-z][a-z_]{0,20}", fullmatch=True),
    urgency=st.none() | st.sampled_from(Urgency),
    since=DAYS,
    until=DAYS,
)


@given(FILTERS)
def test_a_filter_comes_back_from_its_url_as_it_went(filters: Filters) -> None:
    assert parse(query(filters)) == filters


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_any_url_can_be_read_and_says_the_same_when_written_again(parameters: dict[str, str]) -> None:
    filters = parse(parameters)
    assert parse(query(filters)) == filters


def test_what_cannot_be_read_is_left_out() -> None:
    assert parse({"town": "<script>", "urgency": "soon", "kind": "palace", "since": "2026-02-30"}) == Filters(
        urgency=Urgency.SOON
    )


def test_an_empty_filter_is_false_and_has_no_query() -> None:
    assert not Filters()
    assert query(Filters()) == {}
    assert Filters(urgency=Urgency.URGENT)


def test_another_town_drops_the_village() -> None:
    filters = Filters(town="520326001", village="520326001002", urgency=Urgency.URGENT)
    assert filters.with_value("town", "520326002") == Filters(town="520326002", urgency=Urgency.URGENT)
    assert filters.with_value("town", "520326001") == filters
    assert filters.with_value("urgency", None) == Filters(town="520326001", village="520326001002")
