"""Who may do what, where. `docs/rights.md` is the same table in words."""

from dataclasses import dataclass
from enum import StrEnum

from dashboard.core.errors import Forbidden
from dashboard.core.words import Role


class Action(StrEnum):
    """Everything a right can be asked for. A page guards with one, a command is decorated with one."""

    SEE_MAP = "see_map"
    SEE_NEEDS = "see_needs"
    EDIT_NEED = "edit_need"
    SEE_MATCH = "see_match"
    DISPATCH = "dispatch"
    #: Take back one's own last step of a dispatch while that is legal; anybody's.
    UNDO = "undo"
    UNDO_ANY = "undo_any"
    RECORD_SERVICE = "record_service"
    SEE_TEAMS = "see_teams"
    SEE_VOLUNTEERS = "see_volunteers"
    EDIT_VOLUNTEER = "edit_volunteer"
    #: Change a team; make it the squad of an aspect.
    EDIT_TEAM = "edit_team"
    #: Change sites, grids and who answers for a grid; their points and outlines only by import.
    EDIT_PLACE = "edit_place"
    #: Change what is on the menu.
    EDIT_CATALOGUE = "edit_catalogue"
    REVEAL = "reveal"
    CALL_CONTACT = "call_contact"
    IMPORT = "import"
    EXPORT = "export"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_AUDIT = "see_audit"
    EDIT_RULES = "edit_rules"
    #: A resident's entitlements, and so the price tier and both amounts of her orders.
    SEE_ENTITLEMENTS = "see_entitlements"
    #: Deposits into the fund and payments out of it.
    MANAGE_FUND = "manage_fund"
    #: Set, lock and unlock targets of figures.
    SET_TARGETS = "set_targets"
    #: Ask the documented views (core/query_views.py) in SQL.
    RUN_QUERIES = "run_queries"
    #: Take the whole database away in a file.
    BACK_UP = "back_up"
    #: One's own password and language.
    OWN_ACCOUNT = "own_account"


class Personal(StrEnum):
    """The values of a person that are masked until somebody asks for them with a reason."""

    NAME = "name"
    PHONE = "phone"
    ADDRESS = "address"
    ID_NUMBER = "id_number"


_READ = frozenset({Action.SEE_MAP, Action.SEE_NEEDS, Action.SEE_TEAMS, Action.OWN_ACCOUNT})
_STATION = _READ | {
    Action.EDIT_NEED,
    Action.SEE_VOLUNTEERS,
    Action.RECORD_SERVICE,
    Action.UNDO,
    Action.SEE_ENTITLEMENTS,
    Action.CALL_CONTACT,
    Action.REVEAL,
    Action.EXPORT,
}
_COORDINATOR = _STATION | {
    Action.SEE_MATCH,
    Action.DISPATCH,
    Action.EDIT_VOLUNTEER,
    Action.EDIT_TEAM,
    Action.EDIT_PLACE,
    Action.EDIT_CATALOGUE,
    Action.RUN_QUERIES,
}

RIGHTS: dict[Role, frozenset[Action]] = {
    Role.LEADER: _READ | {Action.RUN_QUERIES, Action.UNDO, Action.UNDO_ANY, Action.SET_TARGETS},
    Role.STATION_WORKER: frozenset(_STATION),
    Role.COORDINATOR: frozenset(_COORDINATOR),
    Role.ADMIN: frozenset(Action),
}

_TO_VISIT = frozenset({Personal.NAME, Personal.PHONE, Personal.ADDRESS})

#: Which masked values a role may ask to see. Nobody but an admin needs an ID number.
REVEALS: dict[Role, frozenset[Personal]] = {
    Role.LEADER: frozenset(),
    Role.STATION_WORKER: _TO_VISIT,
    Role.COORDINATOR: _TO_VISIT,
    Role.ADMIN: frozenset(Personal),
}


#: The path of who sees every site, and of rows of no site.
WHOLE_COUNTY = "/"


@dataclass(frozen=True)
class Actor:
    """Who asks: an account, its role and its part of the site tree.

    `site_path` is the materialised path of the scope's site ("/1/5/"); a row is within reach when its site's path
    starts with it. WHOLE_COUNTY reaches every one.
    """

    account_id: int
    name: str
    role: Role
    county: str
    site_id: int | None
    site_path: str = WHOLE_COUNTY

    def may(self, action: Action) -> bool:
        return action in RIGHTS[self.role]

    def reaches(self, site_path: str) -> bool:
        return site_path.startswith(self.site_path)


def require(actor: Actor, action: Action, site_path: str | None = None) -> None:
    """Raises Forbidden unless the actor's role allows the action and the place lies in her part of the tree."""
    if not actor.may(action):
        raise Forbidden("permissions.role", action=action, role=actor.role)
    if site_path is not None and not actor.reaches(site_path):
        raise Forbidden("permissions.scope", action=action)


def may_reveal(role: Role, field: Personal) -> bool:
    """May this role ask to see this value of a person within its reach?"""
    return field in REVEALS[role]


#: Who acts by a short link has no account: these stand in events and audit rows in its place.
BY_VOLUNTEER, BY_RESIDENT = -1, -2


def link_actor(county: str, account_id: int) -> Actor:
    """The actor of a short link: what a station worker may record, done by `BY_VOLUNTEER` or `BY_RESIDENT`. Which need
    or dispatch it may touch is the link's business (`services.links`)."""
    return Actor(account_id=account_id, name="link", role=Role.STATION_WORKER, county=county, site_id=None)


def system_actor(county: str) -> Actor:
    """The actor of the shell's commands and of the server's own work: every right, whole county, no account."""
    return Actor(account_id=0, name="system", role=Role.ADMIN, county=county, site_id=None)
