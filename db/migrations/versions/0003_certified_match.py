"""Crews (all seats or none), the record of every matching run with its drafts, and who accepted a displacement.

Columns are added, never a table rebuilt: the walls of 0002 name `need_roles` in their triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("needs", sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Said as a statement: only so SQLite takes a check together with a new column.
    op.execute(
        f"alter table need_roles add column least {'integer' if sqlite else 'bigint'} "
        "constraint ck_need_roles_least check (least >= 1 and least <= head_count)"
    )
    op.create_table(
        "match_runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("site_path", sa.String(length=200), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("rule_version", ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=False),
        sa.Column("gap", sa.Double(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("tiers", sa.JSON(), nullable=False),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.Column("plan_digest", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("draft_of", ID, nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("(plan is null) = (plan_digest is null)", name=op.f("ck_match_runs_plan")),
        sa.CheckConstraint("state in ('solved', 'committed', 'dropped')", name=op.f("ck_match_runs_state")),
        sa.ForeignKeyConstraint(
            ["draft_of"], ["match_runs.id"], name=op.f("fk_match_runs_draft_of_match_runs"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_runs")),
    )
    op.create_index(op.f("ix_match_runs_county_at"), "match_runs", ["county", "at"], unique=False)
    op.create_index(op.f("ix_match_runs_county_draft_of"), "match_runs", ["county", "draft_of"], unique=False)
    op.create_table(
        "displacements",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("dispatch_id", ID, nullable=False),
        sa.Column("sent_dispatch_id", ID, nullable=False),
        sa.Column("replaced_dispatch_id", ID, nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("accepted_by", sa.String(length=60), nullable=False),
        sa.Column("accepted_role", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.CheckConstraint("trim(accepted_by) <> ''", name=op.f("ck_displacements_accepted_by")),
        sa.CheckConstraint("escalated = (replaced_dispatch_id is null)", name=op.f("ck_displacements_escalated")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_displacements_need_id_needs"), ondelete="RESTRICT"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["dispatches.id"], name=op.f(f"fk_displacements_{column}_dispatches"), ondelete="RESTRICT"
            )
            for column in ("dispatch_id", "sent_dispatch_id", "replaced_dispatch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_displacements")),
        sa.UniqueConstraint("dispatch_id", name=op.f("uq_displacements_dispatch_id")),
    )
    op.create_index(op.f("ix_displacements_county_need_id"), "displacements", ["county", "need_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_displacements_county_need_id"), table_name="displacements")
    op.drop_table("displacements")
    op.drop_index(op.f("ix_match_runs_county_draft_of"), table_name="match_runs")
    op.drop_index(op.f("ix_match_runs_county_at"), table_name="match_runs")
    op.drop_table("match_runs")
    op.execute("alter table need_roles drop column least")
    op.execute("alter table needs drop column whole")
