"""The sample county: published counts, an exact tiling, lives that keep every rule, the same rows for the same seed."""

import gzip
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from dashboard.core import deadlines, needs, words
from dashboard.core.intake import name_key
from dashboard.core.masking import address_tail
from dashboard.core.words import HOLDS_SEAT, DispatchState, NeedState
from dashboard.services.commands import keyed_digest
from dashboard.services.persons import initials
from db import migrate
from db.county import ensure_county, shipped_boundary
from db.engine import Database
from db.models import (
    Activity,
    Audit,
    Availability,
    Base,
    Certificate,
    Dispatch,
    Division,
    Grid,
    GridContact,
    Leave,
    Membership,
    Need,
    NeedEvent,
    NeedInterval,
    NeedRole,
    NeedSkill,
    Person,
    Rating,
    Revision,
    Service,
    Setting,
    Site,
    Skill,
    Team,
    Volunteer,
)
from db.sample import words as written
from db.sample.build import NotEmptyError, NotSampleError, is_sample, make_county, more_needs
from db.sample.clock import COUNTY_TIME, WorkClock
from db.sample.names import PHONE_PREFIX, phone_number
from db.sample.sizes import FULL, SMALL
from db.sample.tiling import as_geojson, tile

TODAY = date(2026, 11, 20)
END = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
CLOCK = WorkClock(date(2024, 1, 1), date(2028, 12, 31))


def quiet(done: int, total: int, what: str) -> None:
    """Progress nobody watches."""


def made(path: Path, seed: int = 1, needs: int = 0) -> Database:
    database = Database(f"sqlite:///{path}")
    make_county(database, SMALL, seed, TODAY, needs=needs, progress=quiet)
    return database


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A small sample that no test changes."""
    database = made(tmp_path_factory.mktemp("sample") / "sample.db")
    yield database
    database.dispose()


@pytest.fixture
def session(sample: Database) -> Iterator[Session]:
    with sample.read() as session:
        yield session


def dump(database: Database) -> list[str]:
    database.dispose()
    with sqlite3.connect(str(database.url.database)) as connection:
        return list(connection.iterdump())


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


# --- size and shape


def test_the_full_size_is_the_published_one() -> None:
    assert (FULL.grids, FULL.points, FULL.contacts, FULL.teams) == (1453, 8, 6700, 209)
    assert (FULL.volunteers, FULL.items, FULL.activities, FULL.reached) == (50_000, 6000, 2100, 1_000_000)
    assert FULL.closed >= 3000


def test_the_small_size_meets_its_counts(session: Session) -> None:
    levels = Counter(session.scalars(select(Site.level)))
    assert levels == {"centre": 1, "institute": 3, "station": 12, "point": 2}
    for table, wanted in (
        (Grid, SMALL.grids),
        (GridContact, SMALL.contacts),
        (Team, SMALL.teams),
        (Volunteer, SMALL.volunteers),
        (Activity, SMALL.activities),
    ):
        assert count(session, table) == wanted
    states = Counter(session.scalars(select(Need.state)))
    assert states["closed"] >= SMALL.closed
    assert {"open", "to_verify", "unmet", "cancelled", "confirmed"} <= set(states)
    assert (session.scalar(select(func.sum(Activity.people_reached))) or 0) >= SMALL.reached


def test_squads_of_every_level_stand_there_one_of_an_aspect_a_site(tmp_path: Path) -> None:
    """The small county has no teams of villages: nine more give the first nine one each."""
    database = Database(f"sqlite:///{tmp_path / 'sample.db'}")
    make_county(database, replace(SMALL, teams=SMALL.teams + 9), 1, TODAY, progress=quiet)
    with database.read() as session:
        rows = session.execute(
            select(Site.level, Site.id, Team.aspect, Team.active)
            .join(Site, Site.id == Team.site_id)
            .where(Team.aspect.is_not(None))
        ).all()
    database.dispose()
    assert {row.level for row in rows} == {"centre", "institute", "station"}
    assert len({(row.id, row.aspect) for row in rows}) == len(rows)
    assert all(row.active for row in rows)
    towns = Counter(row.id for row in rows if row.level == "institute")
    assert list(towns.values()) == [5, 5, 5], "gaps are to be seen"
    assert {row.aspect for row in rows} == set(words.Aspect)


def test_grids_tile_the_county_without_gap_or_overlap(session: Session) -> None:
    cells = np.array([shape(geometry) for geometry in session.scalars(select(Grid.geometry))])
    check_tiling(cells)


def check_tiling(cells: np.ndarray) -> None:
    """Every cell valid, edges shared point by point, the union the county's outline to 1 cm along its border."""
    outline = shape(shipped_boundary())
    assert shapely.is_valid(cells).all()
    assert shapely.coverage_is_valid(cells)
    whole = shapely.coverage_union_all(cells)
    assert whole.symmetric_difference(outline).area / outline.area < 1e-6
    assert abs(shapely.area(cells).sum() / outline.area - 1) < 1e-7
    pairs = shapely.STRtree(cells).query(cells, predicate="overlaps")
    assert pairs.size == 0


def test_the_full_tiling_is_exact_and_light() -> None:
    grids = [[9 + (town + village) % 6 for village in range(7 + town % 3)] for town in range(16)]
    tiles = tile(shape(shipped_boundary()), grids, [(107.9, 28.55)], np.random.default_rng(7))
    assert len(tiles.cells) == sum(map(sum, grids)) > 1300
    check_tiling(tiles.cells)
    for village in range(tiles.village.max() + 1):
        assert shapely.coverage_union_all(tiles.cells[tiles.village == village]).geom_type == "Polygon"
    sent = json.dumps([as_geojson(cell) for cell in tiles.cells], separators=(",", ":")).encode()
    assert len(gzip.compress(sent)) < 150_000


def test_grids_nest_in_villages_and_villages_in_towns(session: Session) -> None:
    outline = {row.code: shape(row.geometry) for row in session.scalars(select(Division)) if row.geometry}
    parents = {row.code: row.parent_code for row in session.scalars(select(Division))}
    by_village = defaultdict(list)
    for grid in session.scalars(select(Grid)):
        assert parents[grid.village_code] == grid.town_code
        assert grid.code.startswith(str(grid.village_code))
        by_village[grid.village_code].append(shape(grid.geometry))
    assert len(by_village) == 12
    by_town = defaultdict(list)
    for village, cells in by_village.items():
        assert shapely.coverage_union_all(np.array(cells)).equals(outline[village])
        by_town[parents[village]].append(outline[village])
    for town, villages in by_town.items():
        assert shapely.coverage_union_all(np.array(villages)).equals(outline[town])


def test_stations_stand_under_their_real_names_in_a_tree(session: Session) -> None:
    sites = {site.id: site for site in session.scalars(select(Site))}
    names = {row.code: row.name for row in session.scalars(select(Division))}
    for site in sites.values():
        assert site.name_key == name_key(site.name)
        assert site.path.endswith(f"/{site.id}/")
        if site.parent_id is not None:
            assert site.path == f"{sites[site.parent_id].path}{site.id}/"
        if site.level == "station":
            assert site.name == f"{names[site.code]}新时代文明实践站"
            assert sites[site.parent_id].town_code == site.town_code


# --- people


def test_people_are_skewed_as_life_is(session: Session) -> None:
    cards = Counter(session.scalars(select(GridContact.grid_id)))
    assert 0 < SMALL.grids - len(cards) < SMALL.grids / 10
    known = Counter(session.scalars(select(Volunteer.availability_known)))
    assert 0.2 < known[False] / SMALL.volunteers < 0.5
    homes = Counter(session.scalars(select(Volunteer.precision)))
    assert homes["village"] > SMALL.volunteers / 2
    assert homes["grid"] > homes["point"] > 0
    shared = select(Person.phone_digest).where(Person.phone.is_not(None)).group_by(Person.phone_digest)
    assert len(session.scalars(shared.having(func.count() > 1)).all()) > 20
    weekdays = select(func.count(func.distinct(Availability.volunteer_id))).where(
        Availability.weekday < 5, Availability.start_minute < 17 * 60
    )
    assert (session.scalar(weekdays) or 0) < SMALL.volunteers * 0.35
    expired = select(func.count()).select_from(Certificate).where(Certificate.expires_on < TODAY)
    soon = select(func.count()).select_from(Certificate)
    soon = soon.where(Certificate.expires_on.between(TODAY, TODAY + timedelta(days=30)))
    assert session.scalar(expired)
    assert session.scalar(soon)


def test_nobody_invented_has_a_phone_that_rings(session: Session) -> None:
    phones = {*session.scalars(select(Person.phone)), *session.scalars(select(Site.phone))} - {None}
    assert all(phone and len(phone) == 11 and phone.startswith(PHONE_PREFIX) for phone in phones)
    assert len({phone_number(serial) for serial in range(100_000)}) == 100_000


def test_personal_values_are_stored_as_the_product_stores_them(session: Session) -> None:
    key = bytes.fromhex((session.scalar(select(Setting.value).where(Setting.key == "digest_key")) or {})["hex"])
    for person in session.scalars(select(Person)):
        assert person.initials == initials(person.name)
        if person.phone:
            assert person.phone_digest == keyed_digest(key, person.phone)
            assert person.phone_tail == person.phone[-4:]
        if person.address:
            assert person.address_digest == keyed_digest(key, person.address)
            assert person.address_tail == address_tail(person.address)


def test_free_time_is_what_the_words_say(session: Session) -> None:
    with_spans = set(session.scalars(select(Availability.volunteer_id)))
    for volunteer in session.scalars(select(Volunteer)):
        assert volunteer.availability_known == (volunteer.id in with_spans)


def test_the_stored_words_are_members_of_the_enumerations() -> None:
    for values, enum in (
        ((written.CENTRE, written.INSTITUTE, written.STATION, written.POINT), words.Level),
        (written.SITE_KINDS, words.SiteKind),
        ((written.GRID_COMMUNITY, written.GRID_VILLAGE_GROUP), words.GridKind),
        ((written.COUNTY_LEVEL, written.TOWN_LEVEL, written.VILLAGE_LEVEL), words.DivisionLevel),
        ((written.AT_POINT, written.AT_GRID, written.AT_VILLAGE, written.NOWHERE), words.Precision),
        ((written.FEMALE, written.MALE), words.Gender),
        ((written.ACTIVE, written.PAUSED, written.LEFT), words.VolunteerStatus),
        ((written.GIVEN, written.REFUSED, written.UNKNOWN), words.Consent),
        ((*written.TOWN_TEAMS, written.COUNTY_TEAM, written.TRADE_TEAM, written.OTHER_TEAM), words.TeamKind),
        (written.ASPECTS, words.Aspect),
        (written.CHANNELS, words.Channel),
        ((written.URGENT, written.SOON, written.NORMAL), words.Urgency),
        ((written.ANY_OF,), words.IntervalRule),
        ((written.DRAFT, written.TO_VERIFY, written.OPEN, written.IN_SERVICE, written.DONE), words.NeedState),
        ((written.CONFIRMED, written.RATED, written.CLOSED, written.CANCELLED, written.UNMET), words.NeedState),
        ((written.OFFERED, written.ACCEPTED, written.DECLINED, written.EXPIRED), words.DispatchState),
        ((written.IN_SERVICE, written.DONE, written.CONFIRMED, written.CANCELLED), words.DispatchState),
        ((written.PREFERRED, written.EXCLUDED), words.NeedPersonKind),
        ((written.GRADE_A, written.GRADE_B, written.GRADE_C), words.Grade),
        ((written.OUTCOME_DONE, written.OUTCOME_PARTLY, written.OUTCOME_NOT), words.Outcome),
        ((written.COORDINATOR, written.STATION_WORKER, written.LEADER, written.ADMIN), words.Role),
        (written.SUBJECTS, words.Subject),
    ):
        assert set(values) <= {str(member) for member in enum}, enum
    assert set(written.SUBJECTS) == set(words.Subject)


# --- orders


def events_of(session: Session) -> tuple[dict[int, list[NeedEvent]], dict[int, list[NeedEvent]]]:
    """(of needs, of dispatches), each in the order in which they were recorded."""
    of_needs: dict[int, list[NeedEvent]] = defaultdict(list)
    of_dispatches: dict[int, list[NeedEvent]] = defaultdict(list)
    for event in session.scalars(select(NeedEvent).order_by(NeedEvent.recorded_at, NeedEvent.id)):
        if event.dispatch_id is None:
            of_needs[event.need_id].append(event)
        else:
            of_dispatches[event.dispatch_id].append(event)
    return of_needs, of_dispatches


def test_every_history_is_legal_and_ends_in_the_state_stored(session: Session) -> None:
    of_needs, of_dispatches = events_of(session)
    for need in session.scalars(select(Need)):
        told = [(e.from_state and NeedState(e.from_state), NeedState(e.to_state)) for e in of_needs.pop(need.id)]
        assert needs.last_word([(before or None, after) for before, after in told]) == need.state
    for dispatch in session.scalars(select(Dispatch)):
        current: DispatchState | None = None
        for event in of_dispatches.pop(dispatch.id):
            assert event.from_state == current
            if current is not None:
                needs.check_dispatch(current, DispatchState(event.to_state))
            current = DispatchState(event.to_state)
        assert current == dispatch.state
    assert not of_needs
    assert not of_dispatches


def test_a_needs_state_is_what_its_dispatches_say(session: Session) -> None:
    rounds: dict[int, list[DispatchState]] = defaultdict(list)
    of_needs, _ = events_of(session)
    opened = {
        need: max((e.recorded_at for e in events if e.from_state in needs.REOPENABLE), default=None)
        for need, events in ((need, [e for e in events if e.to_state == "open"]) for need, events in of_needs.items())
    }
    holding: Counter[int] = Counter()
    for dispatch in session.scalars(select(Dispatch)):
        since = opened[dispatch.need_id]
        if since is None or dispatch.offered_at >= since:
            rounds[dispatch.need_id].append(DispatchState(dispatch.state))
        holding[dispatch.need_id] += dispatch.state in HOLDS_SEAT
    heads = select(NeedRole.need_id, func.sum(NeedRole.head_count)).group_by(NeedRole.need_id)
    seats = {row[0]: row[1] for row in session.execute(heads)}
    for need in session.scalars(select(Need)):
        state = NeedState(need.state)
        left = seats.get(need.id, 0) - holding[need.id]
        assert left >= 0
        assert needs.derived_state(state, rounds[need.id], left) == state, need.code


def test_nobody_holds_two_seats_at_one_time(session: Session) -> None:
    one, other = aliased(Dispatch), aliased(Dispatch)
    both = select(func.count()).select_from(one).join(other, one.volunteer_id == other.volunteer_id)
    both = both.where(one.id < other.id, one.state.in_(HOLDS_SEAT), other.state.in_(HOLDS_SEAT))
    assert session.scalar(both.where(one.start < other.end, other.start < one.end)) == 0
    left, right = aliased(Service), aliased(Service)
    twice = select(func.count()).select_from(left).join(right, left.volunteer_id == right.volunteer_id)
    assert session.scalar(twice.where(left.id < right.id, left.start < right.end, right.start < left.end)) == 0


def test_who_is_still_expected_may_come(session: Session) -> None:
    """Live dispatches of the coming days: free then, not away, consent given, near enough, certificate good."""
    free = defaultdict(list)
    for span in session.scalars(select(Availability)):
        free[span.volunteer_id, span.weekday].append((span.start_minute, span.end_minute))
    away = defaultdict(list)
    for leave in session.scalars(select(Leave)):
        away[leave.volunteer_id].append((leave.start, leave.end))
    coming = session.execute(
        select(Dispatch, Volunteer, Need)
        .join(Volunteer, Volunteer.id == Dispatch.volunteer_id)
        .join(Need, Need.id == Dispatch.need_id)
        .where(Dispatch.start >= END, Dispatch.state.in_(("offered", "accepted")), Need.state == "open")
    ).all()
    assert coming
    certain = 0
    for dispatch, volunteer, need in coming:
        assert (volunteer.status, volunteer.consent) == ("active", "given")
        assert dispatch.distance_m <= volunteer.max_distance_m
        assert all(end <= dispatch.start or dispatch.end <= start for start, end in away[volunteer.id])
        start = dispatch.start.astimezone(COUNTY_TIME)
        first = start.hour * 60 + start.minute
        last = first + int((dispatch.end - dispatch.start).total_seconds() // 60)
        spans = free[volunteer.id, start.weekday()]
        assert not volunteer.availability_known or any(a <= first and last <= b for a, b in spans)
        certain += volunteer.availability_known
        for skill_id in session.scalars(
            select(NeedSkill.skill_id)
            .join(Skill, Skill.id == NeedSkill.skill_id)
            .where(NeedSkill.need_id == need.id, Skill.licence)
        ):
            good = select(Certificate.id).where(
                Certificate.volunteer_id == volunteer.id,
                Certificate.skill_id == skill_id,
                Certificate.expires_on >= start.date(),
            )
            assert session.scalar(good) is not None
    assert certain > len(coming) / 2


def test_clocks_run_by_the_products_deadlines(session: Session) -> None:
    rules = deadlines.DeadlineRules.of(deadlines.DEFAULT_RULES)
    for need in session.scalars(select(Need)):
        if need.opened_at is None:
            assert need.state in ("draft", "to_verify")
            assert need.take_up_due_at is None
            continue
        due = deadlines.deadlines(need.opened_at, rules.limits(words.Urgency(need.urgency)), rules)
        assert (need.take_up_due_at, need.close_due_at) == (due.take_up, due.close)
        assert (need.closed_at is not None) == (NeedState(need.state) in needs.ENDED)


def test_what_is_to_verify_is_what_is_missing(session: Session) -> None:
    for need in session.scalars(select(Need).where(Need.state.in_(("open", "to_verify")))):
        people = session.scalar(select(func.sum(NeedRole.head_count)).where(NeedRole.need_id == need.id))
        spans = count_of(session, need.id)
        missing = needs.missing(words.Precision(need.precision), spans, people, need.category_id)
        assert {key.replace("vague_time", "no_time") for key in need.to_verify} == set(missing)
        assert bool(need.to_verify) == (need.state == "to_verify")


def count_of(session: Session, need_id: int) -> int:
    return session.scalar(select(func.count()).select_from(NeedInterval).where(NeedInterval.need_id == need_id)) or 0


def test_the_past_ends_today(session: Session) -> None:
    happened = (NeedEvent.recorded_at, Service.recorded_at, Service.end, Need.registered_at, Activity.end)
    for moment in (*happened, Rating.asked_at, Rating.answered_at, Dispatch.offered_at):
        assert session.scalar(select(func.max(moment))) < END
    assert session.scalar(select(func.max(Membership.valid_from))) < TODAY
    late = select(func.count()).select_from(NeedEvent).where(NeedEvent.happened_at > NeedEvent.recorded_at)
    assert session.scalar(late) == 0


def test_open_needs_are_wanted_in_the_coming_weeks_and_some_are_late(session: Session) -> None:
    wanted = select(func.min(NeedInterval.start)).join(Need, Need.id == NeedInterval.need_id)
    starts = session.scalars(wanted.where(Need.state == "open").group_by(Need.id)).all()
    ahead = [start for start in starts if END <= start < END + timedelta(days=15)]
    assert len(ahead) > len(starts) * 0.8
    late = select(func.count()).select_from(Need)
    late = late.where(Need.state == "open", Need.taken_up_at.is_(None), Need.take_up_due_at < END)
    assert 0 < (session.scalar(late) or 0) < len(starts) / 2


def test_hours_are_only_counted_with_consent_and_for_members(session: Session) -> None:
    rows = session.execute(select(Service, Volunteer).join(Volunteer, Volunteer.id == Service.volunteer_id)).all()
    joined = {(m.team_id, m.volunteer_id): m.valid_from for m in session.scalars(select(Membership))}
    assert {service.grade for service, _ in rows} == {"A", "B", "C"}
    for service, volunteer in rows:
        assert volunteer.consent == "given"
        assert service.minutes == (service.end - service.start).total_seconds() / 60 - service.break_minutes
        day = service.start.astimezone(COUNTY_TIME).date()
        assert volunteer.registered_on <= day
        if service.team_id is not None:
            assert joined[service.team_id, volunteer.id] <= day


def test_silence_stays_silence(session: Session) -> None:
    ratings = session.scalars(select(Rating)).all()
    silent = [rating for rating in ratings if rating.score is None]
    assert 0.1 < len(silent) / len(ratings) < 0.45
    assert all(rating.outcome is None and rating.answered_at is None and not rating.words for rating in silent)
    rated = set(session.scalars(select(NeedEvent.need_id).where(NeedEvent.to_state == "rated")))
    assert rated == {rating.need_id for rating in ratings if rating.score is not None}


def test_repeats_are_linked_to_the_call_they_repeat(session: Session) -> None:
    first = aliased(Need)
    pairs = session.execute(select(Need, first).join(first, first.id == Need.earlier_need_id)).all()
    assert pairs
    for again, before in pairs:
        assert again.person_id == before.person_id
        assert again.category_id == before.category_id
        assert timedelta() < again.registered_at - before.registered_at <= needs.REPEAT_SPAN


# --- making it


def test_the_same_seed_and_date_write_the_same_rows(tmp_path: Path, sample: Database) -> None:
    again, other = made(tmp_path / "again.db"), made(tmp_path / "other.db", seed=2)
    assert dump(again) == dump(sample)
    assert dump(other) != dump(sample)


def test_a_migrated_database_gets_the_same_rows_as_a_new_file(tmp_path: Path, sample: Database) -> None:
    database = Database(f"sqlite:///{tmp_path / 'there.db'}")
    migrate.upgrade(database)
    database.write(lambda session: ensure_county(session))
    make_county(database, SMALL, 1, TODAY, progress=quiet)
    assert dump(database) == dump(sample)


def test_it_is_marked_audited_and_counts_the_revisions_up(session: Session) -> None:
    told = session.scalar(select(Setting.value).where(Setting.county == "520326", Setting.key == "sample"))
    assert told == {"seed": 1, "today": "2026-11-20", "size": "small"}
    audit = session.scalars(select(Audit)).one()
    assert (audit.command, audit.batch_id) == ("sample.fill", 1)
    assert (audit.after or {})["rows"]["volunteers"] == SMALL.volunteers
    assert set(session.scalars(select(Revision.subject))) == set(words.Subject)


@pytest.mark.parametrize("step", ["people", "volunteers", "need_events"])
def test_an_interrupted_sample_leaves_nothing(tmp_path: Path, step: str) -> None:
    def stop(done: int, total: int, what: str) -> None:
        if what == step:
            raise KeyboardInterrupt

    path = tmp_path / "half.db"
    with pytest.raises(KeyboardInterrupt):
        make_county(Database(f"sqlite:///{path}"), SMALL, 1, TODAY, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_sample_leaves_an_existing_database_as_it_was(database: Database) -> None:
    def stop(done: int, total: int, what: str) -> None:
        if what == "need_events":
            raise KeyboardInterrupt

    before = dump(database)
    with pytest.raises(KeyboardInterrupt):
        make_county(database, SMALL, 1, TODAY, progress=stop)
    assert dump(database) == before


def test_real_rows_are_never_mixed_with_a_sample(database: Database) -> None:
    database.write(lambda session: session.add(Person(county="520326", name="王小明")))
    with pytest.raises(NotEmptyError):
        make_county(database, SMALL, 1, TODAY, replace=True, progress=quiet)
    with pytest.raises(NotSampleError):
        more_needs(database, 5, TODAY, progress=quiet)


def test_an_older_sample_is_replaced_only_when_asked(tmp_path: Path) -> None:
    database = made(tmp_path / "sample.db")
    with pytest.raises(NotEmptyError):
        make_county(database, SMALL, 2, TODAY, progress=quiet)
    make_county(database, SMALL, 2, TODAY, replace=True, progress=quiet)
    with database.read() as session:
        told = session.scalar(select(Setting.value).where(Setting.county == "520326", Setting.key == "sample"))
    assert told == {"seed": 2, "today": "2026-11-20", "size": "small"}


def test_open_needs_can_be_added_now_and_later(tmp_path: Path) -> None:
    database = made(tmp_path / "sample.db", needs=40)
    with database.read() as session:
        before = count(session, Need)
    later = date(2026, 12, 1)
    assert more_needs(database, 60, later, progress=quiet)["needs"] == 60
    with database.read() as session:
        assert count(session, Need) == before + 60
        new = session.scalars(select(Need).order_by(Need.id.desc()).limit(60)).all()
        assert {need.state for need in new} == {"open"}
        assert all(need.registered_at < datetime(2026, 11, 30, 16, tzinfo=UTC) for need in new)
        days = Counter(
            start.astimezone(COUNTY_TIME).date()
            for start in session.scalars(select(NeedInterval.start).where(NeedInterval.need_id >= new[-1].id))
        )
        assert len([day for day in days if later <= day <= later + timedelta(days=18)]) >= 10


def test_the_sample_is_made_on_a_server_too(any_database: Database) -> None:
    counts = make_county(any_database, SMALL, 1, TODAY, progress=quiet)
    assert is_sample(any_database)
    more_needs(any_database, 3, TODAY, progress=quiet)
    with any_database.read() as session:
        assert count(session, Volunteer) == counts["volunteers"] == SMALL.volunteers
    any_database.write(lambda session: session.add(Person(county="520326", name="王小明")))


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC)), st.integers(1, 6000))
@settings(deadline=None)
def test_its_clock_is_the_products_clock(start: datetime, minutes: int) -> None:
    spans = deadlines.DeadlineRules.of(deadlines.DEFAULT_RULES).spans
    expected = deadlines.clock_for(spans, datetime(2024, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    assert abs(CLOCK.after(start, minutes) - expected.after(start, minutes)) < timedelta(milliseconds=1)
