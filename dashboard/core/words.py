"""The closed word lists of the field.

Stored as their values; shown through the text catalogue (`words.<list>.<value>`).
"""

from enum import StrEnum


class Level(StrEnum):
    """中心 / 所 / 站 / 点: the four levels of practice sites."""

    CENTRE = "centre"
    INSTITUTE = "institute"
    STATION = "station"
    POINT = "point"


class SiteKind(StrEnum):
    PRACTICE = "practice"
    ELDERCARE = "eldercare"
    MEAL_POINT = "meal_point"
    SCHOOL = "school"
    CULTURE = "culture"
    SCENIC = "scenic"
    ENTERPRISE = "enterprise"
    OTHER = "other"


class GridKind(StrEnum):
    COMMUNITY = "community"
    COMPOUND = "compound"
    STAIRWELL = "stairwell"
    VILLAGE_GROUP = "village_group"


class DivisionLevel(StrEnum):
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


class Precision(StrEnum):
    """How exactly a place is known. Village precision never satisfies a distance rule."""

    POINT = "point"
    GRID = "grid"
    VILLAGE = "village"
    NONE = "none"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class VolunteerStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class Consent(StrEnum):
    """Unknown consent permits matching, not hours."""

    GIVEN = "given"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class TeamKind(StrEnum):
    PARTY = "party"
    YOUTH = "youth"
    WOMEN = "women"
    RED_VEST = "red_vest"
    SILVER = "silver"
    TRADE = "trade"
    COUNTY = "county"
    OTHER = "other"


class Aspect(StrEnum):
    """What a squad 小分队 is for: eight aspects of service, and all else."""

    ELDERS = "elders"
    CHILDREN = "children"
    HEALTH = "health"
    MIND = "mind"
    REPAIR = "repair"
    ERRANDS = "errands"
    LAW = "law"
    CULTURE = "culture"
    ALL_ELSE = "all_else"


class Season(StrEnum):
    """When a service is offered; none is all the year."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Channel(StrEnum):
    """How a need reached us."""

    VISIT = "visit"
    COURTYARD = "courtyard_meeting"
    GROUP_CHAT = "group_chat"
    HOTLINE = "hotline"
    MAILBOX = "mailbox"
    WALK_IN = "walk_in"
    DEVICE = "device"
    ONLINE = "online"


class Urgency(StrEnum):
    URGENT = "urgent"
    SOON = "soon"
    NORMAL = "normal"


class IntervalRule(StrEnum):
    """May any one of the wanted intervals serve, or must all?"""

    ANY_OF = "any_of"
    ALL_OF = "all_of"


class NeedState(StrEnum):
    DRAFT = "draft"
    TO_VERIFY = "to_verify"
    OPEN = "open"
    IN_SERVICE = "in_service"
    DONE = "done"
    CONFIRMED = "confirmed"
    RATED = "rated"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    UNMET = "unmet"


class DispatchState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    IN_SERVICE = "in_service"
    DONE = "done"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


#: Dispatches in these states take a seat of the need and the volunteer's time.
HOLDS_SEAT: tuple[DispatchState, ...] = (
    DispatchState.OFFERED,
    DispatchState.ACCEPTED,
    DispatchState.IN_SERVICE,
    DispatchState.DONE,
    DispatchState.CONFIRMED,
)


class NeedPersonKind(StrEnum):
    PREFERRED = "preferred"
    EXCLUDED = "excluded"


class ConstraintKind(StrEnum):
    PIN = "pin"
    FORBID = "forbid"
    KEEP_FREE = "keep_free"


class Grade(StrEnum):
    """How an hour was proved: A signed in and out, B confirmed by both sides, C entered by staff."""

    A = "A"
    B = "B"
    C = "C"


class Outcome(StrEnum):
    """The resident's answer to "was it done?"."""

    DONE = "done"
    PARTLY = "partly"
    NOT = "not"


class Role(StrEnum):
    COORDINATOR = "coordinator"
    STATION_WORKER = "station_worker"
    LEADER = "leader"
    ADMIN = "admin"


class VisitTold(StrEnum):
    """What a household says of a need when it is visited."""

    STILL_OPEN = "still_open"
    DONE_ALREADY = "done_already"


class ImportKind(StrEnum):
    SITES = "sites"
    GRIDS = "grids"
    VOLUNTEERS = "volunteers"
    NEEDS = "needs"


class Subject(StrEnum):
    """What a revision counter counts. Counters are always raised in this order."""

    PLACES = "places"
    PEOPLE = "people"
    CATALOGUE = "catalogue"
    NEEDS = "needs"
    SERVICES = "services"
    RULES = "rules"
    ACCOUNTS = "accounts"
    #: Runs of the matching and their drafts.
    PLANS = "plans"
    #: The outbox; that a message was made is a change of NEEDS.
    MESSAGES = "messages"
    #: Notebooks, frozen decks, decisions.
    NOTEBOOKS = "notebooks"
    #: The fund's deposits and payments.
    FUND = "fund"
