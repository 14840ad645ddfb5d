"""Prices of services, evidence of entitlements, what was charged for needs, and the fund.

What was charged and what went in and out of the fund is never changed: the wall of events stands before both.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: Append-only, as events and audit are since 0002.
APPEND_ONLY = ("need_charges", "fund_entries")
SQLITE = """
create trigger {table}_no_{moment} before {moment} on {table}
begin select raise(abort, '{table} is append-only'); end
"""
#: `append_only()` is of migration 0002.
POSTGRESQL = """
create trigger {table}_append_only before update or delete on {table}
for each row execute function append_only()
"""
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def _row(name: str, *parts: sa.schema.SchemaItem) -> None:
    """A table with its id and county."""
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def upgrade() -> None:
    for column in ("market_fen", "material_fen"):
        op.add_column("catalogue_items", sa.Column(column, ID, nullable=True))
    _row(
        "entitlements",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.Column("document_tail", sa.String(length=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("entered_by", ID, nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("valid_to is null or valid_from <= valid_to", name=op.f("ck_entitlements_span")),
        _to("entitlements", "person_id", "persons"),
    )
    op.create_index(op.f("ix_entitlements_county_person_id"), "entitlements", ["county", "person_id"])
    _row(
        "need_charges",
        sa.Column("need_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("market_fen", ID, nullable=False),
        sa.Column("material_fen", ID, nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("resident_fen", ID, nullable=False),
        sa.Column("fund_fen", ID, nullable=False),
        sa.Column("rule_version", ID, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("resident_fen + fund_fen = market_fen", name=op.f("ck_need_charges_sum")),
        sa.CheckConstraint("resident_fen >= 0 and fund_fen >= 0", name=op.f("ck_need_charges_parts")),
        sa.CheckConstraint(
            "material_fen >= 0 and material_fen <= market_fen and market_fen > 0", name=op.f("ck_need_charges_price")
        ),
        _to("need_charges", "need_id", "needs"),
        _to("need_charges", "item_id", "catalogue_items"),
        sa.UniqueConstraint("county", "need_id", name=op.f("uq_need_charges_county_need_id")),
    )
    op.create_index(op.f("ix_need_charges_county_served_on"), "need_charges", ["county", "served_on"])
    _row(
        "funds",
        sa.Column("balance_fen", ID, nullable=False),
        sa.CheckConstraint("balance_fen >= 0", name=op.f("ck_funds_balance")),
        sa.UniqueConstraint("county", name=op.f("uq_funds_county")),
    )
    _row(
        "fund_entries",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("need_id", ID, nullable=True),
        sa.Column("amount_fen", ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_fund_entries_amount")),
        sa.CheckConstraint("(kind = 'payment') = (need_id is not null)", name=op.f("ck_fund_entries_occasion")),
        sa.CheckConstraint("kind in ('deposit', 'payment')", name=op.f("ck_fund_entries_kind")),
        _to("fund_entries", "need_id", "needs"),
        sa.UniqueConstraint("county", "need_id", name=op.f("uq_fund_entries_county_need_id")),
    )
    op.create_index(op.f("ix_fund_entries_county_at"), "fund_entries", ["county", "at"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        for moment in ("update", "delete") if sqlite else ("",):
            op.execute((SQLITE if sqlite else POSTGRESQL).format(table=table, moment=moment))


def downgrade() -> None:
    # Prices, evidence and the fund's entries go with their tables: the schema before has no place for them.
    for name in ("fund_entries", "funds", "need_charges", "entitlements"):
        op.drop_table(name)
    for column in ("material_fen", "market_fen"):
        op.drop_column("catalogue_items", column)
