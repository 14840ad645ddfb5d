"""Notebooks with their versions, frozen decks, decisions of meetings."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _parent(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{parent}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete="RESTRICT")


def upgrade() -> None:
    op.create_table(
        "notebooks",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("archived_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notebooks")),
    )
    op.create_index(op.f("ix_notebooks_county_archived_at"), "notebooks", ["county", "archived_at"])
    op.create_table(
        "notebook_versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("notebook_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("saved_by", ID, nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        _parent("notebook_versions", "notebook_id", "notebooks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notebook_versions")),
        sa.UniqueConstraint("notebook_id", "number", name=op.f("uq_notebook_versions_notebook_id_number")),
    )
    op.create_table(
        "freezes",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("notebook_id", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("site_path", sa.String(length=200), nullable=False),
        sa.Column("deck", sa.JSON(), nullable=False),
        sa.Column("revision", ID, nullable=False),
        sa.Column("frozen_by", ID, nullable=False),
        sa.Column("frozen_at", sa.DateTime(), nullable=False),
        _parent("freezes", "notebook_id", "notebooks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freezes")),
    )
    op.create_index(op.f("ix_freezes_county_notebook_id"), "freezes", ["county", "notebook_id"])
    op.create_table(
        "decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("notebook_id", ID, nullable=False),
        sa.Column("freeze_id", ID, nullable=False),
        sa.Column("screen", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("decided_by", ID, nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.CheckConstraint("(closed_at is null) = (closed_by is null)", name=op.f("ck_decisions_closed")),
        _parent("decisions", "notebook_id", "notebooks"),
        _parent("decisions", "freeze_id", "freezes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(
        op.f("ix_decisions_county_notebook_id_closed_at"), "decisions", ["county", "notebook_id", "closed_at"]
    )


def downgrade() -> None:
    for table in ("decisions", "freezes", "notebook_versions", "notebooks"):
        op.drop_table(table)
