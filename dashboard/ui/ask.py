"""Ask a question as the signed-in reader."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from dashboard.services.questions import answer, spec_of
from dashboard.ui.session import actor, database

Answer = TypeVar("Answer")


def ask(question: Callable[..., Answer], **values: Any) -> Answer:
    """The cached answer within the reader's right. Gives the time to questions that depend on it."""
    if spec_of(question).timed:
        values.setdefault("now", datetime.now(UTC))
    return answer(database(), question, actor(), **values)
