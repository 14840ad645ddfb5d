"""`check` finds each kind of fault, and nothing in data that the commands, the importer and the sample write."""

import hashlib
import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from dashboard.__main__ import main
from dashboard.core.errors import Forbidden
from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import check_look
from dashboard.services.check_look import Look
from dashboard.services.checks import CHECKS, ask_all, examine
from dashboard.services.commands import digest_key, keyed_digest
from dashboard.text import known
from db import migrate
from db.engine import Database
from db.models import (
    Audit,
    CatalogueItem,
    Category,
    Dispatch,
    Displacement,
    Division,
    Duty,
    DutyPerson,
    HandOver,
    ImportBatch,
    MatchRun,
    Need,
    NeedEvent,
    NeedInterval,
    NeedRole,
    Person,
    Revision,
    Rota,
    RotaPlace,
    Setting,
    SignIn,
    Site,
    Team,
    UnplacedPoint,
    Volunteer,
)
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_county,
    a_grid,
    a_need,
    a_person,
    a_rating,
    a_service,
    a_site,
    a_square,
    a_team,
    a_volunteer,
    an_account,
    an_activity,
    an_actor,
    saved,
)
from tests.postgresql import Server

HOUR = timedelta(hours=1)
TOWN, OTHER_TOWN, VILLAGE = "520326100000", "520326101000", "520326100001"
PHONE = "13800001234"


class Office:
    """A small county without a fault, with rows that almost are one. Grids lie side by side from west to east."""

    def __init__(self, session: Session) -> None:
        self.session = session
        a_county(session)
        self._places()
        self._people()
        self._work()
        self._book()

    def _places(self) -> None:
        session = self.session
        saved(session, Setting(county=COUNTY, key="boundary", value=a_square(half=0.1)))
        for code, level, above in (
            (TOWN, "town", COUNTY),
            (OTHER_TOWN, "town", COUNTY),
            (VILLAGE, "village", TOWN),
        ):
            saved(session, Division(county=COUNTY, code=code, level=level, name=code, parent_code=above))
        self.centre = a_site(session)
        self.institute = a_site(session, self.centre, level="institute", town_code=TOWN)
        self.station = a_site(session, self.institute, town_code=TOWN, village_code=VILLAGE)
        self.point = a_site(session, self.station, level="point")
        self.grid = a_grid(session, self.station, town_code=TOWN, village_code=VILLAGE)
        self.next_grid = a_grid(session, self.station, lon=107.92, parent_id=self.grid.id)
        self.empty_grid = a_grid(session, self.station, lon=107.94)
        old = {"code": self.empty_grid.code, "valid_from": date(2020, 1, 1), "valid_to": date(2024, 1, 1)}
        a_grid(session, self.station, lon=107.935, **old)
        self.stairs = a_grid(session, self.station, lon=107.94, parent_id=self.empty_grid.id)

    def _people(self) -> None:
        session, key = self.session, digest_key(self.session)
        self.resident = a_person(session, "张小贵", PHONE, phone_digest=keyed_digest(key, PHONE))
        at = {"site": self.station, "grid_id": self.grid.id, "consent": "given"}
        self.volunteer = a_volunteer(session, **at)
        self.friend = a_volunteer(session, **at)
        self.left = a_volunteer(session, site=self.station, grid_id=self.grid.id, consent="refused", consent_at=NOW)
        self.lost = a_volunteer(session, site=self.station, lon=109.0, consent="given")
        saved(
            session,
            UnplacedPoint(county=COUNTY, subject="volunteers", row_id=self.lost.id, lon=109.0, lat=self.lost.lat),
        )

    def _work(self) -> None:
        session = self.session
        category = a_category(session)
        placed = {"grid_id": self.grid.id, "category_id": category.id, "village_code": VILLAGE, "town_code": TOWN}
        self.open_need = a_need(session, self.station, people=2, hours=4, **placed)
        a_need(session, self.station, state="to_verify", precision="none", lon=None, lat=None)
        start = NOW + timedelta(days=1)
        self.offer = self.sent(self.open_need, self.volunteer, (start, start + HOUR), "offered")
        self.later = self.sent(self.open_need, self.volunteer, (start + HOUR, start + 2 * HOUR), "offered")
        self.sent(self.open_need, self.friend, (start, start + HOUR), "offered")
        self.sent(self.open_need, self.left, (start, start + HOUR), "offered", "declined")
        self.closed_need = a_need(session, self.station, start=NOW - timedelta(days=8), **placed)
        done = (NOW - timedelta(days=7), NOW - timedelta(days=7) + HOUR)
        steps = ("offered", "accepted", "in_service", "done", "confirmed")
        self.done = self.sent(self.closed_need, self.volunteer, done, *steps)
        for before, after in zip(
            ("open", "in_service", "done", "confirmed"), ("in_service", "done", "confirmed", "closed"), strict=True
        ):
            self.event(self.closed_need, before, after)
        self.closed_need.state = "closed"
        at = {"dispatch_id": self.done.id, "break_minutes": 10, "end": done[1], "minutes": 50}
        self.service = a_service(session, self.volunteer, self.closed_need, **at)
        activity = an_activity(session, site=self.station)
        a_service(session, self.volunteer, activity, start=done[1], minutes=30)
        a_service(session, self.left, activity, recorded_at=NOW - HOUR)
        self.rating = a_rating(session, self.closed_need)
        self._matched(placed)

    def _matched(self, placed: dict[str, Any]) -> None:
        """A run, a draft of it that was sent and one that wasn't, and a displacement."""
        run = self.run()
        self.run(draft_of=run.id, state="committed")
        self.run(draft_of=run.id, plan=None, plan_digest=None)
        start = NOW + timedelta(days=5)
        self.urgent = a_need(self.session, self.station, people=2, urgency="urgent", start=start, **placed)
        loser = a_need(self.session, self.station, people=2, start=start, **placed)
        span = (start, start + HOUR)
        for one in ("withdrawn", "again"):
            setattr(self, one, self.sent(loser, self.volunteer, span, "offered", "cancelled"))
        self.urgent_offer = self.sent(self.urgent, self.volunteer, span, "offered")
        self.extra = self.sent(self.urgent, self.friend, span, "offered")
        self.displaced(self.again)

    def _book(self) -> None:
        session = self.session
        counts = {"rows": 3, "stored": 1, "unchanged": 1, "refused": 1}
        self.batch = saved(
            session,
            ImportBatch(
                county=COUNTY,
                kind="needs",
                file_name="a.xlsx",
                file_digest="0",
                at=NOW,
                account_id=0,
                mapping={},
                counts=counts,
            ),
        )
        self.audit("imports.store_needs", self.batch.id)
        self.audit("sample.fill", 77)
        off = an_account(session, active=False)
        self.off = saved(
            session, SignIn(county=COUNTY, token_digest="1", account_id=off.id, created_at=NOW - HOUR, expires_at=NOW)
        )
        on = an_account(session)
        saved(session, SignIn(county=COUNTY, token_digest="2", account_id=on.id, created_at=NOW, expires_at=NOW + HOUR))
        for subject in ("places", "people", "needs", "services", "plans"):
            saved(session, Revision(county=COUNTY, subject=subject, value=1))

    def audit(self, command: str, batch_id: int) -> None:
        words = {"role": "admin", "action": "import", "command": command, "subject": "import_needs"}
        saved(self.session, Audit(county=COUNTY, at=NOW, actor_id=0, batch_id=batch_id, **words))

    def run(self, **values: Any) -> MatchRun:
        """A matching run with an empty plan."""
        given: dict[str, Any] = {
            "county": COUNTY,
            "at": NOW,
            "account_id": 0,
            "role": "admin",
            "site_path": "/",
            "filters": {},
            "rule_version": 0,
            "digest": "0" * 64,
            "seconds": 1.0,
            "counts": {},
            "objective": "0",
            "bound": "0",
            "gap": 0.0,
            "tiers": {},
            "plan": zlib.compress(b"[]"),
            "plan_digest": hashlib.sha256(b"[]").hexdigest(),
        }
        return saved(self.session, MatchRun(**(given | values)))

    def displaced(self, withdrawn: Dispatch, sent: Dispatch | None = None) -> None:
        """A promise taken back for an urgent need, without a substitute."""
        words = {"accepted_by": "陈建", "reason": "急", "at": NOW, "account_id": 0, "escalated": True}
        hers = sent or self.urgent_offer
        row = Displacement(
            county=COUNTY, need_id=self.urgent.id, dispatch_id=withdrawn.id, sent_dispatch_id=hers.id, **words
        )
        saved(self.session, row)

    def event(self, need: Need, before: str | None, after: str, dispatch: Dispatch | None = None) -> None:
        saved(
            self.session,
            NeedEvent(
                county=COUNTY,
                need_id=need.id,
                dispatch_id=dispatch.id if dispatch else None,
                from_state=before,
                to_state=after,
                actor_id=0,
                happened_at=NOW,
                recorded_at=NOW,
            ),
        )

    def sent(self, need: Need, volunteer: Volunteer, span: tuple[Any, Any], *states: str) -> Dispatch:
        """A dispatch that went through these states, each an event."""
        role = self.session.query(NeedRole).filter_by(need_id=need.id).first()
        assert role is not None
        words = {"county": COUNTY, "dispatched_by": 0, "offered_at": NOW, "start": span[0], "end": span[1]}
        row = saved(
            self.session,
            Dispatch(need_id=need.id, role_id=role.id, volunteer_id=volunteer.id, state=states[-1], **words),
        )
        for before, after in zip((None, *states), states, strict=False):
            self.event(need, before, after, row)
        return row

    def set(self, row: Any, **values: Any) -> None:
        """Change a row past every command."""
        table = type(row)
        self.session.execute(update(table).where(table.id == row.id).values(**values))

    def tear_down(self, wall: str) -> None:
        """Take a wall of the database away: "overlap" or "overfill"."""
        sqlite = self.session.get_bind().dialect.name == "sqlite"
        statements = {
            ("overlap", True): "drop trigger dispatch_overlap_insert",
            ("overlap", False): "alter table dispatches drop constraint dispatch_overlap",
            ("overfill", True): "drop trigger need_overfilled_update",
            ("overfill", False): "alter table dispatches disable trigger need_overfilled",
        }
        self.session.execute(text(statements[wall, sqlite]))


Plant = Callable[[Office], None]
PLANTS: list[tuple[str, Plant, dict[str, int]]] = []


def fault(**found: int) -> Callable[[Plant], Plant]:
    """A planted fault and the rows each check must find: the first key is the check it is a test of."""

    def register(plant: Plant) -> Plant:
        PLANTS.append((plant.__name__, plant, found))
        return plant

    return register


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database of each kind for all planted faults: each is rolled back."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("checks") / "checks.db"
        shutil.copy(request.getfixturevalue("empty_sqlite"), path)
        made = Database(f"sqlite:///{path}")
        yield made
        made.dispose()
        return
    server: Server = request.getfixturevalue("postgresql")
    made = Database(server.create("checks", template="template_dashboard"))
    yield made
    made.dispose()
    server.drop("checks")


@pytest.fixture
def office(both: Database) -> Iterator[Office]:
    """The office in a transaction that is rolled back."""
    with Session(both.writer) as session:
        yield Office(session)
        session.rollback()


def seen(office: Office) -> dict[str, int]:
    """The faults in the office's own transaction."""
    office.session.flush()
    return {one.key: one.found for one in ask_all(Look(office.session, COUNTY, NOW)) if not one.ok}


def faults(database: Database) -> dict[str, int]:
    return {one.key: one.found for one in examine(database, system_actor(COUNTY), now=NOW) if not one.ok}


def test_nothing_is_found_where_nothing_is_wrong(office: Office) -> None:
    assert {} == seen(office)


def test_an_empty_county_has_no_faults(any_database: Database) -> None:
    any_database.write(a_county)
    assert {} == faults(any_database)


@fault(walls=1)
def a_wall_is_gone(office: Office) -> None:
    office.tear_down("overfill")


@fault(need_state=1)
def a_need_says_another_state_than_its_events(office: Office) -> None:
    office.set(office.open_need, state="to_verify")


@fault(need_state=1, flow=1)
def a_need_without_events(office: Office) -> None:
    made = {"state": "draft", "channel": "hotline", "title": "", "urgency": "normal", "registered_at": NOW}
    saved(office.session, Need(county=COUNTY, code="N-1", to_verify=[], **made))


@fault(need_history=1)
def an_illegal_move(office: Office) -> None:
    office.event(office.closed_need, "closed", "closed")


@fault(need_history=1)
def a_move_is_missing(office: Office) -> None:
    office.event(office.open_need, "in_service", "open")


@fault(need_history=1, need_state=1, flow=1)
def a_second_beginning(office: Office) -> None:
    office.event(office.open_need, None, "draft")


@fault(dispatch_state=1)
def a_dispatch_says_another_state_than_its_events(office: Office) -> None:
    office.set(office.offer, state="accepted")


@fault(dispatch_history=1)
def an_illegal_move_of_a_dispatch(office: Office) -> None:
    office.event(office.closed_need, "confirmed", "confirmed", office.done)


@fault(dispatch_history=1)
def a_dispatch_that_was_never_offered(office: Office) -> None:
    start = NOW + timedelta(days=3)
    office.sent(office.open_need, office.friend, (start, start + HOUR), "accepted")


@fault(event_need=1)
def an_event_under_another_need(office: Office) -> None:
    office.event(office.closed_need, "offered", "accepted", office.offer)


@fault(dispatch_role=1)
def a_role_of_another_need(office: Office) -> None:
    role = saved(office.session, NeedRole(county=COUNTY, need_id=office.closed_need.id, position=1))
    office.set(office.offer, role_id=role.id)


@fault(two_places=1, walls=1)
def one_person_in_two_places(office: Office) -> None:
    office.tear_down("overlap")
    office.sent(office.closed_need, office.volunteer, (office.offer.start + HOUR / 2, office.offer.end), "offered")


@fault(overfilled=1)
def more_people_than_seats(office: Office) -> None:
    office.session.execute(update(NeedRole).where(NeedRole.need_id == office.open_need.id).values(head_count=1))


@fault(hand_over=1)
def an_offer_to_take_over_that_nobody_asked_for(office: Office) -> None:
    office.set(office.offer, in_place_of=office.offer.volunteer_id)


@fault(hand_over=1)
def a_request_without_its_offer(office: Office) -> None:
    other = a_volunteer(office.session, office.station, grid_id=office.grid.id)
    asked = {"reason": "病了", "asked_at": NOW, "asked_by": 0, "answer_by": NOW, "state": "asked"}
    offer = office.offer
    who = {"role_id": offer.role_id, "from_volunteer_id": offer.volunteer_id, "to_volunteer_id": other.id}
    saved(office.session, HandOver(county=COUNTY, need_id=offer.need_id, **asked, **who))


@fault(open_incomplete=1)
def an_open_need_nowhere(office: Office) -> None:
    office.set(office.open_need, precision="none")


@fault(open_incomplete=1)
def an_open_need_at_no_time(office: Office) -> None:
    office.session.query(NeedInterval).filter_by(need_id=office.open_need.id).delete()


@fault(open_incomplete=1)
def an_open_need_for_nobody(office: Office) -> None:
    need = a_need(office.session, office.station, category_id=office.open_need.category_id, grid_id=office.grid.id)
    office.session.query(NeedRole).filter_by(need_id=need.id).delete()


@fault(open_incomplete=1)
def an_open_need_of_no_kind(office: Office) -> None:
    office.set(office.open_need, category_id=None)


@fault(flow=1, need_state=1)
def an_order_that_vanished_from_the_open_ones(office: Office) -> None:
    office.set(office.open_need, state="closed")


@fault(site_path=1)
def a_path_of_its_own(office: Office) -> None:
    office.set(office.point, path=f"/{office.point.id}/")


@fault(site_sum=2, site_path=2)
def a_path_that_leaves_out_a_level(office: Office) -> None:
    # Rights of the institute would no longer reach the station: its part is short, and so is what the centre adds up.
    office.set(office.station, path=f"{office.centre.path}{office.station.id}/")


@fault(site_level=1)
def a_centre_under_a_station(office: Office) -> None:
    office.set(office.point, level="centre")


@fault(site_circle=1, site_path=1)
def a_site_under_itself(office: Office) -> None:
    office.set(office.point, parent_id=office.point.id)


@fault(site_root=2)
def two_roots(office: Office) -> None:
    a_site(office.session)


@fault(site_root=1)
def no_root(office: Office) -> None:
    office.set(office.centre, valid_to=date(2026, 1, 1))


@fault(village_town=1)
def a_village_in_another_town(office: Office) -> None:
    office.set(office.open_need, town_code=OTHER_TOWN)


@fault(village_town=1)
def a_village_nobody_knows(office: Office) -> None:
    office.set(office.grid, village_code="520326999999")


@fault(grid_code=1)
def a_code_twice_on_one_day(office: Office) -> None:
    a_grid(office.session, lon=107.86, code=office.grid.code, valid_from=date(2025, 1, 1))


@fault(grid_code=1)
def an_old_version_that_ends_too_late(office: Office) -> None:
    old = {"valid_from": date(2019, 1, 1), "valid_to": date(2020, 1, 2)}
    a_grid(office.session, lon=107.86, code=office.empty_grid.code, **old)


def _ring(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


@pytest.mark.parametrize(
    "geometry",
    [
        _ring((107.93, 28.52), (107.95, 28.54), (107.95, 28.52), (107.93, 28.54), (107.93, 28.52)),
        _ring((107.93, 28.52), (107.95, 28.54), (107.95, 28.52)),
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon"},
        {"type": "Point", "coordinates": [107.9, 28.5]},
        {"type": "Polygon", "coordinates": [["x"]]},
        {"type": "GeometryCollection", "geometries": []},
        {},
    ],
)
def test_a_border_that_is_no_polygon_is_found(office: Office, geometry: dict[str, Any]) -> None:
    office.set(office.stairs, geometry=geometry)
    assert {"grid_shape": 1} == seen(office)


def test_polygons_of_several_parts_are_sound() -> None:
    parts = [a_square()["coordinates"], a_square(lon=108.5)["coordinates"]]
    assert check_look.is_polygon({"type": "MultiPolygon", "coordinates": parts})


@fault(grid_shape=1)
def a_border_that_crosses_itself(office: Office) -> None:
    bow = _ring((107.93, 28.52), (107.95, 28.54), (107.95, 28.52), (107.93, 28.54), (107.93, 28.52))
    office.set(office.stairs, geometry=bow)


@fault(grid_overlap=1)
def two_grids_share_land(office: Office) -> None:
    a_grid(office.session, lon=107.8803)


@fault(grid_outside=1)
def a_grid_in_another_county(office: Office) -> None:
    a_grid(office.session, lon=108.5)


@fault(point_unlisted=1)
def a_point_outside_is_not_on_the_list(office: Office) -> None:
    office.session.query(UnplacedPoint).delete()


@fault(point_listed=1)
def a_point_on_the_list_lies_in_a_grid(office: Office) -> None:
    at = {"lon": 107.9, "lat": 28.53}
    saved(office.session, UnplacedPoint(county=COUNTY, subject="needs", row_id=office.open_need.id, **at))


@fault(point_grid=1)
def a_home_in_another_grid(office: Office) -> None:
    office.set(office.friend, grid_id=office.empty_grid.id)


@fault(service_minutes=1)
def a_minute_too_many(office: Office) -> None:
    office.set(office.service, minutes=51)


@fault(service_minutes=1)
def a_minute_too_few(office: Office) -> None:
    office.set(office.service, break_minutes=9)


@fault(service_overlap=1)
def two_services_at_once(office: Office) -> None:
    need = office.closed_need
    a_service(office.session, office.volunteer, need, start=office.service.start + HOUR / 2, minutes=10)


@fault(duty_overlap=1)
def on_two_duties_at_once(office: Office) -> None:
    """The third duty begins as the first is over: that is right."""
    session, day = office.session, (NOW + timedelta(days=1)).date()
    team = a_team(session, office.station)
    mine = {"county": COUNTY, "team_id": team.id, "rule": "FREQ=WEEKLY;BYDAY=TU", "start": NOW + timedelta(days=1)}
    rota = saved(session, Rota(**mine, name="轮值", minutes=60, created_at=NOW, created_by=0))
    for n, begin in enumerate((timedelta(0), HOUR / 2, HOUR * 3 / 2)):
        place = saved(
            session, RotaPlace(county=COUNTY, rota_id=rota.id, position=n, name=f"小区{n}", site_id=office.station.id)
        )
        start = NOW + timedelta(days=1) + begin
        duty = Duty(county=COUNTY, place_id=place.id, planned_on=day, day=day, start=start, end=start + HOUR, least=1)
        saved(session, duty)
        saved(session, DutyPerson(county=COUNTY, duty_id=duty.id, volunteer_id=office.volunteer.id))


@fault(service_consent=1)
def hours_without_consent(office: Office) -> None:
    office.set(office.friend, consent="unknown")
    a_service(office.session, office.friend, office.closed_need)


@fault(service_consent=1)
def hours_after_consent_was_withdrawn(office: Office) -> None:
    a_service(office.session, office.left, office.closed_need, start=NOW - HOUR, minutes=5, recorded_at=NOW + HOUR)


@fault(service_dispatch=1)
def hours_of_another_person(office: Office) -> None:
    office.set(office.service, volunteer_id=office.friend.id)


@fault(rating_answer=1)
def an_answer_given_at_no_time(office: Office) -> None:
    office.set(office.rating, answered_at=None)


@fault(run_plan=1)
def a_plan_that_was_changed(office: Office) -> None:
    office.run(plan=zlib.compress(b"{}"))


@fault(run_plan=1)
def a_plan_that_can_t_be_read(office: Office) -> None:
    office.run(plan=b"?")


@fault(run_plan=1)
def a_draft_that_was_sent_without_its_plan(office: Office) -> None:
    run = office.run()
    office.run(draft_of=run.id, state="committed", plan=None, plan_digest=None)


@fault(displacement=1)
def a_displaced_promise_that_holds_its_seat(office: Office) -> None:
    office.displaced(office.offer)


@fault(displacement=1)
def a_displacement_that_sent_somebody_else(office: Office) -> None:
    office.displaced(office.withdrawn, sent=office.extra)


@fault(person_digest=1)
def a_phone_that_search_would_miss(office: Office) -> None:
    office.set(office.resident, phone="13900001234")


@fault(person_digest=1)
def a_tail_of_another_phone(office: Office) -> None:
    office.set(office.resident, phone_tail="9999")


@fault(person_digest=1)
def a_digest_of_nothing(office: Office) -> None:
    office.set(office.resident, phone=None, phone_tail=None)


@fault(person_digest=1)
def an_address_without_its_digest(office: Office) -> None:
    office.set(office.resident, address="温泉村", address_tail="温泉村")


@fault(sign_in_open=1)
def a_switched_off_account_still_signed_in(office: Office) -> None:
    office.set(office.off, expires_at=NOW + HOUR)


@fault(audit_batch=1)
def a_batch_nobody_imported(office: Office) -> None:
    office.audit("imports.store_needs", office.batch.id + 1)


@fault(audit_batch=1)
def an_import_nobody_audited(office: Office) -> None:
    row = {"kind": "sites", "file_name": "b.xlsx", "file_digest": "1", "at": NOW, "account_id": 0, "mapping": {}}
    saved(office.session, ImportBatch(county=COUNTY, counts=office.batch.counts, **row))


@fault(import_counts=1)
def a_row_went_astray(office: Office) -> None:
    office.set(office.batch, counts=office.batch.counts | {"rows": 4})


@fault(revisions=1)
def a_subject_that_was_never_counted(office: Office) -> None:
    category = office.session.query(Category).first()
    assert category is not None
    saved(office.session, CatalogueItem(county=COUNTY, code="I", name="I", category_id=category.id, required_skills=[]))


@fault(other_county=2)
def a_team_of_another_county(office: Office) -> None:
    team = saved(office.session, Team(county="520327", code="T", name="T", leader_id=office.friend.id))
    office.set(office.service, team_id=team.id)


@pytest.mark.parametrize(("plant", "found"), [pytest.param(p, f, id=name) for name, p, f in PLANTS])
def test_a_planted_fault_is_found(office: Office, plant: Plant, found: dict[str, int]) -> None:
    plant(office)
    assert found == seen(office)


def test_every_check_has_a_planted_fault_and_its_words() -> None:
    assert set() == set(CHECKS) - {next(iter(found)) for _, _, found in PLANTS}
    wanted = {f"checks.{key}{part}" for key in (*CHECKS, "schema") for part in ("", ".mend")}
    assert set() == {key for key in wanted if not known(key)}


def test_every_check_is_documented() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [] == [key for key in (*CHECKS, "schema") if f"`{key}`" not in page.split("## check", 1)[1]]


def test_only_those_who_see_the_audit_of_the_county_may_ask(database: Database) -> None:
    def rows(session: Session) -> Site:
        a_county(session)
        return a_site(session)

    centre = database.write(rows)
    for actor in (an_actor(Role.LEADER), an_actor(Role.COORDINATOR), an_actor(Role.ADMIN, centre)):
        with pytest.raises(Forbidden):
            examine(database, actor, now=NOW)


def as_json(capsys: pytest.CaptureFixture[str], database: Database) -> tuple[int, dict[str, Any]]:
    code = main(["check", "--db", database.url.render_as_string(hide_password=False), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_sample_county_agrees_with_itself(county: Database, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = as_json(capsys, county)
    expected = [{"key": key, "ok": True, "found": 0} for key in ("schema", *CHECKS)]
    assert (0, {"ok": True, "checks": expected}) == (code, told)


def test_a_fault_is_exit_1_and_a_sentence_with_codes_and_a_remedy(
    any_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    code = any_database.write(lambda session: _open_without_state(session))
    exit_code, told = as_json(capsys, any_database)
    assert (1, False) == (exit_code, told["ok"])
    assert {"key": "need_state", "ok": False, "found": 1} in told["checks"]
    url = any_database.url.render_as_string(hide_password=False)
    assert 1 == main(["check", "--db", url, "--language", "en"])
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("✗"))
    assert f"1 at fault ({code})" in line and "set the state" in line


def _open_without_state(session: Session) -> str:
    office = Office(session)
    office.set(office.open_need, state="to_verify")
    return office.open_need.code


def test_no_personal_value_is_told(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    def plant(session: Session) -> None:
        office = Office(session)
        session.execute(update(Person).values(phone=PHONE, phone_digest="0"))
        session.execute(update(Volunteer).where(Volunteer.id == office.friend.id).values(grid_id=None))

    database.write(plant)
    assert 1 == main(["check", "--db", str(database.url)])
    told = capsys.readouterr().out
    assert "person" not in told and PHONE not in told and "1234" not in told and "张小贵" not in told


def test_only_the_first_few_rows_are_named(database: Database) -> None:
    def plant(session: Session) -> None:
        office = Office(session)
        values = [{"county": COUNTY, "name": "王芳", "phone": PHONE, "phone_tail": "1234"} for _ in range(9)]
        office.session.execute(insert(Person), values)

    database.write(plant)
    found = {one.key: one for one in examine(database, system_actor(COUNTY), now=NOW)}["person_digest"]
    assert (9, check_look.NAMED) == (found.found, len(found.names))


def test_behind_the_schema_nothing_else_is_asked(any_database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    any_database.write(a_county)
    migrate.downgrade(any_database, "0001")
    expected = {"ok": False, "checks": [{"key": "schema", "ok": False, "found": 1}]}
    assert (1, expected) == as_json(capsys, any_database)
    migrate.downgrade(any_database, "base")
    assert (1, expected) == as_json(capsys, any_database)


def test_a_schema_without_a_county_is_refused_in_words(
    any_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = as_json(capsys, any_database)
    assert (1, "cli.no_county") == (code, told["error"])
