"""One deed on many rows: whatever mix is refused, done + refused = asked, and a retry touches the refused alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from dashboard.core.errors import Conflict, Invalid
from dashboard.services import bulk, holds, jobs, needs, needs_queue
from dashboard.services.bulk import Asked, Item, Report
from dashboard.services.commands import perform
from dashboard.services.needs_queue import View
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Audit, Hold, Need, NeedEvent
from tests.builders import NOW, a_need, a_site, actor_for, an_account, an_actor

ASKED = Asked(needs.close, "need_id")


@contextmanager
def performing(refused: dict[int, int], calls: list[tuple[int, str]]) -> Iterator[None]:
    """`perform` as a fake that refuses an id so many times, and by its key does nothing twice."""
    left, kept = dict(refused), set[str]()

    def fake(_database: Any, _deed: Any, _actor: Any, *, now: Any, key: str, need_id: int) -> None:
        if key in kept:
            return
        calls.append((need_id, key))
        if left.get(need_id, 0):
            left[need_id] -= 1
            raise Conflict("commands.changed_meanwhile", kind_key="commands.kind.needs", name=str(need_id))
        kept.add(key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "perform", fake)
        yield


def go(items: Sequence[Item], key: str, **values: Any) -> Report:
    return bulk.run(None, an_actor(), ASKED, items, now=NOW, key=key, **values)  # type: ignore[arg-type]


MIXES = st.dictionaries(st.integers(1, 500), st.integers(0, 2), max_size=60)


@given(MIXES)
def test_any_mix_of_refusals_adds_up_and_a_retry_touches_the_refused_alone(mix: dict[int, int]) -> None:
    items = [Item(number, f"N{number}") for number in mix]
    calls: list[tuple[int, str]] = []
    with performing(mix, calls):
        first = go(items, "k1")
        assert sorted([one.id for one in first.done] + [one.item.id for one in first.refused]) == sorted(mix)
        assert {one.item.id for one in first.refused} == {number for number, times in mix.items() if times}
        again = go([one.item for one in first.refused], "k2")
        assert {number for number, key in calls if key.startswith("k2:")} == {one.item.id for one in first.refused}
        assert {one.item.id for one in again.refused} == {number for number, times in mix.items() if times > 1}
        go([one.item for one in again.refused], "k3")
    assert Counter(number for number, _ in calls) == {number: times + 1 for number, times in mix.items()}


@given(MIXES)
def test_the_same_key_again_does_nothing_twice(mix: dict[int, int]) -> None:
    items = [Item(number, f"N{number}") for number in mix]
    calls: list[tuple[int, str]] = []
    with performing({}, calls):
        assert go(items, "k1") == go(items, "k1")
    assert Counter(number for number, _ in calls) == dict.fromkeys(mix, 1)


@given(MIXES, st.integers(0, 60))
def test_stopped_it_says_what_was_left_and_goes_on_with_that(mix: dict[int, int], after: int) -> None:
    items = [Item(number, f"N{number}") for number in mix]
    calls: list[tuple[int, str]] = []
    with performing(mix, calls):
        found = go(items, "k1", progress=lambda done, total: done < after or done == total)
        assert [one.id for one in found.left] == list(mix)[after:]
        assert len(found.done) + len(found.refused) + len(found.left) == len(mix)
        rest = go(found.left, "k2")
    assert {one.id for one in rest.done} | {one.item.id for one in rest.refused} == {one.id for one in found.left}
    assert max(Counter(number for number, _ in calls).values(), default=0) <= 1


def test_a_bug_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any, **_values: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bulk, "perform", broken)
    with pytest.raises(ZeroDivisionError):
        go([Item(1, "N1")], "k1")


# -- on real rows


@pytest.fixture
def queue(any_database: Database) -> dict[str, Any]:
    """Four needs to verify, one that is cancelled, one of another site."""

    def build(session: Any) -> dict[str, Any]:
        centre = a_site(session)
        here, there = a_site(session, centre), a_site(session, centre)
        made = [a_need(session, here, state="to_verify") for _ in range(4)]
        made.append(a_need(session, here, state="cancelled"))
        made.append(a_need(session, there, state="to_verify"))
        return {"needs": made, "site": here, "actor": actor_for(an_account(session, site=here), here)}

    return any_database.write(build) | {"database": any_database}


def items_of(queue: dict[str, Any]) -> list[Item]:
    return [Item(need.id, need.code, {"seen": need.version}) for need in queue["needs"]]


def state_of(queue: dict[str, Any], at: int) -> str:
    with queue["database"].read() as session:
        return session.get_one(Need, queue["needs"][at].id).state


def test_each_refusal_is_named_and_the_others_are_done(queue: dict[str, Any]) -> None:
    database, who, made = queue["database"], queue["actor"], queue["needs"]

    def edited(session: Any) -> None:
        session.get_one(Need, made[3].id).version += 1

    database.write(edited)
    asked, items = Asked(needs.cancel, "need_id", {"reason": "村里已办"}), items_of(queue)
    found = bulk.run(database, who, asked, items, now=NOW, key="k1")
    assert [one.id for one in found.done] == [made[0].id, made[1].id, made[2].id]
    assert [(one.item.name, one.key) for one in found.refused] == [
        (made[3].code, "commands.changed_meanwhile"),
        (made[4].code, "needs.already_so"),
        (made[5].code, "permissions.scope"),
    ]
    assert [state_of(queue, at) for at in (0, 3, 5)] == ["cancelled", "to_verify", "to_verify"]

    now = {one.id: one.version for one in answer(database, needs_queue.picked, who, now=NOW)}
    again = [Item(one.item.id, one.item.name, {"seen": now.get(one.item.id)}) for one in found.refused]
    second = bulk.run(database, who, asked, again, now=NOW, key="k2")
    assert [one.id for one in second.done] == [made[3].id]
    assert [one.key for one in second.refused] == ["needs.already_so", "permissions.scope"]
    with database.read() as session:
        events = session.execute(
            select(NeedEvent.need_id, func.count())
            .where(NeedEvent.to_state == "cancelled", NeedEvent.from_state.is_not(None))
            .group_by(NeedEvent.need_id)
        ).all()
        audits = session.scalar(select(func.count()).select_from(Audit).where(Audit.command == "needs.cancel"))
    assert dict(map(tuple, events)) == dict.fromkeys([one.id for one in made[:4]], 1)
    assert audits == 4


def test_what_another_holds_is_refused_with_her_name_and_goes_once_it_is_free(queue: dict[str, Any]) -> None:
    database, who, made = queue["database"], queue["actor"], queue["needs"]
    wang = database.write(lambda session: actor_for(an_account(session, display_name="王姐")))
    perform(database, holds.hold, wang, now=NOW, need_id=made[1].id)
    asked, items = Asked(holds.hold, "need_id"), [Item(one.id, one.code) for one in made[:3]]
    found = bulk.run(database, who, asked, items, now=NOW, key="k1")
    assert [one.id for one in found.done] == [made[0].id, made[2].id]
    assert [(one.key, one.values["who"]) for one in found.refused] == [("holds.held_by", "王姐")]
    twice = bulk.run(database, who, asked, items, now=NOW, key="k1")
    assert twice.done == found.done
    perform(database, holds.release, wang, now=NOW, need_id=made[1].id)
    last = bulk.run(database, who, asked, [one.item for one in found.refused], now=NOW, key="k2")
    assert [one.id for one in last.done] == [made[1].id]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Hold)) == 3


def test_in_the_background_it_is_one_job_a_key_and_can_be_stopped(
    queue: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, who, items = queue["database"], queue["actor"], items_of(queue)
    asked = Asked(needs.cancel, "need_id", {"reason": "村里已办"})
    true, began = bulk.perform, []

    def slow(*given: Any, **values: Any) -> Any:
        result = true(*given, **values)
        began.append(values["need_id"])
        jobs.cancel(jobs.mine(who, "bulk.test").job_id, who)  # type: ignore[union-attr]
        return result

    monkeypatch.setattr(bulk, "perform", slow)
    job, twin = (bulk.start(database, who, "bulk.test", asked, items, now=NOW, key="k1") for _ in range(2))
    assert job == twin
    found = jobs.wait(job, who, 60)
    assert found.state == "done" and [one.id for one in found.result.left] == [one.id for one in items[1:]]
    assert [one.id for one in found.result.done] == began == [items[0].id]
    with pytest.raises(Invalid) as refused:
        bulk.start(database, who, "bulk.test", asked, [], now=NOW, key="k2")
    assert refused.value.key == "bulk.nothing"
    with pytest.raises(Invalid) as refused:
        bulk.start(database, who, "bulk.test", asked, [items[0]] * (bulk.MOST + 1), now=NOW, key="k2")
    assert refused.value.key == "bulk.too_many"


def test_what_is_picked_is_the_whole_list_in_its_order_and_nothing_out_of_reach(queue: dict[str, Any]) -> None:
    database, who, made = queue["database"], queue["actor"], queue["needs"]
    listed = answer(database, needs_queue.queue, who, now=NOW, view=View.TO_VERIFY)
    found = answer(database, needs_queue.picked, who, now=NOW, view=View.TO_VERIFY)
    assert [one.id for one in found] == [row.id for row in listed.rows] == [one.id for one in made[:4]]
    named = answer(database, needs_queue.picked, who, now=NOW, ids=(made[0].id, made[5].id))
    assert [(one.id, one.code, one.version) for one in named] == [(made[0].id, made[0].code, made[0].version)]
