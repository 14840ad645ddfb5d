"""What counts in a match and how much: the whole policy in two lists and one record of numbers.

`HARD` are the rules nobody may break, in the order in which they are tried: the first that fails is the reason given.
`TERMS` make up the score: each gives 0 to 100 points, the score is the sum of points times weight. Weights and settings
are data, a versioned rule set of the office; the rules are code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import Invalid
from dashboard.core.matching import rules, terms
from dashboard.core.matching.rules import Rule, Settings
from dashboard.core.matching.terms import TOP_POINTS, Term

HARD: tuple[Rule, ...] = (
    Rule("need_ready", "fact", rules.need_not_ready),
    Rule("active", "fact", rules.not_active),
    Rule("scope", "fact", rules.out_of_scope),
    Rule("placed", "fact", rules.not_placed),
    Rule("skill", "level", rules.skill_missing),
    Rule("distance", "metre", rules.too_far),
    Rule("known", "fact", rules.free_time_unknown),
    Rule("language", "fact", rules.language_missing),
    Rule("gender", "fact", rules.gender_differs),
    Rule("excluded", "fact", rules.excluded),
    Rule("forbidden", "fact", rules.forbidden),
    Rule("taken", "fact", rules.already_on_it),
    Rule("certificate", "certificate", rules.certificate_missing, timed=True),
    Rule("free", "minute", rules.not_free, timed=True),
    Rule("keep_free", "minute", rules.kept_free, timed=True),
    Rule("clash", "minute", rules.clash, timed=True),
    Rule("cap_day", "task", rules.over_day, timed=True),
    Rule("cap_week", "task", rules.over_week, timed=True),
)

TERMS: tuple[Term, ...] = (
    Term("distance", "metre", terms.distance, weight=8),
    Term("skill", "level", terms.skill, weight=3),
    Term("preferred_skill", "skill", terms.preferred_skill, weight=2),
    Term("continuity", "fact", terms.continuity, weight=6),
    Term("language", "fact", terms.language, weight=2),
    Term("gender", "fact", terms.gender, weight=2),
    Term("week_load", "task", terms.week_load, weight=3),
    Term("load_90", "task", terms.load_90, weight=2),
    Term("last_served", "day", terms.last_served, weight=1),
    Term("reliability", "percent", terms.reliability, weight=1),
)

#: How many of HARD don't depend on the time; they come first.
PAIR_RULES = sum(not rule.timed for rule in HARD)
#: Larger weights and settings are slips of the pen, and could one day overflow a sum.
LARGEST = 1_000_000


@dataclass(frozen=True)
class Policy:
    """One version of the office's rule set: the weights of TERMS in their order, and the settings.

    Settings: `metres_per_minute` straight-line travel speed between tasks, `unplaced_minutes` margin when the last
    place is unknown, `far_m` where distance earns nothing, `full_week` and `full_90` tasks at which load earns nothing,
    `rested_days` after which a volunteer is rested, `least_asked` dispatches before reliability counts,
    `unknown_points` it earns until then.
    """

    version: int = 0
    weights: tuple[int, ...] = tuple(term.weight for term in TERMS)
    settings: Settings = Settings()

    @classmethod
    def build(cls, version: int, weights: Mapping[str, int], settings: Mapping[str, int] | None = None) -> "Policy":
        """From the rows of a rule set; what it doesn't name keeps its usual value. Raises Invalid (unknown name, no
        whole number, outside 0 .. 1,000,000; a setting that divides must be at least 1)."""
        usual = {term.name: term.weight for term in TERMS}
        given = usual | {name: _whole(name, value, 0, usual) for name, value in weights.items()}
        plain = Settings()._asdict()
        chosen = {name: _whole(name, value, 1, plain) for name, value in (settings or {}).items()}
        return cls(version, tuple(given[term.name] for term in TERMS), Settings(**(plain | chosen)))

    @cached_property
    def weight_array(self) -> NDArray[np.int64]:
        """The weights as int64[terms], for compiled functions."""
        return np.array(self.weights, dtype=np.int64)

    @property
    def top_score(self) -> int:
        """The score of a pair with full points in every term."""
        return TOP_POINTS * sum(self.weights)


def _whole(name: str, value: Any, least: int, known: Mapping[str, int]) -> int:
    if name not in known:
        raise Invalid("match_rules.unknown_weight", name=name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LARGEST:
        raise Invalid("match_rules.bad_weight", name=name, least=least, most=LARGEST, value=value)
    return value


DEFAULT = Policy()
