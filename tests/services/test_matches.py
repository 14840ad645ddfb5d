"""Candidates with reasons, why not, and the plan for all: from rows of either database to words a coordinator reads."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from dashboard.core.errors import Forbidden, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.words import Role, Subject
from dashboard.services import constraints, dispatches, match_people, match_plan, matches
from dashboard.services.commands import perform, raise_revisions
from dashboard.services.match_people import Weeks, codes_of, everybody, these
from dashboard.services.plan_send import send_rows
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Leave, Membership, NeedPerson, NeedRole, NeedSkill, Service, Volunteer
from tests.builders import (
    COUNTY,
    NOW,
    a_need,
    a_person,
    a_site,
    a_skill,
    a_team,
    a_volunteer,
    actor_for,
    an_account,
    an_actor,
    saved,
)

START = NOW + timedelta(days=1)
#: A degree of longitude at the county's latitude is about 97.8 km.
KM = 1 / 97.8


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    match_people.forget()


class County:
    """A centre with one station, and shorthands for building and asking."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.centre = self.make(a_site)
        self.station = self.make(a_site, self.centre)
        self.li = self.make(lambda session: actor_for(an_account(session, display_name="李调度"), None))

    def make(self, builder: Any, *args: Any, **values: Any) -> Any:
        return self.database.write(lambda session: builder(session, *args, **values))

    def volunteer(self, name: str = "李永", km: float = 0.0, **values: Any) -> int:
        return self.make(a_volunteer, values.pop("site", self.station), name, lon=107.9 + km * KM, **values).id

    def need(self, **values: Any) -> int:
        return self.make(a_need, values.pop("site", self.station), **values).id

    def ask(self, question: Any, actor: Actor | None = None, now: datetime = NOW, **values: Any) -> Any:
        return answer(self.database, question, actor or self.li, now=now, **values)

    def names(self, need_id: int, actor: Actor | None = None) -> list[str]:
        found = self.ask(matches.candidates, actor, need_id=need_id)
        return [one.profile.name for one in found.candidates]

    def why(self, need_id: int, volunteer_id: int, **values: Any) -> list[str]:
        found = self.ask(matches.why_not, need_id=need_id, volunteer_id=volunteer_id, **values)
        return [one.rule for one in found.objections]

    def send(self, need_id: int, volunteer_id: int, now: datetime = NOW) -> int:
        values = {"need_id": need_id, "volunteer_ids": [volunteer_id]}
        return perform(self.database, dispatches.dispatch, self.li, now=now, **values)["dispatch_ids"][0]


@pytest.fixture
def place(any_database: Database) -> County:
    return County(any_database)


def test_the_nearest_comes_first_and_the_terms_add_up_to_the_score(place: County) -> None:
    place.volunteer("远", 4.0)
    place.volunteer("近", 0.5)
    place.volunteer("太远", 8.0)
    found = place.ask(matches.candidates, need_id=place.need())
    assert [one.profile.name for one in found.candidates] == ["近", "远"]
    assert [one.rank for one in found.candidates] == [1, 2]
    assert found.eligible == 2
    for one in found.candidates:
        assert one.score == sum(term.points * term.weight for term in one.terms) <= one.top_score
        assert all(term.value == term.points * term.weight for term in one.terms)
    assert found.candidates[0].metres == pytest.approx(500, abs=5)


def test_equal_scores_go_to_the_nearer_home_and_then_to_the_smaller_id(place: County) -> None:
    second, first = place.volunteer("乙", 1.05), place.volunteer("甲", 1.03)
    third = place.volunteer("丙", 1.03)
    found = place.ask(matches.candidates, need_id=place.need())
    ids = [one.profile.volunteer_id for one in found.candidates]
    assert len({one.score for one in found.candidates}) == 1
    assert ids == [first, third, second]


def test_a_candidate_shows_when_she_is_free_her_load_and_her_last_service(place: County) -> None:
    volunteer = place.volunteer()
    place.send(place.need(start=START + timedelta(hours=5), hours=1), volunteer)
    old = place.need(state="closed")
    place.make(
        lambda session: saved(
            session,
            Service(
                county=COUNTY,
                volunteer_id=volunteer,
                need_id=old,
                start=NOW - timedelta(days=10),
                end=NOW - timedelta(days=10, hours=-2),
                minutes=120,
                grade="C",
                recorded_at=NOW,
                recorded_by=0,
            ),
        )
    )
    one = place.ask(matches.candidates, need_id=place.need()).candidates[0]
    day = datetime(2026, 11, 17, tzinfo=UTC)
    # Free from 8 to 20 in Wuchuan (0 to 12 UTC), sent from 15 to 16.
    assert one.free == ((day, day + timedelta(hours=7)), (day + timedelta(hours=8), day + timedelta(hours=12)))
    assert (one.week_load, one.load_90, one.last_served) == (1, 1, date(2026, 11, 6))
    assert (one.start, one.end) == (START, START + timedelta(hours=2))


def test_unknown_is_not_free_and_the_answer_says_so(place: County) -> None:
    unknown = place.volunteer("未知", free=False)
    place.volunteer("有空")
    need = place.need()
    assert place.names(need) == ["有空"]
    assert place.why(need, unknown) == ["known"]


def test_why_not_lists_every_rule_she_fails(place: County) -> None:
    skill = place.make(a_skill)
    need = place.need()
    place.make(lambda session: saved(session, NeedSkill(county=COUNTY, need_id=need, skill_id=skill.id)))
    far = place.volunteer("远", 9.0, free=False)
    able = place.volunteer("会", skills={skill.id: 2})
    assert place.why(need, far) == ["skill", "distance", "known"]
    assert place.why(need, able) == []
    answered = place.ask(matches.why_not, need_id=need, volunteer_id=able)
    assert answered.score == sum(term.value for term in answered.terms)
    reasons = place.ask(matches.why_not, need_id=need, volunteer_id=far).objections
    assert dict(reasons[1].values)["metres"] == pytest.approx(9000, abs=60)
    with pytest.raises(NotFound):
        place.ask(matches.why_not, need_id=need, volunteer_id=987_654)


def test_what_removed_the_others_adds_up_to_everybody(place: County) -> None:
    place.volunteer()
    place.volunteer("远", 50.0)
    place.volunteer("未知", free=False)
    place.volunteer("离队", status="left")
    counts = dict(place.ask(matches.removed, need_id=place.need()))
    assert counts == {"active": 1, "distance": 1, "known": 1, "eligible": 1}


def test_who_refused_consent_is_not_matched_and_unknown_consent_is(place: County) -> None:
    place.volunteer("不愿意", consent="refused")
    place.volunteer("没问过", consent="unknown")
    assert place.names(place.need()) == ["没问过"]


def test_a_dispatch_takes_her_out_of_overlapping_needs_and_an_undo_brings_her_back(place: County) -> None:
    volunteer = place.volunteer()
    one, two = place.need(), place.need(start=START + timedelta(hours=1))
    assert place.names(two) == ["李永"]
    sent = place.send(one, volunteer)
    assert (place.names(two), place.why(two, volunteer)) == ([], ["clash"])
    perform(place.database, dispatches.undo, place.li, now=NOW, dispatch_id=sent)
    assert place.names(two) == ["李永"]


def test_who_declined_is_not_proposed_again_but_may_be_asked_again(place: County) -> None:
    volunteer, need = place.volunteer(), place.need()
    sent = place.send(need, volunteer)
    perform(place.database, dispatches.decline, place.li, now=NOW, dispatch_id=sent, reason="要上班")
    assert place.names(need) == []
    asked = place.ask(matches.why_not, need_id=need, volunteer_id=volunteer)
    assert (asked.objections, asked.said_no) == ((), True)
    place.send(need, volunteer)


def test_a_preferred_or_earlier_helper_comes_before_a_nearer_one(place: County) -> None:
    resident = place.make(a_person, "张奶奶").id
    place.volunteer("近", 0.2)
    before, liked = place.volunteer("来过", 2.0), place.volunteer("点名", 2.0)
    old = place.need(state="closed", person_id=resident)
    need = place.need(person_id=resident)

    def build(session: Any) -> None:
        saved(session, NeedPerson(county=COUNTY, need_id=need, volunteer_id=liked, kind="preferred"))
        saved(
            session,
            Service(
                county=COUNTY,
                volunteer_id=before,
                need_id=old,
                start=NOW - timedelta(days=200),
                end=NOW - timedelta(days=200, hours=-1),
                minutes=60,
                grade="C",
                recorded_at=NOW,
                recorded_by=0,
            ),
        )

    place.make(build)
    assert set(place.names(need)[:2]) == {"来过", "点名"}


def test_a_language_nobody_speaks_is_missing_only_where_it_is_a_must(place: County) -> None:
    place.volunteer("仡佬", languages=["gelao"])
    place.volunteer("普通")
    assert place.names(place.need(language="gelao", language_hard=True)) == ["仡佬"]
    assert place.names(place.need(language="gelao"))[0] == "仡佬"
    assert place.names(place.need(language="miao", language_hard=True)) == []
    assert len(place.names(place.need(language="miao"))) == 2


def test_a_need_weeks_ahead_is_matched_in_its_own_weeks(place: County) -> None:
    volunteer = place.volunteer()
    later = START + timedelta(days=70)
    place.make(
        lambda session: saved(
            session,
            Leave(
                county=COUNTY, volunteer_id=volunteer, start=later - timedelta(days=1), end=later + timedelta(days=1)
            ),
        )
    )
    assert place.names(place.need(start=later)) == []
    assert place.names(place.need(start=later + timedelta(days=7))) == ["李永"]


def test_a_span_that_has_begun_counts_from_the_next_half_hour(place: County) -> None:
    place.volunteer()
    need = place.need(start=NOW - timedelta(minutes=50), hours=4, duration_minutes=120)
    one = place.ask(matches.candidates, need_id=need, now=NOW + timedelta(minutes=10)).candidates[0]
    assert one.start == NOW + timedelta(minutes=30)
    late = NOW + timedelta(hours=2)
    assert place.ask(matches.candidates, need_id=need, now=late).candidates == ()
    assert place.ask(matches.why_not, need_id=need, volunteer_id=one.profile.volunteer_id, now=late).start is None


def test_candidates_of_other_subtrees_appear_only_where_their_team_is_shared(place: County) -> None:
    other = place.make(a_site, place.centre)
    coordinator = place.make(lambda session: actor_for(an_account(session, site=place.station), place.station))
    place.volunteer("自己的")
    lent, alone = place.volunteer("共享的", site=other), place.volunteer("别处的", site=other)

    def build(session: Any) -> None:
        for volunteer, shared in ((lent, True), (alone, False)):
            team = a_team(session, other, shared=shared)
            row = Membership(county=COUNTY, team_id=team.id, volunteer_id=volunteer, valid_from=date(2025, 1, 1))
            saved(session, row)

    place.make(build)
    need = place.need()
    assert set(place.names(need, coordinator)) == {"自己的", "共享的"}
    assert set(place.names(need)) == {"自己的", "共享的", "别处的"}
    assert [one.name for one in answer(place.database, matches.find, coordinator, words="别处")] == []
    with pytest.raises(NotFound):
        place.ask(matches.candidates, coordinator, need_id=place.need(site=other))


def test_only_who_may_dispatch_sees_candidates(place: County) -> None:
    for role in (Role.LEADER, Role.STATION_WORKER):
        with pytest.raises(Forbidden):
            place.ask(matches.candidates, an_actor(role), need_id=place.need())


def test_a_name_is_found_by_characters_initials_or_phone(place: County) -> None:
    def build(session: Any) -> int:
        person = a_person(session, "欧阳小贵", "13985621234", initials="oyxg")
        return a_volunteer(session, place.station, person_id=person.id).id

    found = place.make(build)
    for words in ("欧阳", "oyx", "OY", "1234", "13985621234"):
        assert [one.volunteer_id for one in answer(place.database, matches.find, place.li, words=words)] == [found]
    assert answer(place.database, matches.find, place.li, words=" ") == ()
    assert answer(place.database, matches.find, place.li, words="%") == ()


def _table(people: Any) -> list[Any]:
    """Everything the arrays say of each volunteer, lists written out."""
    rows = []
    for row in people.table:
        said = [row[name] for name in people.table.dtype.names if not name.endswith(("_from", "_to"))]
        for kind in ("free", "busy", "keep"):
            part = people.spans[row[f"{kind}_from"] : row[f"{kind}_to"]]
            said.append([(int(span.start), int(span.end)) for span in part])
        said.append([tuple(skill) for skill in people.skills[row.skill_from : row.skill_to]])
        rows.append(said)
    return rows


def test_the_kept_arrays_say_the_same_as_rows_read_afresh(county: Database) -> None:
    """After dispatches, an undo and a change of the people, on the sample county; 600 volunteers."""
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    actor = an_actor(Role.ADMIN)
    weeks = Weeks.around(now)

    def compare() -> None:
        with county.read() as session:
            codes, kept_people = everybody(session, COUNTY, "/", weeks, now)
            fresh = these(session, COUNTY, "/", codes_of(session, COUNTY), weeks, now, kept_people.id.tolist())
        for kept_row, fresh_row in zip(_table(kept_people), _table(fresh), strict=True):
            np.testing.assert_equal(kept_row, fresh_row)

    compare()
    plan = answer(county, match_plan.plan, actor, now=now)
    rows = [row.to_send() for row in plan.rows[:6]]
    done = send_rows(county, actor, rows, now=now).done
    compare()
    perform(county, dispatches.undo, actor, now=now, dispatch_id=done[0])
    compare()
    perform(county, constraints.keep_free, actor, now=now, volunteer_id=rows[-1]["volunteer_id"], reason="应急")
    compare()


def test_the_plan_of_the_sample_county_is_dispatched_without_a_refusal(county: Database) -> None:
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    actor = an_actor(Role.ADMIN)
    plan = answer(county, match_plan.plan, actor, now=now)
    assert plan.rows and plan.seats == len(plan.rows) + sum(plan.empty)
    assert len({(row.who.volunteer_id, row.start) for row in plan.rows}) == len(plan.rows)
    assert sum(plan.empty) <= sum(plan.greedy_empty)
    sent = send_rows(county, actor, [row.to_send() for row in plan.rows], now=now, key="plan:1")
    assert (len(sent.done), sent.refused) == (len(plan.rows), ())
    again = send_rows(county, actor, [row.to_send() for row in plan.rows], now=now, key="plan:1")
    assert again.done == sent.done
    rest = answer(county, match_plan.plan, actor, now=now)
    assert rest.seats == sum(plan.empty)


def test_pins_and_forbidden_pairs_change_the_plan_and_are_never_stored(place: County) -> None:
    near, far = place.volunteer("近", 0.1), place.volunteer("远", 3.0)
    need = place.need()
    role = place.make(lambda session: session.query(NeedRole).filter_by(need_id=need).one().id)

    def who(**values: Any) -> list[int]:
        return [row.who.volunteer_id for row in place.ask(match_plan.plan, **values).rows]

    assert who() == [near]
    assert who(forbids=((role, near),)) == [far]
    assert who(pins=((role, far),)) == [far]
    assert who() == [near]
    refused = place.ask(match_plan.plan, pins=((role, 999_999),)).refused_pins
    assert refused == ((role, 999_999, "unknown"),)


def test_standing_words_of_a_coordinator_bind_the_plan_until_they_expire(place: County) -> None:
    near, far = place.volunteer("近", 0.1), place.volunteer("远", 3.0)
    need = place.need()
    until = NOW + timedelta(hours=1)
    values = {"need_id": need, "volunteer_id": far, "reason": "点名", "expires_at": until}
    perform(place.database, constraints.pin, place.li, now=NOW, **values)
    plan = place.ask(match_plan.plan)
    assert [(row.who.volunteer_id, row.pinned) for row in plan.rows] == [(far, True)]
    assert place.ask(matches.candidates, need_id=need).candidates[1].pinned
    later = place.ask(match_plan.plan, now=until)
    assert [row.who.volunteer_id for row in later.rows] == [near]


def test_empty_seats_are_listed_with_what_stood_in_the_way(place: County) -> None:
    place.volunteer("唯一")
    place.volunteer("未知", free=False)
    one, two = place.need(), place.need(urgency="urgent")
    plan = place.ask(match_plan.plan)
    assert [row.need.need_id for row in plan.rows] == [two]
    assert [(seat.need.need_id, dict(seat.causes)) for seat in plan.unmet] == [(one, {"known": 1, "elsewhere": 1})]
    assert (plan.empty, plan.greedy_as_good) == ((0, 0, 1), True)


def test_a_chosen_set_is_matched_alone(place: County) -> None:
    place.volunteer("甲")
    one, two = place.need(), place.need()
    assert place.ask(match_plan.plan, need_ids=(two,)).needs == 1
    assert answer(place.database, match_plan.open_count, place.li, filters=match_plan.Filters()) == 2
    assert [row.need.need_id for row in place.ask(match_plan.plan, need_ids=(one,)).rows] == [one]


def test_a_change_of_people_is_seen_at_once(place: County) -> None:
    volunteer = place.volunteer("甲")
    need = place.need()
    assert place.names(need) == ["甲"]

    def pause(session: Any) -> None:
        session.get(Volunteer, volunteer).status = "paused"
        raise_revisions(session, COUNTY, [Subject.PEOPLE])

    place.make(pause)
    assert place.names(need) == []
