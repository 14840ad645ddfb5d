"""Squads: a team's aspect, one squad of an aspect at a site, and the aspect a category's needs go to."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_SQUAD = "ix_teams_county_site_id_aspect"


def upgrade() -> None:
    op.add_column("teams", sa.Column("aspect", sa.String(length=20), nullable=True))
    op.create_index(op.f(ONE_SQUAD), "teams", ["county", "site_id", "aspect"], unique=True)
    op.add_column("categories", sa.Column("aspect", sa.String(length=20), nullable=True))
    op.add_column("categories", sa.Column("version", ID, nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("categories", "version")
    op.drop_column("categories", "aspect")
    op.drop_index(op.f(ONE_SQUAD), table_name="teams")
    op.drop_column("teams", "aspect")
