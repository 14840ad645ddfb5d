"""Versions of contact cards and items of the menu: two who edit one never overwrite each other."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("catalogue_items", "grid_contacts")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("version", ID, nullable=False, server_default="1"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "version")
