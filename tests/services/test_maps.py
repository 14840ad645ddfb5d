"""What the map shows: each figure counted once, the same as counting without grids, within the reader's right."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.filters import Filters
from dashboard.core.map_layers import Gap, GridRow, MapFigure, Shading
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import Role, SiteKind, Subject, Urgency
from dashboard.services import filter_choices, map_cards, map_figures, map_layers
from dashboard.services.commands import perform, raise_revisions
from dashboard.services.contacts import call_contact
from dashboard.services.filtering import is_open
from dashboard.services.needs_queue import queue
from dashboard.services.questions import answer
from db.engine import Database
from db.models import (
    AccessLog,
    Audit,
    CatalogueItem,
    Division,
    Grid,
    GridContact,
    Need,
    NeedSkill,
    Person,
    Setting,
    Site,
    Volunteer,
)
from tests import builders
from tests.builders import COUNTY, NOW, a_category, a_grid, a_need, a_person, a_site, a_skill, a_volunteer, an_actor

EVERYBODY = system_actor(COUNTY)
ALL = Filters()
TOWN, OTHER_TOWN, VILLAGE = "520326001", "520326002", "520326001001"


def ask(database: Database, question: Callable[..., Any], actor: Actor = EVERYBODY, **values: Any) -> Any:
    return answer(database, question, actor, **values)


def shaded(database: Database, figure: MapFigure, filters: Filters = ALL, actor: Actor = EVERYBODY) -> Shading:
    found: Shading = ask(database, map_figures.QUESTIONS[figure], actor, filters=filters, now=NOW)
    return found


def by_name(shading: Shading) -> dict[str, GridRow]:
    return {row.name: row for row in shading.rows}


def changed(session: Session) -> None:
    """What a command does at its end: answers kept so far are old."""
    raise_revisions(session, COUNTY, tuple(Subject))


def worker_of(database: Database, name: str) -> Actor:
    """A station worker whose part is the site of this name."""
    with database.read() as session:
        return an_actor(Role.STATION_WORKER, session.scalars(select(Site).where(Site.name == name)).one())


@pytest.fixture
def town(any_database: Database) -> Database:
    """Two towns under one centre, a grid each with a station; needs, volunteers and cards in the first."""

    def fill(session: Session) -> None:
        builders.a_county(session)
        for code, level, parent in ((TOWN, "town", COUNTY), (OTHER_TOWN, "town", COUNTY), (VILLAGE, "village", TOWN)):
            session.add(Division(county=COUNTY, code=code, level=level, name=f"名{code}", parent_code=parent))
        centre = a_site(session)
        here = a_site(session, centre, name="此站", town_code=TOWN, village_code=VILLAGE)
        there = a_site(session, centre, name="彼站", town_code=OTHER_TOWN, kind="eldercare")
        near = a_grid(session, here, name="近", town_code=TOWN, village_code=VILLAGE)
        a_grid(session, there, lon=108.0, name="远", town_code=OTHER_TOWN)
        a_need(session, here, grid_id=near.id, town_code=TOWN, village_code=VILLAGE, urgency="urgent")
        late = NOW - timedelta(hours=1)
        a_need(session, here, grid_id=near.id, town_code=TOWN, take_up_due_at=late, close_due_at=NOW)
        a_need(session, here, grid_id=None, town_code=TOWN, precision="village", lon=None, lat=None)
        a_need(session, here, grid_id=near.id, town_code=TOWN, state="closed")
        a_volunteer(session, here, grid_id=near.id, village_code=VILLAGE)
        a_volunteer(session, here, grid_id=near.id, village_code=VILLAGE, status="left")
        a_volunteer(session, here, grid_id=None, village_code=VILLAGE)
        card = a_person(session, "申明亮", phone="13985621234")
        session.add(GridContact(county=COUNTY, grid_id=near.id, person_id=card.id, duty="网格长"))
        session.add(GridContact(county=COUNTY, grid_id=near.id, person_id=card.id, valid_to=date(2026, 1, 1)))

    any_database.write(fill)
    return any_database


def test_the_rows_and_what_lies_outside_add_up_to_the_figure(town: Database) -> None:
    counted = ask(town, map_figures.overview, filters=Filters(), now=NOW)
    assert (counted.open_needs, counted.overdue) == (3, 1)
    needs, late = shaded(town, MapFigure.OPEN_NEEDS), shaded(town, MapFigure.OVERDUE)
    assert (needs.total, needs.outside, late.total) == (counted.open_needs, 1, counted.overdue)
    assert {name: row.value for name, row in by_name(needs).items()} == {"近": 2, "远": 0}


def test_volunteers_are_counted_by_grid_and_only_active_ones(town: Database) -> None:
    volunteers = shaded(town, MapFigure.VOLUNTEERS)
    assert (by_name(volunteers)["近"].value, volunteers.outside, volunteers.total) == (1, 1, 2)


def test_only_contact_cards_of_today_count(town: Database) -> None:
    cards = shaded(town, MapFigure.CONTACTS)
    assert {name: row.value for name, row in by_name(cards).items()} == {"近": 1, "远": 0}


def test_a_filter_leaves_the_same_needs_on_the_map_as_in_the_list(town: Database) -> None:
    for filters in (
        Filters(),
        Filters(town=TOWN),
        Filters(town=OTHER_TOWN),
        Filters(village=VILLAGE),
        Filters(urgency=Urgency.URGENT),
        Filters(category="none"),
        Filters(since=date(2026, 11, 17), until=date(2026, 11, 17)),
        Filters(since=date(2026, 11, 18)),
    ):
        shading = shaded(town, MapFigure.OPEN_NEEDS, filters)
        listed = ask(town, queue, filters=filters, now=NOW)
        assert shading.total == listed.total, filters
        with town.read() as session:
            drawn = map_layers.needs(session, EVERYBODY, filters, "zh")["needs"]
        assert {need[0] for need in drawn} <= {row.id for row in listed.rows}, filters


def test_a_day_is_the_county_s_day(any_database: Database) -> None:
    def fill(session: Session) -> None:
        builders.a_county(session)
        # 17 November 23:30 to 18 November 01:30 in the county; in UTC both lie on the 17th.
        a_need(session, start=datetime(2026, 11, 17, 15, 30, tzinfo=UTC))

    any_database.write(fill)
    found = {
        day: shaded(any_database, MapFigure.OPEN_NEEDS, Filters(since=date(2026, 11, day), until=date(2026, 11, day)))
        for day in (16, 17, 18, 19)
    }
    assert {day: shading.total for day, shading in found.items()} == {16: 0, 17: 1, 18: 1, 19: 0}


def test_a_station_worker_s_map_counts_her_own_part_only(town: Database) -> None:
    worker = worker_of(town, "彼站")
    with town.read() as session:
        assert map_layers.needs(session, worker, Filters(), "zh")["needs"] == []
        assert len(map_layers.sites(session, worker, Filters(), NOW)["sites"]) == 3
    shading = shaded(town, MapFigure.OPEN_NEEDS, actor=worker)
    assert [row.name for row in shading.rows] == ["远"]
    assert shading.total == 0


def test_a_grid_counts_while_it_holds_and_its_needs_are_outside_afterwards(any_database: Database) -> None:
    def fill(session: Session) -> None:
        builders.a_county(session)
        old = a_grid(session, name="旧", valid_from=date(2024, 1, 1), valid_to=date(2026, 11, 16))
        a_grid(session, name="新", valid_from=date(2026, 11, 16))
        a_need(session, grid_id=old.id)

    any_database.write(fill)
    today = shaded(any_database, MapFigure.OPEN_NEEDS)
    assert ([row.name for row in today.rows], today.outside, today.total) == (["新"], 1, 1)
    yesterday = answer(any_database, map_figures.open_needs, EVERYBODY, filters=Filters(), now=NOW - timedelta(days=1))
    assert ([row.name for row in yesterday.rows], yesterday.outside) == (["旧"], 0)


class TestCoverage:
    def gaps(self, database: Database, name: str = "近") -> tuple[Gap, ...]:
        return by_name(shaded(database, MapFigure.COVERAGE))[name].gaps

    def test_a_grid_without_a_card_has_that_gap_and_no_other(self, town: Database) -> None:
        assert self.gaps(town, "远") == (Gap.NO_CONTACT,)

    def test_an_overdue_need_is_a_gap(self, town: Database) -> None:
        assert Gap.OVERDUE in self.gaps(town)

    def test_a_neighbour_covers_a_need_until_it_asks_a_skill_nobody_has(self, town: Database) -> None:
        assert Gap.NO_HELPER not in self.gaps(town)

        def ask_more(session: Session) -> None:
            need = session.scalars(select(Need).where(is_open(), Need.grid_id.is_not(None))).first()
            assert need is not None
            skill = a_skill(session, "welding")
            session.add(NeedSkill(county=COUNTY, need_id=need.id, skill_id=skill.id, required=True))
            changed(session)

        town.write(ask_more)
        assert Gap.NO_HELPER in self.gaps(town)

    def test_a_category_that_no_site_up_to_the_centre_offers_is_a_gap(self, town: Database) -> None:
        def ask_for(session: Session) -> int:
            category = a_category(session)
            for need in session.scalars(select(Need).where(is_open())):
                need.category_id = category.id
            changed(session)
            return int(category.id)

        category_id = town.write(ask_for)
        assert Gap.NOT_ON_MENU in self.gaps(town)

        def offer(session: Session) -> None:
            centre = session.scalars(select(Site).where(Site.level == "centre")).one()
            item = CatalogueItem(county=COUNTY, code="item", name="项", category_id=category_id, site_id=centre.id)
            session.add(item)
            changed(session)

        town.write(offer)
        assert Gap.NOT_ON_MENU not in self.gaps(town)

    def test_the_figure_is_the_number_of_grids_with_a_gap(self, town: Database) -> None:
        shading = shaded(town, MapFigure.COVERAGE)
        assert shading.total == sum(bool(row.gaps) for row in shading.rows) == 2


class TestLayers:
    def test_needs_go_to_the_middle_of_their_village_when_nothing_nearer_is_known(self, town: Database) -> None:
        def place(session: Session) -> None:
            village = session.scalars(select(Division).where(Division.code == VILLAGE)).one()
            village.lon, village.lat = 107.85, 28.55
            need = session.scalars(select(Need).where(Need.lon.is_(None))).one()
            need.village_code = VILLAGE

        town.write(place)
        with town.read() as session:
            drawn = {need[0]: need for need in map_layers.needs(session, EVERYBODY, Filters(), "zh")["needs"]}
            need_id = session.scalars(select(Need.id).where(Need.lon.is_(None))).one()
        assert drawn[need_id][1:3] == [107.85, 28.55]
        assert drawn[need_id][6] == 0
        assert len(drawn) == 3

    def test_no_name_or_home_of_a_person_is_in_any_layer(self, county: Database) -> None:
        with county.read() as session:
            layers = [
                map_layers.backdrop(session, COUNTY),
                map_layers.towns(session, COUNTY, NOW),
                map_layers.grids(session, COUNTY, NOW),
                map_layers.sites(session, EVERYBODY, Filters(), NOW),
                map_layers.needs(session, EVERYBODY, Filters(), "zh"),
            ]
            said = repr(layers)
            assert not [name for name in session.scalars(select(Person.name)) if f"'{name}'" in said]
            homes = session.execute(select(Volunteer.lon, Volunteer.lat).where(Volunteer.precision == "point"))
            assert not [home for home in homes if f"{round(home.lon, 5)}, {round(home.lat, 5)}" in said]

    def test_the_county_its_neighbours_towns_and_grids_are_drawn(self, county: Database) -> None:
        with county.read() as session:
            backdrop = map_layers.backdrop(session, COUNTY)
            towns = map_layers.towns(session, COUNTY, NOW)
            grids = map_layers.grids(session, COUNTY, NOW)
            count = session.scalar(select(func.count(Grid.id)))
        assert backdrop["county"]["geometry"]["type"] in ("Polygon", "MultiPolygon")
        assert len(backdrop["neighbours"]["features"]) == 7
        assert len(towns["towns"]["features"]) == 3
        assert len(grids["features"]) == count == 60
        assert set(grids["features"][0]["properties"]) == {"name", "place"}

    def test_a_county_without_outlines_has_an_empty_map_and_no_error(self, town: Database) -> None:
        with town.read() as session:
            assert map_layers.backdrop(session, COUNTY) == {
                "county": None,
                "neighbours": {"type": "FeatureCollection", "features": []},
            }
            towns = map_layers.towns(session, COUNTY, NOW)
        assert {feature["id"] for feature in towns["towns"]["features"]} == {TOWN, OTHER_TOWN}

    def test_sites_follow_the_filter(self, town: Database) -> None:
        with town.read() as session:
            found = map_layers.sites(session, EVERYBODY, Filters(kind=SiteKind.ELDERCARE), NOW)["sites"]
        assert [site["name"] for site in found] == ["彼站"]

    def test_the_review_number_is_shown_when_it_is_set(self, town: Database) -> None:
        assert ask(town, map_layers.review_number) == ""

        def put(session: Session) -> None:
            session.add(Setting(county=COUNTY, key="review_number", value={"text": "黔S(2026)001号"}))
            changed(session)

        town.write(put)
        assert ask(town, map_layers.review_number) == "黔S(2026)001号"


class TestCards:
    def test_a_grid_s_card_says_who_answers_and_what_is_needed(self, town: Database) -> None:
        grid_id = by_name(shaded(town, MapFigure.OPEN_NEEDS))["近"].grid_id
        card = ask(town, map_cards.grid_card, grid_id=grid_id, language="zh", now=NOW)
        assert (card.open_needs, card.overdue, card.volunteers, card.within) == (2, 1, 1, True)
        assert [need.overdue for need in card.needs] == [True, False]
        assert [(line.name, line.phone, line.duty) for line in card.contacts] == [("申**", "*******1234", "网格长")]

    def test_beyond_her_part_a_reader_sees_only_who_answers(self, town: Database) -> None:
        grid_id = by_name(shaded(town, MapFigure.OPEN_NEEDS))["近"].grid_id
        stranger = worker_of(town, "彼站")
        card = ask(town, map_cards.grid_card, stranger, grid_id=grid_id, language="zh", now=NOW)
        assert (card.within, card.open_needs, card.needs, card.volunteers) == (False, 0, (), 0)

    def test_a_site_s_card_counts_its_whole_branch(self, town: Database) -> None:
        with town.read() as session:
            centre_id = session.scalars(select(Site.id).where(Site.level == "centre")).one()
        card = ask(town, map_cards.site_card, site_id=centre_id, language="zh", now=NOW)
        assert (card.sites_below, card.open_needs, card.overdue, card.volunteers) == (2, 3, 1, 2)

    def test_a_need_s_card_masks_the_resident_and_counts_open_seats(self, town: Database) -> None:
        def fill(session: Session) -> int:
            need = a_need(session, people=3, person_id=a_person(session, "申贵芬").id)
            return int(need.id)

        need_id = town.write(fill)
        card = ask(town, map_cards.need_card, need_id=need_id, language="zh", now=NOW)
        assert (card.resident, card.seats, card.open_seats, len(card.wanted)) == ("申**", 3, 3, 1)

    @pytest.mark.parametrize("question", [map_cards.grid_card, map_cards.site_card, map_cards.need_card])
    def test_what_is_gone_or_elsewhere_is_not_found(self, town: Database, question: Callable[..., Any]) -> None:
        name = question.__name__.replace("card", "id")
        with pytest.raises(NotFound):
            ask(town, question, language="zh", now=NOW, **{name: 999_999})

    def test_a_need_of_another_part_is_not_found(self, town: Database) -> None:
        stranger = worker_of(town, "彼站")
        with town.read() as session:
            need_id = session.scalars(select(Need.id).where(is_open())).first()
        with pytest.raises(NotFound):
            ask(town, map_cards.need_card, stranger, need_id=need_id, language="zh", now=NOW)


class TestCalling:
    def contact(self, database: Database) -> int:
        with database.read() as session:
            return session.scalars(select(GridContact.id).order_by(GridContact.id)).first() or 0

    def test_the_number_is_shown_with_a_reason_and_written_down(self, town: Database) -> None:
        contact_id = self.contact(town)
        found = perform(town, call_contact, EVERYBODY, now=NOW, contact_id=contact_id, reason="核实需求")
        said = {"contact_id": contact_id, "name": "申明亮", "phone": "13985621234", "at": NOW.isoformat()}
        assert found == said
        with town.read() as session:
            log = session.scalars(select(AccessLog).where(AccessLog.kind == "call")).one()
            audit = session.scalars(select(Audit).where(Audit.command == "contacts.call_contact")).one()
            assert (log.reason, log.fields) == ("核实需求", ["name", "phone"])
            assert "13985621234" not in repr((audit.before, audit.after, audit.reason))

    def test_not_without_a_reason(self, town: Database) -> None:
        with pytest.raises(Invalid, match="no_reason"):
            perform(town, call_contact, EVERYBODY, now=NOW, contact_id=self.contact(town), reason="  ")

    def test_not_for_a_leader_and_not_beyond_one_s_part(self, town: Database) -> None:
        for actor in (an_actor(Role.LEADER), worker_of(town, "彼站")):
            with pytest.raises(Forbidden):
                perform(town, call_contact, actor, now=NOW, contact_id=self.contact(town), reason="核实需求")

    def test_a_card_without_a_number_says_so(self, town: Database) -> None:
        def bare(session: Session) -> int:
            grid = session.scalars(select(Grid)).first()
            assert grid is not None
            card = GridContact(county=COUNTY, grid_id=grid.id, person_id=a_person(session, "无号").id)
            session.add(card)
            session.flush()
            return int(card.id)

        with pytest.raises(Invalid, match="no_phone"):
            perform(town, call_contact, EVERYBODY, now=NOW, contact_id=town.write(bare), reason="核实需求")


def test_the_filter_offers_the_towns_of_the_reader_s_part(town: Database) -> None:
    everywhere = ask(town, filter_choices.choices, town=TOWN, language="zh")
    assert [code for code, _ in everywhere.towns] == [TOWN, OTHER_TOWN]
    assert [code for code, _ in everywhere.villages] == [VILLAGE]
    worker = worker_of(town, "此站")
    assert [code for code, _ in ask(town, filter_choices.choices, worker, town=None, language="en").towns] == [TOWN]


@pytest.mark.parametrize("figure", MapFigure)
def test_every_figure_of_the_sample_ties(county: Database, figure: MapFigure) -> None:
    now = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    shading: Shading = ask(county, map_figures.QUESTIONS[figure], filters=Filters(), now=now)
    assert len(shading.rows) == 60
    assert shading.total == sum(row.value for row in shading.rows) + shading.outside
    with county.read() as session:
        counted = {
            MapFigure.OPEN_NEEDS: select(func.count(Need.id)).where(is_open()),
            MapFigure.VOLUNTEERS: select(func.count(Volunteer.id)).where(Volunteer.status == "active"),
            MapFigure.CONTACTS: select(func.count(GridContact.id)),
        }
        if figure in counted:
            assert shading.total == session.scalar(counted[figure])


def test_the_map_begins_at_the_reader_s_own_town(database: Database) -> None:
    def sites(session: Session) -> tuple[Actor, Actor]:
        centre = a_site(session)
        return an_actor(site=centre), an_actor(site=a_site(session, centre, town_code=TOWN))

    of_county, of_town = database.write(sites)
    assert ask(database, map_layers.home, of_town) == TOWN
    assert ask(database, map_layers.home, of_county) is None
    assert ask(database, map_layers.home, an_actor()) is None
