"""The rows of a draft in words and on the map.

What rows say of needs and people is read once and kept while it stays as it is: after an edit nearly all rows are the
same.
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
from cachetools import LRUCache
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.intake import clean
from dashboard.core.matching.arrays import Array
from dashboard.core.permissions import Actor
from dashboard.core.words import ConstraintKind, Subject
from dashboard.services.commands import revisions
from dashboard.services.draft_view import MOST_LINES
from dashboard.services.live_plans import Kept
from dashboard.services.match_people import url_of
from dashboard.services.match_plan import NeedWords, PlanRow, metres_of, need_words
from dashboard.services.match_view import Profile, profiles
from db.models import Account, Constraint, Need, Person, Volunteer

#: Which rows: all, those other than in the unedited plan, those with a pin, those of urgent needs.
Only = Literal["", "changed", "marked", "urgent"]
#: So many people of one name are looked through.
NAMESAKES = 2000
Found = TypeVar("Found")


@dataclass(frozen=True)
class SheetRow:
    """A row of the plan. `changed`: the unedited plan has it otherwise; `pin_by`, `pin_reason`: the standing pin that
    it keeps."""

    row: PlanRow
    changed: bool
    pin_by: str = ""
    pin_reason: str = ""


@dataclass(frozen=True)
class Sheet:
    """A page of the rows asked for; `total` of them are found."""

    rows: tuple[SheetRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Drawn:
    """Pairs as (lon, lat, lon, lat), from the middle of a grid or village, never a home, to the need, the most urgent
    first; and where needs with empty seats lie."""

    lines: tuple[tuple[float, float, float, float], ...]
    empty: tuple[tuple[float, float], ...]


def sheet_of(
    session: Session, actor: Actor, made: Kept, page: int, size: int, asked: tuple[str, str], language: str
) -> Sheet:
    """A page of the rows: all, or those of a kind in which the words are found."""
    plan, (words, only) = made.plan, asked
    changed = _changed(made)
    shown = changed if only == "changed" else np.ones(len(plan.line), dtype=bool)
    if only == "marked":
        shown = plan.pinned
    elif only == "urgent":
        shown = made.case.lines.table.urgency[plan.line] == 0
    if clean(words):
        shown = shown & _found(session, actor, made, clean(words))
    at = np.flatnonzero(shown)
    need = made.case.lines.table.need[plan.line[at]]
    order = at[np.lexsort((plan.person_id[at], plan.line_id[at], need, plan.start[at]))]
    pages = max(1, -(-len(order) // size))
    page = min(max(page, 0), pages - 1)
    here = order[page * size : (page + 1) * size].tolist()
    rows = _rows(session, actor, made, here, language)
    pins = _standing(session, made, rows)
    return Sheet(
        rows=tuple(
            SheetRow(one, bool(changed[k]), *pins.get((one.need.need_id, one.who.volunteer_id), ("", "")))
            for k, one in zip(here, rows, strict=True)
        ),
        total=len(order),
        page=page,
        pages=pages,
    )


def _rows(session: Session, actor: Actor, made: Kept, at: Sequence[int], language: str) -> list[PlanRow]:
    plan, case = made.plan, made.case
    need_ids = case.lines.table.need[plan.line[at]].tolist() if len(at) else []
    words = needs_in_words(session, actor, need_ids, language)
    who = people_in_words(session, actor, [int(plan.person_id[k]) for k in at])
    return [
        PlanRow(
            need=words[need_id],
            role_id=int(plan.line_id[k]),
            who=who[int(plan.person_id[k])],
            start=spans.moment_of(int(plan.start[k])),
            end=spans.moment_of(int(plan.end[k])),
            metres=metres_of(case, int(plan.line[k]), int(plan.person[k])),
            score=int(plan.score[k]),
            pinned=bool(plan.pinned[k]),
        )
        for k, need_id in zip(at, need_ids, strict=True)
    ]


def _changed(made: Kept) -> Array:
    """bool[rows]: pairs of the plan that the unedited plan doesn't have."""
    width = max(1, made.case.people.count)
    plan, base = made.plan, made.base
    found: Array = ~np.isin(plan.line * width + plan.person, base.line * width + base.person)
    return found


def _found(session: Session, actor: Actor, made: Kept, words: str) -> Array:
    """bool[rows]: the words stand in the need's code or title, or begin the volunteer's name."""
    plan, need = made.plan, made.case.lines.table.need[made.plan.line]
    needs = session.scalars(
        select(Need.id).where(
            Need.county == actor.county,
            or_(Need.code.icontains(words, autoescape=True), Need.title.icontains(words, autoescape=True)),
        )
    ).all()
    named = [Person.name.startswith(words, autoescape=True)]
    if words.isascii():
        named.append(Person.initials.startswith(words.casefold(), autoescape=True))
    people = session.scalars(
        select(Volunteer.id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(Volunteer.county == actor.county, Person.county == actor.county, or_(*named))
        .limit(NAMESAKES)
    ).all()
    found: Array = np.isin(need, np.array(needs, dtype=np.int64)) | np.isin(plan.person_id, np.array(people, np.int64))
    return found


def _standing(session: Session, made: Kept, rows: Sequence[PlanRow]) -> dict[tuple[int, int], tuple[str, str]]:
    """Author and reason of the standing pins behind some rows, by need and volunteer."""
    shown = {(row.need.need_id, row.who.volunteer_id) for row in rows if row.pinned}
    ids = {
        word.constraint_id: (word.need_id, word.volunteer_id)
        for word in made.inputs.basis.words
        if word.kind == ConstraintKind.PIN and (word.need_id, word.volunteer_id) in shown
    }
    if not ids:
        return {}
    found = session.execute(
        select(Constraint.id, Constraint.reason, Account.display_name)
        .outerjoin(Account, Account.id == Constraint.author_id)
        .where(Constraint.id.in_(sorted(ids)))
    )
    return {ids[row.id]: (row.display_name or "", row.reason) for row in found}


# -- the map


def drawn_of(session: Session, actor: Actor, made: Kept) -> Drawn:
    """What the map draws."""
    plan, table = made.plan, made.case.lines.table
    order = np.lexsort((plan.person_id, plan.line_id, table.urgency[plan.line]))[:MOST_LINES]
    who = people_in_words(session, actor, plan.person_id[order].tolist())
    there = zip(plan.person_id[order].tolist(), table.lon[plan.line[order]], table.lat[plan.line[order]], strict=True)
    lines = [(who[person].lon, who[person].lat, float(lon), float(lat)) for person, lon, lat in there]
    empty = table[plan.unmet]
    placed = empty[~np.isnan(empty.lon)]
    return Drawn(
        lines=tuple(line for line in lines if line[0] is not None and line[1] is not None and line[2] == line[2]),  # type: ignore[misc]
        empty=tuple(sorted(set(zip(placed.lon.tolist(), placed.lat.tolist(), strict=True)))),
    )


# -- words that are read once


#: What was read of needs and people, under the revisions it follows from: the same rows are shown after every edit.
_READ: LRUCache[Hashable, dict[int, Any]] = LRUCache(maxsize=6)
_GATE = threading.Lock()


def needs_in_words(session: Session, actor: Actor, ids: Iterable[int], language: str) -> dict[int, NeedWords]:
    """Needs as rows say them."""
    seen = revisions(session, actor.county, (Subject.NEEDS, Subject.CATALOGUE, Subject.PLACES))
    key = ("needs", url_of(session), actor.county, language, seen)
    return _read(key, ids, lambda missing: need_words(session, actor.county, missing, language))


def people_in_words(session: Session, actor: Actor, ids: Iterable[int]) -> dict[int, Profile]:
    """People as rows say them."""
    seen = revisions(session, actor.county, (Subject.PEOPLE, Subject.PLACES))
    key = ("people", url_of(session), actor.county, seen)
    return _read(key, ids, lambda missing: profiles(session, actor.county, missing))


def _read(key: Hashable, ids: Iterable[int], ask: Callable[[list[int]], dict[int, Found]]) -> dict[int, Found]:
    """What is known of these, and the rest asked for now."""
    wanted = set(ids)
    with _GATE:
        known: dict[int, Found] = _READ.setdefault(key, {})
        missing = sorted(wanted - known.keys())
    fresh = ask(missing) if missing else {}
    with _GATE:
        known.update(fresh)
        return {one: known[one] for one in wanted if one in known}
