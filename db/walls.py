"""The walls inside the database: which must stand at the newest revision, which do; those that were lost built anew.

They are made by migrations 0002, 0019, 0022 and 0024. A wall that somebody removed or switched off is built again by
the next `migrate`, which takes no table away: a step down and up would take those made since with it.
"""

from importlib import import_module

from sqlalchemy import Connection, text

_FIRST = import_module("db.migrations.versions.0002_walls")
_DECKS = import_module("db.migrations.versions.0019_frozen_decks")
_SEATS = import_module("db.migrations.versions.0022_hand_overs")
_PRICES = import_module("db.migrations.versions.0024_prices")
_WORDS = _SEATS.words(_SEATS.SEAT)
_MOMENTS = ("update", "delete")
_TABLES = (*_FIRST.APPEND_ONLY, "freezes", *_PRICES.APPEND_ONLY)

#: Name -> the statement that builds it.
SQLITE: dict[str, str] = {
    **{f"dispatch_overlap_{moment}": _FIRST.SQLITE_OVERLAP.format(moment=moment) for moment in ("insert", "update")},
    **{
        f"need_overfilled_{moment}": _SEATS.SQLITE_OVERFILL.format(moment=moment, **_WORDS)
        for moment in ("insert", "update")
    },
    **{
        f"{name}_no_{moment}": _FIRST.SQLITE_APPEND_ONLY.format(table=name, moment=moment)
        for name in _FIRST.APPEND_ONLY
        for moment in _MOMENTS
    },
    **{f"freezes_no_{moment}": _DECKS.SQLITE.format(moment=moment) for moment in _MOMENTS},
    **{
        f"{name}_no_{moment}": _PRICES.SQLITE.format(table=name, moment=moment)
        for name in _PRICES.APPEND_ONLY
        for moment in _MOMENTS
    },
}
#: Name -> the table it stands before, and the statements that build it.
POSTGRESQL: dict[str, tuple[str, tuple[str, ...]]] = {
    "dispatch_overlap": ("dispatches", ("create extension if not exists btree_gist", _FIRST.POSTGRESQL_OVERLAP)),
    "need_overfilled": (
        "dispatches",
        (_SEATS.POSTGRESQL_OVERFILL.format(**_WORDS), _SEATS.POSTGRESQL_TRIGGER.format(columns=_SEATS.COLUMNS)),
    ),
    **{
        f"{name}_append_only": (
            name,
            (
                _FIRST.POSTGRESQL_APPEND_ONLY,
                f"create trigger {name}_append_only before update or delete on {name} "
                "for each row execute function append_only()",
            ),
        )
        for name in _TABLES
    },
}
_SQLITE_STANDING = "select name from sqlite_master where type = 'trigger'"
_POSTGRESQL_STANDING = (
    "select tgname from pg_trigger where tgenabled <> 'D' "
    "union all select conname from pg_constraint where contype = 'x'"
)


def missing(connection: Connection) -> list[str]:
    """The walls that don't stand, or are switched off."""
    sqlite = connection.dialect.name == "sqlite"
    standing = set(connection.scalars(text(_SQLITE_STANDING if sqlite else _POSTGRESQL_STANDING)))
    return sorted(set(SQLITE if sqlite else POSTGRESQL) - standing)


def build_missing(connection: Connection) -> list[str]:
    """Build the walls that are missing; their names. Fails with the database's own error where a row stands against
    one."""
    lost = missing(connection)
    for name in lost:
        if connection.dialect.name == "sqlite":
            connection.execute(text(SQLITE[name]))
            continue
        table, statements = POSTGRESQL[name]
        # One that is switched off is still there.
        connection.execute(text(f"drop trigger if exists {name} on {table}"))
        for statement in statements:
            connection.execute(text(statement.replace("create function", "create or replace function")))
    return lost
