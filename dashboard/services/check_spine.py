"""Do the audit, the imports, the revisions, the walls and the counties agree with what is stored?"""

from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table, func, literal, or_, select, union_all

from dashboard.core.words import Subject
from dashboard.services.check_look import Fault, Look, asked, listed
from db.models import (
    Activity,
    Audit,
    Base,
    CatalogueItem,
    Grid,
    ImportBatch,
    MatchRun,
    Need,
    Revision,
    Service,
    Site,
    Volunteer,
)
from db.walls import missing

#: Rows that only commands, imports and the sample make: where there are any, their subject has been counted up.
COUNTED: dict[Subject, tuple[Any, ...]] = {
    Subject.PLACES: (Site, Grid),
    Subject.PEOPLE: (Volunteer,),
    Subject.CATALOGUE: (CatalogueItem,),
    Subject.NEEDS: (Need,),
    Subject.SERVICES: (Service, Activity),
    Subject.PLANS: (MatchRun,),
}


def walls(look: Look) -> Fault:
    """Walls of the schema that are missing or switched off."""
    return listed(missing(look.session.connection()))


def audit_batch(look: Look) -> Fault:
    """Batches of the audit without an import, and imports without their audit row. The sample counts for itself."""
    by_import = (Audit.county == look.county, Audit.batch_id.is_not(None), Audit.command.not_like("sample.%"))
    audited = select(Audit.batch_id).where(*by_import)
    imports = select(ImportBatch.id).where(ImportBatch.county == look.county)
    lost = select(Audit.batch_id.label("batch")).where(*by_import, Audit.batch_id.not_in(imports))
    silent = imports.where(ImportBatch.id.not_in(audited))
    return asked(look, select(union_all(lost, silent).subquery().c.batch))


def import_counts(look: Look) -> Fault:
    """Imports whose rows are not the stored, unchanged and refused ones together."""
    batches = look.session.execute(select(ImportBatch.id, ImportBatch.counts).where(ImportBatch.county == look.county))
    return listed([f"#{row.id}" for row in batches if not _adds_up(row.counts)])


def _adds_up(counts: dict[str, Any]) -> bool:
    parts = [counts.get(name) for name in ("stored", "unchanged", "refused")]
    known = [part for part in parts if isinstance(part, int)]
    return len(known) == len(parts) and counts.get("rows") == sum(known)


def revisions(look: Look) -> Fault:
    """Subjects with rows and no revision: cached answers about them would never go stale."""
    counted = set(
        look.session.scalars(select(Revision.subject).where(Revision.county == look.county, Revision.value > 0))
    )
    return listed(
        [
            subject
            for subject, tables in COUNTED.items()
            if subject not in counted and any(_has_rows(look, table) for table in tables)
        ]
    )


def _has_rows(look: Look, table: Any) -> bool:
    return look.session.scalar(select(table.id).where(table.county == look.county).limit(1)) is not None


def other_county(look: Look) -> Fault:
    """Rows of one county that point at a row of another (docs/adr/0010-keys.md)."""
    if len(_counties(look)) < 2:
        return Fault()
    return asked(look, select(union_all(*(_strangers(key) for key in _references())).subquery().c.name))


def _counties(look: Look) -> set[str]:
    """Every county any row belongs to. Two looks into an index a table."""
    ends = union_all(*(select(end(table.c.county)) for table in _tables() for end in (func.min, func.max)))
    return set(look.session.scalars(ends)) - {None, ""}


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if "county" in table.c]


def _references() -> list[ForeignKeyConstraint]:
    return [
        key
        for table in _tables()
        for key in sorted(table.foreign_key_constraints, key=lambda key: key.column_keys[0])
        if "county" in key.referred_table.c
    ]


def _strangers(key: ForeignKeyConstraint) -> Any:
    (element,) = key.elements
    child, parent = element.parent.table, key.referred_table.alias()
    name = literal(f"{child.name}.{element.parent.name} #").concat(child.c.id)
    return (
        select(name.label("name"))
        .join(parent, parent.c[element.column.name] == element.parent)
        .where(or_(child.c.county < parent.c.county, child.c.county > parent.c.county))
    )
