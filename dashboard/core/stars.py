"""A volunteer's stars and badges: a rule over her confirmed hours, and other rules tried on what was.

The thresholds a county begins with are those of the Ministry of Civil Affairs' Measures for Recording Voluntary Service
(《志愿服务记录办法》, 民函〔2012〕340号): 100, 300, 600, 1,000 and 1,500 hours make one to five stars. What stands
beside the hours is off until a county switches it on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.core.errors import Invalid
from dashboard.core.words import Grade

#: The rule a county starts with.
DEFAULT_RULE: dict[str, Any] = {
    "hours": [100, 300, 600, 1000, 1500],
    "grades": ["A", "B", "C"],
    "services": 0,
    "satisfied": 0,
    "answers": 0,
    "bound_from": 1,
    "badges": [],
}
STARS = 5
#: More hours than this are no threshold.
MOST_HOURS = 20_000
MOST_SERVICES = 10_000
MOST_BADGES = 8
LONGEST_NAME = 20
#: Between the badges of one volunteer, where they stand in one text.
BETWEEN = "、"


@dataclass(frozen=True)
class Badge:
    """A badge by name for so many services of a category (its code)."""

    name: str
    category: str
    services: int


@dataclass(frozen=True)
class StarRule:
    """A rule row's content.

    hours: of one to five stars, ascending. grades: hours and services of these count.
    services: fewer than so many bind (0: no condition). satisfied: so many percent of the residents' answers must be
    satisfied ones (0: no condition), judged from `answers` answers on: who has fewer is not judged by them.
    bound_from: who does not meet a condition stays below this star; the hours alone give those below it.
    """

    hours: tuple[int, ...]
    grades: tuple[Grade, ...]
    services: int = 0
    satisfied: int = 0
    answers: int = 0
    bound_from: int = 1
    badges: tuple[Badge, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "StarRule":
        """From the JSON of a rule row. Raises Invalid that says which part is wrong."""
        try:
            badges = tuple(Badge(str(name).strip(), str(code), int(least)) for name, code, least in data["badges"])
            rule = cls(
                hours=tuple(int(one) for one in data["hours"]),
                grades=tuple(grade for grade in Grade if grade in set(data["grades"])),
                services=int(data["services"]),
                satisfied=int(data["satisfied"]),
                answers=int(data["answers"]),
                bound_from=int(data["bound_from"]),
                badges=badges,
            )
            strange = set(data["grades"]) - set(Grade)
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("stars.bad_rule", problem=str(error)) from error
        _check(rule, strange)
        return rule

    def plain(self) -> dict[str, Any]:
        """The JSON of a rule row."""
        return {
            "hours": list(self.hours),
            "grades": [grade.value for grade in self.grades],
            "services": self.services,
            "satisfied": self.satisfied,
            "answers": self.answers,
            "bound_from": self.bound_from,
            "badges": [[one.name, one.category, one.services] for one in self.badges],
        }


def _check(rule: StarRule, strange: set[str]) -> None:
    hours, names = rule.hours, [one.name for one in rule.badges]
    ascending = all(low < high for low, high in zip(hours, hours[1:], strict=False))
    if len(hours) != STARS or not ascending or hours[0] <= 0 or hours[-1] > MOST_HOURS:
        raise Invalid("stars.bad_hours", most=MOST_HOURS)
    if strange or not rule.grades:
        raise Invalid("stars.bad_grades")
    whole = 0 <= rule.services <= MOST_SERVICES and 0 <= rule.satisfied <= 100 and 0 <= rule.answers <= MOST_SERVICES
    if not whole or not 1 <= rule.bound_from <= STARS or (rule.satisfied and not rule.answers):
        raise Invalid("stars.bad_conditions")
    fit = all(0 < len(name) <= LONGEST_NAME and BETWEEN not in name and name.isprintable() for name in names)
    counts = all(1 <= one.services <= MOST_SERVICES and one.category for one in rule.badges)
    if len(names) > MOST_BADGES or len(set(names)) < len(names) or not fit or not counts:
        raise Invalid("stars.bad_badges", most=MOST_BADGES, longest=LONGEST_NAME)


USUAL = StarRule.of(DEFAULT_RULE)


@dataclass(frozen=True)
class Facts:
    """What a volunteer did up to a moment: confirmed minutes and services by grade, the answers of residents she
    served, and services by grade and category (its code)."""

    minutes: Mapping[Grade, int] = field(default_factory=dict)
    services: Mapping[Grade, int] = field(default_factory=dict)
    answered: int = 0
    satisfied: int = 0
    by_category: Mapping[tuple[Grade, str], int] = field(default_factory=dict)


NOTHING = Facts()


@dataclass(frozen=True)
class Standing:
    """0 to 5 stars, and badges by name."""

    stars: int = 0
    badges: tuple[str, ...] = ()


def minutes(facts: Facts, rule: StarRule) -> int:
    """The minutes that count."""
    return sum(facts.minutes.get(grade, 0) for grade in rule.grades)


def standing(facts: Facts, rule: StarRule) -> Standing:
    """Her stars and badges by a rule."""
    counted = minutes(facts, rule)
    stars = sum(counted >= hours * 60 for hours in rule.hours)
    if not _meets(facts, rule):
        stars = min(stars, rule.bound_from - 1)
    badges = tuple(
        one.name
        for one in rule.badges
        if sum(facts.by_category.get((grade, one.category), 0) for grade in rule.grades) >= one.services
    )
    return Standing(stars, badges)


def _meets(facts: Facts, rule: StarRule) -> bool:
    """The conditions beside the hours."""
    if sum(facts.services.get(grade, 0) for grade in rule.grades) < rule.services:
        return False
    judged = rule.satisfied > 0 and facts.answered >= rule.answers
    return not judged or facts.satisfied * 100 >= rule.satisfied * facts.answered


@dataclass(frozen=True)
class Change:
    """Somebody who stands otherwise: before and after."""

    volunteer_id: int
    before: Standing
    after: Standing

    @property
    def up(self) -> bool:
        return self.after.stars > self.before.stars

    @property
    def down(self) -> bool:
        return self.after.stars < self.before.stars


def changes(before: Mapping[int, Standing], after: Mapping[int, Standing]) -> tuple[Change, ...]:
    """Who stands otherwise, by id; who is missing on a side has neither star nor badge there."""
    found = (Change(one, before.get(one, Standing()), after.get(one, Standing())) for one in {*before, *after})
    return tuple(sorted((one for one in found if one.before != one.after), key=lambda one: one.volunteer_id))


@dataclass(frozen=True)
class Tally:
    """Volunteers with so many stars, as it is and as it would be; `reached`: those who had fewer a year ago."""

    stars: int
    before: int
    after: int
    reached_before: int
    reached_after: int


@dataclass(frozen=True)
class Trial:
    """What another rule makes of what was: tallies from five stars down to none, and who would stand otherwise."""

    tallies: tuple[Tally, ...]
    changes: tuple[Change, ...]


def tried(now: Mapping[int, Facts], then: Mapping[int, Facts], holding: StarRule, other: StarRule) -> Trial:
    """`now` and `then` (a year ago): everybody looked at, by id; who is missing in `then` had done nothing yet."""
    columns = []
    for rule in (holding, other):
        here = {one: standing(facts, rule) for one, facts in now.items()}
        had = {one: standing(then.get(one, NOTHING), rule).stars for one in here}
        columns.append((here, had))
    (before, had_before), (after, had_after) = columns
    return Trial(
        tuple(
            Tally(
                stars,
                *(_count(standings.values(), stars) for standings in (before, after)),
                *(
                    sum(one.stars == stars > had[who] for who, one in standings.items())
                    for standings, had in ((before, had_before), (after, had_after))
                ),
            )
            for stars in range(STARS, -1, -1)
        ),
        changes(before, after),
    )


def _count(standings: Iterable[Standing], stars: int) -> int:
    return sum(one.stars == stars for one in standings)
