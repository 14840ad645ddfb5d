"""The figures as read from rows, on both databases: each counts its own unit, within the actor's part of the tree."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from dashboard.__main__ import main
from dashboard.core import figures
from dashboard.core.edges import USUAL
from dashboard.core.errors import Invalid, NotFound
from dashboard.core.figures import FIGURES, is_satisfied
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import Role, Subject
from dashboard.services.commands import raise_revisions
from dashboard.services.figure_scope import scope_path
from dashboard.services.figures import FigureSheet, sheet
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Dispatch, GridContact, Need, NeedEvent, NeedRole, Rating, Site
from tests.builders import (
    COUNTY,
    NOW,
    a_certificate,
    a_county,
    a_grid,
    a_member,
    a_need,
    a_person,
    a_rating,
    a_service,
    a_site,
    a_skill,
    a_team,
    a_volunteer,
    an_activity,
    an_actor,
)

ALL = system_actor(COUNTY)
TODAY = date(2026, 11, 16)


def read(database: Database, actor: Actor = ALL) -> dict[str, float | None]:
    return {key: found.value for key, found in answer(database, sheet, actor, now=NOW).values.items()}


def a_small_office(session: Session) -> tuple[Site, Site]:
    """A centre with two stations; everything below happens at the first, a little at the second."""
    a_county(session)
    centre = a_site(session)
    near = a_site(session, centre)
    far = a_site(session, centre, valid_to=date(2999, 1, 1))
    a_site(session, centre, valid_to=TODAY)
    grid = a_grid(session, near, households=250)
    a_grid(session, near, valid_to=TODAY)
    a_grid(session, far)
    contact = a_person(session, "王芳")
    for _ in range(2):
        session.add(GridContact(county=COUNTY, grid_id=grid.id, person_id=contact.id))
    session.flush()
    return near, far


def test_places_count_what_holds_today(any_database: Database) -> None:
    any_database.write(a_small_office)
    found = read(any_database)
    assert (found["sites"], found["sites_centre"], found["sites_station"]) == (3, 1, 2)
    assert (found["grids"], found["grids_without_contact"]) == (2, 1)
    assert (found["contact_cards"], found["contact_people"]) == (2, 1)
    assert (found["households"], found["cards_per_grid"]) == (250, 1.0)


def test_an_empty_county_has_zero_counts_and_no_rates(any_database: Database) -> None:
    found = read(any_database)
    assert {key: value for key, value in found.items() if value != 0} == {
        figure.key: None for figure in FIGURES if figure.is_rate or figure.key == "households"
    }


def test_people_are_counted_once_and_services_each_time(any_database: Database) -> None:
    def work(session: Session) -> None:
        near, far = a_small_office(session)
        team, other = a_team(session, near), a_team(session, far)
        busy, idle = a_volunteer(session, near), a_volunteer(session, near, free=False)
        a_volunteer(session, near, status="left")
        for t in (team, other):
            a_member(session, t, busy)
        a_member(session, team, idle, valid_to=TODAY)
        market = an_activity(session, team, near)
        an_activity(session, team, near, people_reached=None)
        for minutes, grade in ((60, "A"), (90, "B"), (30, "C")):
            a_service(session, busy, market, team=team, minutes=minutes, grade=grade)
        a_service(session, idle, market, team=team, minutes=20, start=NOW - timedelta(days=100))
        a_service(session, busy, market, team=team, minutes=20, start=NOW - timedelta(days=400))

    any_database.write(work)
    found = read(any_database)
    assert (found["volunteers"], found["volunteers_time_unknown"]) == (2, 1)
    assert (found["volunteers_served"], found["volunteers_active"], found["active_share"]) == (2, 1, 0.5)
    assert (found["services"], found["service_minutes"]) == (4, 200)
    graded = [found[f"service_minutes_{grade}"] for grade in "abc"]
    assert graded == [60, 110, 30]
    assert (found["services_per_volunteer"], found["minutes_per_volunteer"]) == (2.0, 100.0)
    assert (found["activities"], found["activities_uncounted"], found["people_reached"]) == (2, 1, 40)
    assert (found["teams"], found["teams_active"]) == (2, 1)
    assert (found["team_members"], found["memberships"]) == (1, 2)


def test_orders_and_seats_are_told_apart(any_database: Database) -> None:
    def work(session: Session) -> None:
        near, _ = a_small_office(session)
        resident = a_person(session, "赵老太")
        first = a_need(session, near, people=3, person_id=resident.id, take_up_due_at=NOW - timedelta(minutes=1))
        a_need(session, near, people=2, person_id=resident.id, earlier_need_id=first.id)
        a_need(session, near, state="to_verify")
        done = {"state": "closed", "closed_at": NOW - timedelta(days=3)}
        a_need(session, near, **done, close_due_at=NOW)
        a_need(session, near, **done, close_due_at=NOW - timedelta(days=4))
        a_need(session, near, **done)
        a_need(session, near, state="unmet", closed_at=NOW - timedelta(days=1))
        a_need(session, near, state="unmet", closed_at=NOW - timedelta(days=500))
        role = session.query(NeedRole).filter_by(need_id=first.id).one()
        for n, state in enumerate(("accepted", "declined")):
            session.add(_dispatch(session, near, first, role, state, n))
        session.flush()

    any_database.write(work)
    found = read(any_database)
    assert (found["needs_open"], found["needs_to_verify"], found["needs_overdue"]) == (2, 1, 1)
    assert (found["seats_wanted"], found["seats_held"], found["seats_open"]) == (5, 1, 4)
    assert (found["needs_registered"], found["needs_repeated"], found["residents_asking"]) == (8, 1, 1)
    assert (found["needs_closed"], found["needs_closed_with_deadline"], found["needs_closed_in_time"]) == (3, 2, 1)
    assert (found["in_time"], found["needs_unmet"]) == (0.5, 1)
    assert found["needs_per_1000_households"] == 32.0


def _dispatch(session: Session, site: Site, need: Need, role: NeedRole, state: str, n: int) -> Dispatch:
    start = NOW + timedelta(days=1 + n)
    return Dispatch(
        county=COUNTY,
        need_id=need.id,
        role_id=role.id,
        volunteer_id=a_volunteer(session, site).id,
        state=state,
        start=start,
        end=start + timedelta(hours=2),
        dispatched_by=0,
        offered_at=NOW,
    )


#: (score, outcome, reopened after the asking)
ANSWERS = [(5, "done", False), (4, None, False), (3, "done", False), (None, "done", False), (None, "partly", False)]
ANSWERS += [(None, None, False), (5, "done", True), (None, None, True), (1, "not", False), (None, None, False)]


def test_satisfaction_in_sql_is_the_rule_of_the_core(any_database: Database) -> None:
    def work(session: Session) -> None:
        near, _ = a_small_office(session)
        for score, outcome, reopened in ANSWERS:
            need = a_need(session, near, state="open" if reopened else "rated")
            a_rating(session, need, score, outcome=outcome)
            if reopened:
                session.add(_reopening(need))

    any_database.write(work)
    found = answer(any_database, sheet, ALL, now=NOW).values
    verdicts = [is_satisfied(*case) for case in ANSWERS]
    assert found["ratings_asked"].value == len(ANSWERS)
    assert found["ratings_silent"].value == verdicts.count(None)
    assert found["ratings_satisfied"].value == verdicts.count(True)
    assert (found["satisfaction"].value, found["satisfaction"].n) == (3 / 8, 8)
    assert found["satisfaction"].small
    assert found["silence"].value == 0.2


def _reopening(need: Need) -> NeedEvent:
    return NeedEvent(
        county=COUNTY,
        need_id=need.id,
        from_state="rated",
        to_state="open",
        actor_id=0,
        happened_at=NOW,
        recorded_at=NOW,
    )


def test_adding_silent_cases_never_raises_the_rate(database: Database) -> None:
    def ask_more(session: Session, score: int | None) -> None:
        session.add(Rating(county=COUNTY, need_id=a_need(session).id, score=score, asked_at=NOW, recorded_by=0))

    database.write(lambda session: [ask_more(session, score) for score in (5, 2)])
    before = read(database)
    database.write(lambda session: [ask_more(session, None) for _ in range(3)])
    after = answer(database, sheet, ALL, now=NOW + timedelta(minutes=1)).values
    assert after["satisfaction"].value == before["satisfaction"] == 0.5
    assert after["ratings_silent"].value == 3


def test_an_expiring_certificate_counts_until_it_is_renewed(any_database: Database) -> None:
    def work(session: Session) -> None:
        volunteer, electric, first_aid = a_volunteer(session), a_skill(session), a_skill(session, "first_aid")
        a_certificate(session, volunteer, electric, TODAY + timedelta(days=30))
        a_certificate(session, volunteer, electric, TODAY - timedelta(days=1))
        a_certificate(session, volunteer, first_aid, TODAY)
        a_certificate(session, volunteer, first_aid, TODAY + timedelta(days=400))
        a_certificate(session, a_volunteer(session), electric, TODAY + timedelta(days=31))

    any_database.write(work)
    assert read(any_database)["certificates_expiring"] == 1


def test_a_scope_sees_its_own_part_and_parts_add_up(any_database: Database) -> None:
    def work(session: Session) -> tuple[Site, Site]:
        near, far = a_small_office(session)
        for site, people in ((near, 2), (far, 3)):
            team = a_team(session, site)
            market = an_activity(session, team, site)
            for _ in range(people):
                a_service(session, a_volunteer(session, site), market, team=team)
            a_rating(session, a_need(session, site, state="rated"), 5)
        return near, far

    near, far = any_database.write(work)
    whole = read(any_database)
    parts = [read(any_database, an_actor(Role.LEADER, site)) for site in (near, far)]
    for key in ("grids", "volunteers", "teams", "needs_registered", "services", "service_minutes", "ratings_asked"):
        assert sum(part[key] or 0 for part in parts) == whole[key], key
    assert [part["services"] for part in parts] == [2, 3]


def test_every_sum_ties_out_on_the_sample(county: Database) -> None:
    found = answer(county, sheet, ALL, now=NOW).values
    assert figures.broken_identities(found) == []
    assert (found["volunteers"].value or 0) > 0
    assert (found["services"].value or 0) > 0


def test_equal_revisions_mean_equal_figures_and_a_write_raises_it(database: Database) -> None:
    def revision() -> FigureSheet:
        return answer(database, sheet, ALL, now=NOW)

    before = revision()
    assert revision() == before
    database.write(lambda session: raise_revisions(session, COUNTY, [Subject.NEEDS]))
    assert revision().revision == before.revision + 1


def test_a_scope_is_a_code_or_a_name_of_its_own(database: Database) -> None:
    def work(session: Session) -> Site:
        centre = a_site(session, code="C1", name="中心")
        one = a_site(session, centre, code="S1", name="同名站")
        a_site(session, centre, code="S2", name="同名站", name_key="同名站2")
        return one

    one = database.write(work)
    assert answer(database, scope_path, ALL, scope="S1") == (one.id, one.path)
    assert answer(database, scope_path, ALL, scope="中心")[1] == "/1/"
    with pytest.raises(Invalid, match="ambiguous"):
        answer(database, scope_path, ALL, scope="同名站")
    with pytest.raises(NotFound):
        answer(database, scope_path, ALL, scope="S9")
    with pytest.raises(NotFound):
        answer(database, scope_path, an_actor(Role.LEADER, one), scope="S2")


def test_the_command_prints_the_shape_scripts_rely_on(
    any_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    any_database.write(a_small_office)
    url = any_database.url.render_as_string(hide_password=False)
    assert main(["figures", "--json", "--db", url]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"as_of", "revision", "edges", "figures"}
    assert found["edges"] == {"version": 0, **USUAL.plain()}
    assert list(found["figures"]) == [figure.key for figure in FIGURES]
    assert found["figures"]["sites"] == {"value": 3, "unit": "sites", "n": 3}
    assert main(["figures", "--db", url, "--language", "en"]) == 0
    assert "Contact cards: 2 contact cards" in capsys.readouterr().out


def test_an_unknown_scope_is_refused_in_words(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    database.write(a_small_office)
    assert main(["figures", "--scope", "nowhere", "--db", str(database.url), "--language", "en"]) == 1
    assert "no site with the code or name “nowhere”" in capsys.readouterr().err
