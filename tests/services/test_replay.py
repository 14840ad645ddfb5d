"""The past from the events: what was known then stays what it was, to the byte, whatever is told later."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.__main__ import main
from dashboard.core.errors import Invalid
from dashboard.core.permissions import system_actor
from dashboard.core.replay import LEFT_OUT, REPLAYED, Known, pasts, until
from dashboard.core.words import NeedState, Role
from dashboard.services.figures import sheet
from dashboard.services.questions import answer
from dashboard.services.replay import figures_of, happenings, open_at
from db.engine import Database
from db.models import Need, NeedEvent
from tests.builders import COUNTY, NOW, a_county, a_need, a_site, an_actor
from tests.services.late_events import live, month_ends, pages

ALL = system_actor(COUNTY)
TODAY = date(2026, 11, 16)


def a_year(database: Database, count: int = 300) -> None:
    database.write(lambda session: (a_county(session), a_site(session), a_site(session)))
    live(database, count, seed=3, since=NOW - timedelta(days=400), until=NOW, late=0.1)


def test_twelve_month_ends_are_the_same_to_the_byte_after_later_events(any_database: Database) -> None:
    a_year(any_database)
    days = month_ends(TODAY)
    then, now = pages(any_database, days, Known.THEN), pages(any_database, days, Known.NOW)
    assert len(set(then)) > 6, "the months must differ, or nothing is shown"
    late = live(any_database, 300, seed=4, since=NOW, until=NOW + timedelta(days=9), late=0.6)
    assert late > 100
    assert pages(any_database, days, Known.THEN) == then
    changed = [before != after for before, after in zip(now, pages(any_database, days, Known.NOW), strict=True)]
    assert sum(changed) > 6, "what was told later must show in what is known now"


def test_today_as_known_now_is_what_the_rows_say(any_database: Database) -> None:
    a_year(any_database)
    values = answer(any_database, sheet, ALL, now=NOW).values
    found = answer(any_database, figures_of, ALL, day=TODAY, known=Known.NOW, now=NOW).values
    assert found == {key: values[key].value for key in REPLAYED}
    assert all(found[key] for key in ("needs_open", "needs_registered", "needs_to_verify"))


def test_today_as_known_now_is_what_the_sample_s_rows_say(county: Database) -> None:
    now = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)
    values = answer(county, sheet, ALL, now=now).values
    found = answer(county, figures_of, ALL, day=date(2026, 11, 20), known=Known.NOW, now=now).values
    assert found == {key: values[key].value for key in REPLAYED}
    assert found["needs_closed"]


def told(need_id: int, before: str | None, after: str, happened: datetime, recorded: datetime) -> NeedEvent:
    values = {"county": COUNTY, "need_id": need_id, "actor_id": 0}
    return NeedEvent(from_state=before, to_state=after, happened_at=happened, recorded_at=recorded, **values)


def test_what_was_told_late_is_known_now_and_not_then(any_database: Database) -> None:
    day = date(2026, 10, 31)
    in_october, in_november = NOW - timedelta(days=20), NOW - timedelta(days=5)

    def work(session):  # type: ignore[no-untyped-def]
        a_county(session)
        need = a_need(session, state="open", registered_at=in_october - timedelta(days=3))
        # It was cancelled in October, and we were told in November.
        session.add(told(need.id, "open", "cancelled", in_october, in_november))
        return need.id

    # The builder's first event is recorded NOW: it is known now only, so another order stands for what was known.
    need_id = any_database.write(work)

    def known(how: Known) -> int:
        return answer(any_database, figures_of, ALL, day=day, known=how, now=NOW).values["needs_registered"]

    assert (known(Known.THEN), known(Known.NOW)) == (0, 1)
    with any_database.read() as session:
        assert open_of(session, day) == []
        assert open_of(session, (in_october - timedelta(days=2)).date()) == [need_id]


def open_of(session: Session, day: date) -> list[int]:
    return list(session.scalars(select(Need.id).where(open_at(until(day))).order_by(Need.id)))


def test_open_in_sql_is_the_rule_of_the_core(any_database: Database) -> None:
    a_year(any_database)
    found = []
    with any_database.read() as session:
        for day in month_ends(TODAY):
            events = happenings(session, COUNTY, until(day), Known.NOW)
            orders = pasts(events, until(day), Known.NOW)
            found.append(sorted(key for key, one in orders.items() if one.state is NeedState.OPEN))
            assert open_of(session, day) == found[-1]
    assert len({len(ids) for ids in found}) > 4


def test_a_day_to_come_and_a_part_of_the_county_are_refused_in_words(database: Database) -> None:
    site = database.write(lambda session: (a_county(session), a_site(session))[1])
    with pytest.raises(Invalid, match=r"replay\.future"):
        answer(database, figures_of, ALL, day=TODAY + timedelta(days=1), known=Known.NOW, now=NOW)
    with pytest.raises(Invalid, match=r"replay\.whole_county"):
        answer(database, figures_of, an_actor(Role.LEADER, site), day=TODAY, known=Known.NOW, now=NOW)


def test_figures_of_what_may_be_changed_are_named_and_left_out() -> None:
    assert {"volunteers", "service_minutes", "satisfaction", "seats_open", "needs_overdue"} <= set(LEFT_OUT)
    assert not set(LEFT_OUT) & set(REPLAYED)


def test_the_command_prints_the_same_bytes_for_the_same_day(
    any_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    a_year(any_database, 60)
    url = any_database.url.render_as_string(hide_password=False)
    words = ["figures", "--as-of", "2026-10-31", "--known", "then", "--json", "--db", url]
    printed = []
    for seed in (5, 6):
        assert main(words) == 0
        printed.append(capsys.readouterr().out)
        live(
            any_database,
            40,
            seed=seed,
            since=NOW + timedelta(days=seed),
            until=NOW + timedelta(days=seed, hours=9),
            late=1,
        )
    assert printed[0] == printed[1]
    found = json.loads(printed[0])
    assert set(found) == {"as_of", "known", "figures", "left_out"}
    assert list(found["figures"]) == sorted(REPLAYED)
    assert main(["figures", "--as-of", "2026-10-31", "--db", url, "--language", "en"]) == 0
    assert "as known then" in capsys.readouterr().out
    assert main(["figures", "--as-of", "2999-01-01", "--db", url, "--language", "en"]) == 1
    assert "has not come yet" in capsys.readouterr().err
    assert main(["figures", "--known", "then", "--db", url]) == 2
