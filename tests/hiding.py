"""A deck of one table."""

from dashboard.core.frame_suppression import Shown, hide_deck
from dashboard.core.frames import Frame
from dashboard.core.suppression import THRESHOLD


def hide_small(frame: Frame, hidden_below: int = THRESHOLD) -> tuple[Frame, bool]:
    """One table alone with its small counts hidden, and whether any was."""
    seen = hide_deck({"": Shown(frame)}, (), hidden_below).frames[""]
    return seen, seen != frame
