"""Short links for volunteers and residents, and signing in and out by them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("dispatch_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(party = 'volunteer') = (dispatch_id is not null)", name=op.f("ck_links_party")),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["dispatches.id"], name=op.f("fk_links_dispatch_id_dispatches"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_links_need_id_needs"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_links_digest")),
    )
    op.create_index(op.f("ix_links_county_need_id"), "links", ["county", "need_id"], unique=False)
    op.create_index(op.f("ix_links_county_dispatch_id"), "links", ["county", "dispatch_id"], unique=False)
    op.create_table(
        "attendances",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("dispatch_id", ID, nullable=False),
        sa.Column("arrived_at", sa.DateTime(), nullable=False),
        sa.Column("arrived_lon", sa.Double(), nullable=True),
        sa.Column("arrived_lat", sa.Double(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column("left_lon", sa.Double(), nullable=True),
        sa.Column("left_lat", sa.Double(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.CheckConstraint("left_at is null or left_at >= arrived_at", name=op.f("ck_attendances_span")),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["dispatches.id"], name=op.f("fk_attendances_dispatch_id_dispatches"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint("dispatch_id", name=op.f("uq_attendances_dispatch_id")),
    )
    op.create_index(op.f("ix_attendances_county_arrived_at"), "attendances", ["county", "arrived_at"], unique=False)


def downgrade() -> None:
    op.drop_table("attendances")
    op.drop_table("links")
