"""Keys of the intake API, call devices and their calls."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="RESTRICT")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(), nullable=True),
        sa.Column("per_minute", ID, nullable=False),
        sa.CheckConstraint("per_minute >= 1", name=op.f("ck_api_keys_per_minute")),
        _to("api_keys", "site_id", "sites"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_index(op.f("ix_api_keys_county_site_id"), "api_keys", ["county", "site_id"], unique=False)
    op.create_table(
        "devices",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("place_text", sa.String(length=200), nullable=False),
        sa.Column("category_id", ID, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(lon is null) = (lat is null)", name=op.f("ck_devices_point")),
        sa.CheckConstraint("lon is not null or grid_id is not null", name=op.f("ck_devices_located")),
        _to("devices", "person_id", "persons"),
        _to("devices", "site_id", "sites"),
        _to("devices", "grid_id", "grids"),
        _to("devices", "category_id", "categories"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_devices_county_code")),
    )
    op.create_index(op.f("ix_devices_county_person_id"), "devices", ["county", "person_id"], unique=False)
    op.create_index(op.f("ix_devices_county_site_id"), "devices", ["county", "site_id"], unique=False)
    op.create_table(
        "device_calls",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("device_id", ID, nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        _to("device_calls", "device_id", "devices"),
        _to("device_calls", "need_id", "needs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_calls")),
    )
    op.create_index(op.f("ix_device_calls_county_device_id"), "device_calls", ["county", "device_id"], unique=False)
    op.create_index(op.f("ix_device_calls_county_need_id"), "device_calls", ["county", "need_id"], unique=False)


def downgrade() -> None:
    op.drop_table("device_calls")
    op.drop_table("devices")
    op.drop_table("api_keys")
