"""What a short link shows: one's own part of an order, and nothing about other people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core.attendance import metres_off
from dashboard.core.hand_overs import State
from dashboard.core.masking import masked_name
from dashboard.core.words import HOLDS_SEAT, Consent, DispatchState
from dashboard.services.held_hours import Why
from dashboard.services.links import Opened
from dashboard.services.needs_queue import category_name, place_line
from db.models import (
    Attendance,
    Category,
    Dispatch,
    Division,
    Grid,
    HandOver,
    HeldService,
    Need,
    NeedInterval,
    Person,
    Rating,
    Service,
    Site,
    Volunteer,
)

_SERVED = (DispatchState.IN_SERVICE, DispatchState.DONE, DispatchState.CONFIRMED)


@dataclass(frozen=True)
class OrderWords:
    """The order itself. The place is a grid or village, never an address; `phone` is the station's."""

    code: str
    title: str
    category: str
    urgency: str
    place: str
    site: str
    phone: str


@dataclass(frozen=True)
class VolunteerPage:
    """An offer, or what became of it. `off_m`: metres from the place when she signed in, where both are known.

    `asked`: the masked name of whom she asked to take it over, until `asked_until`; `in_place`: she is asked to take
    over from another; `handed_over`: another took over from her.
    """

    order: OrderWords
    state: str
    start: datetime
    end: datetime
    answer_by: datetime | None
    arrived_at: datetime | None
    position_given: bool
    off_m: int | None
    minutes: int | None
    consent: str
    asked: str = ""
    asked_until: datetime | None = None
    in_place: bool = False
    handed_over: bool = False
    #: "waiting" while her hours are held, then what was decided; "" where they were never in question.
    held: str = ""
    #: Why it was decided so.
    answer: str = ""

    @property
    def consents(self) -> bool:
        return self.consent == Consent.GIVEN


@dataclass(frozen=True)
class ResidentPage:
    """An order as its resident follows it: the steps with their times, and her own answer. `coming`: when those who
    said yes come, which of the times wanted it is."""

    order: OrderWords
    state: str
    registered_at: datetime
    wanted: tuple[tuple[datetime, datetime], ...]
    people: int
    accepted: int
    coming: tuple[tuple[datetime, datetime], ...]
    served: int
    close_due_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    score: int | None
    answered_at: datetime | None


def volunteer_page(session: Session, opened: Opened, language: str) -> VolunteerPage:
    """The page of a volunteer's link."""
    row, consent = session.execute(
        select(Dispatch, Volunteer.consent)
        .join(Volunteer, Volunteer.id == Dispatch.volunteer_id)
        .where(Dispatch.county == opened.county, Dispatch.id == opened.dispatch_id)
    ).one()
    need = session.get_one(Need, row.need_id)
    there = session.scalar(select(Attendance).where(Attendance.dispatch_id == row.id))
    held = session.scalars(
        select(HeldService)
        .where(HeldService.county == row.county, HeldService.dispatch_id == row.id)
        .order_by(HeldService.id.desc())
    ).first()
    arrived = None if there is None else _point(there.arrived_lon, there.arrived_lat)
    place = _point(need.lon, need.lat) if need.precision == "point" else None
    return VolunteerPage(
        order=_order(session, need, language),
        state=row.state,
        start=row.start,
        end=row.end,
        answer_by=row.expires_at,
        arrived_at=None if there is None else there.arrived_at,
        position_given=arrived is not None,
        off_m=metres_off(place, arrived),
        minutes=session.scalar(
            select(func.sum(Service.minutes)).where(Service.county == row.county, Service.dispatch_id == row.id)
        ),
        consent=consent,
        held="" if held is None else held.result or "waiting",
        answer="" if held is None or held.why != Why.ASKED else held.reason,
        in_place=row.in_place_of is not None,
        **_handing_over(session, row),
    )


def _handing_over(session: Session, row: Dispatch) -> dict[str, Any]:
    """How far her own request to hand the order over is."""
    found = session.execute(
        select(HandOver.state, HandOver.answer_by, Person.name)
        .join(Volunteer, Volunteer.id == HandOver.to_volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(
            HandOver.county == row.county,
            HandOver.need_id == row.need_id,
            HandOver.role_id == row.role_id,
            HandOver.from_volunteer_id == row.volunteer_id,
        )
        .order_by(HandOver.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return {}
    if found.state == State.ASKED:
        return {"asked": masked_name(found.name), "asked_until": found.answer_by}
    return {"handed_over": found.state == State.GRANTED and row.state == DispatchState.CANCELLED}


def resident_page(session: Session, opened: Opened, language: str) -> ResidentPage:
    """The page of a resident's link. Of the people sent she sees how many, not who."""
    need = session.get_one(Need, opened.need_id)
    sent = session.execute(
        select(Dispatch.state, Dispatch.start, Dispatch.end).where(
            Dispatch.county == need.county,
            Dispatch.need_id == need.id,
            Dispatch.state.in_(HOLDS_SEAT),
            Dispatch.offered_at >= (need.opened_at or need.registered_at),
            Dispatch.in_place_of.is_(None),
        )
    ).all()
    states = [one.state for one in sent]
    accepted = [one for one in sent if one.state != DispatchState.OFFERED]
    wanted = session.execute(
        select(NeedInterval.start, NeedInterval.end)
        .where(NeedInterval.county == need.county, NeedInterval.need_id == need.id)
        .order_by(NeedInterval.start)
    )
    said = session.scalar(select(Rating).where(Rating.county == need.county, Rating.need_id == need.id))
    return ResidentPage(
        order=_order(session, need, language),
        state=need.state,
        registered_at=need.registered_at,
        wanted=tuple((row.start, row.end) for row in wanted),
        people=len(states),
        accepted=len(accepted),
        coming=tuple(sorted({(one.start, one.end) for one in accepted})),
        served=sum(state in _SERVED for state in states),
        close_due_at=need.close_due_at,
        closed_at=need.closed_at,
        outcome=said.outcome if said else None,
        score=said.score if said else None,
        answered_at=said.answered_at if said else None,
    )


def _order(session: Session, need: Need, language: str) -> OrderWords:
    row = session.execute(
        select(
            category_name(language).label("category"),
            func.coalesce(Division.name, "").label("village"),
            func.coalesce(Grid.name, "").label("grid"),
            func.coalesce(Site.name, "").label("site"),
            func.coalesce(Site.phone, "").label("phone"),
        )
        .select_from(Need)
        .outerjoin(Category, Category.id == Need.category_id)
        .outerjoin(Division, Division.code == Need.village_code)
        .outerjoin(Grid, Grid.id == Need.grid_id)
        .outerjoin(Site, Site.id == Need.site_id)
        .where(Need.id == need.id)
    ).one()
    return OrderWords(
        code=need.code,
        title=need.title,
        category=row.category or "",
        urgency=need.urgency,
        place=place_line(row.village, row.grid, ""),
        site=row.site,
        phone=row.phone,
    )


def _point(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    return None if lon is None or lat is None else (lon, lat)
