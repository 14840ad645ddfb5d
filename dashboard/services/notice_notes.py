"""What a command brings about is told to the desk in the command's own transaction."""

from typing import Any

from sqlalchemy import select

from dashboard.core.hand_overs import Told
from dashboard.core.notices import Kind
from dashboard.services.commands import Work
from db.models import Notice


def note(work: Work, kind: Kind | Told, about: str, **values: Any) -> bool:
    """Tell the desk, in the transaction that brings it about; False where that was told before. The caller's command
    must raise Subject.MESSAGES or NEEDS."""
    there = select(Notice.id).where(Notice.county == work.actor.county, Notice.kind == kind, Notice.about == about)
    if work.session.scalar(there) is not None:
        return False
    work.session.add(Notice(county=work.actor.county, kind=kind, about=about, created_at=work.now, **values))
    work.session.flush()
    return True
