"""The outbox: one message a change and party."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("dispatch_id", ID, nullable=False),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("tried_at", sa.DateTime(), nullable=True),
        sa.Column("tries", ID, nullable=False),
        sa.Column("last_error", sa.String(length=40), nullable=False),
        sa.CheckConstraint("party in ('volunteer', 'resident')", name=op.f("ck_messages_party")),
        sa.CheckConstraint(
            "state in ('waiting', 'sending', 'sent', 'copied', 'failed', 'dropped')", name=op.f("ck_messages_state")
        ),
        sa.CheckConstraint("sent_at is not null or state not in ('sent', 'copied')", name=op.f("ck_messages_sent_at")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_messages_{column}_{table}"), ondelete="RESTRICT"
            )
            for column, table in (("need_id", "needs"), ("dispatch_id", "dispatches"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "county", "dispatch_id", "version", "party", name=op.f("uq_messages_county_dispatch_id_version_party")
        ),
    )
    op.create_index(
        op.f("ix_messages_county_state_created_at"), "messages", ["county", "state", "created_at"], unique=False
    )
    op.create_index(op.f("ix_messages_county_need_id"), "messages", ["county", "need_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_messages_county_need_id"), table_name="messages")
    op.drop_index(op.f("ix_messages_county_state_created_at"), table_name="messages")
    op.drop_table("messages")
