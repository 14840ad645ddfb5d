"""What a person sees of imports: problems in words, refused rows to mend, mappings and word tables to edit, history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from dashboard.core.errors import Invalid
from dashboard.core.intake import clean
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import ImportKind, Subject
from dashboard.formats.columns import FIELDS
from dashboard.services.commands import Work, command
from dashboard.services.questions import question
from db.models import Account, Category, ImportBatch, SavedMapping, Site, UnplacedPoint, Volunteer, WordRule

WORD_KINDS = ("availability", "category")
_HISTORY = 50


@dataclass(frozen=True)
class PastImport:
    """A batch: when, which file, by whom, its counts; when and by whom it was undone ("" also for the shell)."""

    id: int
    at: datetime
    kind: ImportKind
    file_name: str
    by: str
    counts: Mapping[str, int]
    undone_at: datetime | None = None
    undone_by: str = ""


@question(Subject.PLACES, Subject.PEOPLE, Subject.NEEDS)
def history(session: Session, actor: Actor) -> tuple[PastImport, ...]:
    """The last imports, newest first."""
    require(actor, Action.IMPORT)
    undoer = aliased(Account)
    rows = session.execute(
        select(ImportBatch, Account.display_name, undoer.display_name)
        .join(Account, Account.id == ImportBatch.account_id, isouter=True)
        .join(undoer, undoer.id == ImportBatch.undone_by, isouter=True)
        .where(ImportBatch.county == actor.county)
        .order_by(ImportBatch.id.desc())
        .limit(_HISTORY)
    )
    return tuple(
        PastImport(
            batch.id,
            batch.at,
            ImportKind(batch.kind),
            batch.file_name,
            by or "",
            batch.counts,
            batch.undone_at,
            undone_by or "",
        )
        for batch, by, undone_by in rows
    )


@dataclass(frozen=True)
class Unplaced:
    """A point outside every grid: of which list, its row, what it is called there, where it is."""

    subject: str
    row_id: int
    name: str
    lon: float
    lat: float


@question(Subject.PLACES, Subject.PEOPLE, Subject.NEEDS)
def unplaced(session: Session, actor: Actor, limit: int = 200) -> tuple[Unplaced, ...]:
    """未落格: the points outside every grid. Names of people are not among them."""
    require(actor, Action.IMPORT)
    points = session.scalars(
        select(UnplacedPoint)
        .where(UnplacedPoint.county == actor.county)
        .order_by(UnplacedPoint.subject, UnplacedPoint.row_id)
        .limit(limit)
    ).all()
    site_ids = [point.row_id for point in points if point.subject == "sites"]
    names = {row.id: row.name for row in session.execute(select(Site.id, Site.name).where(Site.id.in_(site_ids)))}
    codes = dict(
        session.execute(
            select(Volunteer.id, Volunteer.code).where(
                Volunteer.id.in_([point.row_id for point in points if point.subject == "volunteers"])
            )
        ).all()
    )
    return tuple(
        Unplaced(
            point.subject,
            point.row_id,
            (names if point.subject == "sites" else codes).get(point.row_id, str(point.row_id)),
            point.lon,
            point.lat,
        )
        for point in points
    )


@question(Subject.RULES)
def saved_mappings(session: Session, actor: Actor, kind: ImportKind) -> dict[str, dict[str, str]]:
    """The kept column mappings of a kind of register, by name."""
    require(actor, Action.IMPORT)
    rows = session.scalars(
        select(SavedMapping)
        .where(SavedMapping.county == actor.county, SavedMapping.kind == kind)
        .order_by(SavedMapping.name)
    )
    return {row.name: dict(row.mapping) for row in rows}


@command(Action.IMPORT, Subject.RULES)
def save_mapping(work: Work, *, kind: ImportKind, name: str, mapping: Mapping[str, str]) -> dict[str, str]:
    """Keep a column mapping under a name; the same name again replaces it. Raises Invalid for an unknown field."""
    label = clean(name)[:60]
    unknown = [field for field in mapping.values() if field and field not in FIELDS[kind]]
    if unknown:
        raise Invalid("imports.unknown_field", field=unknown[0])
    if not label:
        raise Invalid("imports.unknown_mapping", name=name)
    kept = {heading: field for heading, field in mapping.items() if field}
    row = work.session.scalar(
        select(SavedMapping).where(
            SavedMapping.county == work.actor.county, SavedMapping.kind == kind, SavedMapping.name == label
        )
    )
    before = None if row is None else dict(row.mapping)
    if row is None:
        row = SavedMapping(county=work.actor.county, kind=kind, name=label, mapping=kept, version=1)
        work.session.add(row)
    else:
        work.at_version(row, None)
        row.mapping = kept
    work.session.flush()
    work.audit("saved_mapping", row.id, before=before, after=kept)
    return {"name": label}


@question(Subject.RULES, Subject.CATALOGUE)
def word_rules(session: Session, actor: Actor, kind: str) -> tuple[tuple[str, Any], ...]:
    """The office's words of a kind and their meanings, by word."""
    require(actor, Action.IMPORT)
    rows = session.execute(
        select(WordRule.word, WordRule.value)
        .where(WordRule.county == actor.county, WordRule.kind == kind)
        .order_by(WordRule.word)
    )
    return tuple((row.word, row.value["spans"] if kind == "availability" else row.value["category"]) for row in rows)


@question(Subject.CATALOGUE)
def category_names(session: Session, actor: Actor) -> dict[str, tuple[str, str]]:
    """Code -> (Chinese, English name) of the categories a word may mean."""
    require(actor, Action.IMPORT)
    rows = session.execute(
        select(Category.code, Category.name, Category.name_en)
        .where(Category.county == actor.county, Category.active.is_(True))
        .order_by(Category.position, Category.code)
    )
    return {row.code: (row.name, row.name_en or row.name) for row in rows}


@command(Action.IMPORT, Subject.RULES)
def save_word(work: Work, *, kind: str, word: str, meaning: Any) -> dict[str, str]:
    """Say what a word of registers means: weekly spans (or None: nothing), or the code of a category.

    Raises Invalid for a meaning that is none.
    """
    label = clean(word)[:60]
    if not label or kind not in WORD_KINDS:
        raise Invalid("imports.bad_word", word=word)
    value: dict[str, Any] = {"spans": _spans(label, meaning)} if kind == "availability" else {}
    if kind == "category":
        value = {"category": _category(work, label, meaning)}
    row = work.session.scalar(
        select(WordRule).where(WordRule.county == work.actor.county, WordRule.kind == kind, WordRule.word == label)
    )
    before = None if row is None else dict(row.value)
    if row is None:
        row = WordRule(county=work.actor.county, kind=kind, word=label, value=value, version=1)
        work.session.add(row)
    else:
        work.at_version(row, None)
        row.value = value
    work.session.flush()
    work.audit("word_rule", row.id, before=before, after={"kind": kind, "word": label, **value})
    return {"word": label}


def _spans(word: str, meaning: Any) -> list[list[int]] | None:
    """Checked weekly spans [[weekday, first minute, end minute], ...]."""
    if meaning is None:
        return None
    good = (
        isinstance(meaning, list)
        and meaning
        and all(
            isinstance(span, list)
            and len(span) == 3
            and all(type(number) is int for number in span)
            and 0 <= span[0] <= 6
            and 0 <= span[1] < span[2] <= 1440
            for span in meaning
        )
    )
    if not good:
        raise Invalid("imports.bad_word", word=word)
    return [list(span) for span in meaning]


def _category(work: Work, word: str, meaning: Any) -> str:
    known = set(work.session.scalars(select(Category.code).where(Category.county == work.actor.county)))
    if meaning not in known:
        raise Invalid("imports.bad_word", word=word)
    return str(meaning)
