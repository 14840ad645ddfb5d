"""The past from the events: what was known then stays what it was, to the byte, whatever is told later."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dashboard.__main__ import main
from dashboard.core.errors import Invalid, NotFound
from dashboard.core.figures import BY_KEY
from dashboard.core.permissions import system_actor
from dashboard.core.replay import Known, Why, last_moment, left_out, pasts, told, until
from dashboard.core.words import NeedState, Role
from dashboard.services.figures import sheet
from dashboard.services.questions import answer, forget_all
from dashboard.services.replay import figures_by_town, figures_of, happenings, open_at, rows_of
from dashboard.text import known as is_word
from db.engine import Database
from db.models import Dispatch, HeldService, Need, NeedEvent, NeedRole, Service, Site
from tests.builders import COUNTY, NOW, a_county, a_need, a_service, a_site, a_volunteer, an_actor
from tests.services.late_events import LATER, live, month_ends, pages
from tests.services.late_records import people_and_halls, record

ALL = system_actor(COUNTY)
TODAY = date(2026, 11, 16)


def a_year(database: Database, count: int = 300) -> None:
    database.write(lambda session: (a_county(session), a_site(session), a_site(session), people_and_halls(session)))
    live(database, count, seed=3, since=NOW - timedelta(days=400), until=NOW, late=0.1)


def test_twelve_month_ends_are_the_same_to_the_byte_after_later_events(any_database: Database) -> None:
    """And what is known then is what the page of that day said, hours held, corrected and struck since among them."""
    database, days = any_database, month_ends(TODAY)
    database.write(lambda session: (a_county(session), a_site(session), a_site(session), people_and_halls(session)))
    shown, since = [], until(days[0]) - timedelta(days=90)
    for seed, day in enumerate(days):
        half = since + (until(day) - since) / 2
        live(database, 24, seed=seed, since=since, until=half, late=0.1)
        record(database, 20, seed=seed, since=half, until=until(day))
        since = until(day)
        values = answer(database, sheet, ALL, now=last_moment(day)).values
        shown.append({key: values[key] for key in told(Known.THEN)})
    assert len({str(one) for one in shown}) == len(days), "the months must differ, or nothing is shown"
    assert [key for key in told(Known.THEN) if not any(one[key].value for one in shown)] == []
    then, now = pages(database, days, Known.THEN), pages(database, days[6:], Known.NOW)
    late = live(database, 90, seed=41, since=NOW, until=NOW + timedelta(days=9), late=0.6)
    done = record(database, 120, seed=42, since=NOW + timedelta(days=9), until=NOW + timedelta(days=18))
    assert late > 40 and min(done.values()) and len(done) == 6, done
    assert pages(database, days, Known.THEN) == then
    changed = [before != after for before, after in zip(now, pages(database, days[6:], Known.NOW), strict=True)]
    assert sum(changed) > 3, "what was told later must show in what is known now"
    for day, expected in zip(days, shown, strict=True):
        assert answer(database, figures_of, ALL, day=day, known=Known.THEN, now=LATER).figures == expected
    _rows_are_the_figures(database, days[-2])


def _rows_are_the_figures(database: Database, day: date) -> None:
    for known in Known:
        asked = {"day": day, "known": known, "now": NOW}
        found = answer(database, figures_of, ALL, **asked).values
        for key in (key for key in told(known) if not BY_KEY[key].is_rate):
            rows = answer(database, rows_of, ALL, key=key, size=100_000, **asked)
            assert rows.total == len(rows.rows) == len({row.id for row in rows.rows})
            assert (sum(row.measure for row in rows.rows), key, known) == (found[key] or 0, key, known)


def test_today_as_known_now_is_what_the_rows_say(any_database: Database) -> None:
    a_year(any_database)
    record(any_database, 60, seed=5, since=NOW - timedelta(days=300), until=NOW)
    values = answer(any_database, sheet, ALL, now=NOW).values
    found = answer(any_database, figures_of, ALL, day=TODAY, known=Known.NOW, now=NOW).figures
    assert found == {key: values[key] for key in told(Known.NOW)}
    assert all(found[key].value for key in ("needs_open", "needs_registered", "services", "ratings_asked"))


def test_today_as_known_now_is_what_the_sample_s_rows_say(county: Database) -> None:
    now = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)
    values = answer(county, sheet, ALL, now=now).values
    found = answer(county, figures_of, ALL, day=date(2026, 11, 20), known=Known.NOW, now=now).figures
    assert found == {key: values[key] for key in told(Known.NOW)}
    assert all(one.value for one in found.values())


#: Figures of the sample on a day gone by, without any of our code: what began within its twelve months and was recorded
#: by its end. :since and :end are moments, :day the day.
SERVED = 'from services where "start" >= :since and "start" < :end and recorded_at < :end'
ASKED = "from ratings r where r.asked_at >= :since and r.asked_at < :end"
HELD = 'from activities where "start" >= :since and "start" < :end'
SAID = "r.answered_at < :end and (r.score is not null or r.outcome is not null)"
#: The order was not opened again after it had been asked about.
DONE = "not exists (select 1 from need_events e where e.need_id = r.need_id and e.dispatch_id is null and "
DONE += "e.to_state = 'open' and e.from_state not in ('draft', 'to_verify') and e.recorded_at >= r.asked_at "
DONE += "and e.recorded_at < :end)"
IN_FORCE = "(valid_from is null or valid_from <= :day) and (valid_to is null or valid_to > :day)"
PLAIN = {
    "services": f"select count(*) {SERVED}",
    "service_minutes": f"select sum(minutes) {SERVED}",
    "service_minutes_a": f"select sum(minutes) {SERVED} and grade = 'A'",
    "volunteers_served": f"select count(distinct volunteer_id) {SERVED}",
    "ratings_asked": f"select count(*) {ASKED}",
    "ratings_answered": f"select count(*) {ASKED} and {SAID}",
    "ratings_silent": f"select count(*) {ASKED} and not coalesce({SAID}, false)",
    "ratings_satisfied": f"select count(*) {ASKED} and {SAID} and {DONE} "
    "and coalesce(r.score >= 4, r.outcome = 'done')",
    "activities": f"select count(*) {HELD}",
    "activities_uncounted": f"select count(*) {HELD} and people_reached is null",
    "people_reached": f"select sum(people_reached) {HELD}",
    "sites": f"select count(*) from sites where {IN_FORCE}",
    "grids": f"select count(*) from grids where {IN_FORCE}",
    "contact_cards": f"select count(*) from grid_contacts c join grids g on g.id = c.grid_id "
    f"where {IN_FORCE.replace('valid', 'c.valid')} and {IN_FORCE.replace('valid', 'g.valid')}",
    "contact_people": f"select count(distinct person_id) from grid_contacts c join grids g on g.id = c.grid_id "
    f"where {IN_FORCE.replace('valid', 'c.valid')} and {IN_FORCE.replace('valid', 'g.valid')}",
    "grids_without_contact": f"select count(*) from grids where {IN_FORCE} and not exists "
    f"(select 1 from grid_contacts c where c.grid_id = grids.id and {IN_FORCE.replace('valid', 'c.valid')})",
    "needs_repeated": "select count(*) from needs where earlier_need_id is not null and registered_at >= :since "
    "and registered_at < :end and (select to_state from need_events e where e.need_id = needs.id and "
    "e.dispatch_id is null and e.happened_at < :end order by e.id desc limit 1) <> 'draft'",
    "residents_asking": "select count(distinct person_id) from needs where registered_at >= :since "
    "and registered_at < :end and (select to_state from need_events e where e.need_id = needs.id and "
    "e.dispatch_id is null and e.happened_at < :end order by e.id desc limit 1) <> 'draft'",
}


def test_figures_of_a_day_of_the_sample_are_those_of_plain_statements(county: Database) -> None:
    day, now = date(2026, 9, 30), datetime(2026, 11, 20, 4, tzinfo=UTC)
    given = {"since": "2025-09-30 16:00:00", "end": "2026-09-30 16:00:00", "day": day.isoformat()}
    found = {known: answer(county, figures_of, ALL, day=day, known=known, now=now).values for known in Known}
    with county.read() as session:
        for key, statement in PLAIN.items():
            known = Known.THEN if key in found[Known.THEN] else Known.NOW
            assert (key, found[known][key]) == (key, session.scalar(text(statement), given))
            assert found[known][key], key
    new = {key for key in told(Known.NOW) if not BY_KEY[key].is_rate and not key.startswith("needs_")}
    assert new - set(PLAIN) == {"service_minutes_b", "service_minutes_c"}
    # Hours that were confirmed later were entered by staff then: together they are the rest.
    values = found[Known.THEN]
    graded = [values[f"service_minutes_{grade}"] or 0 for grade in "abc"]
    assert sum(graded) == values["service_minutes"]


def an_event(need_id: int, before: str | None, after: str, happened: datetime, recorded: datetime) -> NeedEvent:
    values = {"county": COUNTY, "need_id": need_id, "actor_id": 0}
    return NeedEvent(from_state=before, to_state=after, happened_at=happened, recorded_at=recorded, **values)


def test_what_was_told_late_is_known_now_and_not_then(any_database: Database) -> None:
    day = date(2026, 10, 31)
    in_october, in_november = NOW - timedelta(days=20), NOW - timedelta(days=5)

    def work(session):  # type: ignore[no-untyped-def]
        a_county(session)
        need = a_need(session, state="open", registered_at=in_october - timedelta(days=3))
        # It was cancelled in October, and we were told in November.
        session.add(an_event(need.id, "open", "cancelled", in_october, in_november))
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


def test_the_parts_of_a_day_add_up_and_none_is_shown_to_another(any_database: Database) -> None:
    a_year(any_database)
    record(any_database, 60, seed=8, since=NOW - timedelta(days=300), until=NOW)

    def work(session: Session) -> list[Site]:
        """The places of the orders, so that each part has its own."""
        sites = list(session.scalars(select(Site).order_by(Site.id)))
        for need in session.scalars(select(Need)):
            need.site_id = sites[need.id % 2].id
        for table in (Service, HeldService):
            for row in session.scalars(select(table).where(table.need_id.is_not(None))):
                row.site_id = sites[(row.need_id or 0) % 2].id
        session.flush()
        session.expunge_all()
        return sites

    sites = any_database.write(work)
    forget_all()
    day = date(2026, 8, 31)
    for known in Known:
        asked = {"day": day, "known": known, "now": NOW}
        whole = answer(any_database, figures_of, ALL, **asked).values
        own = [answer(any_database, figures_of, an_actor(Role.LEADER, site), **asked).values for site in sites]
        chosen = [answer(any_database, figures_of, ALL, part=site.id, **asked).values for site in sites]
        assert own == chosen
        for key in (
            "needs_open",
            "needs_registered",
            "services",
            "service_minutes",
            "ratings_asked",
            "ratings_satisfied",
        ):
            assert (key, sum(one[key] or 0 for one in own)) == (key, whole[key])
            assert all(one[key] for one in own), key
        by_town = answer(any_database, figures_by_town, ALL, days=(day,))
        for key in by_town[0].values:
            assert sum(one.values[key] for one in by_town if one.known is known and key in one.values) == whole.get(
                key, 0
            )
    with pytest.raises(NotFound):
        local = an_actor(Role.LEADER, sites[0])
        answer(any_database, figures_of, local, day=day, known=Known.NOW, now=NOW, part=sites[1].id)


def test_hours_were_entered_by_staff_until_the_resident_s_word_was_recorded(any_database: Database) -> None:
    day = date(2026, 10, 31)

    def work(session: Session) -> None:
        a_county(session)
        her, need = a_volunteer(session), a_need(session)
        role = session.query(NeedRole).filter_by(need_id=need.id).one()
        early = NOW - timedelta(days=40)
        times = {"start": early, "end": early + timedelta(hours=1), "offered_at": early}
        sent = Dispatch(
            county=COUNTY,
            state="confirmed",
            need_id=need.id,
            role_id=role.id,
            volunteer_id=her.id,
            dispatched_by=0,
            **times,
        )
        session.add(sent)
        session.flush()
        a_service(session, her, need, start=early, recorded_at=early, dispatch_id=sent.id)
        event = an_event(need.id, "done", "confirmed", early, NOW - timedelta(days=3))
        event.dispatch_id = sent.id
        session.add(event)

    any_database.write(work)
    found = [answer(any_database, figures_of, ALL, day=day, known=known, now=NOW).values for known in Known]
    assert [(one["service_minutes_b"], one["service_minutes_c"]) for one in found] == [(0, 60), (60, 0)]


def test_a_day_to_come_is_refused_in_words(database: Database) -> None:
    database.write(lambda session: a_county(session))
    with pytest.raises(Invalid, match=r"replay\.future"):
        answer(database, figures_of, ALL, day=TODAY + timedelta(days=1), known=Known.NOW, now=NOW)
    with pytest.raises(NotFound, match=r"figures\.no_rows"):
        answer(database, rows_of, ALL, day=TODAY, known=Known.THEN, now=NOW, key="activities")


def test_every_figure_is_told_or_left_out_with_a_reason_in_words() -> None:
    for known in Known:
        assert sorted([*told(known), *left_out(known)]) == sorted(BY_KEY)
    assert left_out(Known.NOW)["volunteers"] is Why.REGISTER
    assert left_out(Known.NOW)["in_time"] is left_out(Known.NOW)["needs_overdue"] is Why.DEADLINE
    assert left_out(Known.NOW)["seats_open"] is Why.SEATS
    assert left_out(Known.THEN)["activities"] is Why.UNDATED
    assert all(is_word(f"replay.why.{why}") for why in Why)


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
    assert list(found["figures"]) == sorted(told(Known.THEN))
    assert found["left_out"]["volunteers"] == "register"
    assert main(["figures", "--as-of", "2026-10-31", "--db", url, "--language", "en"]) == 0
    assert "as known then" in capsys.readouterr().out
    assert main(["figures", "--as-of", "2999-01-01", "--db", url, "--language", "en"]) == 1
    assert "has not come yet" in capsys.readouterr().err
    assert main(["figures", "--known", "then", "--db", url]) == 2
