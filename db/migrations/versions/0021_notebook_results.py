"""The last results of notebooks' cells; what others may do with a notebook: read, edit, begin from it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHARING = "sharing in ('private', 'read', 'edit', 'template')"


def upgrade() -> None:
    # Said as a statement: only so SQLite takes a check together with a new column.
    op.execute(
        "alter table notebooks add column sharing varchar(10) not null default 'private' "
        f"constraint ck_notebooks_sharing check ({SHARING})"
    )
    op.execute("update notebooks set sharing = 'read' where shared")
    op.drop_column("notebooks", "shared")
    op.create_table(
        "notebook_results",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("notebook_id", ID, nullable=False),
        sa.Column("cell", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("site_path", sa.String(length=200), nullable=False),
        sa.Column("rights", sa.String(length=64), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("revision", ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rows", ID, nullable=False),
        sa.Column("difference", sa.Text(), nullable=True),
        sa.Column("before_at", sa.DateTime(), nullable=True),
        sa.Column("run_by", ID, nullable=False),
        sa.Column("run_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notebook_id"],
            ["notebooks.id"],
            name=op.f("fk_notebook_results_notebook_id_notebooks"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notebook_results")),
        sa.UniqueConstraint(
            "notebook_id", "cell", "role", "site_path", name=op.f("uq_notebook_results_notebook_id_cell_role_site_path")
        ),
    )


def downgrade() -> None:
    op.drop_table("notebook_results")
    op.add_column("notebooks", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("update notebooks set shared = (sharing <> 'private')")
    if op.get_bind().dialect.name == "sqlite":
        # SQLite drops no column that a check of its own stands on, but by building the table anew.
        with op.batch_alter_table("notebooks") as table:
            table.drop_constraint(op.f("ck_notebooks_sharing"), type_="check")
            table.drop_column("sharing")
    else:
        op.drop_column("notebooks", "sharing")
