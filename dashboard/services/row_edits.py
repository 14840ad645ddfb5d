"""Values put on a row that is edited, and what the audit says of it."""

from collections.abc import Mapping
from typing import Any

from dashboard.core.errors import Invalid
from dashboard.services.commands import Work
from db.models import Base


def put(work: Work, subject: str, row: Base, values: Mapping[str, Any], columns: Mapping[str, str]) -> None:
    """Set the values, under the names `columns` gives those that are called otherwise in the row, with an audit row of
    what differs. Raises Invalid where nothing does."""
    wanted = {columns.get(name, name): value for name, value in values.items()}
    before = {name: getattr(row, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if not changed:
        raise Invalid("rules.nothing_changed")
    for name, value in changed.items():
        setattr(row, name, value)
    work.session.flush()
    work.audit(subject, row.id, before={name: before[name] for name in changed}, after=changed)  # type: ignore[attr-defined]
