"""Squads 小分队: which squad a need goes to and why none below it, which aspects are covered where, and who stands for
what: the aspect of a team, and the aspect of each category.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.squads import LEVELS, Cannot, climb
from dashboard.core.words import Aspect, Level, Subject
from dashboard.services import matches
from dashboard.services.commands import Work, command
from dashboard.services.figures import in_force
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site, team_shown
from db.engine import lock_rows
from db.models import Category, Division, Need, Site, Team


@dataclass(frozen=True)
class Rung:
    """A squad that was looked at for a need; its team is None where there is none the reader may see. `cannot` is None
    for the one that takes the need, with so many of its members eligible."""

    level: Level
    aspect: Aspect
    site: str
    team_id: int | None
    team: str
    cannot: Cannot | None
    eligible: int


@dataclass(frozen=True)
class SquadOf:
    """Where a need goes: the aspect of its category, and the path. `used`: the county has squads at all."""

    need_id: int
    aspect: Aspect
    rungs: tuple[Rung, ...]
    used: bool

    @property
    def taken(self) -> Rung | None:
        """The squad that takes the need, None when none can."""
        return self.rungs[-1] if self.rungs and self.rungs[-1].cannot is None else None


@question(*matches.READS)
def squad_of(session: Session, actor: Actor, *, need_id: int, now: datetime) -> SquadOf:
    """The squad of the lowest level that can take a need within reach, and why the ones before it can't."""
    require(actor, Action.SEE_MATCH)
    need = session.execute(_need(actor, need_id)).first()
    if need is None:
        raise NotFound("needs.no_such")
    aspect = Aspect(need.aspect) if need.aspect else Aspect.ALL_ELSE
    sites = _above(session, actor, need.path)
    squads = _squads_at(session, actor, sites, {aspect, Aspect.ALL_ELSE})
    table = None
    eligible: dict[int, int] = {}

    def look(level: Level, wanted: Aspect) -> Cannot | None:
        nonlocal table
        squad = squads.get((sites[level].id, wanted))
        if squad is None:
            return Cannot.NO_SQUAD
        if not squad.active:
            return Cannot.INACTIVE
        if not (squad.shared or actor.reaches(sites[level].path)):
            return Cannot.NOT_SHARED
        table = table or matches.table_of(session, actor, need_id, now)
        members = matches.members_of(session, actor.county, squad.id, now)
        eligible[squad.id] = matches.eligible_among(table, members)
        return None if eligible[squad.id] else Cannot.NOBODY

    rungs = []
    for step in climb(aspect, sites, look).steps:
        squad = None if step.cannot is Cannot.NOT_SHARED else squads.get((sites[step.level].id, step.aspect))
        name, site = squad.name if squad else "", sites[step.level].name
        team_id = squad.id if squad else None
        found = eligible.get(team_id, 0) if team_id else 0
        rungs.append(Rung(step.level, step.aspect, site, team_id, name, step.cannot, found))
    return SquadOf(need_id, aspect, tuple(rungs), _used(session, actor))


def _need(actor: Actor, need_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Category.aspect, Site.path)
        .select_from(Need)
        .outerjoin(Category, Category.id == Need.category_id)
        .outerjoin(Site, Site.id == Need.site_id)
        .where(Need.county == actor.county, Need.id == need_id, at_reached_site(actor, Need.site_id))
    )


def _above(session: Session, actor: Actor, path: str | None) -> dict[Level, Any]:
    """The site of each level at or above a place: the nearest one. Of a need whose place is unknown only the county's
    centre."""
    ids = [int(part) for part in (path or "").split("/") if part]
    here = Site.id.in_(ids) if ids else and_(Site.level == Level.CENTRE, Site.parent_id.is_(None))
    rows = session.execute(
        select(Site.id, Site.name, Site.level, Site.path).where(
            Site.county == actor.county, Site.level.in_(LEVELS), here
        )
    )
    # The longest path is the nearest: it is written last.
    return {Level(row.level): row for row in sorted(rows, key=lambda row: row.path.count("/"))}


def _squads_at(session: Session, actor: Actor, sites: dict[Level, Any], aspects: set[Aspect]) -> dict[Any, Any]:
    """Squads of some aspects by (site, aspect)."""
    rows = session.execute(
        select(Team.id, Team.name, Team.site_id, Team.aspect, Team.active, Team.shared).where(
            Team.county == actor.county,
            Team.site_id.in_([site.id for site in sites.values()]),
            Team.aspect.in_(sorted(aspects)),
        )
    )
    return {(row.site_id, Aspect(row.aspect)): row for row in rows}


def _used(session: Session, actor: Actor) -> bool:
    squads = select(Team.id).where(Team.county == actor.county, Team.aspect.is_not(None)).limit(1)
    return session.scalar(squads) is not None


# -- coverage


@dataclass(frozen=True)
class CoverageRow:
    """A site and the squads it has: `own` its own; of the `stations` below it so many have one, by aspect."""

    site_id: int
    name: str
    level: Level
    own: frozenset[Aspect]
    stations: int
    below: dict[Aspect, int]


@dataclass(frozen=True)
class Coverage:
    """The centre and the towns of the reader's part, each with its stations; a station outside every town of it stands
    in a row of its own."""

    rows: tuple[CoverageRow, ...]

    @property
    def squads(self) -> int:
        return sum(len(row.own) + sum(row.below.values()) for row in self.rows)

    @property
    def towns(self) -> tuple[CoverageRow, ...]:
        return tuple(row for row in self.rows if row.level is Level.INSTITUTE)


@question(Subject.PLACES, Subject.PEOPLE)
def coverage(session: Session, actor: Actor, *, today: date) -> Coverage:
    """Which aspects have an active squad at which site of the reader's part, by town."""
    require(actor, Action.SEE_TEAMS)
    squads: dict[int | None, set[Aspect]] = {}
    held = (Team.county == actor.county, Team.active, Team.aspect.is_not(None), team_shown(actor))
    for squad in session.execute(select(Team.site_id, Team.aspect).where(*held)):
        squads.setdefault(squad.site_id, set()).add(Aspect(squad.aspect))
    sites = session.execute(
        select(Site.id, Site.name, Site.level, Site.path, Division.name.label("town"))
        .outerjoin(Division, and_(Division.county == Site.county, Division.code == Site.town_code))
        .where(
            Site.county == actor.county,
            Site.level.in_(LEVELS),
            in_force(Site, today),
            at_reached_site(actor, Site.id),
        )
        .order_by(Site.code)
    ).all()
    towns = {site.id for site in sites if site.level == Level.INSTITUTE}
    under: dict[int, list[set[Aspect]]] = {}
    alone = []
    for site in sites:
        if site.level != Level.STATION:
            continue
        town = next((int(part) for part in site.path.split("/") if part and int(part) in towns), None)
        if town is None:
            alone.append(site)
        else:
            under.setdefault(town, []).append(squads.get(site.id, set()))
    rows = [site for level in (Level.CENTRE, Level.INSTITUTE) for site in sites if site.level == level] + alone
    return Coverage(tuple(_row(site, squads.get(site.id, set()), under.get(site.id, ())) for site in rows))


def _row(site: Any, own: set[Aspect], stations: Sequence[set[Aspect]]) -> CoverageRow:
    name = site.town if site.level == Level.INSTITUTE and site.town else site.name
    below = {aspect: sum(aspect in station for station in stations) for aspect in Aspect}
    return CoverageRow(site.id, name, Level(site.level), frozenset(own), len(stations), below)


# -- who stands for what


@dataclass(frozen=True)
class CategoryAspect:
    """A category and the aspect its needs go to."""

    id: int
    name: str
    name_en: str
    aspect: Aspect | None
    version: int

    def shown(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name


@question(Subject.CATALOGUE)
def category_aspects(session: Session, actor: Actor) -> tuple[CategoryAspect, ...]:
    """The county's categories in the order of the menu, each with its aspect."""
    require(actor, Action.SEE_TEAMS)
    rows = session.execute(
        select(Category.id, Category.name, Category.name_en, Category.aspect, Category.version)
        .where(Category.county == actor.county, Category.active)
        .order_by(Category.position, Category.id)
    )
    return tuple(
        CategoryAspect(row.id, row.name, row.name_en, Aspect(row.aspect) if row.aspect else None, row.version)
        for row in rows
    )


@command(Action.EDIT_TEAM, Subject.PEOPLE)
def set_team_aspect(work: Work, *, team_id: int, aspect: str | None, version: int) -> dict[str, Any]:
    """Make a team the squad of an aspect at its site, or of none. Raises Conflict where the site has one already,
    Invalid for a team of no station, institute or centre."""
    row = work.session.execute(
        select(Team, Site.level, Site.path)
        .outerjoin(Site, Site.id == Team.site_id)
        .where(Team.county == work.actor.county, Team.id == team_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("teams.no_such")
    work.require(Action.EDIT_TEAM, row.path or WHOLE_COUNTY)
    team, wanted = row.Team, _aspect(aspect)
    if wanted is not None:
        if row.level not in LEVELS:
            raise Invalid("squads.no_level", team=team.name)
        _require_free(work, team, wanted)
    if team.aspect == wanted:
        raise Invalid("rules.nothing_changed")
    work.at_version(team, version)
    before, team.aspect = team.aspect, wanted
    work.audit("team", team.id, before={"aspect": before}, after={"aspect": wanted})
    return {"team_id": team.id, "team": team.name}


def _require_free(work: Work, team: Team, wanted: Aspect) -> None:
    """Two who name a squad of one site wait for each other."""
    lock_rows(work.session, "squads_at_site", [team.site_id or 0])
    holder = select(Team.name).where(
        Team.county == team.county, Team.site_id == team.site_id, Team.aspect == wanted, Team.id != team.id
    )
    name = work.session.scalar(holder)
    if name is not None:
        raise Conflict("squads.held", team=name)


@command(Action.EDIT_RULES, Subject.CATALOGUE)
def set_category_aspects(work: Work, *, changes: Sequence[tuple[int, str | None, int]]) -> dict[str, Any]:
    """Say which aspect categories belong to, for the whole county: (category, aspect or none, version seen) each."""
    work.require(Action.EDIT_RULES, WHOLE_COUNTY)
    if not changes:
        raise Invalid("rules.nothing_changed")
    for category_id, aspect, version in sorted(changes, key=lambda change: change[0]):
        mine = (Category.county == work.actor.county, Category.id == category_id)
        row = work.session.scalar(select(Category).where(*mine).execution_options(populate_existing=True))
        if row is None:
            raise NotFound("squads.no_such_category")
        wanted = _aspect(aspect)
        work.at_version(row, version)
        before, row.aspect = row.aspect, wanted
        work.audit("category", row.id, before={"aspect": before}, after={"aspect": wanted})
    return {"count": len(changes)}


def _aspect(value: str | None) -> Aspect | None:
    if value is None:
        return None
    if value not in set(Aspect):
        raise Invalid("squads.no_such_aspect", aspect=value)
    return Aspect(value)
