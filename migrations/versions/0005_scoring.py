"""scoring."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company_digests",
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(length=120), nullable=False),
        sa.Column("passage_count", sa.Integer(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("term_counts", sa.LargeBinary(), nullable=False),
        sa.Column("mean", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_company_digests_company_id_companies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_company_digests")),
    )
    op.create_table(
        "backtests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("weekly_mails", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "running", "done", "failed", name="backteststate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_until", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("embedding_model", sa.String(length=120), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("head", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["fit_profiles.id"], name=op.f("fk_backtests_profile_id_fit_profiles"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_backtests_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_backtests_requested_by_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backtests")),
    )
    with op.batch_alter_table("backtests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_backtests_program_id"), ["program_id"], unique=False)
        batch_op.create_index("ix_backtests_program_id_id", ["program_id", "id"], unique=False)
        batch_op.create_index("ix_backtests_state", ["state"], unique=False)

    op.create_table(
        "adoptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("backtest_id", sa.Integer(), nullable=True),
        sa.Column("embedding_model", sa.String(length=120), nullable=False),
        sa.Column("head", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("adopted_by_id", sa.Integer(), nullable=True),
        sa.Column("adopted_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["adopted_by_id"], ["users.id"], name=op.f("fk_adoptions_adopted_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["backtest_id"], ["backtests.id"], name=op.f("fk_adoptions_backtest_id_backtests"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_adoptions_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["users.id"], name=op.f("fk_adoptions_withdrawn_by_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoptions")),
    )
    with op.batch_alter_table("adoptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adoptions_program_id"), ["program_id"], unique=False)
        batch_op.create_index(
            "uq_adoptions_in_force",
            ["program_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "fit_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("adoption_id", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("embedding_model", sa.String(length=120), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["adoption_id"], ["adoptions.id"], name=op.f("fk_fit_rules_adoption_id_adoptions"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["fit_profiles.id"], name=op.f("fk_fit_rules_profile_id_fit_profiles"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_fit_rules_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit_rules")),
        sa.UniqueConstraint("program_id", "basis", name=op.f("uq_fit_rules_program_id_basis")),
    )
    with op.batch_alter_table("fit_rules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fit_rules_profile_id"), ["profile_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fit_rules_program_id"), ["program_id"], unique=False)

    op.create_table(
        "decision_evidence",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("rules_id", sa.Integer(), nullable=True),
        sa.Column("evidence_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_decision_evidence_company_id_companies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_decision_evidence_decision_id_decisions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["fit_rules.id"], name=op.f("fk_decision_evidence_rules_id_fit_rules"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision_evidence")),
    )
    with op.batch_alter_table("decision_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_evidence_company_id"), ["company_id"], unique=False)

    op.add_column("fit_scores", sa.Column("evidence_hash", sa.String(length=64), nullable=False, server_default=""))
    # Without a foreign key: SQLite adds one only by copying the table, which would empty the column of every decision
    # that points at its rows. Rules are deleted with their program alone, and so are its scores.
    op.add_column("fit_scores", sa.Column("rules_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_fit_scores_rules_id"), "fit_scores", ["rules_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_fit_scores_rules_id"), table_name="fit_scores")
    op.drop_column("fit_scores", "rules_id")
    op.drop_column("fit_scores", "evidence_hash")

    with op.batch_alter_table("decision_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_evidence_company_id"))

    op.drop_table("decision_evidence")
    with op.batch_alter_table("fit_rules", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fit_rules_program_id"))
        batch_op.drop_index(batch_op.f("ix_fit_rules_profile_id"))

    op.drop_table("fit_rules")
    with op.batch_alter_table("adoptions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_adoptions_in_force",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_adoptions_program_id"))

    op.drop_table("adoptions")
    with op.batch_alter_table("backtests", schema=None) as batch_op:
        batch_op.drop_index("ix_backtests_state")
        batch_op.drop_index("ix_backtests_program_id_id")
        batch_op.drop_index(batch_op.f("ix_backtests_program_id"))

    op.drop_table("backtests")
    op.drop_table("company_digests")
