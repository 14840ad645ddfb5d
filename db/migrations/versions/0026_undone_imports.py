"""Imports that were undone: when, and by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("import_batches", sa.Column("undone_at", sa.DateTime(), nullable=True))
    op.add_column("import_batches", sa.Column("undone_by", ID, nullable=True))


def downgrade() -> None:
    # Who undid it and when also stands in the audit.
    op.drop_column("import_batches", "undone_by")
    op.drop_column("import_batches", "undone_at")
