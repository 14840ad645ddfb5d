"""A visit sheet: the needs of a village or grid that are not settled, a row each, to print or to fill in offline.

The workbook has the columns of a register of needs, so the page Imports reads it back: a row with a number notes what
was said of that need, a row without one is a new need to verify. Names and phones are masked unless somebody with the
right says why; every sheet that is made is written down.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.filters import Filters
from dashboard.core.intake import VISIT_WORDS, WRITTEN
from dashboard.core.masking import masked_name, masked_phone
from dashboard.core.needs import EDITABLE
from dashboard.core.permissions import Action, Personal, may_reveal
from dashboard.core.words import Channel, ImportKind, Urgency
from dashboard.formats.columns import FIELDS
from dashboard.formats.needs import VISIT_HEADING
from dashboard.formats.workbooks import Listing, to_form
from dashboard.services.access import LEAST_REASON, log
from dashboard.services.commands import Work, command
from dashboard.services.exports import span_words
from dashboard.services.filtering import needs_like
from db.models import Category, Division, Grid, Need, NeedInterval, Person

#: Empty rows below those of the needs, for what is heard on the way.
BLANK_ROWS = 20
COLUMNS = (
    "source_id", "village", "name", "phone", "title", "visit", "note", "category", "detail", "urgency", "wanted",
    "people", "registered", "channel",
)  # fmt: skip


@dataclass(frozen=True)
class VisitSheet:
    """A sheet: the village or grid, its headings and rows in the order of COLUMNS, and the categories to choose from.
    `named`: it holds names and phones in clear."""

    place: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    categories: tuple[str, ...]
    named: bool


@command(Action.EXPORT)
def make(work: Work, *, village: str, grid_id: int | None = None, named: bool = False, reason: str = "") -> VisitSheet:
    """The sheet of a village, or of one grid of it, within the actor's reach. Run it without an idempotency key.

    `named` wants the right to see names and phones, and a reason.
    """
    why = " ".join(reason.split())[:200]
    fields = [Personal.NAME, Personal.PHONE] if named else []
    if named:
        work.require(Action.REVEAL)
        if len(why) < LEAST_REASON:
            raise Invalid("access.reason_missing")
    for field in fields:
        if not may_reveal(work.actor.role, field):
            raise Forbidden("access.field", field=field, role=work.actor.role)
    place = _place(work, village, grid_id)
    rows = _rows(work, village, grid_id, named)
    log(work, "export", "visit_sheet", grid_id, [str(field) for field in fields], why)
    work.audit("export", None, after={"list": "visit_sheet", "rows": len(rows), "fields": fields}, reason=why)
    mine = (Category.county == work.actor.county, Category.active.is_(True))
    categories = work.session.scalars(select(Category.name).where(*mine).order_by(Category.position, Category.id))
    return VisitSheet(place, headings(), rows, tuple(categories), named)


def headings() -> tuple[str, ...]:
    """The columns in the words the importer knows best; one of them says the version."""
    words = {field: FIELDS[ImportKind.NEEDS][field][0] for field in COLUMNS}
    return tuple((words | {"visit": VISIT_HEADING}).values())


def workbook(sheet: VisitSheet, caption: tuple[str, ...]) -> bytes:
    """The sheet to fill in offline."""
    by_field = dict(zip(COLUMNS, sheet.headings, strict=True))
    lists = {
        by_field["visit"]: [words[0] for words in VISIT_WORDS.values()],
        by_field["category"]: sheet.categories,
        by_field["urgency"]: [WRITTEN[one] for one in Urgency],
    }
    return to_form(Listing(caption, sheet.headings, sheet.rows), lists, BLANK_ROWS)


def _place(work: Work, village: str, grid_id: int | None) -> str:
    mine = (Division.county == work.actor.county, Division.code == village)
    name = work.session.scalar(select(Division.name).where(*mine))
    grid = work.session.get(Grid, grid_id) if grid_id is not None else None
    if name is None or (grid_id is not None and (grid is None or grid.village_code != village)):
        raise NotFound("needs.unknown_village")
    return f"{name} {grid.name}" if grid is not None else name


def _rows(work: Work, village: str, grid_id: int | None, named: bool) -> tuple[tuple[str, ...], ...]:
    where = [needs_like(Filters(village=village), work.actor), Need.state.in_(EDITABLE)]
    if grid_id is not None:
        where.append(Need.grid_id == grid_id)
    found = work.session.execute(
        select(Need, Person, Category.name.label("category"), Division.name.label("village"))
        .outerjoin(Person, Person.id == Need.person_id)
        .outerjoin(Category, Category.id == Need.category_id)
        .outerjoin(Division, (Division.county == Need.county) & (Division.code == Need.village_code))
        .where(*where)
        .order_by(Need.registered_at, Need.id)
    ).all()
    return tuple(_row(work, need, person, category or "", name or "", named) for need, person, category, name in found)


def _row(work: Work, need: Need, person: Person | None, category: str, village: str, named: bool) -> tuple[str, ...]:
    spans = work.session.execute(
        select(NeedInterval.start, NeedInterval.end)
        .where(NeedInterval.county == need.county, NeedInterval.need_id == need.id)
        .order_by(NeedInterval.start)
    )
    values: dict[str, Any] = dict.fromkeys(COLUMNS, "") | {
        "source_id": need.code,
        "village": village,
        "title": need.title,
        "category": category,
        "detail": need.detail,
        "urgency": WRITTEN[Urgency(need.urgency)],
        "wanted": need.time_text or ";".join(span_words(start, end) for start, end in spans),
        "registered": f"{need.registered_at:%Y-%m-%d}",
        "channel": WRITTEN[Channel(need.channel)],
    }
    if person is not None:
        values["name"] = person.name if named else masked_name(person.name)
        values["phone"] = (person.phone or "") if named else masked_phone(person.phone_tail)
    return tuple(values[field] for field in COLUMNS)
