"""What a coordinator changes about a team, of the version seen. Its aspect is `squads.set_team_aspect`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.intake import name_key
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.core.registers import checked
from dashboard.core.words import Subject, VolunteerStatus
from dashboard.services.commands import Work, command
from dashboard.services.figures import in_force
from dashboard.services.filtering import county_day
from dashboard.services.row_edits import put
from db.engine import lock_rows
from db.models import Membership, Site, Team, Volunteer

_COLUMNS = {"team_kind": "kind", "leader_code": "leader_id"}


@command(Action.EDIT_TEAM, Subject.PEOPLE)
def edit_team(work: Work, *, team_id: int, version: int, values: Mapping[str, Any]) -> None:
    """Change a team. Its leader is one of its members today. Raises Conflict when its site has one of the new name."""
    told = checked("teams", values)
    if "aspect" in told:
        raise Invalid("registers.no_field", field="aspect")
    found = work.session.execute(
        select(Team, Site.path)
        .outerjoin(Site, Site.id == Team.site_id)
        .where(Team.county == work.actor.county, Team.id == team_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("teams.no_such")
    work.require(Action.EDIT_TEAM, found.path or WHOLE_COUNTY)
    team: Team = found[0]
    if "name" in told:
        _require_free(work, team, told["name"])
        told["name_key"] = name_key(told["name"])
    if "leader_code" in told:
        told["leader_code"] = _leader(work, team, told["leader_code"])
    work.at_version(team, version)
    put(work, "team", team, told, _COLUMNS)


def _require_free(work: Work, team: Team, name: str) -> None:
    """Two who name a team of one site wait for each other."""
    lock_rows(work.session, "team_names", [team.site_id or 0])
    twin = select(Team.id).where(
        Team.county == team.county,
        Team.site_id.is_(None) if team.site_id is None else Team.site_id == team.site_id,
        Team.name == name,
        Team.id != team.id,
    )
    if work.session.scalar(twin.limit(1)) is not None:
        raise Conflict("registers.name_taken", name=name)


def _leader(work: Work, team: Team, code: str) -> int | None:
    if not code:
        return None
    found = work.session.scalar(
        select(Volunteer.id)
        .join(Membership, Membership.volunteer_id == Volunteer.id)
        .where(
            Volunteer.county == team.county,
            Volunteer.code == code,
            Volunteer.status != VolunteerStatus.LEFT,
            Membership.team_id == team.id,
            in_force(Membership, county_day(work.now)),
        )
        .limit(1)
    )
    if found is None:
        raise Invalid("registers.no_such_leader", code=code)
    return found
