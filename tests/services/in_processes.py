"""What needs processes of its own, run as a program: the test runner's own processes can't start a cluster's.

`match PROBLEM PLAN WORKERS` solves a problem file with every part of it by itself; `die` lets the workers die.
"""

import faulthandler
import os
import sys
import time

from dashboard.__main__ import main
from dashboard.cli import workers
from dashboard.core.errors import Invalid
from dashboard.core.matching import parts

#: Seconds in which those who follow should be up.
FOLLOW = 45
#: Seconds after which it says where it stands, and ends: before who runs it loses patience and its words.
MOST = 170


def solved(problem: str, out: str, named: str) -> int:
    parts.BUNDLE_PAIRS = 1
    return main(["match", "--problem", problem, "--out", out, "--workers", named])


def died() -> int:
    """0 when workers that die are told in words and the next work is done by others: those that follow them, or those
    of another call where a busy machine starts none in time."""
    with workers.workers("local:2") as run:
        try:
            run(os._exit, [1, 1, 1])
        except Invalid as error:
            assert error.key == "match_files.workers_lost", error.key
        else:
            return 1
        until = time.monotonic() + FOLLOW
        while time.monotonic() < until:
            try:
                return _works(run)
            except Invalid:
                time.sleep(1)
    with workers.workers("local:2") as run:
        return _works(run)


def _works(run: workers.Run) -> int:
    return 0 if list(run(abs, [-1, 2, -3])) == [1, 2, 3] else 1


if __name__ == "__main__":
    faulthandler.dump_traceback_later(MOST, exit=True)
    sys.exit(solved(*sys.argv[2:]) if sys.argv[1] == "match" else died())
