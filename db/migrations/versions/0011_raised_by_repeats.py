"""When repeats raised a need's urgency, and a quick way from a need to those that repeat it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("needs", sa.Column("raised_at", sa.DateTime(), nullable=True))
    op.create_index(op.f("ix_needs_county_earlier_need_id"), "needs", ["county", "earlier_need_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_needs_county_earlier_need_id"), table_name="needs")
    op.execute("alter table needs drop column raised_at")
