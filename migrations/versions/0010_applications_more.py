"""applications: languages, files, references asked by mail, second opinions, rules, sites that embed the form."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("min_score", sa.Double(), nullable=False),
        sa.Column("blocked_by", sa.String(length=8), nullable=False),
        sa.Column("dry_run", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_review_rules_created_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_review_rules_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rules")),
    )
    op.create_index(op.f("ix_review_rules_program_id"), "review_rules", ["program_id"])
    op.create_table(
        "second_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("colleague_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "leaning",
            sa.Enum("approve", "decline", "unsure", name="leaning", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_second_opinions_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_second_opinions_asked_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["colleague_id"], ["users.id"], name=op.f("fk_second_opinions_colleague_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_opinions")),
    )
    op.create_index(op.f("ix_second_opinions_application_id"), "second_opinions", ["application_id"])
    op.create_table(
        "application_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("stored_name", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_files_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_application_files_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["form_questions.id"],
            name=op.f("fk_application_files_question_id_form_questions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_files")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_application_files_key_hash")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_application_files_stored_name")),
    )
    op.create_index(op.f("ix_application_files_application_id"), "application_files", ["application_id"])
    op.create_index(op.f("ix_application_files_program_id"), "application_files", ["program_id"])
    op.add_column("applications", sa.Column("language", sa.String(length=8), nullable=False, server_default="en"))
    op.add_column("program_pages", sa.Column("embed_sites", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("application_events") as batch:
        batch.add_column(sa.Column("rule_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_application_events_rule_id_review_rules"),
            "review_rules",
            ["rule_id"],
            ["id"],
            ondelete="SET NULL",
        )
    with op.batch_alter_table("application_references") as batch:
        batch.add_column(sa.Column("token_hash", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("asked_at", app.db.UtcDateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("expires_at", app.db.UtcDateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("answered_at", app.db.UtcDateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("again", sa.String(length=24), nullable=False, server_default=""))
        batch.add_column(sa.Column("known_how", sa.String(length=200), nullable=False, server_default=""))
        batch.add_column(sa.Column("words", sa.Text(), nullable=False, server_default=""))
        batch.create_unique_constraint(batch.f("uq_application_references_token_hash"), ["token_hash"])


def downgrade() -> None:
    with op.batch_alter_table("application_references") as batch:
        batch.drop_constraint(batch.f("uq_application_references_token_hash"), type_="unique")
        for name in ("words", "known_how", "again", "answered_at", "expires_at", "asked_at", "token_hash"):
            batch.drop_column(name)
    with op.batch_alter_table("application_events") as batch:
        batch.drop_constraint(batch.f("fk_application_events_rule_id_review_rules"), type_="foreignkey")
        batch.drop_column("rule_id")
    op.drop_column("program_pages", "embed_sites")
    op.drop_column("applications", "language")
    op.drop_table("application_files")
    op.drop_table("second_opinions")
    op.drop_table("review_rules")
