"""Stars and badges of volunteers, as they were computed last."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "volunteer_stars",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("stars", ID, nullable=False),
        sa.Column("badges", sa.String(length=200), nullable=False),
        sa.Column("minutes", ID, nullable=False),
        sa.Column("rule_version", ID, nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("stars between 0 and 5", name=op.f("ck_volunteer_stars_stars")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_volunteer_stars_volunteer_id_volunteers"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_stars")),
        sa.UniqueConstraint("county", "volunteer_id", name=op.f("uq_volunteer_stars_county_volunteer_id")),
    )
    op.create_index(op.f("ix_volunteer_stars_county_stars"), "volunteer_stars", ["county", "stars"])


def downgrade() -> None:
    # What is lost follows from the hours and the rule: computed anew after the way up.
    op.drop_table("volunteer_stars")
