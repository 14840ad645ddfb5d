"""What the standby list of a need notices of a dispatch: who is sent there waits on it no longer."""

from collections.abc import Sequence

from sqlalchemy import update

from dashboard.services.commands import Work
from db.models import Need, Standby

#: How an entry ended, as stored.
OFFERED, REMOVED, DROPPED = "offered", "removed", "dropped"


def was_sent(work: Work, need: Need, volunteer_ids: Sequence[int]) -> None:
    """End the entries of these people. The need is locked, so nobody else changes its list."""
    work.session.execute(
        update(Standby)
        .where(
            Standby.county == need.county,
            Standby.need_id == need.id,
            Standby.volunteer_id.in_(list(volunteer_ids)),
            Standby.closed_at.is_(None),
        )
        .values(closed_at=work.now, outcome=OFFERED, why="")
        .execution_options(synchronize_session=False)
    )
