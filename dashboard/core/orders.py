"""What is said when an order is taken: the values of the entry form, checked without a database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.core.errors import Invalid
from dashboard.core.words import Channel, Gender, IntervalRule, Urgency

#: The longest service and the furthest wish that are believed.
LONGEST_MINUTES = 16 * 60
FURTHEST = timedelta(days=400)
MOST_PEOPLE = 500


@dataclass(frozen=True)
class PlaceWish:
    """Where: a point (WGS-84), or a grid, or a village; with none of them the words alone, to be verified."""

    lon: float | None = None
    lat: float | None = None
    grid_id: int | None = None
    village_code: str | None = None
    words: str = ""
    source: str = "entry"


@dataclass(frozen=True)
class Caller:
    """A person named in an order. Personal: never kept in session state longer than the form, never logged."""

    name: str = ""
    phone: str = ""
    address: str = ""

    @property
    def known(self) -> bool:
        return bool(self.name or self.phone)


@dataclass(frozen=True)
class RoleWish:
    """So many people, perhaps with a skill at a least level. `role_id` names a role that is there already; `least` are
    the fewest with whom a crew may go, None for all of them."""

    people: int
    skill_id: int | None = None
    min_level: int = 1
    name: str = ""
    role_id: int | None = None
    least: int | None = None


@dataclass(frozen=True)
class SkillWish:
    """A skill every helper must have (required) or had better have."""

    skill_id: int
    required: bool = True
    min_level: int = 1


@dataclass(frozen=True)
class Order:
    """An order as taken. Intervals are half-open UTC spans; a plain order has one role."""

    channel: Channel = Channel.HOTLINE
    urgency: Urgency = Urgency.NORMAL
    category_id: int | None = None
    item_id: int | None = None
    title: str = ""
    detail: str = ""
    place: PlaceWish = PlaceWish()
    intervals: tuple[tuple[datetime, datetime], ...] = ()
    interval_rule: IntervalRule = IntervalRule.ANY_OF
    duration_minutes: int | None = None
    time_words: str = ""
    roles: tuple[RoleWish, ...] = ()
    people_words: str = ""
    #: A crew: every role filled to its least, or nobody is sent. None: as it stands, also what its roles need at least.
    whole: bool | None = None
    #: None: those of the category.
    skills: tuple[SkillWish, ...] | None = None
    language: str | None = None
    language_hard: bool = False
    gender: Gender | None = None
    gender_hard: bool = False
    preferred: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    resident: Caller = Caller()
    reporter: Caller = Caller()

    @property
    def people(self) -> int:
        """Head-count over all roles."""
        return sum(role.people for role in self.roles)


def check_order(order: Order, now: datetime) -> None:
    """Raises Invalid for what no order can be. What is merely missing is not refused but verified later."""
    for start, end in order.intervals:
        if start >= end:
            raise Invalid("needs.span_backwards")
        if abs(start - now) > FURTHEST or end - start > FURTHEST:
            raise Invalid("needs.span_too_far", days=FURTHEST.days)
    if order.duration_minutes is not None and not 1 <= order.duration_minutes <= LONGEST_MINUTES:
        raise Invalid("needs.bad_duration", hours=LONGEST_MINUTES // 60)
    if any(role.people < 1 for role in order.roles) or order.people > MOST_PEOPLE:
        raise Invalid("needs.bad_head_count", most=MOST_PEOPLE)
    if any(role.least is not None and not 1 <= role.least <= role.people for role in order.roles):
        raise Invalid("needs.bad_least")
    if any(not 1 <= level <= 3 for level in _levels(order)):
        raise Invalid("needs.bad_level")
    if set(order.preferred) & set(order.excluded):
        raise Invalid("needs.preferred_and_excluded")
    if order.interval_rule is IntervalRule.ALL_OF and overlapping(order.intervals):
        raise Invalid("needs.spans_overlap")


def overlapping(intervals: tuple[tuple[datetime, datetime], ...]) -> bool:
    """Do two of these spans share a moment?"""
    ordered = sorted(intervals)
    return any(left[1] > right[0] for left, right in zip(ordered, ordered[1:], strict=False))


def _levels(order: Order) -> list[int]:
    return [role.min_level for role in order.roles] + [skill.min_level for skill in order.skills or ()]
