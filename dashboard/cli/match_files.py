"""Matching from file to file: `match --problem`, and what it shares with `certify`."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.cli.common import DONE, REFUSED, WRONG_USAGE, Progress, say
from dashboard.cli.workers import Run, workers, workers_of
from dashboard.core.errors import Invalid
from dashboard.core.matching.case import prepare
from dashboard.core.matching.parts import plan_in_parts
from dashboard.core.matching.split import solve_split
from dashboard.formats import match_plan_file
from dashboard.formats.match_arcs import Arcs
from dashboard.formats.match_problem import read_problem
from dashboard.formats.match_rows import Rows
from dashboard.formats.match_rows_plan import plan_of_rows
from dashboard.formats.mistakes import Mistake, Refused, refused
from dashboard.formats.strict_json import read_file
from dashboard.text import known, text

Document = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What file to file needs beside the options of the night run."""
    parser.add_argument("--problem", metavar="P.json", type=Path, help=text("en", "match_files.help.problem"))
    parser.add_argument("--out", metavar="PLAN.json", type=Path, help=text("en", "match_files.help.out"))
    parser.add_argument("--workers", metavar="WHO", type=workers_of, help=text("en", "match_files.help.workers"))


def asked(arguments: argparse.Namespace) -> bool:
    """Is it from file to file?"""
    return any(getattr(arguments, name) is not None for name in ("problem", "out", "workers"))


def run(arguments: argparse.Namespace) -> int:
    """Reads the problem, writes the plan. 1 when the problem is refused, 2 for options that don't go together."""
    wrong = _wrong_usage(arguments)
    if wrong:
        sys.stderr.write(text(arguments.language, wrong) + "\n")
        return WRONG_USAGE
    progress = Progress()
    try:
        problem = opened(arguments.problem, read_problem)
        progress(1, 3, text(arguments.language, "match_files.step.read"))
        with workers(arguments.workers) as run:
            plan = _solved(problem, run)
    except FileRefused as refusal:
        return _refused(arguments, refusal)
    except OverflowError:  # seats and points together don't fit into the solver's numbers
        return _refused(arguments, FileRefused(arguments.problem, refused("", "", "match_files.too_much")))
    progress(2, 3, text(arguments.language, "match_files.step.solved"))
    _write(arguments.out, match_plan_file.to_bytes(plan))
    progress(3, 3, text(arguments.language, "match_files.step.written"))
    result = _result(arguments, problem, plan)
    say(arguments, result, _words(arguments.language, result))
    return DONE


def _wrong_usage(arguments: argparse.Namespace) -> str:
    """The sentence's key; "" when all is well."""
    if arguments.scope is not None or arguments.dry_run or arguments.commit:
        return "match_files.no_mix"
    if arguments.problem is None or arguments.out is None:
        return "match_files.needs_out"
    return "match_files.same_file" if arguments.problem.resolve() == arguments.out.resolve() else ""


def _solved(problem: Arcs | Rows, run: Run) -> Document:
    if isinstance(problem, Arcs):
        solution = solve_split(problem.problem(), run=run)
        return match_plan_file.plan_of_arcs(problem, solution.pairs, solution.line_price, solution.limit_price)
    case = prepare(problem.people, problem.lines, problem.policy)
    return plan_of_rows(problem, case, plan_in_parts(case, problem.pins, run))


def _result(arguments: argparse.Namespace, problem: Arcs | Rows, plan: Document) -> Document:
    stated = ("objective", "bound", "gap", "kinds", "tiers", "digest")
    seats = sum((problem.seats if isinstance(problem, Arcs) else problem.lines.table.seats).tolist())
    counts = {"needs": len(problem.needs), "seats": seats, "filled": len(plan["pairs"])}
    pins = {"refused_pins": plan["refused_pins"]} if "refused_pins" in plan else {}
    empty = {"empty": seats - len(plan["pairs"])}
    return {"out": str(arguments.out)} | counts | empty | {name: plan[name] for name in stated} | pins


def _words(language: str, result: Document) -> str:
    verdict = text(language, "match_files.best")
    if result["kinds"]:
        kinds = text(language, "show.comma").join(
            text(language, f"match_files.kind_{kind}") for kind in result["kinds"]
        )
        verdict = text(language, "match_files.within", gap=round(result["gap"], 3), kinds=kinds)
    numbers = {name: result[name] for name in ("needs", "seats", "filled", "empty", "objective", "bound")}
    lines = [text(language, "match_files.solved", **numbers, verdict=verdict)]
    for pin in result.get("refused_pins", ()):
        key = f"match_rules.pin_{pin['reason']}"
        reason = text(language, key if known(key) else f"match_rules.cause_{pin['reason']}")
        lines.append(
            text(language, "match_files.pin_refused", reason=reason, need=pin["need"], volunteer=pin["volunteer"])
        )
    return "\n".join(lines)


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing: beside the place first, then into it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():  # a pipe
            path.write_bytes(data)
            return
        try:
            beside.write_bytes(data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise Invalid("match_files.cannot_write", path=path, reason=error.strerror) from error


class FileRefused(Exception):
    """A file with mistakes, by its path."""

    def __init__(self, path: Path, refusal: Refused) -> None:
        super().__init__(path, refusal)
        self.path, self.refusal = path, refusal


def opened(path: Path, read: Callable[[bytes], Any]) -> Any:
    """What a file holds. Raises FileRefused, and Invalid for a file that can't be read."""
    try:
        return read(read_file(path))
    except Refused as refusal:
        raise FileRefused(path, refusal) from refusal


def told(language: str, mistake: Mistake) -> str:
    """A mistake in words, its place first."""
    values = dict(mistake.values)
    if "types" in values:
        kinds = [text(language, f"match_files.type_{kind}") for kind in mistake.values["types"]]  # type: ignore[attr-defined]
        values["types"] = text(language, "match_files.type_or").join(kinds)
    words = text(language, mistake.key, value=mistake.value, **values)
    place = mistake.place or text(language, "match_files.whole_file")
    return text(language, "match_files.mistake", place=place, words=words)


def refusal_words(language: str, refusal: FileRefused) -> str:
    """How many mistakes a file has, and the first of them."""
    lines = [text(language, "match_files.refused", path=refusal.path, count=refusal.refusal.count)]
    lines += [told(language, mistake) for mistake in refusal.refusal.mistakes]
    rest = refusal.refusal.count - len(refusal.refusal.mistakes)
    return "\n".join([*lines, *([text(language, "match_files.more", count=rest)] if rest else [])])


def plain_mistakes(language: str, refusal: FileRefused) -> list[Document]:
    """The mistakes for scripts."""
    return [
        {
            "place": mistake.place,
            "value": mistake.value,
            "key": mistake.key,
            "values": dict(mistake.values),
            "message": told(language, mistake),
        }
        for mistake in refusal.refusal.mistakes
    ]


def _refused(arguments: argparse.Namespace, refusal: FileRefused) -> int:
    words = refusal_words(arguments.language, refusal)
    sys.stderr.write(words + "\n")
    if arguments.json:
        result = {"error": refusal.refusal.key, "values": {"count": refusal.refusal.count, "path": str(refusal.path)}}
        problems = plain_mistakes(arguments.language, refusal)
        say(arguments, result | {"message": words, "problems": problems}, "")
    return REFUSED
