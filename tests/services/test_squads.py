"""Squads: where a need goes and why not below, who covers what, who may change it; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.squads import Cannot
from dashboard.core.words import Aspect, Level, Role
from dashboard.services import match_people, matches, squads
from dashboard.services.commands import perform, raise_revisions
from dashboard.services.questions import answer
from dashboard.services.squads import SquadOf
from db.engine import Database
from db.models import Audit, Category, Membership, NeedRole, NeedSkill, Team
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_member,
    a_need,
    a_site,
    a_skill,
    a_team,
    a_volunteer,
    an_actor,
    saved,
)

TODAY = date(2026, 11, 16)
ADMIN, LI = an_actor(Role.ADMIN), an_actor(Role.COORDINATOR)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    match_people.forget()


class County:
    """A centre, a town with two stations, another town; categories for elders, for repairs and of no aspect."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.centre = self.make(a_site)
        self.town = self.make(a_site, self.centre, level="institute")
        self.other = self.make(a_site, self.centre, level="institute")
        self.station, self.second = self.make(a_site, self.town), self.make(a_site, self.town)
        self.elders = self.make(a_category, aspect="elders")
        self.repair = self.make(a_category, aspect="repair")
        self.loose = self.make(a_category)

    def make(self, builder: Any, *args: Any, **values: Any) -> Any:
        return self.database.write(lambda session: builder(session, *args, **values))

    def squad(self, site: Any, aspect: str | None, people: int = 1, **values: Any) -> Any:
        team = self.make(a_team, site, aspect=aspect, **values)
        for _ in range(people):
            self.member(team, site)
        return team

    def member(self, team: Any, site: Any, **values: Any) -> Any:
        who = self.make(a_volunteer, site, **values)
        self.make(a_member, team, who)
        return who

    def need(self, category: Any, **values: Any) -> int:
        return self.make(a_need, values.pop("site", self.station), category_id=category and category.id, **values).id

    def of(self, need_id: int, actor: Actor = LI) -> SquadOf:
        return answer(self.database, squads.squad_of, actor, need_id=need_id, now=NOW)

    def path(self, need_id: int, actor: Actor = LI) -> list[tuple[Level, Aspect, Cannot | None]]:
        return [(rung.level, rung.aspect, rung.cannot) for rung in self.of(need_id, actor).rungs]

    def changed(self, deed: Any) -> None:
        def change(session: Any) -> None:
            deed(session)
            raise_revisions(session, COUNTY, ("people", "needs", "places", "catalogue"))

        self.database.write(change)

    def do(self, command: Any, actor: Actor = ADMIN, **values: Any) -> Any:
        return perform(self.database, command, actor, now=NOW, **values)


@pytest.fixture
def place(any_database: Database) -> County:
    return County(any_database)


# -- where a need goes


def test_the_station_s_own_squad_takes_it_before_the_town_s(place: County) -> None:
    town, own = place.squad(place.town, "elders"), place.squad(place.station, "elders", 2)
    found = place.of(place.need(place.elders))
    assert (found.aspect, found.used) == (Aspect.ELDERS, True)
    assert [(rung.team_id, rung.team, rung.eligible, rung.site) for rung in found.rungs] == [
        (own.id, own.name, 2, place.station.name)
    ]
    # The neighbour has no squad of its own: its need goes up one level.
    rungs = place.of(place.need(place.elders, site=place.second)).rungs
    assert [(rung.team_id, rung.cannot) for rung in rungs] == [(None, Cannot.NO_SQUAD), (town.id, None)]


def test_a_squad_switched_off_or_without_anybody_eligible_is_passed_by(place: County) -> None:
    off = place.squad(place.station, "elders", active=False)
    empty = place.squad(place.town, "elders", people=0)
    place.member(empty, place.town, free=False)
    place.member(empty, place.town, status="paused")
    county = place.squad(place.centre, "elders")
    rungs = place.of(place.need(place.elders)).rungs
    assert [(rung.level, rung.team_id, rung.cannot, rung.eligible) for rung in rungs] == [
        (Level.STATION, off.id, Cannot.INACTIVE, 0),
        (Level.INSTITUTE, empty.id, Cannot.NOBODY, 0),
        (Level.CENTRE, county.id, None, 1),
    ]


def test_eligible_is_what_the_ranking_says(place: County) -> None:
    """A skill she lacks, a member of yesterday, somebody already sent: each as on the page."""
    skill = place.make(a_skill)
    own = place.squad(place.station, "elders")
    gone = place.make(a_volunteer, place.station, skills={skill.id: 2})
    place.make(a_member, own, gone, valid_to=TODAY)
    town = place.squad(place.town, "elders", people=0)
    able = place.member(town, place.town, skills={skill.id: 2})
    need = place.need(place.elders)
    place.make(lambda session: saved(session, NeedSkill(county=COUNTY, need_id=need, skill_id=skill.id)))
    assert place.path(need) == [
        (Level.STATION, Aspect.ELDERS, Cannot.NOBODY),
        (Level.INSTITUTE, Aspect.ELDERS, None),
    ]
    found = answer(place.database, matches.candidates, LI, need_id=need, now=NOW)
    assert [one.profile.volunteer_id for one in found.candidates] == [gone.id, able.id]
    # She joins today's members: the station can.
    place.changed(lambda session: session.execute(update(Membership).values(valid_to=None)))
    assert place.path(need) == [(Level.STATION, Aspect.ELDERS, None)]


def test_any_open_role_will_do_and_people_are_counted_once(place: County) -> None:
    skill = place.make(a_skill)
    own = place.squad(place.station, "elders", 2)
    place.member(own, place.station, skills={skill.id: 2})
    need = place.need(place.elders)
    place.make(
        lambda session: saved(
            session, NeedRole(county=COUNTY, need_id=need, position=1, head_count=1, skill_id=skill.id)
        )
    )
    assert place.of(need).rungs[-1].eligible == 3


def test_all_else_takes_what_no_squad_of_the_aspect_can_by_the_same_climb(place: County) -> None:
    place.squad(place.station, "repair")
    place.squad(place.centre, "elders", people=0)
    rest = place.squad(place.town, "all_else")
    found = place.of(place.need(place.elders))
    assert [(rung.level, rung.aspect, rung.cannot) for rung in found.rungs] == [
        (Level.STATION, Aspect.ELDERS, Cannot.NO_SQUAD),
        (Level.INSTITUTE, Aspect.ELDERS, Cannot.NO_SQUAD),
        (Level.CENTRE, Aspect.ELDERS, Cannot.NOBODY),
        (Level.STATION, Aspect.ALL_ELSE, Cannot.NO_SQUAD),
        (Level.INSTITUTE, Aspect.ALL_ELSE, None),
    ]
    assert found.taken and found.taken.team_id == rest.id


def test_a_category_without_an_aspect_and_no_category_go_to_all_else(place: County) -> None:
    place.squad(place.station, "elders")
    place.squad(place.centre, "all_else")
    for category in (place.loose, None):
        assert place.path(place.need(category)) == [
            (Level.STATION, Aspect.ALL_ELSE, Cannot.NO_SQUAD),
            (Level.INSTITUTE, Aspect.ALL_ELSE, Cannot.NO_SQUAD),
            (Level.CENTRE, Aspect.ALL_ELSE, None),
        ]


def test_a_need_at_the_town_starts_there_and_one_without_a_place_at_the_county(place: County) -> None:
    place.squad(place.station, "elders")
    place.squad(place.centre, "elders")
    at_town = [(Level.INSTITUTE, Aspect.ELDERS, Cannot.NO_SQUAD), (Level.CENTRE, Aspect.ELDERS, None)]
    assert place.path(place.need(place.elders, site=place.town)) == at_town
    point = place.make(a_site, place.town, level="point")
    assert place.path(place.need(place.elders, site=point)) == at_town
    nowhere = place.need(place.elders, site=None)
    assert place.path(nowhere)[0][0] is Level.CENTRE


def test_another_town_s_squad_is_never_asked(place: County) -> None:
    place.squad(place.other, "elders")
    found = place.of(place.need(place.elders))
    assert found.taken is None and len(found.rungs) == 6
    assert {rung.cannot for rung in found.rungs} == {Cannot.NO_SQUAD}


def test_a_county_without_squads_says_so(place: County) -> None:
    place.squad(place.station, None)
    assert not place.of(place.need(place.elders)).used


def test_the_county_s_squad_is_offered_to_a_town_only_when_it_is_shared(place: County) -> None:
    town = an_actor(Role.COORDINATOR, place.town)
    squad = place.squad(place.centre, "elders")
    need = place.need(place.elders)
    hidden = place.of(need, town).rungs[2]
    assert (hidden.cannot, hidden.team_id, hidden.team) == (Cannot.NOT_SHARED, None, "")
    place.changed(lambda session: setattr(session.get(Team, squad.id), "shared", True))
    taken = place.of(need, town).taken
    assert taken and (taken.team_id, taken.eligible) == (squad.id, 1)


def test_needs_out_of_reach_and_roles_without_the_right_get_no_answer(place: County) -> None:
    need = place.need(place.elders)
    with pytest.raises(NotFound, match="needs.no_such"):
        place.of(need, an_actor(Role.COORDINATOR, place.other))
    for role in (Role.STATION_WORKER, Role.LEADER):
        with pytest.raises(Forbidden):
            place.of(need, an_actor(role))


def test_only_the_squad_s_members_are_ranked_when_asked_for(place: County) -> None:
    squad = place.squad(place.station, "elders", people=0)
    near, far = (place.member(squad, place.station, lon=107.9 + shift) for shift in (0.001, 0.01))
    best = place.make(a_volunteer, place.station)
    need = place.need(place.elders)

    def ranked(team_id: int | None) -> list[int]:
        found = answer(place.database, matches.candidates, LI, need_id=need, team_id=team_id, now=NOW)
        assert found.team_id == team_id
        assert (found.eligible, found.people) == ((3, 3) if team_id is None else (2, 2))
        assert [one.rank for one in found.candidates] == list(range(1, found.eligible + 1))
        return [one.profile.volunteer_id for one in found.candidates]

    assert ranked(None) == [best.id, near.id, far.id]
    assert ranked(squad.id) == [near.id, far.id]
    elsewhere = place.squad(place.other, "elders")
    with pytest.raises(NotFound, match="teams.no_such"):
        answer(
            place.database,
            matches.candidates,
            an_actor(Role.COORDINATOR, place.town),
            need_id=need,
            team_id=elsewhere.id,
            now=NOW,
        )


# -- coverage


def test_coverage_counts_by_town_what_is_there_and_active(place: County) -> None:
    place.squad(place.centre, "law")
    place.squad(place.town, "elders")
    place.squad(place.town, "repair", active=False)
    place.squad(place.station, "elders")
    place.squad(place.second, "mind")
    old = place.make(a_site, place.town, valid_to=TODAY)
    place.squad(old, "mind")
    found = answer(place.database, squads.coverage, an_actor(Role.LEADER), today=TODAY)
    centre, town, other = found.rows
    assert (centre.level, centre.own, centre.stations) == (Level.CENTRE, {Aspect.LAW}, 0)
    assert (town.site_id, town.own, town.stations) == (place.town.id, {Aspect.ELDERS}, 2)
    assert {aspect: count for aspect, count in town.below.items() if count} == {Aspect.ELDERS: 1, Aspect.MIND: 1}
    assert (other.own, other.stations) == (set(), 0)
    assert found.squads == 4


def test_coverage_is_that_of_the_reader_s_part(place: County) -> None:
    place.squad(place.station, "elders")
    place.squad(place.centre, "elders")
    town = answer(place.database, squads.coverage, an_actor(Role.LEADER, place.town), today=TODAY)
    assert [row.site_id for row in town.rows] == [place.town.id]
    station = answer(place.database, squads.coverage, an_actor(Role.STATION_WORKER, place.station), today=TODAY)
    assert [(row.site_id, row.level, row.own) for row in station.rows] == [
        (place.station.id, Level.STATION, {Aspect.ELDERS})
    ]


# -- who stands for what


def test_a_team_becomes_a_squad_changes_and_is_one_no_more(place: County) -> None:
    team = place.squad(place.station, None)
    need = place.need(place.elders)
    assert place.of(need).taken is None
    place.do(squads.set_team_aspect, LI, team_id=team.id, aspect="elders", version=1)
    assert place.path(need) == [(Level.STATION, Aspect.ELDERS, None)]
    place.do(squads.set_team_aspect, LI, team_id=team.id, aspect="law", version=2)
    assert place.path(need)[0] == (Level.STATION, Aspect.ELDERS, Cannot.NO_SQUAD)
    place.do(squads.set_team_aspect, LI, team_id=team.id, aspect=None, version=3)
    with place.database.read() as session:
        told = session.execute(select(Audit.before, Audit.after).where(Audit.subject == "team").order_by(Audit.id))
        assert [tuple(row) for row in told] == [
            ({"aspect": None}, {"aspect": "elders"}),
            ({"aspect": "elders"}, {"aspect": "law"}),
            ({"aspect": "law"}, {"aspect": None}),
        ]


def test_a_site_has_one_squad_of_an_aspect(place: County) -> None:
    first = place.squad(place.station, "elders", name="老队", active=False)
    second = place.squad(place.station, None)
    with pytest.raises(Conflict, match="squads.held") as refused:
        place.do(squads.set_team_aspect, team_id=second.id, aspect="elders", version=1)
    assert refused.value.values == {"team": "老队"}
    place.do(squads.set_team_aspect, team_id=first.id, aspect=None, version=1)
    place.do(squads.set_team_aspect, team_id=second.id, aspect="elders", version=1)
    # The town's and the neighbour's are others.
    for site in (place.town, place.second):
        team = place.squad(site, None)
        place.do(squads.set_team_aspect, team_id=team.id, aspect="elders", version=1)


def test_of_two_who_name_a_squad_at_once_one_is_told_of_the_other(place: County) -> None:
    teams = [place.squad(place.station, None, people=0) for _ in range(6)]
    start = Barrier(len(teams))

    def name_it(team: Any) -> str:
        start.wait()
        try:
            place.do(squads.set_team_aspect, team_id=team.id, aspect="elders", version=1)
        except Conflict as error:
            return error.key
        return "done"

    with ThreadPoolExecutor(len(teams)) as threads:
        told = list(threads.map(name_it, teams))
    assert sorted(told) == ["done", *["squads.held"] * 5]


def test_what_can_be_no_squad_is_refused_in_words(place: County) -> None:
    team = place.squad(place.station, "elders")
    point = place.squad(place.make(a_site, place.town, level="point"), None)
    homeless = place.make(a_team, None)
    for refused in (point, homeless):
        with pytest.raises(Invalid, match="squads.no_level"):
            place.do(squads.set_team_aspect, team_id=refused.id, aspect="elders", version=1)
    with pytest.raises(Invalid, match="squads.no_such_aspect"):
        place.do(squads.set_team_aspect, team_id=team.id, aspect="cooking", version=1)
    with pytest.raises(Invalid, match="rules.nothing_changed"):
        place.do(squads.set_team_aspect, team_id=team.id, aspect="elders", version=1)
    with pytest.raises(Conflict, match="commands.changed_meanwhile"):
        place.do(squads.set_team_aspect, team_id=team.id, aspect="law", version=7)
    with pytest.raises(NotFound, match="teams.no_such"):
        place.do(squads.set_team_aspect, team_id=10**6, aspect="law", version=1)


@pytest.mark.parametrize("role", Role)
def test_coordinators_and_admins_name_the_squads_of_their_part(place: County, role: Role) -> None:
    team = place.squad(place.station, None)

    def name_it(site: Any, aspect: str, version: int) -> None:
        place.do(squads.set_team_aspect, an_actor(role, site), team_id=team.id, aspect=aspect, version=version)

    if role not in (Role.COORDINATOR, Role.ADMIN):
        with pytest.raises(Forbidden):
            name_it(None, "law", 1)
        return
    with pytest.raises(Forbidden, match="permissions.scope"):
        name_it(place.other, "law", 1)
    name_it(place.town, "law", 1)
    name_it(None, "mind", 2)


def test_a_county_team_is_not_the_town_s_to_name(place: County) -> None:
    shared = place.squad(place.centre, None, shared=True)
    homeless = place.make(a_team, None)
    for team in (shared, homeless):
        with pytest.raises(Forbidden, match="permissions.scope"):
            actor = an_actor(Role.COORDINATOR, place.town)
            place.do(squads.set_team_aspect, actor, team_id=team.id, aspect="law", version=1)


def test_categories_change_their_aspects_together_or_not_at_all(place: County) -> None:
    place.squad(place.station, "law")
    need = place.need(place.loose)
    changes = ((place.loose.id, "law", 1), (place.elders.id, None, 1))
    assert place.do(squads.set_category_aspects, changes=changes) == {"count": 2}
    assert place.path(need) == [(Level.STATION, Aspect.LAW, None)]
    held = {one.id: (one.aspect, one.version) for one in answer(place.database, squads.category_aspects, LI)}
    assert held[place.loose.id] == (Aspect.LAW, 2) and held[place.elders.id] == (None, 2)
    stale = ((place.elders.id, "mind", 2), (place.loose.id, "mind", 1))
    with pytest.raises(Conflict, match="commands.changed_meanwhile"):
        place.do(squads.set_category_aspects, changes=stale)
    with place.database.read() as session:
        assert session.get_one(Category, place.elders.id).aspect is None
        told = select(Audit.subject_id, Audit.before, Audit.after).where(Audit.subject == "category")
        assert sorted(session.execute(told).all()) == [
            (place.elders.id, {"aspect": "elders"}, {"aspect": None}),
            (place.loose.id, {"aspect": None}, {"aspect": "law"}),
        ]


@pytest.mark.parametrize(
    ("changes", "error"),
    [((), "rules.nothing_changed"), (((10**6, "law", 1),), "squads.no_such_category")],
)
def test_no_change_and_no_such_category_are_refused(place: County, changes: Any, error: str) -> None:
    with pytest.raises((Invalid, NotFound), match=error):
        place.do(squads.set_category_aspects, changes=changes)


def test_only_the_county_s_admin_says_where_categories_belong(place: County) -> None:
    changes = ((place.loose.id, "law", 1),)
    town = an_actor(Role.ADMIN, place.town)
    for who in (LI, an_actor(Role.LEADER), an_actor(Role.STATION_WORKER), town):
        with pytest.raises(Forbidden):
            place.do(squads.set_category_aspects, who, changes=changes)
    place.do(squads.set_category_aspects, changes=changes)


def test_the_answer_follows_the_clock(place: County) -> None:
    """A need whose time is past can be taken by nobody."""
    place.squad(place.station, "elders")
    need = place.need(place.elders)
    late = answer(place.database, squads.squad_of, LI, need_id=need, now=NOW + timedelta(days=3))
    assert late.taken is None
