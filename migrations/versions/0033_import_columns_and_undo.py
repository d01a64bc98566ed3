"""what a person said a file's columns mean and do, remembered; and what an import wrote, so that it can be taken back."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def _reference(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    with op.batch_alter_table("import_batches") as batches:
        batches.add_column(sa.Column("rules", sa.JSON(), nullable=False, server_default="{}"))
        batches.add_column(sa.Column("columns_from", sa.String(length=255), nullable=False, server_default=""))
        batches.add_column(sa.Column("undo", sa.JSON(), nullable=False, server_default="{}"))
        batches.add_column(sa.Column("undone_by_id", sa.Integer(), nullable=True))
        batches.create_foreign_key(
            op.f("fk_import_batches_undone_by_id_users"), "users", ["undone_by_id"], ["id"], ondelete="SET NULL"
        )
    op.create_table(
        "import_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        _reference("import_changes", "batch_id", "import_batches", "CASCADE"),
        _reference("import_changes", "company_id", "companies", "CASCADE"),
        _reference("import_changes", "prospect_id", "prospects", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_changes")),
    )
    op.create_index("ix_import_changes_batch_id", "import_changes", ["batch_id", "id"])
    op.create_index(op.f("ix_import_changes_company_id"), "import_changes", ["company_id"])
    op.create_index(op.f("ix_import_changes_prospect_id"), "import_changes", ["prospect_id"])
    op.create_table(
        "import_presets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("headings", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", app.db.UtcDateTime(timezone=True), nullable=False),
        _reference("import_presets", "program_id", "programs", "CASCADE"),
        _reference("import_presets", "saved_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_presets")),
        sa.UniqueConstraint("program_id", "headings", name=op.f("uq_import_presets_program_id_headings")),
    )
    op.create_index(op.f("ix_import_presets_program_id"), "import_presets", ["program_id"])


def downgrade() -> None:
    op.drop_table("import_presets")
    op.drop_table("import_changes")
    with op.batch_alter_table("import_batches") as batches:
        batches.drop_constraint(op.f("fk_import_batches_undone_by_id_users"), type_="foreignkey")
        for column in ("undone_by_id", "undo", "columns_from", "rules"):
            batches.drop_column(column)
