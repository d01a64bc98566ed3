"""applications."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_application_drafts_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_drafts")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_application_drafts_token_hash")),
    )
    with op.batch_alter_table("application_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_drafts_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_drafts_program_id"), ["program_id"], unique=False)

    op.create_table(
        "form_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("text", "choice", "number", "url", "consent", name="questionkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("help", sa.String(length=500), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("shown_when_id", sa.Integer(), nullable=True),
        sa.Column("shown_when_answer", sa.String(length=200), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_form_questions_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shown_when_id"],
            ["form_questions.id"],
            name=op.f("fk_form_questions_shown_when_id_form_questions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_questions")),
    )
    with op.batch_alter_table("form_questions", schema=None) as batch_op:
        batch_op.create_index("ix_form_questions_program_id_position", ["program_id", "position"], unique=False)

    op.create_table(
        "program_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=63), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("opened_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("headline", sa.String(length=200), nullable=False),
        sa.Column("how_much", sa.String(length=200), nullable=False),
        sa.Column("how_often", sa.String(length=200), nullable=False),
        sa.Column("for_what", sa.String(length=200), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("tiers", sa.Text(), nullable=False),
        sa.Column("brand_color", sa.String(length=7), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("reapply_days", sa.Integer(), nullable=False),
        sa.Column("tried_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("updated_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_program_pages_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_pages")),
        sa.UniqueConstraint("program_id", name=op.f("uq_program_pages_program_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_program_pages_slug")),
    )
    op.create_table(
        "program_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_program_terms_created_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_program_terms_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_terms")),
        sa.UniqueConstraint("program_id", "version", name=op.f("uq_program_terms_program_id_version")),
    )
    with op.batch_alter_table("program_terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_program_terms_program_id"), ["program_id"], unique=False)

    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "unconfirmed",
                "submitted",
                "asked",
                "approved",
                "declined",
                "withdrawn",
                "replaced",
                name="applicationstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("company_name", sa.String(length=200), nullable=False),
        sa.Column("website", sa.String(length=2000), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("terms_accepted_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("terms_address", sa.String(length=45), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("was_known", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("reason_codes", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reapply_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_applications_decision_id_decisions"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_applications_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospects.id"], name=op.f("fk_applications_prospect_id_prospects"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["program_terms.id"], name=op.f("fk_applications_terms_id_program_terms"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("program_id", "submit_key", name=op.f("uq_applications_program_id_submit_key")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index(
            "ix_applications_open_prospect",
            ["prospect_id"],
            unique=False,
            sqlite_where=sa.text("state IN ('submitted', 'asked')"),
            postgresql_where=sa.text("state IN ('submitted', 'asked')"),
        )
        batch_op.create_index(batch_op.f("ix_applications_program_id"), ["program_id"], unique=False)
        batch_op.create_index("ix_applications_program_id_email", ["program_id", "email"], unique=False)
        batch_op.create_index("ix_applications_program_id_state", ["program_id", "state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_applications_prospect_id"), ["prospect_id"], unique=False)

    op.create_table(
        "application_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("text", "choice", "number", "url", "consent", name="questionkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_answers_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["form_questions.id"],
            name=op.f("fk_application_answers_question_id_form_questions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_answers")),
        sa.UniqueConstraint(
            "application_id", "question_id", name=op.f("uq_application_answers_application_id_question_id")
        ),
    )
    with op.batch_alter_table("application_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_answers_application_id"), ["application_id"], unique=False)

    op.create_table(
        "application_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "submitted",
                "confirmed",
                "amended",
                "asked",
                "answered",
                "approved",
                "declined",
                "withdrawn",
                "replaced",
                name="applicationeventkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_events_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_application_events_by_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_events")),
    )
    with op.batch_alter_table("application_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_events_application_id"), ["application_id"], unique=False)

    op.create_table(
        "application_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_links_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_application_links_token_hash")),
    )
    with op.batch_alter_table("application_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_links_application_id"), ["application_id"], unique=False)

    op.create_table(
        "application_references",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_references_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_references")),
        sa.UniqueConstraint(
            "application_id", "position", name=op.f("uq_application_references_application_id_position")
        ),
    )
    with op.batch_alter_table("application_references", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_references_application_id"), ["application_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("application_references", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_references_application_id"))

    op.drop_table("application_references")
    with op.batch_alter_table("application_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_links_application_id"))

    op.drop_table("application_links")
    with op.batch_alter_table("application_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_events_application_id"))

    op.drop_table("application_events")
    with op.batch_alter_table("application_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_answers_application_id"))

    op.drop_table("application_answers")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_applications_prospect_id"))
        batch_op.drop_index("ix_applications_program_id_state")
        batch_op.drop_index("ix_applications_program_id_email")
        batch_op.drop_index(batch_op.f("ix_applications_program_id"))
        batch_op.drop_index(
            "ix_applications_open_prospect",
            sqlite_where=sa.text("state IN ('submitted', 'asked')"),
            postgresql_where=sa.text("state IN ('submitted', 'asked')"),
        )

    op.drop_table("applications")
    with op.batch_alter_table("program_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_program_terms_program_id"))

    op.drop_table("program_terms")
    op.drop_table("program_pages")
    with op.batch_alter_table("form_questions", schema=None) as batch_op:
        batch_op.drop_index("ix_form_questions_program_id_position")

    op.drop_table("form_questions")
    with op.batch_alter_table("application_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_drafts_program_id"))
        batch_op.drop_index(batch_op.f("ix_application_drafts_expires_at"))

    op.drop_table("application_drafts")
