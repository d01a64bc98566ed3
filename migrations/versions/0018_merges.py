"""duplicates and merges of companies."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, app.db.UtcDateTime(timezone=True), nullable=nullable)


def _reference(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "duplicate_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        _moment("found_at"),
        _moment("dismissed_at", nullable=True),
        sa.Column("dismissed_by_id", sa.Integer(), nullable=True),
        _reference("duplicate_pairs", "first_id", "companies", "CASCADE"),
        _reference("duplicate_pairs", "second_id", "companies", "CASCADE"),
        _reference("duplicate_pairs", "dismissed_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pairs")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_duplicate_pairs_first_id_second_id")),
    )
    op.create_index("ix_duplicate_pairs_second_id", "duplicate_pairs", ["second_id"])
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("gone_name", sa.String(length=200), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        _moment("at"),
        _moment("undone_at", nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        _reference("merges", "program_id", "programs", "CASCADE"),
        _reference("merges", "kept_id", "companies", "CASCADE"),
        _reference("merges", "gone_id", "companies", "CASCADE"),
        _reference("merges", "by_user_id", "users", "SET NULL"),
        _reference("merges", "undone_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_program_id"), "merges", ["program_id"])
    op.create_index("ix_merges_gone_id", "merges", ["gone_id"])
    op.create_index("ix_merges_kept_id", "merges", ["kept_id"])
    op.create_table(
        "merge_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        _reference("merge_steps", "merge_id", "merges", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_steps")),
    )
    op.create_index(op.f("ix_merge_steps_merge_id"), "merge_steps", ["merge_id"])


def downgrade() -> None:
    op.drop_table("merge_steps")
    op.drop_table("merges")
    op.drop_table("duplicate_pairs")
