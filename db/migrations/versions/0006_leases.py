"""Leases: what time brings about is done by one process. And the needs for which nobody was left to ask."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leases")),
        sa.UniqueConstraint("name", name=op.f("uq_leases_name")),
    )
    op.create_table(
        "nobody_left",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("owner_account_id", ID, nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("closed_at is null or closed_at >= since", name=op.f("ck_nobody_left_span")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_nobody_left_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_account_id"],
            ["accounts.id"],
            name=op.f("fk_nobody_left_owner_account_id_accounts"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nobody_left")),
        sa.UniqueConstraint("county", "need_id", name=op.f("uq_nobody_left_county_need_id")),
    )
    op.create_index(
        op.f("ix_nobody_left_county_closed_at_since"), "nobody_left", ["county", "closed_at", "since"], unique=False
    )


def downgrade() -> None:
    op.drop_table("nobody_left")
    op.drop_table("leases")
