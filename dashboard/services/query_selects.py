"""What is copied for each view: its stored columns, masked, within the reader's part of the site tree.

Every select has exactly the stored columns of `core.query_views`, by name; a test holds the two together.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, case, cast, func, literal, or_, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.services.reach import at_reached_site, team_shown
from db.models import (
    Activity,
    CatalogueItem,
    Category,
    Certificate,
    Contract,
    Dispatch,
    Division,
    FollowUp,
    Grid,
    GridContact,
    Membership,
    Message,
    Need,
    NeedEvent,
    NeedRole,
    Person,
    Rating,
    RecurringNeed,
    Service,
    Site,
    Skill,
    Team,
    Volunteer,
    VolunteerSkill,
    VolunteerStars,
)

_STARS = "*" * 60


class _CountyTime(FunctionElement[str]):
    """A stored moment (UTC) as text in county time, "2026-11-16 10:00:00"."""

    type = String()
    inherit_cache = True


@compiles(_CountyTime, "sqlite")
def _sqlite_time(element: _CountyTime, compiler: SQLCompiler, **options: Any) -> str:
    return f"datetime({compiler.process(element.clauses, **options)}, '+8 hours')"


@compiles(_CountyTime, "postgresql")
def _postgresql_time(element: _CountyTime, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"to_char({moment} + interval '8 hours', 'YYYY-MM-DD HH24:MI:SS')"


def _time(column: Any) -> ColumnElement[str]:
    return _CountyTime(column)


def _day(column: Any) -> ColumnElement[str]:
    return cast(column, String)


def _masked(name: Any) -> ColumnElement[str]:
    """core.masking.masked_name in SQL."""
    stars = case((func.length(name) > 1, func.substr(_STARS, 1, func.length(name) - 1)), else_="")
    return func.substr(name, 1, 1) + stars


def _place(column: Any, county: Any) -> ColumnElement[Any]:
    """The name of a division by its code."""
    named = aliased(Division)
    return select(named.name).where(named.county == county, named.code == column).scalar_subquery()


def _through(actor: Actor, row: Any, parent: Any) -> ColumnElement[bool]:
    """Rows whose need (grid, volunteer, ...) is at a reached site."""
    if actor.site_path == WHOLE_COUNTY:
        return true()
    key = {Need: "need_id", Grid: "grid_id", Volunteer: "volunteer_id"}[parent]
    reached = select(parent.id).where(parent.county == actor.county, at_reached_site(actor, parent.site_id))
    return getattr(row, key).in_(reached)


def _sites(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        Site,
        at_reached_site(actor, Site.id),
        site_id=Site.id,
        town=_place(Site.town_code, Site.county),
        valid_from=_day(Site.valid_from),
        valid_to=_day(Site.valid_to),
    )


def _grids(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        Grid,
        at_reached_site(actor, Grid.site_id),
        grid_id=Grid.id,
        town=_place(Grid.town_code, Grid.county),
        village=_place(Grid.village_code, Grid.county),
        valid_from=_day(Grid.valid_from),
        valid_to=_day(Grid.valid_to),
    )


def _grid_contacts(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        GridContact,
        _through(actor, GridContact, Grid),
        contact_id=GridContact.id,
        masked_name=_named(GridContact),
        valid_from=_day(GridContact.valid_from),
        valid_to=_day(GridContact.valid_to),
    )


def _named(row: Any) -> ColumnElement[Any]:
    return select(_masked(Person.name)).where(Person.id == row.person_id).scalar_subquery()


def _teams(actor: Actor) -> Select[Any]:
    return _rows(actor, Team, team_shown(actor), team_id=Team.id, founded_on=_day(Team.founded_on))


def _memberships(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        Membership,
        _through(actor, Membership, Volunteer),
        valid_from=_day(Membership.valid_from),
        valid_to=_day(Membership.valid_to),
    )


def _volunteers(actor: Actor) -> Select[Any]:
    decade = Person.birth_year - Person.birth_year % 10
    band = cast(decade, String) + literal("-") + cast(decade + 9, String)
    years = select(band).where(Person.id == Volunteer.person_id).scalar_subquery()
    gender = select(Person.gender).where(Person.id == Volunteer.person_id).scalar_subquery()
    return _rows(
        actor,
        Volunteer,
        at_reached_site(actor, Volunteer.site_id),
        volunteer_id=Volunteer.id,
        masked_name=_named(Volunteer),
        gender=gender,
        birth_years=years,
        stars=func.coalesce(_stars(VolunteerStars.stars), 0),
        badges=func.coalesce(_stars(VolunteerStars.badges), ""),
        registered_on=_day(Volunteer.registered_on),
    )


def _stars(column: Any) -> ColumnElement[Any]:
    """Hers, as they were computed last; null where there is no row."""
    hers = (VolunteerStars.county == Volunteer.county, VolunteerStars.volunteer_id == Volunteer.id)
    return select(column).where(*hers).scalar_subquery()


def _skills(actor: Actor) -> Select[Any]:
    return _rows(actor, Skill, true(), skill_id=Skill.id)


def _volunteer_skills(actor: Actor) -> Select[Any]:
    return _rows(actor, VolunteerSkill, _through(actor, VolunteerSkill, Volunteer), skill_level=VolunteerSkill.level)


def _certificates(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        Certificate,
        _through(actor, Certificate, Volunteer),
        certificate_id=Certificate.id,
        issued_on=_day(Certificate.issued_on),
        expires_on=_day(Certificate.expires_on),
    )


def _categories(actor: Actor) -> Select[Any]:
    return _rows(actor, Category, true(), category_id=Category.id)


def _catalogue(actor: Actor) -> Select[Any]:
    shown = or_(CatalogueItem.site_id.is_(None), at_reached_site(actor, CatalogueItem.site_id))
    return _rows(actor, CatalogueItem, shown, item_id=CatalogueItem.id, retired_on=_day(CatalogueItem.retired_on))


def _needs(actor: Actor) -> Select[Any]:
    seats = select(cast(func.sum(NeedRole.head_count), Integer)).where(
        NeedRole.county == Need.county, NeedRole.need_id == Need.id
    )
    return _rows(
        actor,
        Need,
        at_reached_site(actor, Need.site_id),
        need_id=Need.id,
        category=select(Category.name).where(Category.id == Need.category_id).scalar_subquery(),
        town=_place(Need.town_code, Need.county),
        village=_place(Need.village_code, Need.county),
        seats=seats.scalar_subquery(),
    )


def _need_events(actor: Actor) -> Select[Any]:
    return _rows(actor, NeedEvent, _through(actor, NeedEvent, Need), event_id=NeedEvent.id)


def _dispatches(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        Dispatch,
        _through(actor, Dispatch, Need),
        dispatch_id=Dispatch.id,
        start_at=_time(Dispatch.start),
        end_at=_time(Dispatch.end),
    )


def _services(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        Service,
        at_reached_site(actor, Service.site_id),
        service_id=Service.id,
        start_at=_time(Service.start),
        end_at=_time(Service.end),
    )


def _ratings(actor: Actor) -> Select[Any]:
    return _rows(actor, Rating, _through(actor, Rating, Need))


def _activities(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        Activity,
        at_reached_site(actor, Activity.site_id),
        activity_id=Activity.id,
        start_at=_time(Activity.start),
        end_at=_time(Activity.end),
    )


def _follow_ups(actor: Actor) -> Select[Any]:
    return _rows(actor, FollowUp, _through(actor, FollowUp, Need), follow_up_id=FollowUp.id)


def _messages(actor: Actor) -> Select[Any]:
    return _rows(actor, Message, _through(actor, Message, Need), message_id=Message.id, message_kind=Message.kind)


def _series(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        RecurringNeed,
        at_reached_site(actor, RecurringNeed.site_id),
        series_id=RecurringNeed.id,
        start_at=_time(RecurringNeed.start),
    )


def _contracts(actor: Actor) -> Select[Any]:
    return _rows(
        actor,
        Contract,
        _through(actor, Contract, Volunteer),
        contract_id=Contract.id,
        since_at=_time(Contract.since),
    )


def _rows(actor: Actor, table: Any, shown: ColumnElement[bool], **columns: Any) -> Select[Any]:
    """The rows of a table that the actor reaches. Columns that are not given are the table's own of the same name."""
    return (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(table)
        .where(table.county == actor.county, shown)
    )


_SELECTS: dict[str, tuple[Any, Callable[[Actor], Select[Any]]]] = {
    "sites": (Site, _sites),
    "grids": (Grid, _grids),
    "grid_contacts": (GridContact, _grid_contacts),
    "teams": (Team, _teams),
    "memberships": (Membership, _memberships),
    "volunteers": (Volunteer, _volunteers),
    "skills": (Skill, _skills),
    "volunteer_skills": (VolunteerSkill, _volunteer_skills),
    "certificates": (Certificate, _certificates),
    "categories": (Category, _categories),
    "catalogue": (CatalogueItem, _catalogue),
    "needs": (Need, _needs),
    "need_events": (NeedEvent, _need_events),
    "dispatches": (Dispatch, _dispatches),
    "services": (Service, _services),
    "ratings": (Rating, _ratings),
    "activities": (Activity, _activities),
    "follow_ups": (FollowUp, _follow_ups),
    "messages": (Message, _messages),
    "series": (RecurringNeed, _series),
    "contracts": (Contract, _contracts),
}


def copied(view: str, columns: tuple[tuple[str, str], ...], actor: Actor) -> Select[Any]:
    """The select whose rows are a view's copy: `columns` are (name, kind) in order. Not for the calendar."""
    table, build = _SELECTS[view]
    made = build(actor)
    given = {column.name: column for column in made.selected_columns}
    return made.with_only_columns(
        *((given[name] if name in given else _plain(table, name, kind)).label(name) for name, kind in columns),
        maintain_column_froms=True,
    )


def _plain(table: Any, name: str, kind: str) -> ColumnElement[Any]:
    column: ColumnElement[Any] = getattr(table, name)
    return _time(column) if kind == "time" else cast(column, Integer) if kind == "flag" else column
