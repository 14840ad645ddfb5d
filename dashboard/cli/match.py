"""`python -m dashboard match`: the best plan for all open needs; with --commit it is dispatched, refusals named.
With --problem it goes from file to file."""

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dashboard.cli import match_files
from dashboard.cli.common import DONE, REFUSED, Progress, actor_of, open_database, say
from dashboard.core.matching.words import URGENCIES
from dashboard.core.permissions import Actor
from dashboard.services.figure_scope import scope_path
from dashboard.services.match_plan import PlanView, plan
from dashboard.services.plan_send import Outcome, send_rows
from dashboard.services.questions import answer
from dashboard.text import text
from db.engine import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scope", metavar="SITE", help="code (or unique name) of a site: only its part of the tree")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--dry-run", action="store_true", help="plan and show, store nothing (the default)")
    way.add_argument("--commit", action="store_true", help="dispatch the plan")
    match_files.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the plan; 1 when a row of a committed plan was refused. From file to file: see `match_files`."""
    if match_files.asked(arguments):
        return match_files.run(arguments)
    database, now, progress = open_database(arguments), datetime.now(UTC), Progress()
    actor = _actor(database, arguments.scope)
    progress(0, 2, text(arguments.language, "matches.step.plan"))
    found = answer(database, plan, actor, now=now, language=arguments.language)
    progress(1, 2, text(arguments.language, "matches.step.planned", rows=len(found.rows)))
    result, words = _result(found), [_words(found, arguments.language)]
    sent = None
    if arguments.commit:
        sent = _send(database, actor, found, now, progress, arguments.language)
        result["committed"] = {"done": len(sent.done), "refused": [_refused(row) for row in sent.refused]}
        words.append(text(arguments.language, "matches.committed", done=len(sent.done), refused=len(sent.refused)))
        words += [text(arguments.language, row["key"], **row["values"]) for row in sent.refused]
    progress(2, 2, text(arguments.language, "matches.step.done"))
    say(arguments, result, "\n".join(words))
    return REFUSED if sent is not None and sent.refused else DONE


def _actor(database: Database, scope: str | None) -> Actor:
    actor = actor_of(database)
    if scope is None:
        return actor
    site_id, path = answer(database, scope_path, actor, scope=scope)
    return replace(actor, site_id=site_id, site_path=path)


def _send(
    database: Database, actor: Actor, found: PlanView, now: datetime, progress: Progress, language: str
) -> Outcome:
    rows = [row.to_send() for row in found.rows]

    def step(done: int, total: int) -> None:
        progress(done, total, text(language, "matches.step.sent", done=done, total=total))

    return send_rows(database, actor, rows, now=now, progress=step)


def _result(found: PlanView) -> dict[str, Any]:
    """The plan for scripts: ids and times, nobody's name."""
    rows = [
        row.to_send() | {"code": row.need.code, "metres": row.metres, "score": row.score, "pinned": row.pinned}
        for row in found.rows
    ]
    unmet = [
        {"need_id": seat.need.need_id, "role_id": seat.role_id, "code": seat.need.code, "seats": seat.seats}
        | {"causes": dict(seat.causes)}
        for seat in found.unmet
    ]
    return {
        "needs": found.needs,
        "seats": found.seats,
        "filled": len(found.rows),
        "empty": _by_urgency(found.empty),
        "greedy_empty": _by_urgency(found.greedy_empty),
        "people": found.people,
        "pairs": found.pairs,
        "rule_version": found.rule_version,
        "rows": rows,
        "unmet": unmet,
    }


def _by_urgency(counts: tuple[int, ...]) -> dict[str, int]:
    return {str(urgency): count for urgency, count in zip(URGENCIES, counts, strict=True)}


def _refused(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("need_id", "role_id", "volunteer_id", "key", "values")}


def _words(found: PlanView, language: str) -> str:
    return text(
        language,
        "matches.planned",
        needs=found.needs,
        seats=found.seats,
        filled=len(found.rows),
        empty=sum(found.empty),
        urgent=found.empty[0],
        greedy=sum(found.greedy_empty),
    )
