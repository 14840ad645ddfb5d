"""What a plan file turned out to be."""

from dataclasses import dataclass, replace

from dashboard.core.matching.flaws import Flaw
from dashboard.formats.match_plan_file import gap_per_cent

#: The flaw of a plan that may be dearer than it must be.
GAP = "match_files.flaw_gap"


@dataclass(frozen=True)
class Verdict:
    """What was found. `objective` and `bound` are worked out anew; None where nothing could be."""

    feasible: bool
    objective: int | None
    bound: int | None
    flaws: tuple[Flaw, ...]

    @property
    def proven(self) -> bool:
        """True when nothing is wrong."""
        return not self.flaws

    @property
    def gap(self) -> float | None:
        """In per cent of the cost; None without a bound."""
        if self.objective is None or self.bound is None:
            return None
        return gap_per_cent(self.objective, self.bound)

    def within(self, per_cent: float) -> "Verdict":
        """The same, a gap of at most so many per cent forgiven."""
        if self.gap is None or self.gap > per_cent:
            return self
        return replace(self, flaws=tuple(flaw for flaw in self.flaws if flaw.key != GAP))
