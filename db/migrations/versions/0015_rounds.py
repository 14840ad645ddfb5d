"""Meal rounds with their stops, and each day's round."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_PLACE = "(person_id is null and site_id is not null) or (person_id is not null and site_id is null)"


def _to(column: str, table: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def upgrade() -> None:
    op.create_table(
        "meal_rounds",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("site_id", ID, nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("minutes", ID, nullable=False),
        sa.Column("carrier_id", ID, nullable=True),
        sa.Column("substitute_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_meal_rounds_minutes")),
        sa.CheckConstraint(
            "substitute_id is null or carrier_id <> substitute_id", name=op.f("ck_meal_rounds_substitute")
        ),
        _to("site_id", "meal_rounds", "sites"),
        _to("carrier_id", "meal_rounds", "volunteers"),
        _to("substitute_id", "meal_rounds", "volunteers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_rounds")),
    )
    op.create_index(op.f("ix_meal_rounds_county_ended_at"), "meal_rounds", ["county", "ended_at"])
    op.create_index(op.f("ix_meal_rounds_county_site_id"), "meal_rounds", ["county", "site_id"])
    op.create_table(
        "meal_stops",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("place_text", sa.String(length=200), nullable=False),
        sa.Column("meals", ID, nullable=False),
        sa.CheckConstraint(ONE_PLACE, name=op.f("ck_meal_stops_place")),
        sa.CheckConstraint("meals > 0", name=op.f("ck_meal_stops_meals")),
        _to("round_id", "meal_stops", "meal_rounds"),
        _to("person_id", "meal_stops", "persons"),
        _to("site_id", "meal_stops", "sites"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_stops")),
    )
    op.create_index(op.f("ix_meal_stops_county_round_id"), "meal_stops", ["county", "round_id"])
    op.create_table(
        "meal_days",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("carrier_id", ID, nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        _to("round_id", "meal_days", "meal_rounds"),
        _to("carrier_id", "meal_days", "volunteers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_days")),
        sa.UniqueConstraint("county", "round_id", "day", name=op.f("uq_meal_days_county_round_id_day")),
    )
    op.create_index(op.f("ix_meal_days_county_day"), "meal_days", ["county", "day"])
    op.create_table(
        "meal_drops",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("day_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("place_text", sa.String(length=200), nullable=False),
        sa.Column("meals", ID, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("ticked_at", sa.DateTime(), nullable=True),
        sa.Column("ticked_by", ID, nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint(ONE_PLACE, name=op.f("ck_meal_drops_place")),
        sa.CheckConstraint("outcome in ('', 'delivered', 'missed')", name=op.f("ck_meal_drops_outcome")),
        sa.CheckConstraint("outcome <> 'missed' or reason <> ''", name=op.f("ck_meal_drops_reason")),
        _to("day_id", "meal_drops", "meal_days"),
        _to("person_id", "meal_drops", "persons"),
        _to("site_id", "meal_drops", "sites"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_drops")),
        sa.UniqueConstraint("county", "day_id", "position", name=op.f("uq_meal_drops_county_day_id_position")),
    )


def downgrade() -> None:
    op.drop_table("meal_drops")
    op.drop_table("meal_days")
    op.drop_table("meal_stops")
    op.drop_table("meal_rounds")
