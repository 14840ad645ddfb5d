"""The last walls: nobody in two places, no need overfilled, events and audit never changed.

Commands check all of this under their locks; these walls hold even against a statement that doesn't. A seat is taken
by a person: somebody who serves several wanted spans of one need has several dispatches and one seat.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HOLDING = "('offered', 'accepted', 'in_service', 'done', 'confirmed')"
APPEND_ONLY = ("need_events", "audit")

SQLITE_OVERLAP = f"""
create trigger dispatch_overlap_{{moment}} before {{moment}} on dispatches
when new.state in {HOLDING} and exists (
    select 1 from dispatches other
    where other.county = new.county and other.volunteer_id = new.volunteer_id and other.id is not new.id
      and other.state in {HOLDING} and other."start" < new."end" and new."start" < other."end")
begin select raise(abort, 'dispatch_overlap'); end
"""
SQLITE_OVERFILL = f"""
create trigger need_overfilled_{{moment}} before {{moment}} on dispatches
when new.state in {HOLDING} and (
    select count(distinct other.volunteer_id) from dispatches other
    where other.county = new.county and other.need_id = new.need_id and other.role_id = new.role_id
      and other.volunteer_id <> new.volunteer_id and other.state in {HOLDING}
    ) >= (select head_count from need_roles where id = new.role_id)
begin select raise(abort, 'need_overfilled'); end
"""
SQLITE_APPEND_ONLY = """
create trigger {table}_no_{moment} before {moment} on {table}
begin select raise(abort, '{table} is append-only'); end
"""

POSTGRESQL_OVERLAP = f"""
alter table dispatches add constraint dispatch_overlap exclude using gist (
    county with =, volunteer_id with =, tsrange("start", "end", '[)') with &&)
    where (state in {HOLDING})
"""
POSTGRESQL_OVERFILL = f"""
create function need_overfilled() returns trigger language plpgsql as $$
declare seats bigint;
begin
    if new.state in {HOLDING} then
        select head_count into seats from need_roles where id = new.role_id for update;
        if (select count(distinct other.volunteer_id) from dispatches other
            where other.county = new.county and other.need_id = new.need_id and other.role_id = new.role_id
              and other.volunteer_id <> new.volunteer_id and other.state in {HOLDING}) >= seats then
            raise exception 'need_overfilled' using errcode = 'integrity_constraint_violation';
        end if;
    end if;
    return new;
end $$
"""
POSTGRESQL_OVERFILL_TRIGGER = """
create trigger need_overfilled before insert or update of state, role_id on dispatches
for each row execute function need_overfilled()
"""
POSTGRESQL_APPEND_ONLY = """
create function append_only() returns trigger language plpgsql as $$
begin raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation'; end $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for moment in ("insert", "update"):
            op.execute(SQLITE_OVERLAP.format(moment=moment))
            op.execute(SQLITE_OVERFILL.format(moment=moment))
        for table in APPEND_ONLY:
            for moment in ("update", "delete"):
                op.execute(SQLITE_APPEND_ONLY.format(table=table, moment=moment))
        return
    op.execute("create extension if not exists btree_gist")
    op.execute(POSTGRESQL_OVERLAP)
    op.execute(POSTGRESQL_OVERFILL)
    op.execute(POSTGRESQL_OVERFILL_TRIGGER)
    op.execute(POSTGRESQL_APPEND_ONLY)
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table} "
            "for each row execute function append_only()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for moment in ("insert", "update"):
            op.execute(f"drop trigger dispatch_overlap_{moment}")
            op.execute(f"drop trigger need_overfilled_{moment}")
        for table in APPEND_ONLY:
            for moment in ("update", "delete"):
                op.execute(f"drop trigger {table}_no_{moment}")
        return
    for table in APPEND_ONLY:
        op.execute(f"drop trigger {table}_append_only on {table}")
    op.execute("drop function append_only()")
    op.execute("drop trigger need_overfilled on dispatches")
    op.execute("drop function need_overfilled()")
    op.execute("alter table dispatches drop constraint dispatch_overlap")
