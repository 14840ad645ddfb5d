"""What is known of the county a database serves."""

from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from dashboard.core.errors import NotFound
from db.engine import Database
from db.models import Setting


def county_code(database: Database) -> str:
    """The six-digit code of the county. Raises NotFound for an empty database."""
    with database.read() as session:
        ready = inspect(session.connection()).has_table(Setting.__tablename__)
        value = setting(session, "", "county") if ready else None
    if value is None:
        raise NotFound("cli.no_county")
    return str(value["code"])


def setting(session: Session, county: str, key: str) -> dict[str, Any] | None:
    """A setting of a county ("" for the database's own), None when it was never set."""
    return session.scalar(select(Setting.value).where(Setting.county == county, Setting.key == key))
