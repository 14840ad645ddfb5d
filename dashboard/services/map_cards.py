"""What stands beside the map when somebody clicks on a site, a grid or a need. Names and phones masked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from dashboard.core.errors import NotFound
from dashboard.core.filters import Filters
from dashboard.core.masking import masked_name, masked_phone
from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.core.words import HOLDS_SEAT, Subject, VolunteerStatus
from dashboard.services.filtering import (
    county_day,
    due_at,
    is_open,
    is_overdue,
    needs_like,
    volunteers_like,
)
from dashboard.services.map_layers import place_words
from dashboard.services.questions import question, within
from db.models import (
    Category,
    Dispatch,
    Grid,
    GridContact,
    Need,
    NeedInterval,
    NeedRole,
    Person,
    Site,
    Team,
    Volunteer,
)

#: So many needs stand on a card; the list has all of them.
SHOWN = 5
_CONTACT = select(GridContact.id, GridContact.duty, Person.name, Person.phone_tail).join(
    Person, Person.id == GridContact.person_id
)
#: What a card tells of a grid. Not its polygon: that is long.
_GRID = (Grid.code, Grid.name, Grid.kind, Grid.town_code, Grid.village_code, Grid.households)


@dataclass(frozen=True)
class NeedLine:
    """An open need in one line. `due` is the deadline that runs."""

    id: int
    title: str
    category: str
    urgency: str
    due: datetime | None
    overdue: bool


@dataclass(frozen=True)
class ContactLine:
    """A contact card: masked until somebody calls."""

    id: int
    name: str
    duty: str
    phone: str


@dataclass(frozen=True)
class SiteCard:
    """A practice site; `open_needs`, `volunteers`, `teams` are those of its whole branch, as far as the reader sees."""

    id: int
    name: str
    level: str
    kind: str
    parent: str
    address: str
    opening: str
    phone: str
    sites_below: int
    teams: int
    volunteers: int
    open_needs: int
    overdue: int
    needs: tuple[NeedLine, ...]


@dataclass(frozen=True)
class GridCard:
    """A grid: who answers for it and what is needed there. `within` tells whether it lies in the reader's part."""

    id: int
    code: str
    name: str
    kind: str
    place: str
    households: int | None
    within: bool
    volunteers: int
    open_needs: int
    overdue: int
    contacts: tuple[ContactLine, ...]
    needs: tuple[NeedLine, ...]


@dataclass(frozen=True)
class NeedCard:
    """An open need and where it is; `wanted` its spans, `seats` and `open_seats` people asked for and still to find."""

    id: int
    code: str
    title: str
    category: str
    state: str
    urgency: str
    resident: str
    place: str
    precision: str
    grid_id: int | None
    grid: str
    due: datetime | None
    overdue: bool
    wanted: tuple[tuple[datetime, datetime], ...]
    seats: int
    open_seats: int
    contacts: tuple[ContactLine, ...]


@question(Subject.PLACES, Subject.NEEDS, Subject.PEOPLE, Subject.CATALOGUE)
def site_card(session: Session, actor: Actor, site_id: int, language: str, now: datetime) -> SiteCard:
    """Raises NotFound for a site that is not in the county."""
    parent = aliased(Site)
    found = session.execute(
        select(Site, parent.name)
        .outerjoin(parent, parent.id == Site.parent_id)
        .where(Site.county == actor.county, Site.id == site_id)
    ).first()
    if found is None:
        raise NotFound("map.gone")
    site, parent_name = found
    branch = select(Site.id).where(
        Site.county == actor.county, Site.path.startswith(site.path, autoescape=True), within(actor, Site.path)
    )
    here = needs_like(Filters(), actor), Need.site_id.in_(branch)
    open_needs, overdue = _open_and_overdue(session, now, *here)
    active = volunteers_like(Filters(), actor), Volunteer.status == VolunteerStatus.ACTIVE
    return SiteCard(
        id=site.id,
        name=site.name,
        level=site.level,
        kind=site.kind,
        parent=parent_name or "",
        address=site.address,
        opening=site.opening,
        phone=site.phone,
        sites_below=_count(session, Site.id, Site.id.in_(branch), Site.id != site.id),
        teams=_count(session, Team.id, Team.county == actor.county, Team.active.is_(True), Team.site_id.in_(branch)),
        volunteers=_count(session, Volunteer.id, *active, Volunteer.site_id.in_(branch)),
        open_needs=open_needs,
        overdue=overdue,
        needs=_lines(session, language, now, *here, limit=SHOWN) if open_needs else (),
    )


@question(Subject.PLACES, Subject.NEEDS, Subject.PEOPLE, Subject.CATALOGUE)
def grid_card(session: Session, actor: Actor, grid_id: int, language: str, now: datetime) -> GridCard:
    """Raises NotFound for a grid that is not in the county."""
    found = session.execute(
        select(*_GRID, Site.path)
        .outerjoin(Site, Site.id == Grid.site_id)
        .where(Grid.county == actor.county, Grid.id == grid_id)
    ).first()
    if found is None:
        raise NotFound("map.gone")
    needs = _lines(session, language, now, needs_like(Filters(), actor), Need.grid_id == grid_id)
    active = volunteers_like(Filters(), actor), Volunteer.status == VolunteerStatus.ACTIVE
    return GridCard(
        id=grid_id,
        code=found.code,
        name=found.name,
        kind=found.kind,
        place=place_words(session, actor.county, found.town_code, found.village_code),
        households=found.households,
        within=actor.reaches(found.path or WHOLE_COUNTY),
        volunteers=_count(session, Volunteer.id, *active, Volunteer.grid_id == grid_id),
        open_needs=len(needs),
        overdue=sum(need.overdue for need in needs),
        contacts=_contacts(session, actor, grid_id, now),
        needs=needs[:SHOWN],
    )


@question(Subject.PLACES, Subject.NEEDS, Subject.PEOPLE, Subject.CATALOGUE)
def need_card(session: Session, actor: Actor, need_id: int, language: str, now: datetime) -> NeedCard:
    """Raises NotFound for a need that is not in the reader's part of the county."""
    found = session.execute(
        select(Need, _category(language), Person.name, due_at(), is_overdue(now), Grid.name)
        .outerjoin(Category, Category.id == Need.category_id)
        .outerjoin(Person, Person.id == Need.person_id)
        .outerjoin(Grid, Grid.id == Need.grid_id)
        .where(needs_like(Filters(), actor), Need.id == need_id)
    ).first()
    if found is None:
        raise NotFound("map.gone")
    need, category, resident, due, late, grid = found
    seats = session.scalar(select(func.sum(NeedRole.head_count)).where(NeedRole.need_id == need_id)) or 0
    held = Dispatch.need_id == need_id, Dispatch.state.in_(HOLDS_SEAT), Dispatch.county == actor.county
    spans = session.execute(
        select(NeedInterval.start, NeedInterval.end)
        .where(NeedInterval.county == actor.county, NeedInterval.need_id == need_id)
        .order_by(NeedInterval.start)
    )
    return NeedCard(
        id=need.id,
        code=need.code,
        title=need.title,
        category=category or "",
        state=need.state,
        urgency=need.urgency,
        resident=masked_name(resident or ""),
        place=place_words(session, actor.county, need.town_code, need.village_code),
        precision=need.precision,
        grid_id=need.grid_id,
        grid=grid or "",
        due=due,
        overdue=bool(late),
        wanted=tuple((row.start, row.end) for row in spans),
        seats=seats,
        open_seats=max(0, seats - _count(session, Dispatch.id, *held, Dispatch.in_place_of.is_(None))),
        contacts=_contacts(session, actor, need.grid_id, now) if need.grid_id else (),
    )


@question(Subject.PLACES, Subject.PEOPLE)
def contact(session: Session, actor: Actor, contact_id: int) -> ContactLine:
    """A contact card by itself. Raises NotFound for one that is gone."""
    row = session.execute(_CONTACT.where(GridContact.county == actor.county, GridContact.id == contact_id)).first()
    if row is None:
        raise NotFound("map.gone")
    return ContactLine(row.id, masked_name(row.name), row.duty, masked_phone(row.phone_tail))


def _count(session: Session, column: object, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0  # type: ignore[arg-type]


def _open_and_overdue(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> tuple[int, int]:
    late = func.coalesce(func.sum(case((is_overdue(now), 1), else_=0)), 0)
    count, overdue = session.execute(select(func.count(Need.id), late).where(*conditions, is_open())).one()
    return count, overdue


def _category(language: str) -> ColumnElement[str]:
    if language == "zh":
        return Category.name.expression
    return func.coalesce(func.nullif(Category.name_en, ""), Category.name)


def _lines(
    session: Session, language: str, now: datetime, *conditions: ColumnElement[bool], limit: int | None = None
) -> tuple[NeedLine, ...]:
    """Open needs, the most pressing first."""
    rows = session.execute(
        select(Need.id, Need.title, _category(language).label("category"), Need.urgency, due_at().label("due"))
        .outerjoin(Category, Category.id == Need.category_id)
        .where(*conditions, is_open())
        .order_by(due_at().is_(None), due_at(), Need.id)
        .limit(limit)
    )
    return tuple(
        NeedLine(row.id, row.title, row.category or "", row.urgency, row.due, row.due is not None and row.due < now)
        for row in rows
    )


def _contacts(session: Session, actor: Actor, grid_id: int, now: datetime) -> tuple[ContactLine, ...]:
    """Today's contact cards of a grid, in the order in which they are posted."""
    day = county_day(now)
    rows = session.execute(
        _CONTACT.where(GridContact.county == actor.county, GridContact.grid_id == grid_id)
        .where(or_(GridContact.valid_from.is_(None), GridContact.valid_from <= day))
        .where(or_(GridContact.valid_to.is_(None), GridContact.valid_to > day))
        .order_by(GridContact.position, GridContact.id)
    )
    return tuple(ContactLine(row.id, masked_name(row.name), row.duty, masked_phone(row.phone_tail)) for row in rows)
