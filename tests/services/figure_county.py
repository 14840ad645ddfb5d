"""A little of everything the figures count, at two stations: no counted figure is zero."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from db.models import Dispatch, Division, GridContact, Need, NeedEvent, NeedRole, Site
from tests.builders import (
    COUNTY,
    NOW,
    a_certificate,
    a_charge,
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
    an_item,
)

TOWN, VILLAGE = "520326101", "520326101201"


def a_busy_county(session: Session) -> list[Site]:
    """Makes it; gives a centre, an institute below it and two stations below that."""
    a_county(session)
    session.add(Division(county=COUNTY, code=TOWN, level="town", name="丰乐镇", parent_code=COUNTY))
    session.add(Division(county=COUNTY, code=VILLAGE, level="village", name="新民村", parent_code=TOWN))
    centre = a_site(session)
    town = a_site(session, centre, level="institute")
    stations = [a_site(session, town), a_site(session, town)]
    a_site(session, stations[0], level="point")
    for site in stations:
        _grids(session, site)
        _people(session, site)
        _orders(session, site)
        a_charge(session, session.query(Need).filter_by(site_id=site.id, state="rated").first(), an_item(session))
    return [centre, town, *stations]


def _grids(session: Session, site: Site) -> None:
    grid = a_grid(session, site, households=250)
    a_grid(session, site)
    contact = a_person(session, "王芳")
    for duty in ("网格长", "网格员"):
        session.add(GridContact(county=COUNTY, grid_id=grid.id, person_id=contact.id, duty=duty))
    session.flush()


def _people(session: Session, site: Site) -> None:
    team, other = a_team(session, site), a_team(session, site)
    busy, idle = a_volunteer(session, site), a_volunteer(session, site, free=False)
    for one in (team, other):
        a_member(session, one, busy)
    a_member(session, team, idle)
    a_certificate(session, busy, a_skill(session, f"skill{site.id}"), date(2026, 11, 20))
    market = an_activity(session, team, site)
    an_activity(session, team, site, people_reached=None)
    for hours, grade in ((1, "A"), (2, "B"), (3, "C")):
        start = NOW - timedelta(days=hours)
        a_service(session, busy, market, team=team, minutes=30 * hours, grade=grade, start=start)


def _orders(session: Session, site: Site) -> None:
    resident = a_person(session, "赵老太")
    late = {"take_up_due_at": NOW - timedelta(hours=1)}
    at_home = {"town_code": TOWN, "village_code": VILLAGE}
    first = a_need(session, site, people=3, person_id=resident.id, **late, **at_home)
    a_need(session, site, people=2, person_id=resident.id, earlier_need_id=first.id)
    role = session.query(NeedRole).filter_by(need_id=first.id).one()
    for _ in range(2):
        _sent(session, first, role, ("accepted",), a_volunteer(session, site).id)
    a_need(session, site, state="to_verify")
    _served(session, site, a_need(session, site), "in_service")
    ended = {"closed_at": NOW - timedelta(days=3)}
    closed = a_need(session, site, **ended, close_due_at=NOW)
    _served(session, site, closed, "in_service", "done", "confirmed", "rated", "closed", days=3)
    _moved(session, a_need(session, site, **ended), "unmet", days=3)
    a_rating(session, closed, 5)
    a_rating(session, _rated(session, site), 2)
    a_rating(session, _rated(session, site), None)


def _rated(session: Session, site: Site) -> Need:
    need = a_need(session, site)
    _served(session, site, need, "in_service", "done", "confirmed", "rated")
    return need


def _served(session: Session, site: Site, need: Need, *states: str, days: int = 0) -> None:
    """Somebody is sent, then the order goes through these states."""
    role = session.query(NeedRole).filter_by(need_id=need.id).one()
    steps = ("accepted", "in_service", *(state for state in ("done", "confirmed") if state in states))
    _sent(session, need, role, steps, a_volunteer(session, site).id)
    for state in states:
        _moved(session, need, state, days=days)


def _moved(session: Session, need: Need, state: str, days: int = 0) -> Need:
    """The next state with its event, so many days ago."""
    at = NOW - timedelta(days=days)
    values: dict[str, Any] = {"from_state": need.state, "to_state": state, "actor_id": 0}
    session.add(NeedEvent(county=COUNTY, need_id=need.id, happened_at=at, recorded_at=at, **values))
    need.state = state
    session.flush()
    return need


def _sent(session: Session, need: Need, role: NeedRole, states: tuple[str, ...], volunteer_id: int) -> None:
    """Sends her; the dispatch goes through these states."""
    start = NOW + timedelta(days=1)
    times = {"start": start, "end": start + timedelta(hours=2), "offered_at": NOW}
    whom = {"need_id": need.id, "role_id": role.id, "volunteer_id": volunteer_id, "dispatched_by": 0}
    dispatch = Dispatch(county=COUNTY, state=states[-1], **whom, **times)
    session.add(dispatch)
    session.flush()
    for before, after in pairwise((None, "offered", *states)):
        values: dict[str, Any] = {"from_state": before, "to_state": after, "actor_id": 0, "dispatch_id": dispatch.id}
        session.add(NeedEvent(county=COUNTY, need_id=need.id, happened_at=NOW, recorded_at=NOW, **values))
    session.flush()
