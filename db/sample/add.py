"""Open needs on top of a sample that is already there."""

from collections import defaultdict
from datetime import date, timedelta

from shapely.geometry import shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Account, CatalogueItem, Category, Division, Grid, Person, Setting, Site
from db.sample import words
from db.sample.backlog import Backlog
from db.sample.clock import WorkClock
from db.sample.make import audit_rows, kinds, midnight, raise_revisions, skill_ids, years_before
from db.sample.names import PHONE_PREFIX, phone_number
from db.sample.orders import Record
from db.sample.rows import Progress, Rows, last_ids
from db.sample.sizes import SIZES
from db.sample.wishes import Wishes
from db.sample.world import GridPlace, Town, Village, World


def add_needs(session: Session, count: int, today: date, progress: Progress) -> dict[str, int]:
    """`count` open needs registered before `today`, wanted within two weeks of it. Says how many rows each table got.

    Raises LookupError in a database that is no sample: nothing is ever invented into a real county.
    """
    county = (session.scalar(select(Setting.value).where(Setting.county == "", Setting.key == "county")) or {})["code"]
    told = session.scalar(select(Setting.value).where(Setting.county == county, Setting.key == "sample"))
    if told is None:
        raise LookupError("this database is no sample")
    world = _world(session, county, told, today)
    actor = select(Account.id).where(Account.county == county, Account.username == "sample-coordinator")
    topic = f"flood after {world.rows.last('needs')}"
    record = Record()
    progress(0, 2, "needs")
    Backlog(world, Wishes(world, f"wishes, {topic}"), record, topic).flood(count, session.scalar(actor) or 0)
    record.queue(world)
    world.rows.write(session, lambda done, total, name: progress(total + done, 2 * total, name))
    counts = world.rows.counts()
    audit_rows(session, world, counts, "sample.add_needs")
    raise_revisions(session, county, ("people", "needs"))
    return counts


def _world(session: Session, county: str, told: dict[str, object], today: date) -> World:
    """The places and the catalogue as they are now."""
    key = session.scalar(select(Setting.value).where(Setting.county == "", Setting.key == "digest_key")) or {}
    begin = midnight(years_before(today, 2))
    world = World(
        size=SIZES[str(told["size"])],
        seed=int(str(told["seed"])),
        today=today,
        begin=begin,
        end=midnight(today),
        rows=Rows(county, bytes.fromhex(key["hex"]), last_ids(session)),
        clock=WorkClock(begin.date(), today + timedelta(days=300)),
        skills=skill_ids(session, county),
        licences=frozenset(),
        kinds=kinds(session, county),
    )
    _places(session, world)
    _catalogue(session, world)
    world.phone_serial = _serial(session, county)
    return world


def _places(session: Session, world: World) -> None:
    """Towns, villages and grids that have grids of the sample, in the order of their ids."""
    county = world.rows.county
    names = {row.code: row for row in session.scalars(select(Division).where(Division.county == county))}
    stations = {
        row.village_code: row
        for row in session.scalars(select(Site).where(Site.county == county, Site.level == words.STATION))
    }
    town_at: dict[str, int] = {}
    village_at: dict[str, int] = {}
    for row in session.scalars(select(Grid).where(Grid.county == county, Grid.source == "sample").order_by(Grid.id)):
        if row.village_code is None or row.town_code is None:
            continue
        if row.town_code not in town_at:
            town_at[row.town_code] = len(world.towns)
            world.towns.append(Town(row.town_code, names[row.town_code].name))
        if row.village_code not in village_at:
            village_at[row.village_code] = len(world.villages)
            home = names[row.village_code]
            station = stations[row.village_code]
            village = Village(row.village_code, home.name, town_at[row.town_code], False, 1.0, station.id)
            village.lon, village.lat = home.lon or row.lon, home.lat or row.lat
            world.villages.append(village)
        at = village_at[row.village_code]
        place = GridPlace(row.id, row.name, at, row.lon, row.lat, shape(row.geometry), row.households or 30)
        world.villages[at].grids.append(len(world.grids))
        world.grids.append(place)


def _catalogue(session: Session, world: World) -> None:
    stations = {village.site_id: number for number, village in enumerate(world.villages)}
    items = (
        select(CatalogueItem.id, CatalogueItem.site_id, Category.code)
        .join(Category, Category.id == CatalogueItem.category_id)
        .where(CatalogueItem.county == world.rows.county, CatalogueItem.retired_on.is_(None))
        .order_by(CatalogueItem.id)
    )
    offered: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row in session.execute(items):
        if row.site_id in stations:
            offered[stations[row.site_id], row.code].append(row.id)
    world.items = dict(offered)


def _serial(session: Session, county: str) -> int:
    """A number of phones beyond which none was given out yet."""
    invented = (Person.county == county) & Person.phone.like(f"{PHONE_PREFIX}%")
    taken = set(session.scalars(select(Person.phone).where(invented)))
    serial = len(taken)
    while phone_number(serial + 1) in taken:
        serial += 1000
    return serial
