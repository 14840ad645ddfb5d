"""What a row is called that the audit or the access log speaks of: its code or its name, never a person's."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import (
    Account,
    ApiKey,
    CatalogueItem,
    Category,
    Device,
    Dispatch,
    FollowUp,
    Grid,
    GridContact,
    HeldService,
    Link,
    MealRound,
    Message,
    Need,
    Notebook,
    Rota,
    Service,
    ServiceCertificate,
    Site,
    Team,
    Volunteer,
)

#: The column that names a row, by the audit's word for its kind.
NAMED: dict[str, InstrumentedAttribute[str]] = {
    "account": Account.display_name,
    "api_key": ApiKey.name,
    "catalogue_item": CatalogueItem.name,
    "category": Category.name,
    "device": Device.code,
    "grid": Grid.name,
    "grids": Grid.name,
    "meal_round": MealRound.name,
    "need": Need.code,
    "notebook": Notebook.title,
    "rota": Rota.name,
    "service_certificate": ServiceCertificate.code,
    "site": Site.name,
    "sites": Site.name,
    "team": Team.name,
    "volunteer": Volunteer.code,
    "volunteers": Volunteer.code,
}
#: What has no name of its own and belongs to a row that has one.
BELONGING: dict[str, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[str]]] = {
    "dispatch": (Dispatch.need_id, Need.code),
    "follow_up": (FollowUp.need_id, Need.code),
    "grid_contact": (GridContact.grid_id, Grid.name),
    "held_service": (HeldService.need_id, Need.code),
    "link": (Link.need_id, Need.code),
    "message": (Message.need_id, Need.code),
    "service": (Service.need_id, Need.code),
}


def names_of(session: Session, county: str, rows: Iterable[tuple[str, int | None]]) -> dict[tuple[str, int], str]:
    """The names of rows told as (kind, id); who has none is left out."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, row_id in rows:
        if row_id is not None and kind in (NAMED.keys() | BELONGING.keys()):
            wanted[kind].add(row_id)
    found: dict[tuple[str, int], str] = {}
    for kind, ids in wanted.items():
        query, number, _ = _named(kind, county)
        found |= {(kind, row[0]): row[1] for row in session.execute(query.where(number.in_(ids))) if row[1]}
    return found


def is_called(
    kind: InstrumentedAttribute[str], row_id: InstrumentedAttribute[int | None], county: str, words: str
) -> ColumnElement[bool]:
    """Where a record's kind and id are of a row with exactly this code or name."""
    parts = []
    for one in (*NAMED, *BELONGING):
        query, number, name = _named(one, county)
        parts.append(and_(kind == one, row_id.in_(query.with_only_columns(number).where(name == words))))
    return or_(*parts)


def _named(kind: str, county: str) -> tuple[Select[Any], ColumnElement[int], InstrumentedAttribute[str]]:
    """All rows of a kind as (id, name), with the two columns."""
    if kind in NAMED:
        name = NAMED[kind]
        model: Any = name.class_
        return select(model.id, name).where(model.county == county), model.id, name
    belongs, name = BELONGING[kind]
    model, owner = belongs.class_, name.class_
    query = select(model.id, name).join(owner, owner.id == belongs).where(model.county == county)
    return query, model.id, name
