"""An import of needs is undone whole or not at all, once, and the same file may come in again as if it never had."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.matching.watch import Stopped, Watch
from dashboard.core.orders import Caller, Order, PlaceWish
from dashboard.core.permissions import Action, Actor, system_actor
from dashboard.core.replay import Known
from dashboard.core.words import ImportKind, NeedState, Role
from dashboard.services import import_undo, jobs, need_life, needs, replay, tie_out
from dashboard.services.checks import examine
from dashboard.services.commands import Work, perform
from dashboard.services.escalation import calls_behind
from dashboard.services.import_undo import OWN, Preview, preview, undo
from dashboard.services.import_words import history
from dashboard.services.imports import Report
from dashboard.services.need_repeats import repeats
from dashboard.services.questions import answer
from dashboard.text import known
from db.county import ensure_county
from db.engine import Database
from db.models import Account, Audit, Base, Hold, ImportBatch, Message, Need, NeedEvent, Notice, UnplacedPoint
from tests.builders import COUNTY, an_account, an_actor
from tests.services.test_imports import NOW, bring

ADMIN = system_actor(COUNTY)
LATER = NOW + timedelta(hours=30)
REASON = "撤销导入：needs.xlsx"
HEADS = "编号,登记日期,村,姓名,类别,希望时间,人数\n"


@pytest.fixture
def empty(any_database: Database) -> Database:
    """A county with its divisions and words, and nothing else; on both databases."""
    any_database.write(lambda session: ensure_county(session, now=NOW))
    return any_database


def take_back(database: Database, batch_id: int | None, actor: Actor = ADMIN, now: Any = LATER) -> dict[str, Any]:
    return perform(database, undo, actor, now=now, batch_id=batch_id, reason=REASON)


def foresee(database: Database, batch_id: int | None, actor: Actor = ADMIN) -> Preview:
    return answer(database, preview, actor, batch_id=batch_id)


def of(database: Database, *columns: Any) -> list[Any]:
    with database.read() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(columns[0]))]


def told(report: Report) -> tuple[int, int, int]:
    return report.stored, report.unchanged, report.linked


def test_every_need_is_cancelled_and_the_same_file_comes_in_as_it_did(empty: Database) -> None:
    bring(empty, ImportKind.SITES)
    bring(empty, ImportKind.GRIDS)
    first = bring(empty, ImportKind.NEEDS)
    found = foresee(empty, first.batch_id)
    assert (found.needs, found.possible, found.touched, found.changed, found.linked) == (11, True, (), 0, 0)
    before = dict(of(empty, Need.id, Need.state))

    assert take_back(empty, first.batch_id) == {
        "batch": first.batch_id, "needs": 11, "unlinked": 0, "file": "needs.xlsx",
    }  # fmt: skip
    with empty.read() as session:
        rows = session.scalars(select(Need)).all()
        assert {(n.state, n.closed_at, n.version, n.source_digest, n.earlier_need_id) for n in rows} == {
            ("cancelled", LATER, 2, None, None)
        }
        events = session.scalars(select(NeedEvent).where(NeedEvent.from_state.is_not(None))).all()
        assert {(e.need_id, e.from_state, e.to_state, e.reason, e.happened_at, e.recorded_at) for e in events} == {
            (need_id, state, "cancelled", REASON, LATER, LATER) for need_id, state in before.items()
        }
        assert len(events) == 11
        audit = session.scalars(select(Audit).where(Audit.command == "import_undo.undo")).one()
        assert (audit.subject_id, audit.batch_id, audit.reason) == (first.batch_id, first.batch_id, REASON)
        assert not session.scalar(select(func.count()).where(UnplacedPoint.subject == "needs"))
        assert not session.scalars(select(Message)).all() and not session.scalars(select(Notice)).all()

    again = bring(empty, ImportKind.NEEDS, now=LATER + timedelta(hours=1))
    assert told(again) == told(first) and again.refused == first.refused
    fresh = of(empty, Need.id, Need.state)[11:]
    assert [state for _, state in fresh] == list(before.values())
    assert told(bring(empty, ImportKind.NEEDS, now=LATER + timedelta(hours=1))) == (0, 11, 0)


def test_what_it_leaves_holds_and_a_day_before_it_is_known_as_it_was(empty: Database) -> None:
    bring(empty, ImportKind.SITES)
    bring(empty, ImportKind.GRIDS)
    report = bring(empty, ImportKind.NEEDS)

    def as_known(which: Known) -> dict[str, int]:
        values = answer(empty, replay.figures_of, ADMIN, day=date(2026, 11, 28), known=which, now=LATER).values
        return {key: values[key] for key in ("needs_open", "needs_to_verify", "needs_registered")}

    then = as_known(Known.THEN)
    assert then == {"needs_open": 6, "needs_to_verify": 5, "needs_registered": 11}
    take_back(empty, report.batch_id)
    bring(empty, ImportKind.NEEDS, now=LATER)
    assert as_known(Known.THEN) == then, "what is done on the 29th changes nothing of the 28th"
    sheet = answer(empty, tie_out.lines, ADMIN, now=LATER)
    assert sheet.broken == ()
    registered = next(line for line in sheet.lines if line.key == "received")
    assert [(term.name, term.value) for term in registered.right] == [
        ("direct", 11),
        ("dispatched", 0),
        ("waiting", 11),
    ]
    assert [one.key for one in examine(empty, ADMIN, now=LATER) if not one.ok] == []


def test_a_need_that_was_touched_keeps_all_as_it_is_and_is_named(empty: Database) -> None:
    many = HEADS + "".join(f"X{n},2026-11-20,洪渡社区,敖{n},理发,11月29日上午,1\n" for n in range(30))
    report = bring(empty, ImportKind.NEEDS, many)
    ids = [row[0] for row in of(empty, Need.id)]
    coordinator = empty.write(lambda session: an_account(session).id)

    def worked_on(session: Any) -> None:
        hold = {"need_id": ids[0], "account_id": coordinator, "taken_at": NOW, "expires_at": NOW}
        session.add(Hold(county=COUNTY, **hold))
        session.execute(update(Need).where(Need.id == ids[1]).values(version=2))

    empty.write(worked_on)
    perform(empty, needs.cancel, ADMIN, now=NOW, need_id=ids[2], reason="不要了")
    found = foresee(empty, report.batch_id)
    assert [(one.code, one.why) for one in found.touched] == [("X0", "holds"), ("X1", "changed"), ("X2", "moved")]
    assert dict(found.reasons) == {"holds": 1, "changed": 1, "moved": 1} and not found.possible
    before = of(empty, Need.id, Need.state, Need.version, Need.code, Need.source_digest), of(empty, NeedEvent.id)
    with pytest.raises(Conflict) as refused:
        take_back(empty, report.batch_id)
    assert refused.value.key == "import_undo.touched"
    assert refused.value.values == {"count": 3, "needs": 30, "listed": 20, "codes": "X0, X1, X2"}
    empty.write(lambda session: session.execute(update(Need).where(Need.id.in_(ids)).values(version=9)))
    with pytest.raises(Conflict) as refused:
        take_back(empty, report.batch_id)
    assert refused.value.values["count"] == 30
    assert str(refused.value.values["codes"]).split(", ") == [f"X{n}" for n in range(20)]
    empty.write(
        lambda session: [
            session.execute(update(Need).where(Need.id == row[0]).values(version=row[2])) for row in before[0]
        ]
    )
    assert before == (
        of(empty, Need.id, Need.state, Need.version, Need.code, Need.source_digest),
        of(empty, NeedEvent.id),
    )
    assert of(empty, ImportBatch.undone_at) == [(None,)]


def test_a_register_with_numbers_of_its_own_comes_in_again_under_them(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))
    file = (
        HEADS + "X1,2026-11-20,洪渡社区,敖奶奶,理发,11月29日上午,1\n,2026-11-20,洪渡社区,李四,打扫卫生,11月29日上午,1\n"
    )
    report = bring(database, ImportKind.NEEDS, file)
    own = of(database, Need.id, Need.code)[1][1]
    take_back(database, report.batch_id)
    assert of(database, Need.id, Need.code) == [(1, "X1~1"), (2, own)]
    assert told(bring(database, ImportKind.NEEDS, file, now=LATER)) == (2, 0, 0)
    assert [code for _, code in of(database, Need.id, Need.code)][2] == "X1"


def test_links_to_what_is_taken_back_go_and_a_raised_urgency_is_named(empty: Database) -> None:
    """A stored need was called for again by three rows of the file and repeats a fourth, older one."""

    def row(day: str) -> str:
        return f",{day},洪渡社区,敖奶奶,理发,11月29日上午,1\n"

    bring(empty, ImportKind.NEEDS, HEADS + row("2026-11-10"))
    report = bring(empty, ImportKind.NEEDS, HEADS + "".join(row(f"2026-11-{day:02}") for day in (5, 12, 13)))
    stored, older, *later = (need_id for (need_id,) in of(empty, Need.id))
    assert dict(of(empty, Need.id, Need.earlier_need_id)) == {
        stored: older,
        older: None,
        later[0]: stored,
        later[1]: later[0],
    }
    with empty.read() as session:
        assert calls_behind(session, COUNTY, [stored])[stored].calls == 4
    raised = [row[0] for row in of(empty, Need.id, Need.raised_at) if row[1] is not None]
    assert raised == [older], "three repeats raise the first of the trouble, which the file itself brought"
    found = foresee(empty, report.batch_id)
    assert (found.possible, found.needs, found.linked, found.raised) == (True, 3, 1, ())
    assert take_back(empty, report.batch_id)["unlinked"] == 1
    with empty.read() as session:
        assert calls_behind(session, COUNTY, [stored])[stored].calls == 1
        kept = session.get_one(Need, stored)
        assert (kept.state, kept.earlier_need_id, kept.version) == ("open", None, 2)
        audit = session.scalars(select(Audit).where(Audit.subject == "need", Audit.subject_id == stored)).one()
        assert (audit.before, audit.after) == ({"earlier_need_id": older}, {"earlier_need_id": None})


def test_urgency_raised_elsewhere_stays_and_so_do_values_the_file_changed(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))
    first = (
        HEADS
        + "A1,2026-11-05,洪渡社区,敖奶奶,理发,11月29日上午,1\nA2,2026-11-05,洪渡社区,李四,打扫卫生,11月29日上午,1\n"
    )
    bring(database, ImportKind.NEEDS, first)
    calls = "".join(f"B{day},2026-11-{day:02},洪渡社区,敖奶奶,理发,11月29日上午,1\n" for day in (6, 7, 8))
    second = HEADS + "A2,2026-11-05,洪渡社区,李四,打扫卫生,11月30日上午,1\n" + calls
    report = bring(database, ImportKind.NEEDS, second, confirmed=True)
    assert (report.changed, report.stored, report.linked) == (1, 4, 3)
    found = foresee(database, report.batch_id)
    assert (found.needs, found.changed, found.raised) == (3, 1, ("A1",))
    take_back(database, report.batch_id)
    states = {
        code: (state, urgency) for _, code, state, urgency in of(database, Need.id, Need.code, Need.state, Need.urgency)
    }
    assert states["A1"] == ("open", "soon") and states["A2"] == ("open", "normal")
    assert [state for code, (state, _) in states.items() if code.startswith("B")] == ["cancelled"] * 3
    assert of(database, Need.code, Need.time_text)[1] == ("A2", "11月30日上午")


def test_a_cancelled_one_repeats_nothing_until_somebody_opens_it_again(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))
    report = bring(database, ImportKind.NEEDS, HEADS + ",2026-11-25,洪渡社区,敖奶奶,理发,11月29日上午,1\n")
    ((_, category, village),) = of(database, Need.id, Need.category_id, Need.village_code)
    order = Order(category_id=category, place=PlaceWish(village_code=village), resident=Caller(name="敖奶奶"))
    assert len(answer(database, repeats, ADMIN, order=order, now=LATER)) == 1
    take_back(database, report.batch_id)
    assert len(answer(database, repeats, ADMIN, order=order, now=LATER)) == 0
    perform(database, needs.reopen, ADMIN, now=LATER, need_id=1, reason="是真的")
    assert len(answer(database, repeats, ADMIN, order=order, now=LATER)) == 1


def test_it_is_undone_once_and_the_second_reads_by_whom(empty: Database) -> None:
    report = bring(empty, ImportKind.NEEDS)
    office = [empty.write(lambda session: an_account(session, Role.ADMIN)) for _ in range(2)]

    def one(account: Account) -> str:
        try:
            take_back(empty, report.batch_id, an_actor(Role.ADMIN, account_id=account.id))
        except Conflict as error:
            return f"{error.key} {error.values['by']}"
        return account.display_name

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, office), key=len)
    assert said[1] == f"import_undo.already {said[0]}"
    assert [(state, version) for _, state, version in of(empty, Need.id, Need.state, Need.version)] == [
        ("cancelled", 2)
    ] * 11
    (past,) = answer(empty, history, ADMIN)
    assert (past.undone_at, past.undone_by) == (LATER, said[0])
    with pytest.raises(Conflict) as refused:
        foresee(empty, report.batch_id)
    assert refused.value.values == {"at": "2026-11-29 16:00", "by": said[0]}


def test_only_who_imports_for_the_whole_county_undoes(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))
    bring(database, ImportKind.SITES)
    report = bring(database, ImportKind.NEEDS)
    of_a_part = replace(an_actor(Role.ADMIN), site_path="/1/2/")
    for actor in (*(an_actor(role) for role in (Role.COORDINATOR, Role.STATION_WORKER, Role.LEADER)), of_a_part):
        with pytest.raises(Forbidden):
            take_back(database, report.batch_id, actor)
        with pytest.raises(Forbidden):
            foresee(database, report.batch_id, actor)
    assert set(of(database, Need.state)) == {("open",), ("to_verify",)}


def test_what_is_no_import_of_needs_is_refused_in_words(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))
    sites = bring(database, ImportKind.SITES)
    bring(database, ImportKind.NEEDS)
    nothing = bring(database, ImportKind.NEEDS)
    for batch_id, error, key in (
        (sites.batch_id, Invalid, "only_needs"), (99, NotFound, "no_such"), (nothing.batch_id, Invalid, "nothing"),
    ):  # fmt: skip
        with pytest.raises(error) as refused:
            take_back(database, batch_id)
        assert refused.value.key == f"import_undo.{key}" and known(refused.value.key)


def test_many_are_ended_as_one_is(empty: Database) -> None:
    """Both ways of cancelling leave the same in the need and in its history."""
    bring(
        empty,
        ImportKind.NEEDS,
        HEADS + "".join(f",2026-11-25,洪渡社区,{name},理发,11月29日上午,1\n" for name in "甲乙"),
    )
    perform(empty, needs.cancel, ADMIN, now=LATER, need_id=1, reason=REASON)

    def rest(session: Any) -> int:
        work = Work(session=session, actor=ADMIN, now=LATER, name="test", action=Action.EDIT_NEED)
        return need_life.end_many(work, Need.id == 2, NeedState.CANCELLED, reason=REASON)

    assert empty.write(rest) == 1
    with empty.read() as session:
        one, two = ({**vars(row)} for row in session.scalars(select(Need).order_by(Need.id)))
        differing = {name for name in one if one[name] != two[name]} - {"_sa_instance_state"}
        assert differing <= {"id", "code", "person_id", "source_digest", "raw"}
        events = [session.scalars(select(NeedEvent).where(NeedEvent.need_id == need)).all()[-1] for need in (1, 2)]
        first, second = ({**vars(row)} for row in events)
        assert {name for name in first if first[name] != second[name]} == {"_sa_instance_state", "id", "need_id"}
    with pytest.raises(Invalid) as refused:
        empty.write(rest)
    assert refused.value.key == "needs.already_so"


def test_every_table_that_points_to_a_need_has_its_words() -> None:
    tables = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "needs" for key in column.foreign_keys)
    }
    assert OWN < tables
    assert [] == sorted(name for name in tables - OWN if not known(f"import_undo.why.{name}"))


def test_what_is_stopped_undoes_nothing_and_a_job_may_be_asked_for_again(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))
    batch_id = bring(database, ImportKind.NEEDS).batch_id or 0

    class StopsBeforeTheEnd(Watch):
        def begin(self, step: str, total: int = 0) -> None:
            if step == import_undo.STEPS[-1]:
                self.stop()
            super().begin(step, total)

    with pytest.raises(Stopped):
        perform(database, undo, ADMIN, now=LATER, batch_id=batch_id, reason=REASON, watch=StopsBeforeTheEnd())
    assert set(of(database, Need.state)) == {("open",), ("to_verify",)}
    assert of(database, ImportBatch.undone_at) == [(None,)]
    for _ in range(2):
        job_id = import_undo.start(database, ADMIN, batch_id=batch_id, reason=REASON, now=LATER, key="a")
        assert jobs.wait(job_id, ADMIN, 30).result["needs"] == 11, "a double click is one job"
