"""onboarding."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "onboarding_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("tier", sa.String(length=60), nullable=False),
        sa.Column("stuck_days", sa.Integer(), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("archived_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["program_id"],
            ["programs.id"],
            name=op.f("fk_onboarding_templates_program_id_programs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_templates")),
    )
    with op.batch_alter_table("onboarding_templates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_onboarding_templates_program_id"), ["program_id"], unique=False)
        batch_op.create_index(
            "uq_onboarding_templates_in_force",
            ["program_id", "tier"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "partnerships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=60), nullable=False),
        sa.Column("account_manager_id", sa.Integer(), nullable=True),
        sa.Column("recruiter_id", sa.Integer(), nullable=True),
        sa.Column("promised", sa.Text(), nullable=False),
        sa.Column("handed_over_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("terms_id", sa.Integer(), nullable=True),
        sa.Column("terms_accepted_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("terms_address", sa.String(length=45), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_manager_id"],
            ["users.id"],
            name=op.f("fk_partnerships_account_manager_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_partnerships_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospects.id"], name=op.f("fk_partnerships_prospect_id_prospects"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recruiter_id"], ["users.id"], name=op.f("fk_partnerships_recruiter_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["program_terms.id"], name=op.f("fk_partnerships_terms_id_program_terms"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnerships")),
        sa.UniqueConstraint("prospect_id", name=op.f("uq_partnerships_prospect_id")),
    )
    with op.batch_alter_table("partnerships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partnerships_account_manager_id"), ["account_manager_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_partnerships_program_id"), ["program_id"], unique=False)

    op.create_table(
        "template_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "view_resource",
                "read_confirm",
                "answer_questions",
                "upload",
                "accept_terms",
                "book_call",
                "receive_code",
                "first_pilot",
                "training",
                "to_do",
                name="actionkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "owner",
            sa.Enum("partner", "account_manager", "staff", name="ownerside", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("depends_on_id", sa.Integer(), nullable=True),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.id"], name=op.f("fk_template_actions_assignee_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["depends_on_id"],
            ["template_actions.id"],
            name=op.f("fk_template_actions_depends_on_id_template_actions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["onboarding_templates.id"],
            name=op.f("fk_template_actions_template_id_onboarding_templates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_actions")),
    )
    with op.batch_alter_table("template_actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_template_actions_template_id"), ["template_id"], unique=False)

    op.create_table(
        "onboarding_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("template_name", sa.String(length=120), nullable=False),
        sa.Column("started_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stuck_days", sa.Integer(), nullable=False),
        sa.Column("progressed_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stuck_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stuck_told_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_onboarding_plans_partnership_id_partnerships"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_onboarding_plans_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["onboarding_templates.id"],
            name=op.f("fk_onboarding_plans_template_id_onboarding_templates"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_plans")),
        sa.UniqueConstraint("partnership_id", name=op.f("uq_onboarding_plans_partnership_id")),
    )
    with op.batch_alter_table("onboarding_plans", schema=None) as batch_op:
        batch_op.create_index(
            "ix_onboarding_plans_program_id_done_at", ["program_id", "done_at", "stuck_at"], unique=False
        )

    op.create_table(
        "partner_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_partner_people_partnership_id_partnerships"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_people")),
        sa.UniqueConstraint("partnership_id", "email", name=op.f("uq_partner_people_partnership_id_email")),
    )
    with op.batch_alter_table("partner_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_people_email"), ["email"], unique=False)

    op.create_table(
        "onboarding_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "view_resource",
                "read_confirm",
                "answer_questions",
                "upload",
                "accept_terms",
                "book_call",
                "receive_code",
                "first_pilot",
                "training",
                "to_do",
                name="actionkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "owner",
            sa.Enum("partner", "account_manager", "staff", name="ownerside", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("depends_on_id", sa.Integer(), nullable=True),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "waiting_for_approval",
                "action_required",
                "done",
                "skipped",
                name="actionstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("nudged_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.id"], name=op.f("fk_onboarding_actions_assignee_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["depends_on_id"],
            ["onboarding_actions.id"],
            name=op.f("fk_onboarding_actions_depends_on_id_onboarding_actions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["onboarding_plans.id"],
            name=op.f("fk_onboarding_actions_plan_id_onboarding_plans"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_onboarding_actions_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_actions")),
    )
    with op.batch_alter_table("onboarding_actions", schema=None) as batch_op:
        batch_op.create_index("ix_onboarding_actions_plan_id", ["plan_id", "position"], unique=False)
        batch_op.create_index("ix_onboarding_actions_program_id_state", ["program_id", "state", "due_at"], unique=False)

    op.create_table(
        "partner_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["partner_people.id"],
            name=op.f("fk_partner_links_person_id_partner_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_partner_links_token_hash")),
    )
    with op.batch_alter_table("partner_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_links_person_id"), ["person_id"], unique=False)

    op.create_table(
        "onboarding_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["onboarding_actions.id"],
            name=op.f("fk_onboarding_documents_action_id_onboarding_actions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["partner_people.id"],
            name=op.f("fk_onboarding_documents_person_id_partner_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_onboarding_documents_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_documents")),
        sa.UniqueConstraint("key", name=op.f("uq_onboarding_documents_key")),
    )
    with op.batch_alter_table("onboarding_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_onboarding_documents_action_id"), ["action_id"], unique=False)

    op.create_table(
        "plan_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "started",
                "handed_over",
                "submitted",
                "approved",
                "sent_back",
                "done",
                "skipped",
                "reopened",
                "code_given",
                "completed",
                "nudged",
                name="planeventkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["onboarding_actions.id"],
            name=op.f("fk_plan_events_action_id_onboarding_actions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["partner_people.id"],
            name=op.f("fk_plan_events_person_id_partner_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["onboarding_plans.id"],
            name=op.f("fk_plan_events_plan_id_onboarding_plans"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_plan_events_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_events")),
    )
    with op.batch_alter_table("plan_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_events_plan_id"), ["plan_id"], unique=False)

    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_activities_person_id_partner_people"),
            "partner_people",
            ["person_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_activities_person_id_partner_people"), type_="foreignkey")
        batch_op.drop_column("person_id")

    with op.batch_alter_table("plan_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_events_plan_id"))

    op.drop_table("plan_events")
    with op.batch_alter_table("onboarding_documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_onboarding_documents_action_id"))

    op.drop_table("onboarding_documents")
    with op.batch_alter_table("partner_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_links_person_id"))

    op.drop_table("partner_links")
    with op.batch_alter_table("onboarding_actions", schema=None) as batch_op:
        batch_op.drop_index("ix_onboarding_actions_program_id_state")
        batch_op.drop_index("ix_onboarding_actions_plan_id")

    op.drop_table("onboarding_actions")
    with op.batch_alter_table("partner_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_people_email"))

    op.drop_table("partner_people")
    with op.batch_alter_table("onboarding_plans", schema=None) as batch_op:
        batch_op.drop_index("ix_onboarding_plans_program_id_done_at")

    op.drop_table("onboarding_plans")
    with op.batch_alter_table("template_actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_template_actions_template_id"))

    op.drop_table("template_actions")
    with op.batch_alter_table("partnerships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partnerships_program_id"))
        batch_op.drop_index(batch_op.f("ix_partnerships_account_manager_id"))

    op.drop_table("partnerships")
    with op.batch_alter_table("onboarding_templates", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_onboarding_templates_in_force",
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_onboarding_templates_program_id"))

    op.drop_table("onboarding_templates")
