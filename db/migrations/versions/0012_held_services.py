"""Hours whose reports differ, held until somebody decides."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PARENTS = {
    "volunteer_id": "volunteers",
    "need_id": "needs",
    "dispatch_id": "dispatches",
    "team_id": "teams",
    "site_id": "sites",
    "grid_id": "grids",
}


def upgrade() -> None:
    op.create_table(
        "held_services",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("dispatch_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("break_minutes", ID, nullable=False),
        sa.Column("minutes", ID, nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("held_at", sa.DateTime(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("resolved_by", ID, nullable=True),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint('"start" < "end"', name=op.f("ck_held_services_span")),
        sa.CheckConstraint("(resolved_at is null) = (result is null)", name=op.f("ck_held_services_resolved")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_held_services_{column}_{table}"), ondelete="RESTRICT"
            )
            for column, table in _PARENTS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_services")),
    )
    op.create_index(
        op.f("ix_held_services_county_resolved_at_held_at"), "held_services", ["county", "resolved_at", "held_at"]
    )
    op.create_index(
        op.f("ix_held_services_county_volunteer_id_start"), "held_services", ["county", "volunteer_id", "start"]
    )
    op.create_index(op.f("ix_held_services_county_need_id"), "held_services", ["county", "need_id"])


def downgrade() -> None:
    # Held hours that nobody decided on would be lost with the table: they go back among the services, as told.
    op.execute(
        "insert into services (county, volunteer_id, need_id, dispatch_id, team_id, site_id, grid_id, start, "
        '"end", break_minutes, minutes, grade, recorded_at, recorded_by) '
        "select county, volunteer_id, need_id, dispatch_id, team_id, site_id, grid_id, start, "
        '"end", break_minutes, minutes, grade, recorded_at, recorded_by from held_services where resolved_at is null'
    )
    op.drop_table("held_services")
