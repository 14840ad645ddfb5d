"""Volunteers who would stand in for a need."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_standbys_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def upgrade() -> None:
    op.create_table(
        "standbys",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("role_id", ID, nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("place", ID, nullable=False),
        sa.Column("added_by", ID, nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("why", sa.String(length=80), nullable=False),
        sa.CheckConstraint("(closed_at is null) = (outcome is null)", name=op.f("ck_standbys_closed")),
        _to("need_id", "needs"),
        _to("role_id", "need_roles"),
        _to("volunteer_id", "volunteers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standbys")),
        sa.UniqueConstraint("county", "need_id", "volunteer_id", name=op.f("uq_standbys_county_need_id_volunteer_id")),
    )
    op.create_index(op.f("ix_standbys_county_role_id_place"), "standbys", ["county", "role_id", "place"], unique=False)


def downgrade() -> None:
    op.drop_table("standbys")
