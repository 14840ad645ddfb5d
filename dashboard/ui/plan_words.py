"""What an edit of a plan changes on the page, in the reader's words, as plain values for static/plan.js; and the edit.

A page hands them to the browser (ui/plan_parts.py). An edit by URL (web/plan_edits.py) answers with them, so that it is
on screen before any page runs. Rows, numbers and differences are said here and nowhere else.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from dashboard.core.permissions import Actor
from dashboard.core.words import Urgency
from dashboard.services import draft_edits, match_desk
from dashboard.services.desk_rows import SheetRow
from dashboard.services.draft_facts import DraftDifference, SeatsRow
from dashboard.services.draft_view import EditRow
from dashboard.services.match_desk import Desk, DeskMark, Head
from dashboard.services.match_runs import Value
from dashboard.services.questions import answer
from dashboard.ui import map_drawing, show
from dashboard.ui import match_say as say
from dashboard.ui.session import in_language, language, t
from db.engine import Database

Told = dict[str, Any]
#: Marks the buttons above the table make of the ticked rows.
MARKS = ("pin", "forbid", "away", "clear")
#: What a coordinator says most often, first the one that stands there unasked; text: match_page.reason_<name>.
REASONS = ("decided", "resident", "herself", "phoned", "knows", "unsuited", "reserve")
#: Moves told beside the table; all of them in the view of changes.
FEW = 4
Said = TypeVar("Said", EditRow, DeskMark)


def told(desk: Desk) -> Told:
    """The parts of a plan: "numbers", "rows", "strip"."""
    return {
        "run": desk.head.run_id,
        "version": desk.head.version,
        "numbers": numbers(desk.head),
        "rows": rows(desk),
        "strip": strip(desk.difference),
    }


def mark(
    database: Database,
    who: Actor,
    tongue: str,
    *,
    run_id: int,
    version: int,
    kind: str,
    pairs: Sequence[tuple[int, int]],
    reason: str,
    asked: dict[str, Any],
) -> Told:
    """Say a word about some rows (role's id, volunteer's id) and solve again; the parts as they are then, the lines of
    the map, and what could not be kept. `asked` names the page of rows (`match_desk.desk`). Raises what
    `draft_edits.edit_many` raises."""
    now = datetime.now(UTC)
    edits = tuple(dict.fromkeys(_edit(kind, *pair) for pair in pairs))
    done = draft_edits.edit_many(database, who, run_id=run_id, version=version, edits=edits, now=now, reason=reason)
    desk = answer(database, match_desk.desk, who, run_id=run_id, language=tongue, **asked)
    with in_language(tongue):
        notes = [t("match_page.pin_refused", reason=say.pin_refused(reason)) for reason in done.refused]
        drawn = map_drawing.drawing([map_drawing.Link(*line) for line in desk.drawn.lines], desk.drawn.empty)
        return told(desk) | {"map": drawn, "notes": notes}


def _edit(kind: str, role_id: int, volunteer_id: int) -> draft_edits.Edit:
    if kind == "away":
        return "away", 0, volunteer_id
    return ("unpin" if kind == "clear" else kind), role_id, volunteer_id


# -- what the plan reaches


def numbers(found: Head) -> Told:
    """Tiles [name, value, what the simple way reaches, help], and a sentence."""
    value, greedy = found.value, found.greedy
    tiles = (
        ("filled", f"{say.number(found.filled)} / {say.number(found.seats)}", found.seats - greedy.empty),
        ("empty", say.number(value.empty), greedy.empty),
        ("displaced", say.number(value.displaced), greedy.displaced),
        ("largest", say.number(value.largest), greedy.largest),
        ("spread", say.number(value.spread), greedy.spread),
        ("lost", say.number(value.lost), greedy.lost),
    )
    empty = t("match_page.empty_line", empty=say.empty_by_urgency(value))
    return {
        "tiles": [
            [
                t(f"match_page.tile_{name}"),
                shown,
                t("match_page.one_by_one", value=say.number(theirs)),
                t(f"match_page.tile_{name}_help"),
            ]
            for name, shown, theirs in tiles
        ],
        "line": f"{empty} · {say.compared(value, greedy)}",
    }


# -- the rows


def rows(desk: Desk) -> Told:
    """The page of rows, and the words of the buttons above it; "marks" is empty where nothing may be said."""
    found, sheet = desk.head, desk.sheet
    said = {(one.role_id, one.volunteer_id): one for one in holding(found.edits)}
    urgency = {name.value: t(f"words.urgency.{name}") for name in Urgency}
    empty = "" if sheet.rows else t("match_page.no_rows" if found.filled else "match_page.nobody_sent")
    return {
        "heads": [t(f"match_page.head_{name}") for name in ("need", "urgency", "who", "time", "score")],
        "rows": [_row(one, said, urgency) for one in sheet.rows],
        "empty": empty,
        "marks": [[kind, t(f"match_page.do_{kind}")] for kind in MARKS] if found.open else [],
        "why": t("match_page.reason"),
        "reasons": [t(f"match_page.reason_{name}") for name in REASONS],
        "closed": "" if found.open else t("match_page.copy_to_change"),
        "ticked": t("match_page.ticked"),
        "tick": t("match_page.tick"),
        "tick_all": t("match_page.tick_all"),
        "failed": t("match_page.edit_failed"),
        "found": t("match_page.found", total=say.number(sheet.total)),
    }


def _row(one: SheetRow, said: dict[tuple[int, int], DeskMark], urgency: dict[str, str]) -> Told:
    row, tongue = one.row, language()
    return {
        "role": row.role_id,
        "who": row.who.volunteer_id,
        "new": t("match_page.mark_new") if one.changed else "",
        "pin": _pin(one, said),
        "level": row.need.urgency,
        "cells": [
            [row.need.title, f"{row.need.place} · {row.need.code}" if row.need.place else row.need.code],
            [urgency[row.need.urgency], ""],
            [row.who.name, say.metres(row.metres, exact=row.exact)],
            list(show.span_in_two(tongue, row.start, row.end)),
            [say.number(row.score), ""],
        ],
    }


def _pin(one: SheetRow, said: dict[tuple[int, int], DeskMark]) -> str:
    """Pinned by whom and why; here or as a standing word."""
    own = said.get((one.row.role_id, one.row.who.volunteer_id))
    if own is not None and own.kind == "pin":
        return t("match_page.mark_pin", reason=own.reason, by=own.by)
    if one.pin_by:
        return t("match_page.mark_standing", reason=one.pin_reason, by=one.pin_by)
    return ""


def holding(edits: Iterable[Said]) -> list[Said]:
    """Of some edits, those that still say something: the last word about a pair or a person counts."""
    last: dict[tuple[int, int], Said] = {}
    for one in edits:
        key = (one.role_id, one.volunteer_id)
        if one.kind in ("pin", "forbid", "away"):
            last[key] = one
        else:
            last.pop(key, None)
    return list(last.values())


# -- what the edits changed


def strip(changed: DraftDifference | None) -> Told | None:
    """What the edits changed, in a few lines; None without edits."""
    if changed is None:
        return None
    title = t("match_page.against_unedited")
    if changed.nothing:
        return {"title": title, "tiers": [], "count": t("match_page.nothing_moves"), "lines": []}
    lines = [say.move(one) for one in (*changed.moved, *changed.gone, *changed.came)[:FEW]]
    lines += [_seats_line("now_unmet", one) for one in changed.now_unmet[:FEW]]
    lines += [_seats_line("now_met", one) for one in changed.now_met[:FEW]]
    moves = {"moved": changed.moved_count, "gone": changed.gone_count, "came": changed.came_count}
    return {
        "title": title,
        "tiers": tier_steps(changed.before, changed.after) or [[t("match_page.same_value"), ""]],
        "count": t("match_page.moves", **moves),
        "lines": lines,
    }


def tier_steps(before: Value, after: Value) -> list[list[str]]:
    """The tiers that differ, each with its sign and "worse" or "better"."""
    old, new = say.tiers(before), say.tiers(after)
    steps = ((name, new[name] - old[name]) for name in say.TIERS)
    return [
        [f"{t(f'match_page.tier_{name}')} {say.signed(step)}", "worse" if step > 0 else "better"]
        for name, step in steps
        if step
    ]


def _seats_line(name: str, one: SeatsRow) -> str:
    return t(f"match_page.one_{name}", need=say.need(one.need), seats=one.seats)
