"""Compiles the inner loops with numba, and keeps working, slower, where numba can't.

`@compiled` functions are plain Python over numpy arrays. With numba they are machine code, kept on disk between starts;
where no directory can be written they compile at each start; without numba they run as they stand, hundreds of times
slower and with the same answers. Machine code releases the GIL: a page answers while another thread solves. numba
notices a change in a function's own file only, so the directory is named after the digest of all sources of this
package: no start ever runs yesterday's rules.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

try:
    import numba
except (ImportError, OSError):  # not installed, or its compiler library can't be loaded
    numba = None

_HERE = Path(__file__).parent


def _digest() -> str:
    sources = b"".join(path.read_bytes() for path in sorted(_HERE.glob("*.py")))
    return hashlib.sha256(sources).hexdigest()[:16]


def directory() -> str | None:
    """Where machine code is kept: $NUMBA_CACHE_DIR, beside the sources, or the user's cache; None when none can be."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "civic-practice-dashboard"
    for base in [Path(named)] if named else [_HERE / "__pycache__", user]:
        place = base / f"matching-{_digest()}"
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place, os.W_OK):
            return str(place)
    return None


_DIRECTORY = directory() if numba else None

#: Is the matching compiled? False: the slow path.
COMPILED = numba is not None and not numba.config.DISABLE_JIT


def compiled(function: Function) -> Function:
    """The function as machine code where numba is there, else the function. For numbers and arrays handed in: compiled
    into its caller and without reference counts (numba's private `_nrt` option), so it must not make an array. One
    atomic count an argument and call made the rules 30 times slower."""
    return _made(function, forceinline=True, _nrt=False)


def compiled_maker(function: Function) -> Function:
    """Like `compiled`, for a function that makes arrays."""
    return _made(function)


def _made(function: Function, **options: Any) -> Function:
    if numba is None:
        return function
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = _DIRECTORY or before
    try:
        made: Function = numba.njit(cache=_DIRECTORY is not None, error_model="numpy", nogil=True, **options)(function)
    finally:
        numba.config.CACHE_DIR = before
    return made
