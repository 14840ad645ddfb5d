"""Notebooks: versions, two editors, sharing; runs; frozen decks that stay as they are; decisions; on both databases."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.deck import Chart, Deck, Number, Table, deck_of_plain, deck_to_plain
from dashboard.core.edges import USUAL
from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.frame_suppression import HIDDEN
from dashboard.core.frames import Frame
from dashboard.core.matching.watch import Stopped, Watch
from dashboard.core.notebook import cells_of
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.formats.chart_pictures import svg
from dashboard.services import edges, freezes, jobs, needs, notebook_runs, notebooks, targets
from dashboard.services.commands import perform
from dashboard.services.query_cells import Limits
from dashboard.services.questions import answer
from dashboard.text import text
from dashboard.ui import deck_words, notebook_templates
from db.engine import Database
from db.models import Site
from tests.builders import NOW, a_need, a_site, actor_for, an_account
from tests.hiding import hide_small

TEXT = [{"name": "opening", "kind": "text", "markdown": "# 要点\n- 一", "notes": "先讲这一句"}]
COUNT = {"name": "orders", "kind": "query", "title": "需求", "sql": "select state, count(*) n from needs group by 1"}


class Desk:
    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder

        def build(session: Any) -> None:
            self.centre = a_site(session)
            here, there = a_site(session, self.centre), a_site(session, self.centre)
            self.li = actor_for(an_account(session, display_name="李"))
            self.wang = actor_for(an_account(session, display_name="王"))
            self.leader = actor_for(an_account(session, Role.LEADER))
            self.local = actor_for(an_account(session, Role.LEADER, there), there)
            self.worker = actor_for(an_account(session, Role.STATION_WORKER, here), here)
            for _ in range(7):
                a_need(session, here)
            self.need = a_need(session, here, state="draft").id

        database.write(build)

    def do(self, deed: Any, who: Actor | None = None, **values: Any) -> Any:
        return perform(self.database, deed, who or self.li, now=NOW, **values)

    def make(self, *cells: Any, who: Actor | None = None) -> int:
        return int(self.do(notebooks.create, who, title="月报", cells=[*TEXT, *cells])["notebook_id"])

    def open(self, notebook_id: int, who: Actor | None = None, version: int | None = None) -> notebooks.Opened:
        return answer(self.database, notebooks.opened, who or self.li, notebook_id=notebook_id, version=version)

    def run(self, *cells: Any, who: Actor | None = None) -> dict[str, notebook_runs.Outcome]:
        limits = Limits(directory=self.folder)
        return notebook_runs.run(self.database, who or self.li, cells_of(list(cells)), NOW, limits=limits)


@pytest.fixture
def desk(any_database: Database, tmp_path: Path) -> Desk:
    return Desk(any_database, tmp_path / "queries")


def test_every_save_is_a_version_and_an_earlier_one_can_come_back(desk: Desk) -> None:
    book = desk.make()
    desk.do(notebooks.save, notebook_id=book, version=1, title="月报", cells=[*TEXT, COUNT])
    first = desk.open(book, version=1)
    desk.do(notebooks.save, notebook_id=book, version=2, title="月报", cells=[one.plain() for one in first.cells])
    assert [one.number for one in answer(desk.database, notebooks.versions, desk.li, notebook_id=book)] == [3, 2, 1]
    assert desk.open(book).cells == first.cells
    assert len(desk.open(book, version=2).cells) == 2


def test_two_editors_don_t_overwrite_each_other(desk: Desk) -> None:
    book = desk.make()
    desk.do(notebooks.save, notebook_id=book, version=1, title="月报", cells=[*TEXT, COUNT])
    with pytest.raises(Conflict) as refused:
        desk.do(notebooks.save, notebook_id=book, version=1, title="另一个", cells=TEXT)
    assert refused.value.values["who"] == "李"
    assert len(desk.open(book).cells) == 2


def test_others_read_what_is_shared_and_change_nothing(desk: Desk) -> None:
    book = desk.make()
    with pytest.raises(NotFound):
        desk.open(book, desk.wang)
    desk.do(notebooks.share, notebook_id=book, sharing="read")
    assert not desk.open(book, desk.wang).mine
    with pytest.raises(Forbidden):
        desk.do(notebooks.save, desk.wang, notebook_id=book, version=1, title="改", cells=TEXT)
    with pytest.raises(Forbidden):
        answer(desk.database, notebooks.listed, desk.worker)
    desk.do(notebooks.archive, notebook_id=book)
    assert answer(desk.database, notebooks.listed, desk.li) == ()


def test_a_deck_is_read_by_those_who_may_read_its_notebook(desk: Desk) -> None:
    book = desk.make()
    made = deck_words.freeze(desk.database, desk.li, desk.open(book), "zh")["freeze_id"]
    with pytest.raises(NotFound):
        answer(desk.database, freezes.frozen, desk.leader, freeze_id=made)
    desk.do(notebooks.share, notebook_id=book, sharing="read")
    assert answer(desk.database, freezes.frozen, desk.leader, freeze_id=made).id == made
    with pytest.raises(NotFound):
        answer(desk.database, freezes.frozen, desk.local, freeze_id=made)
    desk.do(notebooks.archive, notebook_id=book)
    with pytest.raises(NotFound):
        desk.open(book)


def test_a_query_reads_the_cells_above_and_those_below_an_error_say_why_they_wait(desk: Desk) -> None:
    found = desk.run(
        {"name": "least", "kind": "input", "title": "", "value": "2"},
        COUNT,
        {"name": "many", "kind": "query", "title": "", "sql": "select state from orders where n >= :least"},
        {"name": "broken", "kind": "query", "title": "", "sql": "select nothing from needs"},
        {"name": "after", "kind": "query", "title": "", "sql": "select * from broken"},
        {
            "name": "drawn",
            "kind": "chart",
            "title": "",
            "source": "many",
            "mark": "bars",
            "x": "state",
            "y": "n",
            "series": "",
        },
        {"name": "six", "kind": "figure", "keys": "needs_open"},
    )
    assert found["many"].frame == Frame(("state",), (("open",),))
    assert found["broken"].error.startswith("queries.")
    assert found["after"].waits_for == "broken"
    assert found["drawn"].error == "notebook.no_column"
    assert found["six"].figures["needs_open"].value == 7


def test_results_are_the_reader_s_own_part(desk: Desk) -> None:
    assert desk.run(COUNT)["orders"].frame != desk.run(COUNT, who=desk.local)["orders"].frame
    assert desk.run(COUNT, who=desk.local)["orders"].frame == Frame(("state", "n"), ())


@pytest.mark.parametrize("name", notebook_templates.NAMES)
def test_every_template_runs_and_freezes(desk: Desk, name: str) -> None:
    for language in ("zh", "en"):
        plain = notebook_templates.cells(name, language)
        found = desk.run(*plain, who=desk.leader)
        assert {key: one.error for key, one in found.items() if not one.good} == {}
    book = int(desk.do(notebooks.create, title="月报", cells=plain)["notebook_id"])
    made = deck_words.freeze(desk.database, desk.li, desk.open(book), "zh")
    assert answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"]).deck.slides


def test_a_frozen_deck_stays_what_it_was_and_counts_the_changes(desk: Desk) -> None:
    book = desk.make(COUNT, {"name": "six", "kind": "figure", "keys": "needs_open needs_registered"})
    made = deck_words.freeze(desk.database, desk.li, desk.open(book), "zh")
    before = answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"])
    assert before.changes == 0
    desk.do(needs.cancel, need_id=desk.need, reason="不用了")
    after = answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"])
    assert json.dumps(deck_to_plain(after.deck)) == json.dumps(deck_to_plain(before.deck))
    assert after.changes == 1
    with pytest.raises(NotFound):
        answer(desk.database, freezes.frozen, desk.local, freeze_id=made["freeze_id"])


def test_a_freeze_tells_the_cell_it_is_at_and_stopped_it_keeps_nothing(desk: Desk) -> None:
    book = desk.open(desk.make(COUNT))
    told: list[tuple[str, int]] = []

    class Noted(Watch):
        def begin(self, step: str, total: int = 0) -> None:
            super().begin(step, total)
            told.append((step, total))

    class Stopping(Watch):
        def count(self, done: int) -> None:
            super().count(done)
            if self.step == "orders":
                self.stop()

    with pytest.raises(Stopped):
        deck_words.freeze(desk.database, desk.li, book, "zh", Stopping())
    assert answer(desk.database, freezes.freezes, desk.li, notebook_id=book.id) == ()
    deck_words.freeze(desk.database, desk.li, book, "zh", Noted())
    assert told == [("orders", 1)], "a text asks nothing"
    job, twin = (deck_words.start(desk.database, desk.li, book, "zh", "k1") for _ in range(2))
    found = jobs.wait(job, desk.li, 120)
    assert job == twin and found.state == "done" and found.result["title"] == "月报"
    assert len(answer(desk.database, freezes.freezes, desk.li, notebook_id=book.id)) == 2


def test_no_deck_shows_single_volunteers_whoever_freezes(desk: Desk) -> None:
    people = {"name": "people", "kind": "query", "title": "", "sql": "select masked_name from volunteers"}
    assert desk.run(people)["people"].good
    with pytest.raises(Invalid) as refused:
        deck_words.freeze(desk.database, desk.li, desk.open(desk.make(people)), "zh")
    assert refused.value.values["name"] == "people"


def test_a_deck_names_the_rules_that_held_and_the_target_beside_its_figure(desk: Desk) -> None:
    figure = {"name": "six", "kind": "figure", "keys": "needs_registered"}
    book = desk.open(desk.make(figure))

    def frozen() -> Any:
        made = deck_words.freeze(desk.database, desk.li, book, "zh")
        return answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"]).deck

    assert "规则未改动过" in frozen().foot
    admin = desk.database.write(lambda session: actor_for(an_account(session, Role.ADMIN)))
    year = str(datetime.now(COUNTY_TIME).year)
    wanted = {"figure": "needs_registered", "period": year, "value": 900.0, "most": False}
    desk.do(targets.put, admin, reason="计划", version=0, **wanted)
    deck = frozen()
    assert "目标第 1 版" in deck.foot
    (number,) = [block for slide in deck.slides for block in slide.blocks if isinstance(block, Number)]
    assert any("900" in line for line in number.beside)


def test_a_frozen_deck_keeps_the_edges_its_figures_were_cut_at(desk: Desk) -> None:
    book = desk.open(desk.make({"name": "six", "kind": "figure", "keys": "volunteers_active"}))

    def frozen(freeze_id: int | None = None) -> tuple[int, Deck]:
        made = freeze_id or deck_words.freeze(desk.database, desk.li, book, "zh")["freeze_id"]
        return made, answer(desk.database, freezes.frozen, desk.li, freeze_id=made).deck

    def told(deck: Deck) -> str:
        return next(one.definition for slide in deck.slides for one in slide.blocks if isinstance(one, Number))

    first, before = frozen()
    admin = desk.database.write(lambda session: actor_for(an_account(session, Role.ADMIN)))
    desk.do(edges.publish, admin, edges=replace(USUAL, active_days=45).plain(), reason="计划", version=0)
    assert deck_to_plain(frozen(first)[1]) == deck_to_plain(before)
    after = frozen()[1]
    assert ("90 天" in told(before), "45 天" in told(after)) == (True, True)
    assert ("指标口径" in before.foot, "指标口径第 1 版" in after.foot) == (False, True)


def test_a_deck_of_a_part_shows_that_part_s_target_and_not_the_county_s(desk: Desk) -> None:
    admin = desk.database.write(lambda session: actor_for(an_account(session, Role.ADMIN)))
    year = str(datetime.now(COUNTY_TIME).year)
    wanted = {"figure": "needs_registered", "period": year, "most": False, "reason": "计划"}
    desk.do(targets.put, admin, value=900.0, version=0, **wanted)
    desk.do(targets.put, admin, value=77.0, version=1, site_id=desk.local.site_id, **wanted)
    book = desk.make({"name": "six", "kind": "figure", "keys": "needs_registered"})
    desk.do(notebooks.share, notebook_id=book, sharing="read")

    def beside(who: Actor) -> str:
        made = deck_words.freeze(desk.database, who, desk.open(book, who), "zh")
        deck = answer(desk.database, freezes.frozen, who, freeze_id=made["freeze_id"]).deck
        (number,) = [block for slide in deck.slides for block in slide.blocks if isinstance(block, Number)]
        return " ".join(number.beside)

    for who, mine, other in ((desk.li, "900", "77"), (desk.local, "77", "900")):
        assert mine in beside(who)
        assert other not in beside(who)


def test_small_counts_are_hidden_on_a_screen(desk: Desk) -> None:
    made = deck_words.freeze(desk.database, desk.li, desk.open(desk.make(COUNT)), "zh")
    (slide,) = answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"]).deck.slides
    table = next(block for block in slide.blocks if isinstance(block, Table))
    assert {cell for row in table.rows for cell in row[1:]} == {"*"}


def test_ids_are_on_no_screen_and_a_table_without_rows_says_so(desk: Desk) -> None:
    cell = {"name": "none", "kind": "query", "title": "没有", "sql": "select site_id, name from sites where 0"}
    made = deck_words.freeze(desk.database, desk.li, desk.open(desk.make(cell)), "zh")
    deck = answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"]).deck
    (table,) = [block for slide in deck.slides for block in slide.blocks if isinstance(block, Table)]
    assert (table.columns, table.rows, table.note) == (("name",), (), "没有符合的行。")


def test_a_figure_of_a_year_says_its_month_and_the_same_days_of_the_last(desk: Desk) -> None:
    cell = {"name": "figures", "kind": "figure", "keys": "needs_registered teams in_time"}
    made = deck_words.freeze(desk.database, desk.li, desk.open(desk.make(cell)), "zh")
    deck = answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"]).deck
    year, now, rate = [block for slide in deck.slides for block in slide.blocks if isinstance(block, Number)]
    assert year.beside[0] == "近 12 个月"
    assert "，上月同期 " in year.beside[1]
    assert now.beside == ("截至现在",)
    assert rate.beside[0].startswith("近 12 个月 · 基数 ")


def test_a_decision_is_kept_once_and_opens_the_next_meeting_until_it_is_done(desk: Desk) -> None:
    book = desk.make()
    first = deck_words.freeze(desk.database, desk.li, desk.open(book), "zh")["freeze_id"]
    values = {
        "freeze_id": first,
        "words": "每站补一名急救员",
        "owner": "王主任",
        "due": date(2026, 12, 20),
        "screen": "要点",
    }
    one = desk.do(freezes.decide, key="decision:1:a", **values)
    assert desk.do(freezes.decide, key="decision:1:a", **values) == one
    second = deck_words.freeze(desk.database, desk.li, desk.open(book), "zh")["freeze_id"]
    slides = answer(desk.database, freezes.frozen, desk.li, freeze_id=second).deck.slides
    opening = slides[0].blocks[0]
    assert isinstance(opening, Table)
    assert opening.rows[0][:2] == ("每站补一名急救员", "王主任")
    desk.do(freezes.close_decision, **one)
    with pytest.raises(Conflict):
        desk.do(freezes.close_decision, **one)
    third = deck_words.freeze(desk.database, desk.li, desk.open(book), "zh")["freeze_id"]
    assert answer(desk.database, freezes.frozen, desk.li, freeze_id=third).deck.slides[0].title == "要点"
    with pytest.raises(DashboardError):
        desk.do(freezes.decide, **(values | {"words": " "}))


def test_a_deck_survives_its_way_through_json(desk: Desk) -> None:
    made = deck_words.freeze(desk.database, desk.li, desk.open(desk.make(COUNT)), "en")
    deck = answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"]).deck
    assert deck_of_plain(json.loads(json.dumps(deck_to_plain(deck)))) == deck


def test_data_that_changed_while_freezing_is_said(desk: Desk) -> None:
    book = desk.make()
    with pytest.raises(Conflict):
        plain = {"title": "a", "foot": "", "slides": []}
        desk.do(freezes.freeze, notebook_id=book, version=1, deck=plain, revision=-1)


counts = st.integers(0, 12)


@given(st.lists(st.tuples(st.sampled_from("甲乙丙丁"), counts, counts, st.floats(0, 1)), max_size=6))
def test_no_small_count_and_no_number_beside_it_is_left(rows: list[Any]) -> None:
    frame, hid = hide_small(Frame(("town", "a", "b", "share"), tuple(rows)))
    for row, old in zip(frame.rows, rows, strict=True):
        assert all(value is HIDDEN or not 0 < value < 5 for value in row[1:3])
        if HIDDEN in row[1:3]:
            assert row[3] is HIDDEN
        assert all(value is HIDDEN or value == was for value, was in zip(row, old, strict=True))
    assert hid == any(HIDDEN in row for row in frame.rows)


def test_a_change_does_not_bring_a_hidden_count_back() -> None:
    rows = (("a", 7, 3, -4), ("b", 20, 31, 11), ("c", 40, 38, -2), ("d", 9, 9, 0), ("e", 60, 58, -2), ("f", 80, 83, 3))
    frame, _ = hide_small(Frame(("town", "before", "after", "change"), rows))
    assert frame.rows[0][2] is HIDDEN
    for row in frame.rows:
        assert (row[3] is HIDDEN) == (HIDDEN in row[1:3]), row
    # Where nothing else is hidden a small change is shown: it counts nobody.
    assert frame.rows[4:] == rows[4:]


def test_a_number_below_zero_beside_a_hidden_count_is_hidden() -> None:
    rows = (("a", 3, -4), ("b", 30, 2), ("c", 30, 5), ("d", 30, 9))
    assert hide_small(Frame(("town", "orders", "balance"), rows))[0].rows[0][1:] == (HIDDEN, HIDDEN)


def test_ids_are_no_counts() -> None:
    frame = Frame(("site_id", "n"), ((1, 30), (2, 40)))
    assert hide_small(frame) == (frame, False)


def test_years_are_no_counts() -> None:
    frame = Frame(("year", "n"), ((2025, 30), (2026, 40)))
    assert hide_small(frame) == (frame, False)


def test_shared_to_edit_others_save_and_only_its_owner_shares_it(desk: Desk) -> None:
    book = desk.make()
    with pytest.raises(Invalid):
        desk.do(notebooks.share, notebook_id=book, sharing="public")
    desk.do(notebooks.share, notebook_id=book, sharing="edit")
    opened = desk.open(book, desk.wang)
    assert (opened.edits, opened.mine, desk.open(book).mine) == (True, False, True)
    desk.do(notebooks.save, desk.wang, notebook_id=book, version=1, title="月报", cells=[*TEXT, COUNT])
    assert len(desk.open(book).cells) == 2
    for deed, values in ((notebooks.share, {"sharing": "private"}), (notebooks.archive, {})):
        with pytest.raises(Forbidden):
            desk.do(deed, desk.wang, notebook_id=book, **values)
    desk.do(notebooks.share, notebook_id=book, sharing="private")
    with pytest.raises(NotFound):
        desk.do(notebooks.save, desk.wang, notebook_id=book, version=2, title="月报", cells=TEXT)


@pytest.mark.parametrize("sharing", ["read", "template"])
def test_what_may_be_read_is_copied_and_not_changed(desk: Desk, sharing: str) -> None:
    book = desk.make(COUNT)
    with pytest.raises(NotFound):
        desk.do(notebooks.copy, desk.wang, notebook_id=book, title="我的")
    desk.do(notebooks.share, notebook_id=book, sharing=sharing)
    with pytest.raises(Forbidden):
        desk.do(notebooks.save, desk.wang, notebook_id=book, version=1, title="改", cells=TEXT)
    copied = desk.do(notebooks.copy, desk.wang, notebook_id=book, title="我的")["notebook_id"]
    mine = desk.open(copied, desk.wang)
    assert (mine.cells, mine.title, mine.mine, mine.sharing) == (desk.open(book).cells, "我的", True, "private")
    with pytest.raises(NotFound):
        desk.open(copied)


def test_queries_are_given_inputs_by_their_type(desk: Desk) -> None:
    def of(kind: str, value: str, sql: str) -> Any:
        cell = {"name": "a", "kind": "input", "title": "", "value": value, "type": kind}
        found = desk.run(cell, {"name": "q", "kind": "query", "title": "", "sql": sql})["q"]
        return found.frame.rows[0] if found.frame else found.error

    assert of("range", "2026-01-05/2026-02-01", "select :a_from, :a_to") == ("2026-01-05", "2026-02-01")
    assert of("range", "last:30", "select julianday(:a_to) - julianday(:a_from), :a_to = :today") == (29.0, 1)
    assert of("range", "", "select :a_from, :a_to") == ("", "")
    assert of("day", "2026-01-05", "select :a") == ("2026-01-05",)
    assert of("text", "12", "select typeof(:a)") == ("integer",)
    assert of("town", "12", "select typeof(:a)") == ("text",)
    assert of("range", "last:30", "select :a") == "queries.parameter"


def a_map(sql: str, y: str = "") -> list[dict[str, str]]:
    return [
        {"name": "rows", "kind": "query", "title": "", "sql": sql},
        {"name": "spots", "kind": "map", "title": "", "source": "rows", "y": y},
    ]


def test_a_map_puts_rows_at_their_coordinates_or_sites(desk: Desk) -> None:
    def place(session: Any) -> None:
        site = session.get(Site, desk.local.site_id)
        site.lon, site.lat, site.name = 107.5, 28.5, "甲站"

    desk.database.write(place)
    number = desk.local.site_id
    by_site = desk.run(*a_map(f"select {number} as site_id, 3 as n union all select 0, 4", "n"))["spots"]
    assert by_site.frame == Frame(notebook_runs.PLACES, ((str(number), 107.5, 28.5, 3),))
    by_name = desk.run(*a_map("select name, lon, lat from sites where name = '甲站'"))["spots"]
    assert by_name.frame == Frame(notebook_runs.PLACES, (("甲站", 107.5, 28.5, None),))
    odd = desk.run(*a_map("select 'x' as a, 200 as lon, 1 as lat union all select 'y', null, 2"))["spots"]
    assert odd.frame == Frame(notebook_runs.PLACES, ())


def test_a_map_shows_places_of_the_reader_s_part_only(desk: Desk) -> None:
    def place(session: Any) -> None:
        for site in session.scalars(select(Site)):
            site.lon, site.lat = 107.5, 28.5

    desk.database.write(place)
    cells = a_map("select 1 as n, value as site_id from (select 1 as value union select 2 union select 3)", "n")
    whole, part = desk.run(*cells)["spots"].frame, desk.run(*cells, who=desk.local)["spots"].frame
    assert whole is not None and part is not None
    assert len(whole.rows) == 3
    assert [row[0] for row in part.rows] == [str(desk.local.site_id)]


@pytest.mark.parametrize(
    ("sql", "y", "key"),
    [("select 1 as n", "n", "notebook.no_place"), ("select 1 as lon, 2 as lat", "n", "notebook.no_column")],
)
def test_a_map_without_a_place_says_what_is_missing(desk: Desk, sql: str, y: str, key: str) -> None:
    assert desk.run(*a_map(sql, y))["spots"].error == key


def test_a_map_is_a_picture_on_the_deck(desk: Desk) -> None:
    book = desk.make(*a_map("select 'a' as name, 107.5 as lon, 28.5 as lat, 12 as n", "n"))
    made = deck_words.freeze(desk.database, desk.li, desk.open(book), "zh")
    (slide,) = answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"]).deck.slides
    chart = next(block for block in slide.blocks if isinstance(block, Chart))
    assert "<svg" in svg(chart.spec, width=600, height=400)


def test_a_map_shows_no_number_that_the_table_beside_it_hides(desk: Desk) -> None:
    towns = {"甲": (84, 48), "乙": (30, 15), "丙": (9, 3), "丁": (8, 2), "戊": (27, 8)}
    union = " union all ".join(
        f"select '{name}' as name, 107.{at} as lon, 28.{at} as lat, {opened} as n, {late} as late"
        for at, (name, (opened, late)) in enumerate(towns.items(), 1)
    )
    book = desk.make(*a_map(union, "n"))
    made = deck_words.freeze(desk.database, desk.li, desk.open(book), "zh")
    slides = answer(desk.database, freezes.frozen, desk.li, freeze_id=made["freeze_id"]).deck.slides
    blocks = [block for slide in slides for block in slide.blocks]
    (table,) = [block for block in blocks if isinstance(block, Table)]
    (drawn,) = [block for block in blocks if isinstance(block, Chart)]
    star, at = text("zh", "notebook.hidden"), table.columns.index("n")
    said = {str(row[0]): row[at] for row in table.rows}
    assert [name for name, value in said.items() if value == star] == ["丙", "丁"]
    written = {point["inside"] for rows in drawn.spec["datasets"].values() for point in rows if "inside" in point}
    assert written == {"", "84", "30", "27"}
    assert text("zh", "notebook.small_hidden", most=5) in drawn.title
