"""reports by mail; the table's order by owner."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def _reference(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "report_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(length=20), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Enum("weekly", "monthly", name="rhythm", native_enum=False, length=24), nullable=False),
        sa.Column("posted_for", sa.String(length=10), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        _reference("report_mails", "user_id", "users", "CASCADE"),
        _reference("report_mails", "program_id", "programs", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mails")),
        sa.UniqueConstraint("user_id", "program_id", "report", name=op.f("uq_report_mails_user_id_program_id_report")),
    )
    op.create_index("ix_report_mails_program_id", "report_mails", ["program_id"])
    op.create_table(
        "notice_parts",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        _reference("notice_parts", "notice_id", "notices", "CASCADE"),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice_parts")),
    )
    op.create_index("ix_prospects_table_owner", "prospects", ["program_id", "owner_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_prospects_table_owner", "prospects")
    op.drop_table("notice_parts")
    op.drop_table("report_mails")
