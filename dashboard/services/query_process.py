"""Child processes that run queries: one waits ready, each runs one query and is gone, none outlives its time."""

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).resolve().parents[1] / "formats" / "query_child.py"
_GATE = threading.Lock()
_SPARE: list[subprocess.Popen[bytes]] = []


def _started() -> subprocess.Popen[bytes]:
    """A child that waits for its question. It ends by itself when this process does."""
    return subprocess.Popen(  # noqa: S603  # our own program, no shell, nothing of the reader among its arguments
        [sys.executable, "-I", "-S", str(_PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )


def warm() -> None:
    """Have a child ready."""
    with _GATE:
        if not _SPARE:
            _SPARE.append(_started())


def _taken() -> subprocess.Popen[bytes]:
    with _GATE:
        while _SPARE:
            child = _SPARE.pop()
            if child.poll() is None:
                return child
            _end(child)
    return _started()


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()


def asked(question: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
    """A child's answer; {"refused": "slow"} when the clock ran out, "large" when a limit of memory ended it."""
    child = _taken()
    warm()
    try:
        told, _ = child.communicate(json.dumps(question).encode() + b"\n", timeout=seconds)
    except subprocess.TimeoutExpired:
        return {"refused": "slow", "name": ""}
    finally:
        _end(child)
    if child.returncode == 0 and told:
        found: Mapping[str, Any] = json.loads(told)
        return found
    # -24 is the processor's limit, -14 the child's own clock.
    return {"refused": "slow" if child.returncode in (-24, -14) else "large", "name": ""}


@atexit.register
def stop() -> None:
    """End the child that waits."""
    with _GATE:
        while _SPARE:
            _end(_SPARE.pop())
