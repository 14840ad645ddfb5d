"""Kept results: whose they are, what is stale, how they differ from the run before; on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core import permissions
from dashboard.core.errors import NotFound
from dashboard.core.notebook import Cell, cells_of
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import Role
from dashboard.services import needs, notebook_results, notebooks, questions
from dashboard.services.commands import perform
from dashboard.services.notebook_results import Seen, forget_known, look, run_cells
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Audit, NotebookResult
from tests.builders import NOW, a_need, a_site, actor_for, an_account

LEAST = {"name": "least", "kind": "input", "title": "", "value": "1"}
ORDERS = {"name": "orders", "kind": "query", "title": "", "sql": "select state, count(*) n from needs group by 1"}
MANY = {"name": "many", "kind": "query", "title": "", "sql": "select state from orders where n >= :least"}
SITES = {"name": "places", "kind": "query", "title": "", "sql": "select name from sites"}
DRAWN = {"name": "drawn", "kind": "chart", "title": "", "source": "orders", "mark": "bars", "x": "state", "y": "n"}
SIX = {"name": "six", "kind": "figure", "keys": "needs_open needs_registered"}
BOOK = [LEAST, ORDERS, MANY, SITES, DRAWN, SIX]
ASKING = {"orders", "many", "places", "six"}


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            centre = a_site(session)
            here, there = a_site(session, centre), a_site(session, centre)
            self.li = actor_for(an_account(session, display_name="李"))
            self.wang = actor_for(an_account(session, display_name="王"))
            self.admin = actor_for(an_account(session, Role.ADMIN))
            self.leader = actor_for(an_account(session, Role.LEADER))
            self.local = actor_for(an_account(session, Role.COORDINATOR, there), there)
            for _ in range(7):
                a_need(session, here)
            self.need = a_need(session, here, state="draft").id

        database.write(build)
        self.cells = cells_of(BOOK)
        told = perform(database, notebooks.create, self.li, now=NOW, title="月报", cells=BOOK)
        self.book = int(told["notebook_id"])
        perform(database, notebooks.share, self.li, now=NOW, notebook_id=self.book, sharing="read")

    def look(self, who: Actor | None = None, cells: Any = None, now: Any = NOW) -> dict[str, Seen]:
        return look(self.database, who or self.li, self.book, cells or self.cells, now)

    def run(self, *wanted: str, who: Actor | None = None, cells: Any = None, now: Any = NOW) -> list[str]:
        """Run them; returns the cells that were run, in order."""
        told: list[str] = []

        def progress(done: int, total: int, name: str) -> None:
            told.append(name)

        names = wanted or tuple(ASKING)
        run_cells(self.database, who or self.li, self.book, cells or self.cells, names, now, progress)
        return told

    def stale(self, **more: Any) -> set[str]:
        return {name for name, one in self.look(**more).items() if one.stale}

    def cancel(self) -> None:
        perform(self.database, needs.cancel, self.li, now=NOW, need_id=self.need, reason="不用了")


@pytest.fixture
def desk(any_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    forget_known()
    yield Desk(any_database)
    forget_known()


def restart() -> None:
    forget_known()
    questions.forget_all()


def test_a_result_is_there_after_a_restart_with_who_ran_it_and_when(desk: Desk) -> None:
    assert {one.outcome for name, one in desk.look().items() if name in ASKING} == {None}
    desk.run()
    before = desk.look()
    restart()
    after = desk.look()
    assert after == before
    kept = after["orders"].kept
    assert kept is not None and (kept.by, kept.at, kept.rows, kept.difference) == ("李", NOW, 2, None)
    assert after["orders"].outcome is not None and after["orders"].outcome.frame is not None
    assert dict(after["orders"].outcome.frame.rows) == {"draft": 1, "open": 7}
    assert after["drawn"].outcome == after["orders"].outcome or after["drawn"].outcome is not None
    assert after["six"].outcome is not None and after["six"].outcome.figures["needs_open"].value == 7
    assert desk.stale() == set()


def test_a_colleague_of_the_same_kind_sees_it_and_who_ran_it(desk: Desk) -> None:
    desk.run()
    kept = desk.look(desk.wang)["orders"].kept
    assert kept is not None and kept.by == "李"


def test_nobody_is_shown_what_was_computed_for_other_rights_or_another_part(desk: Desk) -> None:
    desk.run(who=desk.admin)
    for who in (desk.li, desk.leader, desk.local):
        assert {one.outcome for name, one in desk.look(who).items() if name in ASKING} == {None}
    desk.run(who=desk.li)
    for who in (desk.leader, desk.local):
        assert desk.look(who)["orders"].outcome is None
        assert desk.look(who)["drawn"].outcome is None
    desk.run(who=desk.local)
    found = desk.look(desk.local)["orders"].outcome
    assert found is not None and found.frame is not None and found.frame.rows == ()
    restart()
    assert desk.look()["orders"].kept is not None


def test_rights_that_were_taken_hide_what_was_computed_with_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.run()
    less = permissions.RIGHTS[Role.COORDINATOR] - {Action.SEE_VOLUNTEERS}
    monkeypatch.setitem(permissions.RIGHTS, Role.COORDINATOR, less)
    questions.forget_all()
    assert desk.look()["orders"].outcome is None
    desk.run()
    kept = desk.look()["orders"].kept
    assert kept is not None and kept.difference is None, "no difference to what may not be seen"


def test_a_run_says_what_changed_since_the_one_before(desk: Desk) -> None:
    desk.run()
    desk.cancel()
    later = NOW + timedelta(minutes=5)
    desk.run(now=later)
    restart()
    seen = desk.look(now=later)
    kept = seen["orders"].kept
    assert kept is not None and kept.difference is not None
    assert (kept.before_at, kept.at) == (NOW, later)
    assert kept.difference.rows_added == (("cancelled", 1),)
    assert kept.difference.rows_gone == (("draft", 1),)
    figures = seen["six"].kept
    assert figures is not None and figures.difference is not None and not figures.difference.gone


def test_a_change_of_the_data_makes_stale_what_reads_it_and_nothing_else(desk: Desk) -> None:
    desk.run()
    desk.cancel()
    assert desk.stale() == {"orders", "many", "drawn", "six"}
    assert desk.run("many") == ["orders", "many"], "what it reads is run first, the rest is left"
    assert desk.stale() == {"six"}


def test_a_result_that_came_out_the_same_makes_nothing_below_it_stale(desk: Desk) -> None:
    desk.run()
    assert desk.run("orders") == ["orders"]
    assert desk.stale() == set()


def test_another_day_makes_stale_what_depends_on_it(desk: Desk) -> None:
    desk.run()
    assert {"six"} <= desk.stale(now=NOW + timedelta(days=1))
    assert "places" not in desk.stale(now=NOW + timedelta(days=1))


def changed(cells: tuple[Cell, ...], name: str, **fields: str) -> tuple[Cell, ...]:
    return tuple(Cell(one.name, one.kind, {**one.fields, **fields}) if one.name == name else one for one in cells)


def test_a_typed_input_makes_its_dependants_stale_and_is_stored_for_nobody(desk: Desk) -> None:
    desk.run()
    typed = changed(desk.cells, "least", value="5")
    assert desk.stale(cells=typed) == {"many"}
    desk.run("many", cells=typed)
    assert desk.stale(cells=typed) == set()
    found = desk.look(cells=typed)["many"].outcome
    assert found is not None and found.frame is not None and found.frame.rows == (("open",),)
    restart()
    kept = desk.look()["many"].outcome
    assert kept is not None and kept.frame is not None and len(kept.frame.rows) == 2
    assert desk.stale() == set()


def test_a_draft_s_results_are_stored_for_nobody(desk: Desk) -> None:
    desk.run()
    draft = changed(desk.cells, "orders", sql="select state, count(*) n from needs where state = 'open' group by 1")
    assert desk.stale(cells=draft) == {"orders", "many", "drawn"}
    desk.run("orders", "many", "places", cells=draft)
    restart()
    assert desk.stale() == set()
    kept = desk.look()["orders"].kept
    assert kept is not None and kept.rows == 2


def test_a_run_that_is_stopped_keeps_the_cells_that_were_done(desk: Desk) -> None:
    def progress(done: int, total: int, name: str) -> None:
        if name == "places":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_cells(desk.database, desk.li, desk.book, desk.cells, ASKING, NOW, progress)
    restart()
    assert {name for name, one in desk.look().items() if one.kept is not None} == {"orders", "many", "drawn"}


def test_an_error_is_kept_as_the_cell_s_result(desk: Desk) -> None:
    broken = [{**ORDERS, "sql": "select nowhere from needs"}, MANY | {"sql": "select * from orders"}]
    told = perform(desk.database, notebooks.create, desk.li, now=NOW, title="坏", cells=broken)
    desk.book, desk.cells = int(told["notebook_id"]), cells_of(broken)
    desk.run("orders", "many")
    restart()
    seen = desk.look()
    assert seen["orders"].outcome is not None and seen["orders"].outcome.error == "queries.no_column"
    assert seen["many"].outcome is not None and seen["many"].outcome.waits_for == "orders"
    assert desk.stale() == set()


def test_one_row_a_cell_and_one_line_in_the_audit_a_run(desk: Desk) -> None:
    desk.run()
    desk.run()
    with desk.database.read() as session:
        assert len(session.scalars(select(NotebookResult)).all()) == len(ASKING)
        assert len(session.scalars(select(Audit).where(Audit.command == "notebook_results.keep")).all()) == 2


def test_a_notebook_that_may_not_be_read_keeps_nothing_and_shows_nothing(desk: Desk) -> None:
    desk.run()
    perform(desk.database, notebooks.share, desk.li, now=NOW, notebook_id=desk.book, sharing="private")
    assert answer(desk.database, notebook_results.kept, desk.wang, notebook_id=desk.book) == ()
    with pytest.raises(NotFound):
        perform(desk.database, notebook_results.keep, desk.wang, now=NOW, notebook_id=desk.book, results={})


@pytest.mark.parametrize(
    "sql", ["select 9e999 as big, -9e999 as small", "select '甲\u2028' as odd", "select null as a"]
)
def test_whatever_a_result_holds_is_kept_as_it_is(desk: Desk, sql: str) -> None:
    odd = [{**ORDERS, "sql": sql}]
    told = perform(desk.database, notebooks.create, desk.li, now=NOW, title="怪", cells=odd)
    desk.book, desk.cells = int(told["notebook_id"]), cells_of(odd)
    desk.run("orders")
    before = desk.look()["orders"].outcome
    restart()
    assert before is not None and before.good and desk.look()["orders"].outcome == before
