"""The rows behind the figures of the work: orders, seats, services, activities, ratings."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from dashboard.core.words import HOLDS_SEAT, NeedState
from dashboard.services.figure_row_parts import Asked, Rows, figure_select
from dashboard.services.figure_row_registers import people
from dashboard.services.figures import answered, in_span, reached_need, reached_service, satisfied
from dashboard.services.filtering import due_at, is_open, is_overdue
from dashboard.services.need_life import holding_role
from dashboard.services.reach import at_reached_site
from db.models import Activity, Dispatch, Need, NeedRole, Person, Rating, Service, Site, Volunteer


def _order_select(moment: Any, **cells: Any) -> Select[Any]:
    named = {"need_id": Need.id, "order": Need.code, "state": Need.state, "site": Site.name} | cells
    return figure_select(Need, Need.site_id, moment, **named).outerjoin(Site, Site.id == Need.site_id)


def orders(*conditions: ColumnElement[bool]) -> Rows:
    """Orders of now."""

    def read(asked: Asked) -> Select[Any]:
        cells = {"registered_at": Need.registered_at, "due_at": due_at()}
        return _order_select(None, **cells).where(*reached_need(asked.actor), *conditions)

    return read


def overdue(asked: Asked) -> Select[Any]:
    return orders(is_overdue(asked.now))(asked)


def registered(*conditions: ColumnElement[bool]) -> Rows:
    def read(asked: Asked) -> Select[Any]:
        span = in_span(Need.registered_at, asked.year)
        rows = _order_select(Need.registered_at, registered_at=Need.registered_at)
        return rows.where(*reached_need(asked.actor), span, Need.state != NeedState.DRAFT, *conditions)

    return read


def ended(*conditions: ColumnElement[bool]) -> Rows:
    def read(asked: Asked) -> Select[Any]:
        cells = {"registered_at": Need.registered_at, "due_at": Need.close_due_at, "closed_at": Need.closed_at}
        rows = _order_select(Need.closed_at, **cells)
        return rows.where(*reached_need(asked.actor), in_span(Need.closed_at, asked.year), *conditions)

    return read


def residents(asked: Asked) -> Select[Any]:
    orders = (
        select(Need.person_id, func.count().label("orders"))
        .where(
            *reached_need(asked.actor),
            in_span(Need.registered_at, asked.year),
            Need.state != NeedState.DRAFT,
            Need.person_id.is_not(None),
        )
        .group_by(Need.person_id)
        .subquery()
    )
    return people(orders, orders.c.person_id, resident=Person.name, orders=orders.c.orders)


#: Seats of a role that nobody has; below zero where it has more people than seats.
SEATS_LEFT = NeedRole.head_count - holding_role()


def seats(measure: Any, *conditions: ColumnElement[bool]) -> Rows:
    """Roles of open orders and how many seats each counts for."""

    def read(asked: Asked) -> Select[Any]:
        cells = {
            "need_id": Need.id,
            "order": Need.code,
            "role": NeedRole.name,
            "head_count": NeedRole.head_count,
            "seats_held": holding_role(),
            "seats_open": case((SEATS_LEFT > 0, SEATS_LEFT), else_=0),
        }
        return (
            figure_select(NeedRole, Need.site_id, None, measure=measure, **cells)
            .join(Need, Need.id == NeedRole.need_id)
            .where(*reached_need(asked.actor), is_open(), *conditions)
        )

    return read


def held(asked: Asked) -> Select[Any]:
    """A row for everybody who takes a seat of a role of an open order, however many times she comes; whoever is asked
    to take over from her shares her seat."""
    first = (
        select(func.min(Dispatch.id).label("id"), func.count().label("dispatches"))
        .join(Need, Need.id == Dispatch.need_id)
        .join(NeedRole, and_(NeedRole.id == Dispatch.role_id, NeedRole.need_id == Dispatch.need_id))
        .where(*reached_need(asked.actor), is_open(), Dispatch.state.in_(HOLDS_SEAT))
        .group_by(Dispatch.role_id, Dispatch.seat_of)
        .subquery()
    )
    cells = {
        "need_id": Need.id,
        "order": Need.code,
        "volunteer": Person.name,
        "dispatch_state": Dispatch.state,
        "dispatches": first.c.dispatches,
    }
    return (
        figure_select(Dispatch, Need.site_id, None, **cells)
        .join(first, first.c.id == Dispatch.id)
        .join(Need, Need.id == Dispatch.need_id)
        .join(Volunteer, Volunteer.id == Dispatch.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
    )


def services(measure: Any, *conditions: ColumnElement[bool]) -> Rows:
    def read(asked: Asked) -> Select[Any]:
        cells = {
            "started_at": Service.start,
            "minutes": Service.minutes,
            "grade": Service.grade,
            "occasion": func.coalesce(Activity.name, Need.code),
            "volunteer": Person.name,
            "site": Site.name,
        }
        return (
            figure_select(Service, Service.site_id, Service.start, measure=measure, need_id=Service.need_id, **cells)
            .join(Volunteer, Volunteer.id == Service.volunteer_id)
            .join(Person, Person.id == Volunteer.person_id)
            .outerjoin(Activity, Activity.id == Service.activity_id)
            .outerjoin(Need, Need.id == Service.need_id)
            .outerjoin(Site, Site.id == Service.site_id)
            .where(*reached_service(asked.actor), in_span(Service.start, asked.year), *conditions)
        )

    return read


def activities(measure: Any, *conditions: ColumnElement[bool]) -> Rows:
    def read(asked: Asked) -> Select[Any]:
        cells = {
            "code": Activity.code,
            "activity": Activity.name,
            "started_at": Activity.start,
            "people_reached": Activity.people_reached,
        }
        return figure_select(Activity, Activity.site_id, Activity.start, measure=measure, **cells).where(
            Activity.county == asked.actor.county,
            at_reached_site(asked.actor, Activity.site_id),
            in_span(Activity.start, asked.year),
            *conditions,
        )

    return read


def ratings(condition: Callable[[], ColumnElement[bool]] | None = None) -> Rows:
    def read(asked: Asked) -> Select[Any]:
        cells = {
            "need_id": Need.id,
            "order": Need.code,
            "asked_at": Rating.asked_at,
            "score": Rating.score,
            "outcome": Rating.outcome,
            "verdict": case((satisfied(), "satisfied"), (answered(), "not_satisfied"), else_="silent"),
        }
        return (
            figure_select(Rating, Need.site_id, Rating.asked_at, **cells)
            .join(Need, Need.id == Rating.need_id)
            .where(
                Rating.county == asked.actor.county,
                at_reached_site(asked.actor, Need.site_id),
                in_span(Rating.asked_at, asked.year),
                *(() if condition is None else (condition(),)),
            )
        )

    return read
