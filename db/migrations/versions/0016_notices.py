"""What the desk is told without having asked."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(column: str, target: str, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_notices_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("need_id", ID, nullable=True),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("start", sa.DateTime(), nullable=True),
        sa.Column("end", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.CheckConstraint("(closed_at is null) = (closed_by is null)", name=op.f("ck_notices_closed")),
        _to("site_id", "sites"),
        _to("need_id", "needs", "CASCADE"),
        _to("account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("county", "kind", "about", name=op.f("uq_notices_county_kind_about")),
    )
    for columns in (
        ["county", "closed_at", "created_at"],
        ["county", "account_id", "closed_at"],
        ["county", "need_id"],
    ):
        op.create_index(op.f(f"ix_notices_{'_'.join(columns)}"), "notices", columns, unique=False)


def downgrade() -> None:
    op.drop_table("notices")
