"""Reading: one function a question, its answer cached under what it may depend on and nothing else.

A question is `(session, actor, **values) -> answer` decorated with `@question(subjects...)`. Its answer is kept under
(question, values, who may see, revisions of those subjects, database); so a write to a subject makes exactly the
answers that read it go stale, in every process. Answers are frozen: dataclasses, tuples, arrays, frames nobody changes.
"""

import inspect
import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from cachetools import LRUCache
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboard.core.figures import county_today
from dashboard.core.permissions import Actor
from dashboard.core.words import Subject
from dashboard.services.commands import revisions
from db.engine import Database

Answer = TypeVar("Answer")

#: Light answers (a page of rows, a card) and heavy ones (geometry, 50,000 volunteers as arrays) don't push each
#: other out.
_LIGHT: LRUCache[Hashable, Any] = LRUCache(maxsize=1024)
_HEAVY: LRUCache[Hashable, Any] = LRUCache(maxsize=24)
_GATE = threading.Lock()


@dataclass(frozen=True)
class QuestionSpec:
    """A registered question: the subjects it reads, whether its answer is heavy, whether it depends on the time, and
    if so on no more than the county's day."""

    name: str
    reads: tuple[Subject, ...]
    heavy: bool
    timed: bool
    daily: bool


def question(
    *reads: Subject, heavy: bool = False, daily: bool = False
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Register a question that reads these subjects. With a parameter `now` it depends on the time, to the minute;
    `daily`: on the county's day alone, so that its answer is kept until the day or the data change."""

    def register(asked: Callable[..., Answer]) -> Callable[..., Answer]:
        asked.spec = QuestionSpec(  # type: ignore[attr-defined]
            name=f"{asked.__module__}.{asked.__qualname__}",
            reads=tuple(subject for subject in Subject if subject in reads),
            heavy=heavy,
            timed="now" in inspect.signature(asked).parameters,
            daily=daily,
        )
        return asked

    return register


def spec_of(asked: Callable[..., Any]) -> QuestionSpec:
    """The registration of a question. Raises AttributeError for a plain function."""
    return asked.spec  # type: ignore[attr-defined]


def answer(database: Database, asked: Callable[..., Answer], actor: Actor, **values: Any) -> Answer:
    """The answer to a question, from the cache when nothing it reads has changed. `values` must be hashable."""
    spec = spec_of(asked)
    if spec.timed:
        values["now"] = values["now"].replace(second=0, microsecond=0)
    depends = values | {"now": county_today(values["now"])} if spec.daily else values
    on = (spec.name, tuple(sorted(depends.items())))
    with database.read() as session:
        return kept(session, actor, on, spec.reads, lambda: asked(session, actor, **values), heavy=spec.heavy)


def kept(
    session: Session,
    actor: Actor,
    on: Hashable,
    reads: Iterable[Subject],
    made: Callable[[], Answer],
    *,
    heavy: bool = False,
) -> Answer:
    """What was made for this actor on these values while the subjects it reads stood as they do in this snapshot, else
    what is made now. A question may keep its parts so: a write then costs it only those that read what was written."""
    who = (actor.county, actor.role, actor.site_path, actor.account_id)
    seen = revisions(session, actor.county, reads)
    key = (on, str(session.get_bind().engine.url), who, seen)
    cache = _HEAVY if heavy else _LIGHT
    with _GATE:
        if key in cache:
            return cache[key]
    found = made()
    with _GATE:
        cache[key] = found
    return found


def forget_all() -> None:
    """Drop every cached answer (tests; after the database file was replaced)."""
    with _GATE:
        _LIGHT.clear()
        _HEAVY.clear()


def within(actor: Actor, path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The condition that a row's site path lies in the actor's part of the tree."""
    return path.startswith(actor.site_path, autoescape=True)
