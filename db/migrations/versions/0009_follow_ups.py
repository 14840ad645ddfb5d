"""Odd entries looked at, service certificates with their codes, and follow-ups of ratings."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "entry_looks",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("service_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_entry_looks_service_id_services"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_looks")),
        sa.UniqueConstraint("county", "service_id", "kind", name=op.f("uq_entry_looks_county_service_id_kind")),
    )
    op.create_table(
        "service_certificates",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("services", ID, nullable=False),
        sa.Column("minutes_a", ID, nullable=False),
        sa.Column("minutes_b", ID, nullable=False),
        sa.Column("minutes_c", ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("issued_by", ID, nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by", ID, nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_service_certificates_days")),
        sa.CheckConstraint("(revoked_at is null) = (revoked_by is null)", name=op.f("ck_service_certificates_revoked")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_service_certificates_volunteer_id_volunteers"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_service_certificates_code")),
    )
    op.create_index(
        op.f("ix_service_certificates_county_volunteer_id_issued_at"),
        "service_certificates",
        ["county", "volunteer_id", "issued_at"],
        unique=False,
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("turn", ID, nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("owner_account_id", ID, nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("(closed_at is null) = (result is null)", name=op.f("ck_follow_ups_closed")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_follow_ups_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_account_id"],
            ["accounts.id"],
            name=op.f("fk_follow_ups_owner_account_id_accounts"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint(
            "county", "need_id", "reason", "turn", name=op.f("uq_follow_ups_county_need_id_reason_turn")
        ),
    )
    op.create_index(
        op.f("ix_follow_ups_county_closed_at_due_at"), "follow_ups", ["county", "closed_at", "due_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("follow_ups")
    op.drop_table("service_certificates")
    op.drop_table("entry_looks")
