"""`python -m dashboard certify P.json plan.json`: is the plan proven? For plans of ours and of anybody else."""

import argparse
import sys
from math import isfinite
from pathlib import Path
from typing import Any

from dashboard.cli.common import DONE, REFUSED, say
from dashboard.cli.match_files import FileRefused, opened, plain_mistakes, refusal_words
from dashboard.formats.match_check import check_plan
from dashboard.formats.match_plan_file import read_plan
from dashboard.formats.match_problem import read_problem
from dashboard.formats.match_verdict import Verdict
from dashboard.text import text

#: So many flaws are told in words; all of them stand in the JSON.
_TOLD = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two files, and how far from the best is near enough."""
    parser.add_argument("problem", metavar="P.json", type=Path, help=text("en", "match_files.help.problem"))
    parser.add_argument("plan", metavar="PLAN.json", type=Path, help=text("en", "match_files.help.plan"))
    parser.add_argument("--within", metavar="PCT", type=_per_cent, help=text("en", "match_files.help.within"))


def _per_cent(words: str) -> float:
    value = float(words)
    if not isfinite(value) or value < 0:
        raise ValueError(words)
    return value


def run(arguments: argparse.Namespace) -> int:
    """0 for a plan that is proven (with --within: proven to be so near), else 1 and what is wrong."""
    language = arguments.language
    try:
        problem, plan = opened(arguments.problem, read_problem), opened(arguments.plan, read_plan)
    except FileRefused as refusal:
        words = refusal_words(language, refusal)
        _say(arguments, _unread(language, refusal), words, good=False)
        return REFUSED
    found = check_plan(problem, plan)
    if arguments.within is not None:
        found = found.within(arguments.within)
    _say(arguments, _result(language, found), _words(language, found), good=not found.flaws)
    return REFUSED if found.flaws else DONE


def _say(arguments: argparse.Namespace, result: dict[str, Any], words: str, *, good: bool) -> None:
    """What is wrong goes to stderr, where every command says it."""
    if not good:
        sys.stderr.write(words + "\n")
    if good or arguments.json:
        say(arguments, result, words)


def _unread(language: str, refusal: FileRefused) -> dict[str, Any]:
    flaws = [mistake | {"file": str(refusal.path)} for mistake in plain_mistakes(language, refusal)]
    return {"proven": False, "feasible": False, "objective": None, "bound": None, "gap": None, "flaws": flaws}


def _result(language: str, found: Verdict) -> dict[str, Any]:
    flaws = [
        {"key": flaw.key, "values": dict(flaw.values), "message": text(language, flaw.key, **flaw.values)}
        for flaw in found.flaws
    ]
    numbers = {"objective": found.objective, "bound": found.bound, "gap": found.gap}
    return {"proven": found.proven, "feasible": found.feasible, **numbers, "flaws": flaws}


def _words(language: str, found: Verdict) -> str:
    if found.flaws:
        lines = [text(language, "match_files.not_proven", count=len(found.flaws))]
        lines += [text(language, flaw.key, **flaw.values) for flaw in found.flaws[:_TOLD]]
        rest = len(found.flaws) - _TOLD
        return "\n".join([*lines, *([text(language, "match_files.more", count=rest)] if rest > 0 else [])])
    numbers = {"objective": found.objective, "bound": found.bound}
    if found.gap:
        return text(language, "match_files.proven_within", gap=round(found.gap, 3), **numbers)
    return text(language, "match_files.proven", **numbers)
