"""Rows for tests, said shortly: `a_need(session, people=2)`. Each returns the row, flushed, with an id."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from db.models import (
    Account,
    Activity,
    Availability,
    CatalogueItem,
    Category,
    Certificate,
    Grid,
    Membership,
    Need,
    NeedCharge,
    NeedEvent,
    NeedInterval,
    NeedRole,
    Person,
    Rating,
    Service,
    Setting,
    Site,
    Skill,
    Team,
    Volunteer,
    VolunteerSkill,
)

COUNTY = "520326"
#: A Monday, 10:00 in Wuchuan.
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
_COUNT = iter(range(1, 10_000_000))


def number() -> int:
    """The next number, for codes that must differ."""
    return next(_COUNT)


def saved(session: Session, row: Any) -> Any:
    """The row, flushed."""
    session.add(row)
    session.flush()
    return row


def a_county(session: Session) -> Setting:
    """The setting that says which county the database serves."""
    return saved(session, Setting(county="", key="county", value={"code": COUNTY}))


def a_site(session: Session, parent: Site | None = None, **values: Any) -> Site:
    """A site, by default a centre, or a station under `parent`."""
    n = number()
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "code": f"S{n}",
        "name": f"站点{n}",
        "name_key": f"站点{n}",
        "level": "centre" if parent is None else "station",
        "parent_id": parent.id if parent else None,
        "lon": 107.9,
        "lat": 28.53,
        "precision": "point",
    }
    site = saved(session, Site(**(defaults | values)))
    site.path = f"{parent.path if parent else '/'}{site.id}/"
    session.flush()
    return site


def a_square(lon: float = 107.9, lat: float = 28.53, half: float = 0.01) -> dict[str, Any]:
    """A square as a GeoJSON geometry."""
    west, east, south, north = lon - half, lon + half, lat - half, lat + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def a_grid(session: Session, site: Site | None = None, lon: float = 107.9, lat: float = 28.53, **values: Any) -> Grid:
    n = number()
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "code": f"G{n}",
        "name": f"第{n}网格",
        "site_id": site.id if site else None,
        "geometry": a_square(lon, lat),
        "lon": lon,
        "lat": lat,
        "valid_from": date(2024, 1, 1),
    }
    return saved(session, Grid(**(defaults | values)))


def a_person(session: Session, name: str = "张小贵", phone: str | None = None, **values: Any) -> Person:
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "name": name,
        "phone": phone,
        "phone_tail": (phone or "")[-4:] or None,
    }
    return saved(session, Person(**(defaults | values)))


def a_skill(session: Session, code: str = "electric", licence: bool = False) -> Skill:
    return saved(session, Skill(county=COUNTY, code=code, name=code, licence=licence))


def a_category(session: Session, code: str | None = None, **values: Any) -> Category:
    code = code or f"C{number()}"
    return saved(session, Category(**({"county": COUNTY, "code": code, "name": code} | values)))


def a_volunteer(
    session: Session,
    site: Site | None = None,
    name: str = "李永",
    skills: dict[int, int] | None = None,
    free: bool = True,
    **values: Any,
) -> Volunteer:
    """An active volunteer near the middle of the county, free every day from 8 to 20 unless `free` is False."""
    n = number()
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "code": f"V{n}",
        "person_id": a_person(session, name).id,
        "site_id": site.id if site else None,
        "lon": 107.9,
        "lat": 28.53,
        "precision": "point",
        "availability_known": free,
        "cap_day": 3,
        "cap_week": 10,
        "languages": [],
        "registered_on": date(2024, 1, 1),
    }
    volunteer = saved(session, Volunteer(**(defaults | values)))
    for skill_id, level in (skills or {}).items():
        saved(session, VolunteerSkill(county=COUNTY, volunteer_id=volunteer.id, skill_id=skill_id, level=level))
    if free:
        session.add_all(
            Availability(county=COUNTY, volunteer_id=volunteer.id, weekday=day, start_minute=8 * 60, end_minute=20 * 60)
            for day in range(7)
        )
        session.flush()
    return volunteer


def a_team(session: Session, site: Site | None = None, **values: Any) -> Team:
    n = number()
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "code": f"T{n}",
        "name": f"第{n}队",
        "site_id": site.id if site else None,
    }
    return saved(session, Team(**(defaults | values)))


def a_need(
    session: Session,
    site: Site | None = None,
    *,
    people: int = 1,
    state: str = "open",
    start: datetime | None = None,
    hours: float = 2,
    **values: Any,
) -> Need:
    """An open need for tomorrow morning with one role of `people` seats, its interval and its first event."""
    n = number()
    begin = start or NOW + timedelta(days=1)
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "code": f"N{n}",
        "state": state,
        "channel": "hotline",
        "title": f"需求{n}",
        "site_id": site.id if site else None,
        "lon": 107.9,
        "lat": 28.53,
        "precision": "point",
        "urgency": "normal",
        "duration_minutes": int(hours * 60),
        "registered_at": NOW - timedelta(days=1),
        "opened_at": NOW - timedelta(days=1),
        "to_verify": [],
    }
    need = saved(session, Need(**(defaults | values)))
    session.add(NeedInterval(county=COUNTY, need_id=need.id, start=begin, end=begin + timedelta(hours=hours)))
    session.add(NeedRole(county=COUNTY, need_id=need.id, head_count=people))
    session.add(
        NeedEvent(
            county=COUNTY, need_id=need.id, to_state=state, actor_id=0, happened_at=need.registered_at, recorded_at=NOW
        )
    )
    session.flush()
    return need


def a_member(session: Session, team: Team, volunteer: Volunteer, **values: Any) -> Membership:
    """A membership since 2024 without end."""
    defaults: dict[str, Any] = {"county": COUNTY, "valid_from": date(2024, 1, 1)}
    return saved(session, Membership(team_id=team.id, volunteer_id=volunteer.id, **(defaults | values)))


def an_activity(session: Session, team: Team | None = None, site: Site | None = None, **values: Any) -> Activity:
    """A two-hour activity a week ago with 40 person-times reached."""
    n = number()
    start = values.pop("start", NOW - timedelta(days=7))
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "code": f"A{n}",
        "name": f"活动{n}",
        "team_id": team.id if team else None,
        "site_id": site.id if site else None,
        "start": start,
        "end": start + timedelta(hours=2),
        "people_reached": 40,
    }
    return saved(session, Activity(**(defaults | values)))


def a_service(
    session: Session,
    volunteer: Volunteer,
    occasion: Need | Activity,
    *,
    team: Team | None = None,
    minutes: int = 60,
    **values: Any,
) -> Service:
    """One person's hour of grade B at a need or an activity, a week ago."""
    start = values.pop("start", NOW - timedelta(days=7))
    at = "need_id" if isinstance(occasion, Need) else "activity_id"
    defaults: dict[str, Any] = {
        "county": COUNTY,
        at: occasion.id,
        "team_id": team.id if team else None,
        "site_id": occasion.site_id,
        "grid_id": occasion.grid_id,
        "start": start,
        "end": start + timedelta(minutes=minutes),
        "minutes": minutes,
        "grade": "B",
        "recorded_at": NOW,
        "recorded_by": 0,
    }
    return saved(session, Service(volunteer_id=volunteer.id, **(defaults | values)))


def a_rating(session: Session, need: Need, score: int | None = 5, team: Team | None = None, **values: Any) -> Rating:
    """A resident asked a day ago; `score` None and no outcome: silent."""
    asked = NOW - timedelta(days=1)
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "team_id": team.id if team else None,
        "asked_at": asked,
        "answered_at": asked if score else None,
        "recorded_by": 0,
    }
    return saved(session, Rating(need_id=need.id, score=score, **(defaults | values)))


def a_certificate(session: Session, volunteer: Volunteer, skill: Skill, expires_on: date) -> Certificate:
    return saved(
        session, Certificate(county=COUNTY, volunteer_id=volunteer.id, skill_id=skill.id, expires_on=expires_on)
    )


def an_account(session: Session, role: Role = Role.COORDINATOR, site: Site | None = None, **values: Any) -> Account:
    n = number()
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "username": f"user{n}",
        "display_name": f"用户{n}",
        "role": role,
        "site_id": site.id if site else None,
        "created_at": NOW,
    }
    return saved(session, Account(**(defaults | values)))


def actor_for(account: Account, site: Site | None = None) -> Actor:
    """The actor an account acts as."""
    return Actor(
        account_id=account.id,
        name=account.display_name,
        role=Role(account.role),
        county=account.county,
        site_id=account.site_id,
        site_path=site.path if site else "/",
    )


def an_actor(role: Role = Role.COORDINATOR, site: Site | None = None, account_id: int = 0) -> Actor:
    """An actor without an account row."""
    return Actor(
        account_id=account_id,
        name="测试",
        role=role,
        county=COUNTY,
        site_id=site.id if site else None,
        site_path=site.path if site else "/",
    )


def an_item(session: Session, category: Category | None = None, **values: Any) -> CatalogueItem:
    """A service on the menu: 45 yuan, 16 of them for material."""
    n = number()
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "code": f"I{n}",
        "name": f"服务{n}",
        "category_id": (category or a_category(session)).id,
        "market_fen": 4_500,
        "material_fen": 1_600,
    }
    return saved(session, CatalogueItem(**(defaults | values)))


def a_charge(session: Session, need: Need, item: CatalogueItem, **values: Any) -> NeedCharge:
    """What was charged a week ago to somebody without an entitlement, by the product's own tiers."""
    defaults: dict[str, Any] = {
        "county": COUNTY,
        "served_on": NOW.date() - timedelta(days=7),
        "market_fen": 4_500,
        "material_fen": 1_600,
        "tier": "everybody",
        "resident_fen": 4_050,
        "fund_fen": 450,
        "rule_version": 0,
        "facts": {"birth_year": None, "proofs": [], "evidence": []},
        "kept_at": NOW - timedelta(days=7),
    }
    return saved(session, NeedCharge(need_id=need.id, item_id=item.id, **(defaults | values)))
