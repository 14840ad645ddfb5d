"""The numbers that stand for words inside the arrays."""

from dataclasses import dataclass, field
from functools import cached_property

from dashboard.core.words import Gender, Precision, Urgency

#: Rank of an urgency: 0 is served first.
URGENCIES: tuple[Urgency, ...] = (Urgency.URGENT, Urgency.SOON, Urgency.NORMAL)
PRECISIONS: tuple[Precision, ...] = (Precision.POINT, Precision.GRID, Precision.VILLAGE, Precision.NONE)
#: 0 is unknown, in a person; no wish, in a need.
GENDERS: tuple[Gender, ...] = (Gender.UNKNOWN, Gender.FEMALE, Gender.MALE)

#: Levels of a skill run from 1 (helps) to 3 (teaches); 0 is "doesn't have it".
TOP_LEVEL = 3
#: A day number before every other: no certificate, never served.
NEVER = -(2**31)
#: A cap or limit nobody set.
UNLIMITED = 2**31 - 1


@dataclass(frozen=True)
class Codebook:
    """Which row stands for which skill and which bit for which language; People and Lines must share one.

    `skills` are the skills' ids (or codes), `licences` those of them that only count with a certificate valid on the
    day of service, `languages` at most 63 names.
    """

    skills: tuple[object, ...]
    licences: tuple[object, ...] = ()
    languages: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(set(self.skills)) < len(self.skills) or len(set(self.languages)) < len(self.languages):
            raise ValueError("a skill or language appears twice")
        if not set(self.licences) <= set(self.skills):
            raise ValueError("a licence is not among the skills")
        if len(self.languages) > 63:
            raise ValueError("more than 63 languages")

    @cached_property
    def skill_row(self) -> dict[object, int]:
        """Row of each skill in `People.level`."""
        return {skill: row for row, skill in enumerate(self.skills)}

    @cached_property
    def licence_row(self) -> dict[object, int]:
        """Row of each licence skill in `People.valid_until`, in the order of `licences`."""
        return {skill: row for row, skill in enumerate(self.licences)}

    def mask(self, languages: object) -> int:
        """The bits of some languages; unknown names raise KeyError. A single string is one language, None none."""
        if languages is None:
            return 0
        names = [languages] if isinstance(languages, str) else list(languages)  # type: ignore[call-overload]
        bits = {name: 1 << bit for bit, name in enumerate(self.languages)}
        return sum(bits[name] for name in set(names))
