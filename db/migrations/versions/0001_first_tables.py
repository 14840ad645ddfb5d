"""Places, people, needs and the spine: every table of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_county_account_id"), "access_log", ["county", "account_id"], unique=False)
    op.create_index(op.f("ix_access_log_county_at"), "access_log", ["county", "at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("command", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_county_at"), "audit", ["county", "at"], unique=False)
    op.create_index(op.f("ix_audit_county_batch_id"), "audit", ["county", "batch_id"], unique=False)
    op.create_index(
        op.f("ix_audit_county_subject_subject_id"), "audit", ["county", "subject", "subject_id"], unique=False
    )
    op.create_table(
        "categories",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("required_skills", sa.JSON(), nullable=False),
        sa.Column("duration_minutes", ID, nullable=False),
        sa.Column("licence", sa.Boolean(), nullable=False),
        sa.Column("deadlines", sa.JSON(), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_categories_county_code")),
    )
    op.create_table(
        "commands",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commands")),
        sa.UniqueConstraint("county", "key", name=op.f("uq_commands_county_key")),
    )
    op.create_table(
        "divisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("geometry", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_divisions")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_divisions_county_code")),
    )
    op.create_index(op.f("ix_divisions_county_level_name"), "divisions", ["county", "level", "name"], unique=False)
    op.create_table(
        "import_batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("valid_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    op.create_index(op.f("ix_import_batches_county_at"), "import_batches", ["county", "at"], unique=False)
    op.create_table(
        "persons",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("initials", sa.String(length=30), nullable=False),
        sa.Column("gender", sa.String(length=8), nullable=False),
        sa.Column("birth_year", ID, nullable=True),
        sa.Column("phone", sa.String(length=200), nullable=True),
        sa.Column("phone_digest", sa.String(length=64), nullable=True),
        sa.Column("phone_tail", sa.String(length=4), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("address_digest", sa.String(length=64), nullable=True),
        sa.Column("address_tail", sa.String(length=60), nullable=True),
        sa.Column("id_number", sa.String(length=200), nullable=True),
        sa.Column("id_number_digest", sa.String(length=64), nullable=True),
        sa.Column("id_number_tail", sa.String(length=4), nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index(op.f("ix_persons_county_id_number_digest"), "persons", ["county", "id_number_digest"], unique=False)
    op.create_index(op.f("ix_persons_county_initials"), "persons", ["county", "initials"], unique=False)
    op.create_index(op.f("ix_persons_county_name"), "persons", ["county", "name"], unique=False)
    op.create_index(op.f("ix_persons_county_phone_digest"), "persons", ["county", "phone_digest"], unique=False)
    op.create_index(op.f("ix_persons_county_phone_tail"), "persons", ["county", "phone_tail"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("value", ID, nullable=False),
        sa.PrimaryKeyConstraint("county", "subject", name=op.f("pk_revisions")),
    )
    op.create_table(
        "rule_sets",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("valid_from", sa.DateTime(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_sets")),
        sa.UniqueConstraint("county", "kind", "version", name=op.f("uq_rule_sets_county_kind_version")),
    )
    op.create_table(
        "saved_mappings",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_mappings")),
        sa.UniqueConstraint("county", "kind", "name", name=op.f("uq_saved_mappings_county_kind_name")),
    )
    op.create_table(
        "settings",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
        sa.UniqueConstraint("county", "key", name=op.f("uq_settings_county_key")),
    )
    op.create_table(
        "skills",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("licence", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_skills_county_code")),
    )
    op.create_table(
        "unplaced_points",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unplaced_points")),
        sa.UniqueConstraint("county", "subject", "row_id", name=op.f("uq_unplaced_points_county_subject_row_id")),
    )
    op.create_table(
        "word_rules",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_rules")),
        sa.UniqueConstraint("county", "kind", "word", name=op.f("uq_word_rules_county_kind_word")),
    )
    op.create_table(
        "audit_personal",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("audit_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_audit_personal_audit_id_audit"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_personal")),
    )
    op.create_index(op.f("ix_audit_personal_county_audit_id"), "audit_personal", ["county", "audit_id"], unique=False)
    op.create_index(op.f("ix_audit_personal_county_person_id"), "audit_personal", ["county", "person_id"], unique=False)
    op.create_table(
        "import_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("row_number", ID, nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batches.id"],
            name=op.f("fk_import_changes_batch_id_import_batches"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_changes")),
    )
    op.create_index(op.f("ix_import_changes_county_batch_id"), "import_changes", ["county", "batch_id"], unique=False)
    op.create_index(
        op.f("ix_import_changes_county_table_name_row_id"),
        "import_changes",
        ["county", "table_name", "row_id"],
        unique=False,
    )
    op.create_table(
        "sites",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("town_code", sa.String(length=12), nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("precision", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("contact_person_id", ID, nullable=True),
        sa.Column("opening", sa.String(length=120), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_person_id"], ["persons.id"], name=op.f("fk_sites_contact_person_id_persons"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["sites.id"], name=op.f("fk_sites_parent_id_sites"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_sites_county_code")),
        sa.UniqueConstraint("county", "parent_id", "name_key", name=op.f("uq_sites_county_parent_id_name_key")),
    )
    op.create_index(op.f("ix_sites_county_level"), "sites", ["county", "level"], unique=False)
    op.create_index(op.f("ix_sites_county_path"), "sites", ["county", "path"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("display_name", sa.String(length=60), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_attempts", ID, nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_accounts_person_id_persons"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_accounts_site_id_sites"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("county", "username", name=op.f("uq_accounts_county_username")),
    )
    op.create_table(
        "grids",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("town_code", sa.String(length=12), nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("households", ID, nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["grids.id"], name=op.f("fk_grids_parent_id_grids"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_grids_site_id_sites"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grids")),
        sa.UniqueConstraint("county", "code", "valid_from", name=op.f("uq_grids_county_code_valid_from")),
    )
    op.create_index(op.f("ix_grids_county_site_id"), "grids", ["county", "site_id"], unique=False)
    op.create_index(op.f("ix_grids_county_town_code"), "grids", ["county", "town_code"], unique=False)
    op.create_index(op.f("ix_grids_county_village_code"), "grids", ["county", "village_code"], unique=False)
    op.create_table(
        "grid_contacts",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("grid_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("duty", sa.String(length=60), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["grids.id"], name=op.f("fk_grid_contacts_grid_id_grids"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_grid_contacts_person_id_persons"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_contacts")),
    )
    op.create_index(op.f("ix_grid_contacts_county_grid_id"), "grid_contacts", ["county", "grid_id"], unique=False)
    op.create_index(op.f("ix_grid_contacts_county_person_id"), "grid_contacts", ["county", "person_id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sign_ins_account_id_accounts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_ins_token_digest")),
    )
    op.create_index(op.f("ix_sign_ins_county_account_id"), "sign_ins", ["county", "account_id"], unique=False)
    op.create_table(
        "volunteers",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("precision", sa.String(length=10), nullable=False),
        sa.Column("location_source", sa.String(length=40), nullable=False),
        sa.Column("location_at", sa.DateTime(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("cap_day", ID, nullable=False),
        sa.Column("cap_week", ID, nullable=False),
        sa.Column("max_distance_m", ID, nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("availability_known", sa.Boolean(), nullable=False),
        sa.Column("availability_raw", sa.String(length=200), nullable=False),
        sa.Column("skills_raw", sa.String(length=200), nullable=False),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("consent_at", sa.DateTime(), nullable=True),
        sa.Column("consent_channel", sa.String(length=20), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("raw", sa.JSON(), nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["grids.id"], name=op.f("fk_volunteers_grid_id_grids"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_volunteers_person_id_persons"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_volunteers_site_id_sites"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteers")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_volunteers_county_code")),
    )
    op.create_index(op.f("ix_volunteers_county_grid_id"), "volunteers", ["county", "grid_id"], unique=False)
    op.create_index(op.f("ix_volunteers_county_person_id"), "volunteers", ["county", "person_id"], unique=False)
    op.create_index(op.f("ix_volunteers_county_site_id"), "volunteers", ["county", "site_id"], unique=False)
    op.create_index(op.f("ix_volunteers_county_village_code"), "volunteers", ["county", "village_code"], unique=False)
    op.create_table(
        "availability",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("weekday", ID, nullable=False),
        sa.Column("start_minute", ID, nullable=False),
        sa.Column("end_minute", ID, nullable=False),
        sa.CheckConstraint(
            "0 <= start_minute and start_minute < end_minute and end_minute <= 1440", name=op.f("ck_availability_span")
        ),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_availability_weekday")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_availability_volunteer_id_volunteers"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
    )
    op.create_index(
        op.f("ix_availability_county_volunteer_id"), "availability", ["county", "volunteer_id"], unique=False
    )
    op.create_table(
        "certificates",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("skill_id", ID, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_certificates_skill_id_skills"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_certificates_volunteer_id_volunteers"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_index(op.f("ix_certificates_county_expires_on"), "certificates", ["county", "expires_on"], unique=False)
    op.create_index(
        op.f("ix_certificates_county_volunteer_id"), "certificates", ["county", "volunteer_id"], unique=False
    )
    op.create_table(
        "leave",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint('"start" < "end"', name=op.f("ck_leave_span")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteers.id"], name=op.f("fk_leave_volunteer_id_volunteers"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index(op.f("ix_leave_county_volunteer_id"), "leave", ["county", "volunteer_id"], unique=False)
    op.create_table(
        "teams",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("leader_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["volunteers.id"], name=op.f("fk_teams_leader_id_volunteers"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_teams_site_id_sites"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_teams_county_code")),
    )
    op.create_index(op.f("ix_teams_county_site_id"), "teams", ["county", "site_id"], unique=False)
    op.create_table(
        "volunteer_skills",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("skill_id", ID, nullable=False),
        sa.Column("level", ID, nullable=False),
        sa.CheckConstraint("level between 1 and 3", name=op.f("ck_volunteer_skills_level")),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_volunteer_skills_skill_id_skills"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_volunteer_skills_volunteer_id_volunteers"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_skills")),
        sa.UniqueConstraint(
            "county", "volunteer_id", "skill_id", name=op.f("uq_volunteer_skills_county_volunteer_id_skill_id")
        ),
    )
    op.create_index(
        op.f("ix_volunteer_skills_county_skill_id"), "volunteer_skills", ["county", "skill_id"], unique=False
    )
    op.create_table(
        "activities",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("category_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("people_reached", ID, nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_activities_category_id_categories"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["grid_id"], ["grids.id"], name=op.f("fk_activities_grid_id_grids"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_activities_site_id_sites"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_activities_team_id_teams"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_activities_county_code")),
    )
    op.create_index(op.f("ix_activities_county_start"), "activities", ["county", "start"], unique=False)
    op.create_index(op.f("ix_activities_county_team_id"), "activities", ["county", "team_id"], unique=False)
    op.create_table(
        "catalogue_items",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category_id", ID, nullable=False),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("required_skills", sa.JSON(), nullable=False),
        sa.Column("duration_minutes", ID, nullable=True),
        sa.Column("season", sa.String(length=20), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name=op.f("fk_catalogue_items_category_id_categories"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_catalogue_items_site_id_sites"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_catalogue_items_team_id_teams"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_items")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_catalogue_items_county_code")),
    )
    op.create_index(
        op.f("ix_catalogue_items_county_category_id"), "catalogue_items", ["county", "category_id"], unique=False
    )
    op.create_table(
        "memberships",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_memberships_team_id_teams"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_memberships_volunteer_id_volunteers"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_county_team_id"), "memberships", ["county", "team_id"], unique=False)
    op.create_index(op.f("ix_memberships_county_volunteer_id"), "memberships", ["county", "volunteer_id"], unique=False)
    op.create_table(
        "needs",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("category_id", ID, nullable=True),
        sa.Column("item_id", ID, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("reported_by_id", ID, nullable=True),
        sa.Column("entered_by", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("town_code", sa.String(length=12), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("precision", sa.String(length=10), nullable=False),
        sa.Column("place_source", sa.String(length=40), nullable=False),
        sa.Column("place_text", sa.String(length=200), nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("interval_rule", sa.String(length=10), nullable=False),
        sa.Column("duration_minutes", ID, nullable=False),
        sa.Column("time_text", sa.String(length=120), nullable=False),
        sa.Column("people_text", sa.String(length=60), nullable=False),
        sa.Column("to_verify", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("language_hard", sa.Boolean(), nullable=False),
        sa.Column("gender_wish", sa.String(length=8), nullable=True),
        sa.Column("gender_hard", sa.Boolean(), nullable=False),
        sa.Column("series_id", ID, nullable=True),
        sa.Column("earlier_need_id", ID, nullable=True),
        sa.Column("registered_at", sa.DateTime(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("take_up_due_at", sa.DateTime(), nullable=True),
        sa.Column("close_due_at", sa.DateTime(), nullable=True),
        sa.Column("taken_up_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("source_digest", sa.String(length=64), nullable=True),
        sa.Column("source_occurrence", ID, nullable=True),
        sa.Column("raw", sa.JSON(), nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_needs_duration")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_needs_category_id_categories"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["earlier_need_id"], ["needs.id"], name=op.f("fk_needs_earlier_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_needs_grid_id_grids"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["item_id"], ["catalogue_items.id"], name=op.f("fk_needs_item_id_catalogue_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_needs_person_id_persons"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["persons.id"], name=op.f("fk_needs_reported_by_id_persons"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_needs_site_id_sites"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sa.UniqueConstraint("county", "code", name=op.f("uq_needs_county_code")),
        sa.UniqueConstraint(
            "county", "source_digest", "source_occurrence", name=op.f("uq_needs_county_source_digest_source_occurrence")
        ),
    )
    op.create_index(op.f("ix_needs_county_grid_id"), "needs", ["county", "grid_id"], unique=False)
    op.create_index(op.f("ix_needs_county_person_id"), "needs", ["county", "person_id"], unique=False)
    op.create_index(op.f("ix_needs_county_registered_at"), "needs", ["county", "registered_at"], unique=False)
    op.create_index(op.f("ix_needs_county_site_id"), "needs", ["county", "site_id"], unique=False)
    op.create_index(op.f("ix_needs_county_state_urgency"), "needs", ["county", "state", "urgency"], unique=False)
    op.create_index(op.f("ix_needs_county_village_code"), "needs", ["county", "village_code"], unique=False)
    op.create_table(
        "constraints",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("need_id", ID, nullable=True),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("start", sa.DateTime(), nullable=True),
        sa.Column("end", sa.DateTime(), nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_constraints_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_constraints_volunteer_id_volunteers"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_constraints")),
    )
    op.create_index(op.f("ix_constraints_county_need_id"), "constraints", ["county", "need_id"], unique=False)
    op.create_index(op.f("ix_constraints_county_volunteer_id"), "constraints", ["county", "volunteer_id"], unique=False)
    op.create_table(
        "holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_holds_account_id_accounts"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_holds_need_id_needs"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("county", "need_id", name=op.f("uq_holds_county_need_id")),
    )
    op.create_table(
        "need_intervals",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.CheckConstraint('"start" < "end"', name=op.f("ck_need_intervals_span")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_intervals_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_intervals")),
    )
    op.create_index(op.f("ix_need_intervals_county_need_id"), "need_intervals", ["county", "need_id"], unique=False)
    op.create_table(
        "need_persons",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_persons_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_need_persons_volunteer_id_volunteers"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_persons")),
        sa.UniqueConstraint(
            "county", "need_id", "volunteer_id", name=op.f("uq_need_persons_county_need_id_volunteer_id")
        ),
    )
    op.create_table(
        "need_roles",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("skill_id", ID, nullable=True),
        sa.Column("min_level", ID, nullable=False),
        sa.Column("head_count", ID, nullable=False),
        sa.CheckConstraint("head_count >= 1", name=op.f("ck_need_roles_head_count")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_roles_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_need_roles_skill_id_skills"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_roles")),
        sa.UniqueConstraint("county", "need_id", "position", name=op.f("uq_need_roles_county_need_id_position")),
    )
    op.create_table(
        "need_skills",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("skill_id", ID, nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("min_level", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_skills_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_need_skills_skill_id_skills"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_skills")),
        sa.UniqueConstraint("county", "need_id", "skill_id", name=op.f("uq_need_skills_county_need_id_skill_id")),
    )
    op.create_table(
        "ratings",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("score", ID, nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("recorded_by", ID, nullable=False),
        sa.CheckConstraint("score between 1 and 5", name=op.f("ck_ratings_score")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_ratings_need_id_needs"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_ratings_team_id_teams"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("county", "need_id", name=op.f("uq_ratings_county_need_id")),
    )
    op.create_index(op.f("ix_ratings_county_asked_at"), "ratings", ["county", "asked_at"], unique=False)
    op.create_table(
        "dispatches",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("role_id", ID, nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("distance_m", ID, nullable=True),
        sa.Column("terms", sa.JSON(), nullable=True),
        sa.Column("rule_version", ID, nullable=True),
        sa.Column("dispatched_by", ID, nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("responded_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.CheckConstraint('"start" < "end"', name=op.f("ck_dispatches_span")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_dispatches_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["need_roles.id"], name=op.f("fk_dispatches_role_id_need_roles"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteers.id"], name=op.f("fk_dispatches_volunteer_id_volunteers"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
    )
    op.create_index(
        op.f("ix_dispatches_county_need_id_state"), "dispatches", ["county", "need_id", "state"], unique=False
    )
    op.create_index(op.f("ix_dispatches_county_state"), "dispatches", ["county", "state"], unique=False)
    op.create_index(
        op.f("ix_dispatches_county_volunteer_id_start"), "dispatches", ["county", "volunteer_id", "start"], unique=False
    )
    op.create_table(
        "need_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("dispatch_id", ID, nullable=True),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("command_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["dispatches.id"], name=op.f("fk_need_events_dispatch_id_dispatches"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_events_need_id_needs"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_events")),
    )
    op.create_index(op.f("ix_need_events_county_happened_at"), "need_events", ["county", "happened_at"], unique=False)
    op.create_index(
        op.f("ix_need_events_county_need_id_recorded_at"),
        "need_events",
        ["county", "need_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "services",
        sa.Column("id", ID, nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("volunteer_id", ID, nullable=False),
        sa.Column("need_id", ID, nullable=True),
        sa.Column("dispatch_id", ID, nullable=True),
        sa.Column("activity_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("break_minutes", ID, nullable=False),
        sa.Column("minutes", ID, nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.CheckConstraint('"start" < "end"', name=op.f("ck_services_span")),
        sa.CheckConstraint("(need_id is null) <> (activity_id is null)", name=op.f("ck_services_occasion")),
        sa.CheckConstraint("break_minutes >= 0", name=op.f("ck_services_break_minutes")),
        sa.CheckConstraint("minutes > 0 and minutes <= 960", name=op.f("ck_services_minutes")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_services_activity_id_activities"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["dispatches.id"], name=op.f("fk_services_dispatch_id_dispatches"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_services_grid_id_grids"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_services_need_id_needs"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_services_site_id_sites"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_services_team_id_teams"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteers.id"], name=op.f("fk_services_volunteer_id_volunteers"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    op.create_index(op.f("ix_services_county_activity_id"), "services", ["county", "activity_id"], unique=False)
    op.create_index(
        op.f("ix_services_county_need_id_team_id_start"),
        "services",
        ["county", "need_id", "team_id", "start"],
        unique=False,
    )
    op.create_index(
        op.f("ix_services_county_team_id_start_minutes_volunteer_id_grade"),
        "services",
        ["county", "team_id", "start", "minutes", "volunteer_id", "grade"],
        unique=False,
    )
    op.create_index(
        op.f("ix_services_county_volunteer_id_start"), "services", ["county", "volunteer_id", "start"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_services_county_volunteer_id_start"), table_name="services")
    op.drop_index(op.f("ix_services_county_team_id_start_minutes_volunteer_id_grade"), table_name="services")
    op.drop_index(op.f("ix_services_county_need_id_team_id_start"), table_name="services")
    op.drop_index(op.f("ix_services_county_activity_id"), table_name="services")
    op.drop_table("services")
    op.drop_index(op.f("ix_need_events_county_need_id_recorded_at"), table_name="need_events")
    op.drop_index(op.f("ix_need_events_county_happened_at"), table_name="need_events")
    op.drop_table("need_events")
    op.drop_index(op.f("ix_dispatches_county_volunteer_id_start"), table_name="dispatches")
    op.drop_index(op.f("ix_dispatches_county_state"), table_name="dispatches")
    op.drop_index(op.f("ix_dispatches_county_need_id_state"), table_name="dispatches")
    op.drop_table("dispatches")
    op.drop_index(op.f("ix_ratings_county_asked_at"), table_name="ratings")
    op.drop_table("ratings")
    op.drop_table("need_skills")
    op.drop_table("need_roles")
    op.drop_table("need_persons")
    op.drop_index(op.f("ix_need_intervals_county_need_id"), table_name="need_intervals")
    op.drop_table("need_intervals")
    op.drop_table("holds")
    op.drop_index(op.f("ix_constraints_county_volunteer_id"), table_name="constraints")
    op.drop_index(op.f("ix_constraints_county_need_id"), table_name="constraints")
    op.drop_table("constraints")
    op.drop_index(op.f("ix_needs_county_village_code"), table_name="needs")
    op.drop_index(op.f("ix_needs_county_state_urgency"), table_name="needs")
    op.drop_index(op.f("ix_needs_county_site_id"), table_name="needs")
    op.drop_index(op.f("ix_needs_county_registered_at"), table_name="needs")
    op.drop_index(op.f("ix_needs_county_person_id"), table_name="needs")
    op.drop_index(op.f("ix_needs_county_grid_id"), table_name="needs")
    op.drop_table("needs")
    op.drop_index(op.f("ix_memberships_county_volunteer_id"), table_name="memberships")
    op.drop_index(op.f("ix_memberships_county_team_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(op.f("ix_catalogue_items_county_category_id"), table_name="catalogue_items")
    op.drop_table("catalogue_items")
    op.drop_index(op.f("ix_activities_county_team_id"), table_name="activities")
    op.drop_index(op.f("ix_activities_county_start"), table_name="activities")
    op.drop_table("activities")
    op.drop_index(op.f("ix_volunteer_skills_county_skill_id"), table_name="volunteer_skills")
    op.drop_table("volunteer_skills")
    op.drop_index(op.f("ix_teams_county_site_id"), table_name="teams")
    op.drop_table("teams")
    op.drop_index(op.f("ix_leave_county_volunteer_id"), table_name="leave")
    op.drop_table("leave")
    op.drop_index(op.f("ix_certificates_county_volunteer_id"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_county_expires_on"), table_name="certificates")
    op.drop_table("certificates")
    op.drop_index(op.f("ix_availability_county_volunteer_id"), table_name="availability")
    op.drop_table("availability")
    op.drop_index(op.f("ix_volunteers_county_village_code"), table_name="volunteers")
    op.drop_index(op.f("ix_volunteers_county_site_id"), table_name="volunteers")
    op.drop_index(op.f("ix_volunteers_county_person_id"), table_name="volunteers")
    op.drop_index(op.f("ix_volunteers_county_grid_id"), table_name="volunteers")
    op.drop_table("volunteers")
    op.drop_index(op.f("ix_sign_ins_county_account_id"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_index(op.f("ix_grid_contacts_county_person_id"), table_name="grid_contacts")
    op.drop_index(op.f("ix_grid_contacts_county_grid_id"), table_name="grid_contacts")
    op.drop_table("grid_contacts")
    op.drop_index(op.f("ix_grids_county_village_code"), table_name="grids")
    op.drop_index(op.f("ix_grids_county_town_code"), table_name="grids")
    op.drop_index(op.f("ix_grids_county_site_id"), table_name="grids")
    op.drop_table("grids")
    op.drop_table("accounts")
    op.drop_index(op.f("ix_sites_county_path"), table_name="sites")
    op.drop_index(op.f("ix_sites_county_level"), table_name="sites")
    op.drop_table("sites")
    op.drop_index(op.f("ix_import_changes_county_table_name_row_id"), table_name="import_changes")
    op.drop_index(op.f("ix_import_changes_county_batch_id"), table_name="import_changes")
    op.drop_table("import_changes")
    op.drop_index(op.f("ix_audit_personal_county_person_id"), table_name="audit_personal")
    op.drop_index(op.f("ix_audit_personal_county_audit_id"), table_name="audit_personal")
    op.drop_table("audit_personal")
    op.drop_table("word_rules")
    op.drop_table("unplaced_points")
    op.drop_table("skills")
    op.drop_table("settings")
    op.drop_table("saved_mappings")
    op.drop_table("rule_sets")
    op.drop_table("revisions")
    op.drop_index(op.f("ix_persons_county_phone_tail"), table_name="persons")
    op.drop_index(op.f("ix_persons_county_phone_digest"), table_name="persons")
    op.drop_index(op.f("ix_persons_county_name"), table_name="persons")
    op.drop_index(op.f("ix_persons_county_initials"), table_name="persons")
    op.drop_index(op.f("ix_persons_county_id_number_digest"), table_name="persons")
    op.drop_table("persons")
    op.drop_index(op.f("ix_import_batches_county_at"), table_name="import_batches")
    op.drop_table("import_batches")
    op.drop_index(op.f("ix_divisions_county_level_name"), table_name="divisions")
    op.drop_table("divisions")
    op.drop_table("commands")
    op.drop_table("categories")
    op.drop_index(op.f("ix_audit_county_subject_subject_id"), table_name="audit")
    op.drop_index(op.f("ix_audit_county_batch_id"), table_name="audit")
    op.drop_index(op.f("ix_audit_county_at"), table_name="audit")
    op.drop_table("audit")
    op.drop_index(op.f("ix_access_log_county_at"), table_name="access_log")
    op.drop_index(op.f("ix_access_log_county_account_id"), table_name="access_log")
    op.drop_table("access_log")
