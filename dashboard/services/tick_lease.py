"""A lease: of several processes on one database one does a piece of work, and another takes over when it dies.

Written past `perform`: it is nobody's deed, nothing of the county changes by it, and an audit row every half minute
would bury the others. It spares work and guards nothing: every command of a tick holds by itself.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from db.engine import Database
from db.models import Lease


def lease(database: Database, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Take or renew the lease `name` for so many seconds from `now`; False while another holder has it.

    One statement decides: of two processes that ask at once the second waits for the first one's row and then finds
    that it is taken. `holder` must be of this process alone.
    """
    insert: Any = sqlite_insert if database.is_sqlite else pg_insert
    until = now + timedelta(seconds=seconds)
    take = (
        insert(Lease)
        .values(name=name, holder=holder, until=until)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": until},
            where=or_(Lease.holder == holder, Lease.until <= now),
        )
        .returning(Lease.holder)
    )

    def taken(session: Session) -> bool:
        return session.execute(take).first() is not None

    return database.write(taken)
