"""A figure by month and town: equal to the replay and to statements of our own, and the same after later events."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from dashboard.core.deck import deck_of_plain, deck_to_plain
from dashboard.core.deck_lapse import Lapse
from dashboard.core.errors import Invalid
from dashboard.core.frames import Frame
from dashboard.core.lapse import LapseFigure
from dashboard.core.notebook import cells_of
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.replay import Known
from dashboard.core.words import Role
from dashboard.services import activity_hours, held_hours, lapse, map_layers, notebook_runs
from dashboard.services.commands import perform
from dashboard.services.notebook_decks import deck_of
from dashboard.services.questions import answer
from dashboard.services.replay import figures_of
from dashboard.ui import deck_words
from db.engine import Database
from db.models import Division, HeldService, Need
from tests.builders import (
    COUNTY,
    NOW,
    a_county,
    a_need,
    a_service,
    a_site,
    a_volunteer,
    actor_for,
    an_account,
    an_activity,
    an_actor,
)
from tests.services.late_events import live

ALL = system_actor(COUNTY)
LEADER = Actor(1, "领导", Role.LEADER, COUNTY, None)
#: A month that was over before the later events of a test are told.
UNTIL = date(2026, 10, 31)
TOWNS = ("520326001", "520326002")


def towns(session: Any) -> None:
    for at, code in enumerate(TOWNS):
        session.add(Division(county=COUNTY, code=code, level="town", name=f"镇{at}", parent_code=COUNTY))


def asked(database: Database, figure: LapseFigure, known: Known, actor: Actor = ALL, **more: Any) -> Frame:
    values: dict[str, Any] = {"months": 8, "until": UNTIL, "now": NOW + timedelta(days=60)} | more
    return answer(database, lapse.by_town, actor, figure=figure, known=known, **values)


def sums(frame: Frame) -> list[int]:
    return [sum(int(row[at] or 0) for row in frame.rows) for at in range(2, len(frame.columns))]


def a_year(database: Database) -> None:
    database.write(lambda session: (a_county(session), a_site(session), a_site(session), towns(session)))
    live(database, 160, seed=3, since=NOW - timedelta(days=300), until=NOW, late=0.1)

    def settle(session: Any) -> None:
        for at, code in enumerate(TOWNS):
            session.execute(update(Need).where(Need.id % 3 == at).values(town_code=code))

    database.write(settle)


def test_month_ends_are_the_replay_s_and_stay_the_same_to_the_byte(any_database: Database) -> None:
    a_year(any_database)
    then, now = (asked(any_database, LapseFigure.NEEDS_OPEN, known) for known in Known)
    days = [date.fromisoformat(name) for name in then.columns[2:]]
    assert [row[1] for row in then.rows] == ["镇0", "镇1", ""]
    for frame, known in ((then, Known.THEN), (now, Known.NOW)):
        replayed = [
            answer(any_database, figures_of, ALL, day=day, known=known, now=NOW).values["needs_open"] for day in days
        ]
        assert sums(frame) == replayed
    assert len(set(sums(then))) > 4, "the months must differ, or nothing is shown"
    every = [(figure, asked(any_database, figure, Known.THEN)) for figure in LapseFigure]
    before = json.dumps([frame.rows for _, frame in every])
    live(any_database, 90, seed=4, since=NOW, until=NOW + timedelta(days=9), late=0.6)
    again = json.dumps([asked(any_database, figure, Known.THEN).rows for figure, _ in every])
    assert again == before
    assert sums(asked(any_database, LapseFigure.NEEDS_OPEN, Known.NOW)) != sums(now)


def test_hours_that_were_held_are_known_then_for_as_long_as_they_stood(any_database: Database) -> None:
    """Recorded in August, held in September, kept in November: nowhere in the two months between."""
    moments = [datetime(2026, month, 10, tzinfo=UTC) for month in (8, 9, 11)]
    recorded, held, kept = moments

    def build(session: Any) -> None:
        a_county(session)
        towns(session)
        her, need = a_volunteer(session), a_need(session, town_code=TOWNS[0])
        start = datetime(2026, 8, 5, tzinfo=UTC)
        row = a_service(session, her, need, start=start, recorded_at=recorded)
        own = {name: getattr(row, name) for name in held_hours.OWN}
        held_row = HeldService(**own, why="resident", reason="", held_at=held, resolved_at=kept, result="kept")
        session.add_all([held_row, HeldService(**own, why="asked", reason="", held_at=NOW - timedelta(days=1))])
        late = datetime(2026, 8, 20, tzinfo=UTC)
        a_service(session, her, need, start=late, recorded_at=datetime(2026, 10, 2, tzinfo=UTC))
        session.delete(row)

    any_database.write(build)

    def august(until: date, known: Known) -> int:
        frame = asked(any_database, LapseFigure.SERVICES, known, until=until, months=4)
        at = next(at for at, name in enumerate(frame.columns) if name.startswith("2026-08"))
        return int(frame.rows[0][at] or 0)

    # A month as known at its own end: the August frame ends with August whatever comes after it.
    assert august(date(2026, 11, 16), Known.THEN) == 1
    assert august(date(2026, 8, 9), Known.THEN) == 0
    assert august(date(2026, 11, 16), Known.NOW) == 1, "the one that was recorded late; the other is held again"


def test_hours_that_were_struck_later_are_known_then(any_database: Database) -> None:
    start = datetime(2026, 9, 5, tzinfo=UTC)

    def build(session: Any) -> tuple[int, Actor]:
        a_county(session)
        towns(session)
        site, her = a_site(session, town_code=TOWNS[0]), a_volunteer(session, consent="given")
        row = a_service(session, her, an_activity(session, site=site), start=start, recorded_at=start)
        return row.id, actor_for(an_account(session))

    service, judge = any_database.write(build)

    def september(known: Known) -> int:
        return sums(asked(any_database, LapseFigure.SERVICES, known, months=3))[1]

    assert september(Known.THEN) == september(Known.NOW) == 1
    seen = (start, start + timedelta(hours=1), 0)
    perform(any_database, activity_hours.correct, judge, now=NOW, service_id=service, seen=seen, reason="没有这回事")
    assert (september(Known.THEN), september(Known.NOW)) == (1, 0)


def test_a_town_s_reader_sees_her_towns_only(any_database: Database) -> None:
    def build(session: Any) -> Any:
        a_county(session)
        towns(session)
        centre = a_site(session)
        own, other = a_site(session, centre, town_code=TOWNS[0]), a_site(session, centre, town_code=TOWNS[1])
        early = datetime(2026, 9, 9, tzinfo=UTC)
        a_need(session, own, town_code=TOWNS[0], registered_at=early)
        a_need(session, other, town_code=TOWNS[1], registered_at=early)
        return an_actor(Role.LEADER, own)

    local = any_database.write(build)
    frame = asked(any_database, LapseFigure.NEEDS_REGISTERED, Known.NOW, local)
    assert [row[0] for row in frame.rows] == [TOWNS[0]]
    assert sum(sums(frame)) == 1
    assert sum(sums(asked(any_database, LapseFigure.NEEDS_REGISTERED, Known.NOW))) == 2


def test_a_day_to_come_is_refused_in_words(database: Database) -> None:
    database.write(lambda session: (a_county(session), towns(session)))
    with pytest.raises(Invalid, match=r"replay\.future"):
        asked(database, LapseFigure.NEEDS_OPEN, Known.NOW, until=date(2027, 6, 1))


SAMPLE_NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BOOK = cells_of(
    [
        {"name": "a", "kind": "text", "markdown": "# 一年", "notes": ""},
        {"name": "played", "kind": "lapse", "title": "", "figure": "services", "until": "2026-10-31"},
        {"name": "orders", "kind": "lapse", "title": "登记", "figure": "needs_registered", "known": "now"},
    ]
)
DAYS = (("fixed", "2026-10-31"), ("ago", "ago:20"))
#: The same two figures without any of our code, by town and county month.
SERVICES = """
select coalesce(n.town_code, g.town_code, t.town_code), strftime('%Y-%m', s."start", '+8 hours'), count(*)
from services s left join needs n on n.id = s.need_id left join grids g on g.id = s.grid_id
left join sites t on t.id = s.site_id
where strftime('%Y-%m', s.recorded_at, '+8 hours') <= strftime('%Y-%m', s."start", '+8 hours') group by 1, 2
"""
ORDERS = """
select town_code, strftime('%Y-%m', registered_at, '+8 hours'), count(*) from needs
where state <> 'draft' and registered_at < '2026-11-20 16:00:00' group by 1, 2
"""


def test_its_last_day_may_be_so_many_days_ago(county: Database) -> None:
    cells = [{"name": name, "kind": "lapse", "title": "", "figure": "services", "until": until} for name, until in DAYS]
    found = notebook_runs.run(county, LEADER, cells_of(cells), SAMPLE_NOW)
    assert found["ago"].frame is not None
    assert found["ago"].frame == found["fixed"].frame


@pytest.mark.parametrize("edge", [5, 12])
def test_a_lapse_in_a_deck_is_the_tables_own_count_without_what_is_small(county: Database, edge: int) -> None:
    found = notebook_runs.run(county, LEADER, BOOK, SAMPLE_NOW)
    for name, statement in (("played", SERVICES), ("orders", ORDERS)):
        frame = found[name].frame
        assert frame is not None
        with county.read() as session:
            counts = {(town or "", month): many for town, month, many in session.execute(text(statement))}
        for row in frame.rows:
            expected = [counts.get((row[0], day[:7]), 0) for day in frame.columns[2:]]
            assert list(row[2:]) == expected, (name, row[1])
        assert sum(sums(frame)) > 20
    outlines = answer(county, map_layers.outlines, LEADER, now=SAMPLE_NOW)
    spoken = deck_words.speech("zh", outlines, hidden_below=edge)
    deck = deck_of("月报", "", BOOK, found, spoken, hidden_below=edge)
    assert deck_of_plain(json.loads(json.dumps(deck_to_plain(deck)))) == deck
    played, orders = deck.slides[0].blocks
    assert isinstance(played, Lapse) and isinstance(orders, Lapse)
    assert (played.months[-1].note, orders.months[-1].note) == ("", "截至 2026年11月20日")
    for block, name in ((played, "played"), (orders, "orders")):
        frame = found[name].frame
        assert frame is not None
        shown = {value for month in block.months for value in month.values}
        assert not shown & {str(one) for one in range(1, edge)}
        assert all(f"小于 {edge}" in shade.label for shade in block.shades if shade.label.startswith("*"))
        for at, month in enumerate(block.months):
            for area, value in zip(block.areas, month.values, strict=True):
                (row,) = [row for row in frame.rows if row[1] == area.name]
                assert value in ("*", f"{row[2 + at]:,}")
        told = [month.total.split()[1] for month in block.months]
        assert all(
            total == f"<{edge}" if 0 < one < edge else total in (f"{one:,}", "*")
            for total, one in zip(told, sums(frame), strict=True)
        )
        # One month alone below the limit would be what the others leave of the year.
        assert told.count(f"<{edge}") + told.count("*") != 1
        assert told.count("*") <= 2
        assert "https" not in json.dumps(deck_to_plain(deck))


def test_the_sample_s_own_towns_are_drawn(county: Database) -> None:
    with county.read() as session:
        names = set(session.scalars(select(Division.name).where(Division.level == "town")))
    drawn = answer(county, map_layers.outlines, LEADER, now=SAMPLE_NOW)
    assert {one.name for one in drawn} <= names
    assert len(drawn) == 3
