"""The walls of 0002 once more, whatever of them still stands.

What is lost later is built anew by `migrate` itself (db/walls.py).
"""

from importlib import import_module

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WALLS = import_module("db.migrations.versions.0002_walls")
SQLITE = (
    *(f"{wall}_{moment}" for wall in ("dispatch_overlap", "need_overfilled") for moment in ("insert", "update")),
    *(f"{table}_no_{moment}" for table in WALLS.APPEND_ONLY for moment in ("update", "delete")),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"drop trigger if exists {name}")
    else:
        for table in WALLS.APPEND_ONLY:
            op.execute(f"drop trigger if exists {table}_append_only on {table}")
        op.execute("drop function if exists append_only()")
        op.execute("drop trigger if exists need_overfilled on dispatches")
        op.execute("drop function if exists need_overfilled()")
        op.execute("alter table dispatches drop constraint if exists dispatch_overlap")
    WALLS.upgrade()


def downgrade() -> None:
    """Nothing: the walls stand since 0002."""
