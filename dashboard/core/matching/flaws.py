"""What is wrong with a plan, as the checkers say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong: a sentence key and its values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
