"""A frozen deck is never changed: the wall that stands before events and audit stands before it too."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SQLITE = """
create trigger freezes_no_{moment} before {moment} on freezes
begin select raise(abort, 'freezes is append-only'); end
"""
#: `append_only()` is of migration 0002.
POSTGRESQL = """
create trigger freezes_append_only before update or delete on freezes
for each row execute function append_only()
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for moment in ("update", "delete"):
            op.execute(SQLITE.format(moment=moment))
        return
    op.execute(POSTGRESQL)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for moment in ("update", "delete"):
            op.execute(f"drop trigger if exists freezes_no_{moment}")
        return
    op.execute("drop trigger if exists freezes_append_only on freezes")
