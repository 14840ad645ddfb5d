"""How often a key may ask: a token bucket a key, in this process."""

import threading
import time
from collections.abc import Callable

from cachetools import TTLCache

#: A bucket nobody asked of for this long (seconds) is full again: it can be forgotten.
_FULL_AFTER = 120.0


class Buckets:
    """Each key's bucket holds a minute's requests and fills evenly. Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._gate = threading.Lock()
        #: Key -> (tokens left, when that was).
        self._left: TTLCache[int, tuple[float, float]] = TTLCache(maxsize=10_000, ttl=_FULL_AFTER, timer=clock)

    def wait(self, key_id: int, per_minute: int) -> float:
        """0.0 when the key may go on, which takes a token; else the seconds until there is one."""
        a_second = per_minute / 60
        with self._gate:
            now = self._clock()
            left, at = self._left.get(key_id, (float(per_minute), now))
            left = min(float(per_minute), left + (now - at) * a_second)
            if left < 1:
                self._left[key_id] = (left, now)
                return (1 - left) / a_second
            self._left[key_id] = (left - 1, now)
            return 0.0

    def forget(self) -> None:
        """Every bucket is full (tests)."""
        with self._gate:
            self._left.clear()
