"""Requests to hand over, and offers that share the seat of the one they would replace."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HOLDING = "('offered', 'accepted', 'in_service', 'done', 'confirmed')"
BETWEEN_ACCOUNTS = "from_account_id is not null and to_account_id is not null and role_id is null"
BETWEEN_VOLUNTEERS = (
    "from_volunteer_id is not null and to_volunteer_id is not null and role_id is not null"
    " and from_account_id is null and to_account_id is null"
)
OPEN_HOLD = sa.text("state = 'asked' and from_account_id is not null")
OPEN_ORDER = sa.text("state = 'asked' and from_volunteer_id is not null")
#: Whose seat a dispatch takes, since this step and before it.
COLUMNS = "state, role_id, in_place_of"
SEAT, PLAIN = "coalesce({0}.in_place_of, {0}.volunteer_id)", "{0}.volunteer_id"

SQLITE_OVERFILL = """
create trigger need_overfilled_{moment} before {moment} on dispatches
when new.state in {holding} and (
    select count(distinct {other}) from dispatches other
    where other.county = new.county and other.need_id = new.need_id and other.role_id = new.role_id
      and {other} <> {new} and other.volunteer_id <> new.volunteer_id and other.state in {holding}
    ) >= (select head_count from need_roles where id = new.role_id)
begin select raise(abort, 'need_overfilled'); end
"""
POSTGRESQL_OVERFILL = """
create or replace function need_overfilled() returns trigger language plpgsql as $$
declare seats bigint;
begin
    if new.state in {holding} then
        select head_count into seats from need_roles where id = new.role_id for update;
        if (select count(distinct {other}) from dispatches other
            where other.county = new.county and other.need_id = new.need_id and other.role_id = new.role_id
              and {other} <> {new} and other.volunteer_id <> new.volunteer_id
              and other.state in {holding}) >= seats then
            raise exception 'need_overfilled' using errcode = 'integrity_constraint_violation';
        end if;
    end if;
    return new;
end $$
"""
POSTGRESQL_TRIGGER = """
create trigger need_overfilled before insert or update of {columns} on dispatches
for each row execute function need_overfilled()
"""


def words(seat: str) -> dict[str, str]:
    """What the walls' statements say of a seat that is counted so."""
    return {"holding": HOLDING, "other": seat.format("other"), "new": seat.format("new")}


def _wall(seat: str, columns: str) -> None:
    """The wall against overfilled needs, counting seats in this way."""
    if op.get_bind().dialect.name == "sqlite":
        for moment in ("insert", "update"):
            op.execute(SQLITE_OVERFILL.format(moment=moment, **words(seat)))
        return
    op.execute(POSTGRESQL_OVERFILL.format(**words(seat)))
    op.execute(POSTGRESQL_TRIGGER.format(columns=columns))


def _no_wall() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for moment in ("insert", "update"):
            op.execute(f"drop trigger if exists need_overfilled_{moment}")
    else:
        op.execute("drop trigger if exists need_overfilled on dispatches")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def upgrade() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("from_account_id", ID, nullable=True),
        sa.Column("to_account_id", ID, nullable=True),
        sa.Column("role_id", ID, nullable=True),
        sa.Column("from_volunteer_id", ID, nullable=True),
        sa.Column("to_volunteer_id", ID, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("answer_by", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(f"({BETWEEN_ACCOUNTS}) or ({BETWEEN_VOLUNTEERS})", name=op.f("ck_hand_overs_parties")),
        sa.CheckConstraint("from_account_id <> to_account_id", name=op.f("ck_hand_overs_accounts")),
        sa.CheckConstraint("from_volunteer_id <> to_volunteer_id", name=op.f("ck_hand_overs_volunteers")),
        sa.CheckConstraint("(state = 'asked') = (ended_at is null)", name=op.f("ck_hand_overs_ended")),
        _to("hand_overs", "need_id", "needs"),
        _to("hand_overs", "from_account_id", "accounts"),
        _to("hand_overs", "to_account_id", "accounts"),
        _to("hand_overs", "role_id", "need_roles"),
        _to("hand_overs", "from_volunteer_id", "volunteers"),
        _to("hand_overs", "to_volunteer_id", "volunteers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    for name, columns, where in (
        ("ix_hand_overs_open_hold", ["county", "need_id"], OPEN_HOLD),
        ("ix_hand_overs_open_order", ["county", "need_id", "role_id", "from_volunteer_id"], OPEN_ORDER),
    ):
        op.create_index(name, "hand_overs", columns, unique=True, sqlite_where=where, postgresql_where=where)
    op.create_index(op.f("ix_hand_overs_county_need_id"), "hand_overs", ["county", "need_id"])
    _no_wall()
    op.add_column("dispatches", sa.Column("in_place_of", ID, nullable=True))
    _wall(SEAT, COLUMNS)


def downgrade() -> None:
    _no_wall()
    # Every row stays as it is. An offer that shared a seat is then one too many and can be declined, withdrawn or left
    # to expire, but no longer accepted.
    op.execute("alter table dispatches drop column in_place_of")
    _wall(PLAIN, "state, role_id")
    op.drop_table("hand_overs")
