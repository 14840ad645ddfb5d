"""Who is told what of which move, what is no longer true, and the words: short, polite, without a phone."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.messages import TOLD, TRUE_IN, Facts, Kind, Party, composed, link_asks, outdated, overtaken, told
from dashboard.core.needs import DISPATCH_MOVES
from dashboard.core.words import DispatchState, NeedState
from dashboard.text import text

D = DispatchState
#: 10:00 in the county.
START = datetime(2026, 11, 17, 2, 0, tzinfo=UTC)
SAY = {language: partial(text, language) for language in ("zh", "en")}
LEGAL = {(None, D.OFFERED)} | {(before, after) for before in D for after in DISPATCH_MOVES[before]}


def facts(party: Party = Party.VOLUNTEER, kind: Kind = Kind.OFFERED, **values: Any) -> Facts:
    usual: dict[str, Any] = {
        "code": "N261116-1234",
        "title": "家电维修",
        "place": "都濡街道 第3网格",
        "start": START,
        "end": START + timedelta(hours=2),
        "answer_by": START - timedelta(hours=16),
        "volunteer": "欧阳小贵",
        "dispatch_state": min(TRUE_IN[kind]),
        "need_state": NeedState.OPEN,
    }
    return Facts(party=party, kind=kind, **(usual | values))


#: Everything that is ever told, with the state its need is in then.
SAID = sorted(
    {
        (party, kind)
        for (before, after), taken, last in product(TOLD, (True, False), (True, False))
        for party, kind in told(before, after, taken_over=taken, last=last)
    }
    | {(Party.VOLUNTEER, kind) for kind in (Kind.HANDED_OVER, Kind.TOOK_OVER, Kind.KEPT)}
)


def test_only_legal_moves_are_told() -> None:
    assert set(TOLD) <= LEGAL


@pytest.mark.parametrize(("before", "after"), sorted(LEGAL, key=str))
def test_what_a_move_tells_is_true_after_it_and_goes_to_each_party_once(
    before: DispatchState | None, after: DispatchState
) -> None:
    for taken, last in product((True, False), (True, False)):
        messages = told(before, after, taken_over=taken, last=last)
        assert len({party for party, _ in messages}) == len(messages)
        assert not {kind for _, kind in messages} & set(overtaken(after))


@pytest.mark.parametrize("herself", Party)
def test_what_a_party_did_herself_is_no_news_to_her(herself: Party) -> None:
    for before, after in LEGAL:
        others = tuple(one for one in told(before, after) if one[0] is not herself)
        assert others == told(before, after, herself=herself)


def test_the_resident_is_asked_once_how_it_was_when_the_last_one_has_served() -> None:
    assert told(D.IN_SERVICE, D.DONE, last=False) == ((Party.RESIDENT, Kind.DONE),)
    assert told(D.IN_SERVICE, D.DONE) == ((Party.RESIDENT, Kind.ASKED_TO_RATE),)


@pytest.mark.parametrize("kind", Kind)
def test_what_the_dispatch_has_moved_on_from_is_outdated(kind: Kind) -> None:
    for state in D:
        now = START - timedelta(days=1)
        assert (state not in TRUE_IN[kind]) == outdated(facts(kind=kind, dispatch_state=state), now)


def test_nobody_is_asked_to_answer_too_late_to_come_too_late_or_to_rate_twice() -> None:
    offer = facts()
    assert offer.answer_by is not None
    assert not outdated(offer, offer.answer_by - timedelta(minutes=1)) and outdated(offer, offer.answer_by)
    cancelled = facts(kind=Kind.CANCELLED)
    assert not outdated(cancelled, cancelled.end - timedelta(minutes=1)) and outdated(cancelled, cancelled.end)
    late = START + timedelta(days=3)
    assert not outdated(facts(Party.RESIDENT, Kind.ASKED_TO_RATE), late)
    assert outdated(facts(Party.RESIDENT, Kind.ASKED_TO_RATE, rated=True), late)


@pytest.mark.parametrize(("party", "kind"), SAID)
def test_a_usual_message_fits_one_sms_and_says_which_need(party: Party, kind: Kind) -> None:
    for state in (NeedState.OPEN, NeedState.CANCELLED, NeedState.UNMET):
        words = composed(facts(party, kind, need_state=state), SAY["zh"])
        assert len(words) <= 70, (len(words), words)
        assert "家电维修" in words and "N261116-1234" in words
        assert "N261116-1234" in composed(facts(party, kind, need_state=state), SAY["en"])


def test_an_offer_says_what_when_where_and_until_when_to_answer() -> None:
    assert composed(facts(), SAY["zh"]) == (
        "您好，家电维修（N261116-1234），11月17日10:00-12:00，都濡街道 第3网格，能来吗？请11月16日18:00前答复。"
    )
    assert composed(facts(place=""), SAY["en"]) == (
        "Hello, 家电维修 (N261116-1234), 11-17 10:00 to 12:00: can you come? Please answer by 11-16 18:00."
    )


def test_a_need_that_has_ended_is_not_said_to_look_for_somebody_else() -> None:
    for kind in (Kind.CANCELLED, Kind.TAKEN_OVER):
        for state in (NeedState.CANCELLED, NeedState.UNMET):
            words = composed(facts(Party.RESIDENT, kind, need_state=state), SAY["en"])
            assert "looking" not in words and "arranging" not in words
    assert "looking" in composed(facts(Party.RESIDENT, Kind.CANCELLED), SAY["en"])


@pytest.mark.parametrize("language", SAY)
def test_a_link_comes_last_and_only_where_there_is_one(language: str) -> None:
    for party, kind in SAID:
        bare = composed(facts(party, kind), SAY[language])
        with_link = composed(facts(party, kind), SAY[language], link="LINK")
        assert with_link.startswith(bare)
        assert with_link.endswith("LINK") if link_asks(facts(party, kind)) else with_link == bare


def test_only_who_has_something_to_open_is_given_a_link() -> None:
    asked = {(party, kind): link_asks(facts(party, kind)) for party, kind in SAID}
    assert {kind for (party, kind), asks in asked.items() if party is Party.VOLUNTEER and asks} == {Kind.OFFERED}
    assert all(asks for (party, _), asks in asked.items() if party is Party.RESIDENT)
    assert asked[Party.VOLUNTEER, Kind.OFFERED] == "answer" and asked[Party.RESIDENT, Kind.ASKED_TO_RATE] == "rate"
    assert link_asks(facts(Party.RESIDENT, Kind.CANCELLED, need_state=NeedState.UNMET)) is None


def test_a_service_over_midnight_names_both_days() -> None:
    words = composed(facts(start=START + timedelta(hours=13), end=START + timedelta(hours=15)), SAY["zh"])
    assert "11月17日23:00-11月18日01:00" in words


PHONES = [
    "13885200001",
    "138 8520 0001",
    "138-8520-0001",
    "0851-86123456",
    "+8613885200001",
    "１３８８５２０００００１",
]


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_that_somebody_typed_into_a_title_goes_no_further(phone: str) -> None:
    words = composed(facts(title=f"维修 {phone}"), SAY["zh"])
    assert phone not in words and phone[-4:] not in words
    assert "家电 3 楼 2026 年" in composed(facts(title="家电 3 楼 2026 年"), SAY["zh"])


@given(st.text(), st.text(), st.text(), st.sampled_from(SAID), st.sampled_from(["zh", "en"]))
def test_whatever_people_typed_the_words_are_one_short_line_without_a_long_number(
    title: str, place: str, name: str, said: tuple[Party, Kind], language: str
) -> None:
    words = composed(facts(*said, title=title, place=place, volunteer=name, code="N1"), SAY[language])
    assert len(words.splitlines()) == 1 and len(words) <= 260
    assert not re.search(r"\d{7}", words)
