"""Rotas by compound with their plan, the days that are otherwise, and each day's duties."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_PLACE = "(grid_id is null and site_id is not null) or (grid_id is not null and site_id is null)"


def _own(table: str) -> tuple[sa.Column, sa.Column, sa.PrimaryKeyConstraint]:
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _to(column: str, table: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("county", *columns, name=op.f(f"uq_{table}_county_{'_'.join(columns)}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_county_{'_'.join(columns)}"), table, ["county", *columns])


def upgrade() -> None:
    op.create_table(
        "rotas",
        *_own("rotas"),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("minutes", ID, nullable=False),
        sa.Column("made_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_rotas_minutes")),
        _to("team_id", "rotas", "teams"),
    )
    _index("rotas", "ended_at", "made_until")
    _index("rotas", "team_id")
    op.create_table(
        "rota_places",
        *_own("rota_places"),
        sa.Column("rota_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(ONE_PLACE, name=op.f("ck_rota_places_place")),
        _to("rota_id", "rota_places", "rotas"),
        _to("grid_id", "rota_places", "grids"),
        _to("site_id", "rota_places", "sites"),
    )
    _index("rota_places", "rota_id")
    op.create_table(
        "rota_cells",
        *_own("rota_cells"),
        sa.Column("place_id", ID, nullable=False),
        sa.Column("weekday", ID, nullable=False),
        sa.Column("least", ID, nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_rota_cells_weekday")),
        sa.CheckConstraint("least >= 0", name=op.f("ck_rota_cells_least")),
        _to("place_id", "rota_cells", "rota_places"),
        _once("rota_cells", "place_id", "weekday"),
    )
    op.create_table(
        "rota_cell_people",
        *_own("rota_cell_people"),
        sa.Column("cell_id", ID, nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        _to("cell_id", "rota_cell_people", "rota_cells"),
        _to("volunteer_id", "rota_cell_people", "volunteers"),
        _once("rota_cell_people", "cell_id", "volunteer_id"),
    )
    _index("rota_cell_people", "volunteer_id")
    op.create_table(
        "rota_changes",
        *_own("rota_changes"),
        sa.Column("rota_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("moved_to is null or moved_to <> day", name=op.f("ck_rota_changes_moved_to")),
        _to("rota_id", "rota_changes", "rotas"),
        _once("rota_changes", "rota_id", "day"),
    )
    op.create_table(
        "duties",
        *_own("duties"),
        sa.Column("place_id", ID, nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("least", ID, nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column("households", ID, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("signed_by", ID, nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint('"start" < "end"', name=op.f("ck_duties_span")),
        sa.CheckConstraint("least > 0", name=op.f("ck_duties_least")),
        sa.CheckConstraint("households is null or households >= 0", name=op.f("ck_duties_households")),
        sa.CheckConstraint("signed_at is null or began_at < left_at", name=op.f("ck_duties_signed")),
        _to("place_id", "duties", "rota_places"),
        _once("duties", "place_id", "planned_on"),
    )
    _index("duties", "day")
    _index("duties", "start")
    op.create_table(
        "duty_people",
        *_own("duty_people"),
        sa.Column("duty_id", ID, nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        _to("duty_id", "duty_people", "duties"),
        _to("volunteer_id", "duty_people", "volunteers"),
        _once("duty_people", "duty_id", "volunteer_id"),
    )
    _index("duty_people", "volunteer_id")


def downgrade() -> None:
    for table in ("duty_people", "duties", "rota_changes", "rota_cell_people", "rota_cells", "rota_places", "rotas"):
        op.drop_table(table)
