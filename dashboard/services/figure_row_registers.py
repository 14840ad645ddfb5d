"""The rows behind the figures of the registers: sites, grids, contact cards, volunteers, teams."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, null, select

from dashboard.core.permissions import Action
from dashboard.core.words import VolunteerStatus
from dashboard.services.figure_row_parts import Asked, Rows, figure_select
from dashboard.services.figures import active_volunteer, expiring, in_force, in_span, reached_service
from dashboard.services.filtering import valid_on
from dashboard.services.reach import at_reached_site
from db.models import Certificate, Grid, GridContact, Membership, Person, Service, Site, Skill, Team, Volunteer


def sites(*conditions: ColumnElement[bool]) -> Rows:
    def read(asked: Asked) -> Select[Any]:
        here = (Site.county == asked.actor.county, at_reached_site(asked.actor, Site.id), in_force(Site, asked.today))
        return figure_select(Site, Site.id, None, code=Site.code, site=Site.name, level=Site.level).where(
            *here, *conditions
        )

    return read


def _grid(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    return Grid.county == asked.actor.county, at_reached_site(asked.actor, Grid.site_id), valid_on(asked.today)


def grids(asked: Asked) -> Select[Any]:
    return figure_select(Grid, Grid.site_id, None, code=Grid.code, grid=Grid.name, households=Grid.households).where(
        *_grid(asked)
    )


def _card(asked: Asked) -> ColumnElement[bool]:
    return and_(GridContact.county == Grid.county, GridContact.grid_id == Grid.id, in_force(GridContact, asked.today))


def grids_without_contact(asked: Asked) -> Select[Any]:
    return grids(asked).where(~exists().where(_card(asked)))


def households(asked: Asked) -> Select[Any]:
    counted = figure_select(Grid, Grid.site_id, None, measure=Grid.households, code=Grid.code, grid=Grid.name)
    return counted.add_columns(Grid.households.label("households")).where(*_grid(asked), Grid.households.is_not(None))


def contact_cards(asked: Asked) -> Select[Any]:
    cells = {"code": Grid.code, "grid": Grid.name, "contact": Person.name, "duty": GridContact.duty}
    return (
        figure_select(GridContact, Grid.site_id, None, **cells)
        .join(Grid, _card(asked))
        .join(Person, Person.id == GridContact.person_id)
        .where(*_grid(asked))
    )


def contact_people(asked: Asked) -> Select[Any]:
    cards = (
        select(GridContact.person_id, func.count().label("cards"))
        .join(Grid, _card(asked))
        .where(*_grid(asked))
        .group_by(GridContact.person_id)
        .subquery()
    )
    return people(cards, cards.c.person_id, contact=Person.name, cards=cards.c.cards)


def people(counted: Subquery, person_id: Any, **cells: Any) -> Select[Any]:
    """One row a person of a grouped subquery. A person belongs to no site."""
    return figure_select(Person, null(), None, **cells).join(counted, person_id == Person.id)


def volunteers(*conditions: ColumnElement[bool]) -> Rows:
    def read(asked: Asked) -> Select[Any]:
        return _volunteer_select(asked).where(*active_volunteer(asked.actor), *conditions)

    return read


def _volunteer_select(asked: Asked, **cells: Any) -> Select[Any]:
    """Volunteers with their site. The code is a number of the register: who may not see volunteers doesn't get it."""
    code = {"code": Volunteer.code} if asked.actor.may(Action.SEE_VOLUNTEERS) else {}
    named = {**code, "volunteer": Person.name, "site": Site.name, "since": Volunteer.registered_on, **cells}
    return (
        figure_select(Volunteer, Volunteer.site_id, None, **named)
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Site, Site.id == Volunteer.site_id)
    )


def _served(asked: Asked, span: tuple[datetime, datetime], *where: ColumnElement[bool]) -> Subquery:
    return (
        select(Service.volunteer_id, func.count().label("services"))
        .where(Service.county == asked.actor.county, in_span(Service.start, span), *where)
        .group_by(Service.volunteer_id)
        .subquery()
    )


def volunteers_served(asked: Asked) -> Select[Any]:
    served = _served(asked, asked.year, *reached_service(asked.actor))
    return _volunteer_select(asked, services=served.c.services).join(served, served.c.volunteer_id == Volunteer.id)


def volunteers_active(asked: Asked) -> Select[Any]:
    served = _served(asked, asked.recent)
    return (
        _volunteer_select(asked, services=served.c.services)
        .join(served, served.c.volunteer_id == Volunteer.id)
        .where(*active_volunteer(asked.actor))
    )


def certificates(asked: Asked) -> Select[Any]:
    cells = {"volunteer": Person.name, "skill": Skill.name, "expires_on": Certificate.expires_on}
    return (
        figure_select(Certificate, Volunteer.site_id, None, **cells)
        .join(Volunteer, Volunteer.id == Certificate.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .join(Skill, Skill.id == Certificate.skill_id)
        .where(*active_volunteer(asked.actor), expiring(asked.today, asked.edges.expiry_days))
    )


def _team(asked: Asked) -> tuple[Any, ...]:
    return Team.county == asked.actor.county, Team.active, at_reached_site(asked.actor, Team.site_id)


def teams(asked: Asked) -> Select[Any]:
    return (
        figure_select(Team, Team.site_id, None, code=Team.code, team=Team.name, site=Site.name)
        .outerjoin(Site, Site.id == Team.site_id)
        .where(*_team(asked))
    )


def teams_active(asked: Asked) -> Select[Any]:
    recent = in_span(Service.start, asked.recent)
    return teams(asked).where(exists().where(Service.county == Team.county, Service.team_id == Team.id, recent))


def _in_team(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    return *_team(asked), in_force(Membership, asked.today), Volunteer.status == VolunteerStatus.ACTIVE


def memberships(asked: Asked) -> Select[Any]:
    cells = {"team": Team.name, "volunteer": Person.name, "since": Membership.valid_from}
    return (
        figure_select(Membership, Team.site_id, None, **cells)
        .join(Team, Team.id == Membership.team_id)
        .join(Volunteer, Volunteer.id == Membership.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(*_in_team(asked))
    )


def team_members(asked: Asked) -> Select[Any]:
    joined = (
        select(Membership.volunteer_id, func.count().label("memberships"))
        .join(Team, Team.id == Membership.team_id)
        .join(Volunteer, Volunteer.id == Membership.volunteer_id)
        .where(*_in_team(asked))
        .group_by(Membership.volunteer_id)
        .subquery()
    )
    return _volunteer_select(asked, memberships=joined.c.memberships).join(
        joined, joined.c.volunteer_id == Volunteer.id
    )
