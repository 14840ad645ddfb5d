"""Lets somebody follow a long piece of work from another thread, and stop it: three integers both sides see."""

import numpy as np

from dashboard.core.matching.arrays import Array


class Stopped(Exception):
    """The work was stopped by whoever watched it; nothing was made."""


class Watch:
    """Progress of one piece of work. The compiled loops release the GIL, so the watcher's thread runs meanwhile."""

    def __init__(self) -> None:
        #: int64[3]: stop when not 0, units done, units in all.
        self.state: Array = np.zeros(3, dtype=np.int64)
        #: Name of the step at work.
        self.step = ""

    @property
    def done(self) -> int:
        """Units of the step that are done."""
        return int(self.state[1])

    @property
    def total(self) -> int:
        """Units of the step in all, 0 when unknown."""
        return int(self.state[2])

    @property
    def stopping(self) -> bool:
        """Was it asked to stop? For work that keeps what is done; other work looks."""
        return bool(self.state[0])

    def stop(self) -> None:
        """Ask the work to stop; it raises `Stopped` at its next look."""
        self.state[0] = 1

    def begin(self, step: str, total: int = 0) -> None:
        """The next step. Raises Stopped when that was asked for."""
        self.step = step
        self.state[1], self.state[2] = 0, total
        self.look()

    def count(self, done: int) -> None:
        """So many units of the step are done."""
        self.state[1] = done

    def count_and_look(self, done: int) -> None:
        """So many units are done. Raises Stopped when that was asked for."""
        self.count(done)
        self.look()

    def look(self) -> None:
        """Raises Stopped when that was asked for."""
        if self.state[0]:
            raise Stopped


def watched(watch: Watch | None) -> Watch:
    """The given watch, or one nobody looks at."""
    return Watch() if watch is None else watch
