"""Edges of figures as versions: a figure is cut at those of its own moment; tried beside those that hold."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dashboard.core.edges import LIMITS, NAMES, USUAL, Edges
from dashboard.core.errors import Conflict, Forbidden, Invalid
from dashboard.core.figure_suppression import hidden_figures
from dashboard.core.figures import Unit, Value, county_today, months_until
from dashboard.core.frames import Frame
from dashboard.core.permissions import Actor
from dashboard.core.replay import Known, canonical
from dashboard.core.words import Outcome, Role
from dashboard.services import edges, figure_rows, follow_ups, teams, volunteers
from dashboard.services.commands import perform
from dashboard.services.figures import FigureSheet, sheet
from dashboard.services.follow_ups import Reason
from dashboard.services.questions import answer
from dashboard.services.replay import figures_of
from db.engine import Database
from tests.builders import (
    NOW,
    a_certificate,
    a_member,
    a_need,
    a_rating,
    a_service,
    a_site,
    a_skill,
    a_team,
    a_volunteer,
    actor_for,
    an_account,
    an_actor,
)
from tests.hiding import hide_small

ADMIN = an_actor(Role.ADMIN)
DAY = timedelta(days=1)
TODAY = county_today(NOW)
#: Days before today on which one volunteer each served, and days ahead at which a certificate of hers ends.
SERVED = (1, 20, 45, 80, 100, 200)
ENDS = (5, 25, 40, 61, 90, 400)


class Office:
    """Six volunteers of one team, served and certified as above; seven answered orders: 5, 5, 3, 3, 2, not done, and
    one that stayed silent."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.write(self._build)

    def _build(self, session: Any) -> None:
        self.here, skill = a_site(session), a_skill(session, licence=True)
        team = a_team(session, self.here)
        for days, ahead in zip(SERVED, ENDS, strict=True):
            who = a_volunteer(session, self.here)
            a_member(session, team, who)
            a_certificate(session, who, skill, TODAY + ahead * DAY)
            need = a_need(session, self.here, state="closed")
            a_service(session, who, need, team=team, start=NOW - days * DAY)
        given = ((5, "done"), (5, "done"), (3, "done"), (3, "partly"), (2, "partly"), (None, "not"), (None, None))
        for score, outcome in given:
            need = a_need(session, self.here, state="rated")
            at = NOW - DAY if outcome else None
            a_rating(session, need, score, team=team, outcome=outcome, answered_at=at)
        self.local = actor_for(an_account(session, Role.ADMIN, self.here), self.here)
        self.elsewhere = an_actor(Role.ADMIN, a_site(session))

    def publish(self, who: Actor = ADMIN, at: datetime = NOW, **values: Any) -> Any:
        wanted = {name: values.pop(name) for name in NAMES if name in values}
        given = {"edges": replace(USUAL, **wanted).plain(), "reason": "县里要求", "version": 0} | values
        return perform(self.database, edges.publish, who, now=at, **given)

    def sheet(self, at: datetime = NOW) -> FigureSheet:
        return answer(self.database, sheet, ADMIN, now=at)

    def figure(self, key: str, at: datetime = NOW) -> float | None:
        return self.sheet(at).values[key].value

    def report(self, at: datetime) -> str:
        """What a report of a moment says, but for the counter of changes."""
        plain = self.sheet(at).plain()
        return canonical({name: value for name, value in plain.items() if name != "revision"})

    def try_(self, who: Actor = ADMIN, **values: Any) -> edges.Tried:
        return answer(self.database, edges.trial, who, now=NOW, edges=replace(USUAL, **values))


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def active(days: int, at: date = TODAY) -> int:
    """By hand: who served within so many days that end with a day."""
    return sum(at - timedelta(days=days) < TODAY - timedelta(days=back) <= at for back in SERVED)


def ending(days: int, at: date = TODAY) -> int:
    return sum(0 <= (TODAY + timedelta(days=ahead) - at).days <= days for ahead in ENDS)


def test_a_version_cuts_figures_from_its_day_on(office: Office) -> None:
    assert (office.figure("volunteers_active"), office.figure("certificates_expiring")) == (active(90), ending(30))
    office.publish(active_days=30, expiry_days=60, small_base=5, valid_from=NOW + 7 * DAY)
    assert office.sheet(NOW + 6 * DAY).held == edges.Held(0, USUAL)
    later = office.sheet(NOW + 8 * DAY)
    assert (later.held.version, later.held.edges.active_days) == (1, 30)
    day = TODAY + 8 * DAY
    assert later.values["volunteers_active"].value == active(30, day)
    assert later.values["certificates_expiring"].value == ending(60, day)
    assert (office.sheet().values["satisfaction"].small, later.values["satisfaction"].small) == (True, False)
    held = answer(office.database, edges.held, ADMIN, now=NOW)
    assert (held.version, held.newest, held.edges, held.versions[0].edges.expiry_days) == (0, 1, USUAL, 60)


def test_a_report_of_then_stays_what_it_was_byte_for_byte(office: Office) -> None:
    past, then, later = NOW - 20 * DAY, NOW + 5 * DAY, NOW + 35 * DAY
    replayed = answer(office.database, figures_of, ADMIN, day=TODAY - 20 * DAY, known=Known.THEN, now=NOW)
    of_past = office.report(past)
    office.publish(active_days=30)
    of_then = office.report(then)
    office.publish(active_days=366, expiry_days=7, at=NOW + 30 * DAY, version=1)
    assert office.report(past) == of_past and office.report(then) == of_then
    assert '"active_days":30' in of_then and '"active_days":366' in office.report(later)
    again = answer(office.database, figures_of, ADMIN, day=TODAY - 20 * DAY, known=Known.THEN, now=later)
    assert canonical(again.plain()) == canonical(replayed.plain())


def test_rows_teams_and_lists_are_cut_where_their_figure_is(office: Office) -> None:
    office.publish(active_days=60, expiry_days=50, small_base=6)
    keys = [key for cut in edges.CUT.values() for key in cut]
    rows = {key: answer(office.database, figure_rows.rows, ADMIN, now=NOW, key=key).total for key in keys}
    assert rows == {"volunteers_active": active(60), "teams_active": 1, "certificates_expiring": ending(50)}
    assert {key: office.figure(key) for key in rows} == rows
    (row,) = answer(office.database, teams.board, ADMIN, today=TODAY).rows
    assert (row.active_members, row.satisfaction.small, row.satisfaction.answered) == (active(60), False, 6)
    ends = answer(office.database, volunteers.expiring_certificates, ADMIN, today=TODAY, language="zh")
    assert ends.total == ending(50)


def test_a_trial_says_what_counting_anew_says(office: Office) -> None:
    found = office.try_(active_days=30, expiry_days=60, small_base=5, low_score=3)
    by_key = {one.key: one for one in found.changed}
    pairs = {
        key: (by_key[key].before.value, by_key[key].after.value)
        for key in ("volunteers_active", "certificates_expiring")
    }
    assert pairs == {
        "volunteers_active": (active(90), active(30)),
        "certificates_expiring": (ending(30), ending(60)),
    }
    assert (by_key["satisfaction"].before.small, by_key["satisfaction"].after.small) == (True, False)
    assert (found.grey_teams, len(found.teams)) == ((1, 0), 1)
    assert found.answers == (6, 2, 4)
    days = [month.end for month in months_until(TODAY, 13)[:-1]]
    for key, by_hand, cut in (("volunteers_active", active, (90, 30)), ("certificates_expiring", ending, (30, 60))):
        got = [(one.day, one.before, one.after) for one in found.months if one.key == key]
        ends = [county_today(end - timedelta(seconds=1)) for end in days]
        assert got == [(day, by_hand(cut[0], day), by_hand(cut[1], day)) for day in ends]
    nothing = office.try_()
    assert (nothing.changed, nothing.months, nothing.teams) == ((), (), ())


def test_a_trial_is_what_publishing_makes_of_it(office: Office) -> None:
    wanted = {"active_days": 45, "small_base": 7, "hidden_below": 7}
    found = {one.key: one for one in office.try_(**wanted).changed}
    before = office.sheet().values
    office.publish(**wanted)
    after = office.sheet().values
    hidden = hidden_figures(before), hidden_figures(after)
    for key, value in after.items():
        seen = [
            (one.value, one.n, one.small, key in gone) for one, gone in ((before[key], hidden[0]), (value, hidden[1]))
        ]
        assert (key in found) == (seen[0] != seen[1])
        assert key not in found or (found[key].before, found[key].after) == (before[key], value)


def test_a_part_s_admin_tries_within_her_part_and_publishes_nothing(office: Office) -> None:
    assert office.try_(office.local, small_base=5).answers[0] == 6
    assert office.try_(office.elsewhere, small_base=5).answers[0] == 0
    for who in (office.local, an_actor(Role.COORDINATOR)):
        with pytest.raises(Forbidden):
            office.publish(who, small_base=5)
    with pytest.raises(Forbidden):
        office.try_(an_actor(Role.LEADER), small_base=5)


def test_the_second_editor_reads_who_was_first(database: Database) -> None:
    office = Office(database)
    office.publish(small_base=20)
    with pytest.raises(Conflict):
        office.publish(small_base=10)
    with pytest.raises(Invalid) as refused:
        office.publish(small_base=20, version=1)
    assert refused.value.key == "rules.nothing_changed"


def test_few_stars_are_followed_up_as_the_county_says() -> None:
    assert follow_ups.reason_for(3, Outcome.DONE) is None
    assert follow_ups.reason_for(3, Outcome.DONE, 3) is Reason.LOW_SCORE
    assert follow_ups.reason_for(2, Outcome.DONE, 1) is None
    assert follow_ups.reason_for(5, Outcome.NOT, 1) is Reason.NOT_DONE


@pytest.mark.parametrize("name", list(LIMITS))
def test_no_number_leaves_its_limits(name: str) -> None:
    least, most = LIMITS[name]
    assert Edges.of(replace(USUAL, **{name: least}).plain()).plain()[name] == least
    for value in (least - 1, most + 1, 7.5, True):
        with pytest.raises(Invalid) as refused:
            Edges.of(USUAL.plain() | {name: value})
        assert refused.value.key == "edges.bad"


def test_what_meetings_may_not_see_is_only_ever_more() -> None:
    """Fewer than five are hidden whatever a county wants; with a higher edge more is."""
    assert LIMITS["hidden_below"][0] == USUAL.hidden_below == 5
    four, seven = (Value(n, Unit.PEOPLE, n) for n in (4, 7))
    shown = {"volunteers_active": four, "volunteers": seven}
    raised = {key: replace(value, edges=replace(USUAL, hidden_below=8)) for key, value in shown.items()}
    assert hidden_figures(shown) < hidden_figures(raised) == frozenset(shown)
    frame = Frame(("town", "people"), (("甲", 7), ("乙", 40), ("丙", 50)), False)
    assert hide_small(frame)[1] is False and hide_small(frame, 8)[1] is True
