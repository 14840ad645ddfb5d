"""Which database this process works on, and what the database says about itself: its county, whether it is a sample."""

import os
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dashboard.core.errors import NotFound
from dashboard.services.county import setting
from db import migrate
from db.engine import Database
from db.models import Division

URL_VARIABLE = "DASHBOARD_DATABASE_URL"
ROOT = Path(__file__).resolve().parents[2]
#: Where the SQLite file lies unless told otherwise.
DEFAULT_FILE = ROOT / "var" / "dashboard.db"


def database_url() -> str:
    """The URL from the environment, else the SQLite file of this checkout."""
    return os.environ.get(URL_VARIABLE) or f"sqlite:///{DEFAULT_FILE}"


@cache
def open_database(url: str) -> Database:
    """One `Database` a URL and process."""
    return Database(url)


def database() -> Database:
    """The database this process works on."""
    return open_database(database_url())


def county_code(session: Session) -> str:
    """The six-digit code of the county this database serves. Raises NotFound for an empty database."""
    if found := setting(session, "", "county"):
        return str(found["code"])
    raise NotFound("cli.no_county")


def has_county(session: Session) -> bool:
    return setting(session, "", "county") is not None


def county_name(session: Session, county: str) -> str:
    """The county's official name, else its code."""
    name = session.scalar(select(Division.name).where(Division.county == county, Division.level == "county"))
    return name or county


def is_sample(session: Session, county: str) -> bool:
    """Was this county invented by `python -m dashboard sample`?"""
    return setting(session, county, "sample") is not None


def prepare(database: Database) -> None:
    """Bring the schema up to date, making the database where there is none."""
    if not migrate.is_current(database):
        migrate.upgrade(database)


def answers(database: Database) -> bool:
    """Does the database answer a question now?"""
    try:
        with database.read() as session:
            has_county(session)
    except DBAPIError:
        return False
    return True
