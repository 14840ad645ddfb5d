"""Recurring needs and household contracts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(column: str, table: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("template", sa.JSON(), nullable=False),
        sa.Column("category_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("reported_by_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("place_text", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("minutes", ID, nullable=False),
        sa.Column("keeper_id", ID, nullable=True),
        sa.Column("substitute_id", ID, nullable=True),
        sa.Column("made_until", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_series_minutes")),
        sa.CheckConstraint("substitute_id is null or keeper_id <> substitute_id", name=op.f("ck_series_substitute")),
        _to("category_id", "series", "categories"),
        _to("person_id", "series", "persons"),
        _to("reported_by_id", "series", "persons"),
        _to("site_id", "series", "sites"),
        _to("grid_id", "series", "grids"),
        _to("keeper_id", "series", "volunteers"),
        _to("substitute_id", "series", "volunteers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_index(op.f("ix_series_county_ended_at_made_until"), "series", ["county", "ended_at", "made_until"])
    op.create_index(op.f("ix_series_county_site_id"), "series", ["county", "site_id"])
    op.create_index(op.f("ix_series_county_person_id"), "series", ["county", "person_id"])
    op.create_table(
        "series_visits",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("series_id", ID, nullable=False),
        sa.Column("original_start", sa.DateTime(), nullable=False),
        sa.Column("need_id", ID, nullable=True),
        sa.Column("moved_to", sa.DateTime(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        _to("series_id", "series_visits", "series"),
        _to("need_id", "series_visits", "needs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_visits")),
        sa.UniqueConstraint(
            "county", "series_id", "original_start", name=op.f("uq_series_visits_county_series_id_original_start")
        ),
    )
    op.create_index(op.f("ix_series_visits_county_need_id"), "series_visits", ["county", "need_id"])
    op.create_table(
        "contracts",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("substitute_id", ID, nullable=True),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("allowed_by", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint(
            "substitute_id is null or volunteer_id <> substitute_id", name=op.f("ck_contracts_substitute")
        ),
        sa.CheckConstraint("ended_at is null or ended_at >= since", name=op.f("ck_contracts_span")),
        _to("volunteer_id", "contracts", "volunteers"),
        _to("person_id", "contracts", "persons"),
        _to("substitute_id", "contracts", "volunteers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
    )
    op.create_index(
        "uq_contracts_county_person_id_open",
        "contracts",
        ["county", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index(
        op.f("ix_contracts_county_volunteer_id_ended_at"), "contracts", ["county", "volunteer_id", "ended_at"]
    )


def downgrade() -> None:
    op.drop_table("contracts")
    op.drop_table("series_visits")
    op.drop_table("series")
