"""what a program sets for itself: colors and changes of tags, own reasons, stages' names."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, app.db.UtcDateTime(timezone=True), nullable=nullable)


def _reference(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _table(name: str, *columns: sa.Column | sa.Constraint) -> None:
    """Make a table of a program's, with its own number."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        *columns,
        _reference(name, "program_id", "programs", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def upgrade() -> None:
    op.add_column("tags", sa.Column("color", sa.String(length=8), nullable=False, server_default=""))
    op.add_column("programs", sa.Column("stage_names", sa.JSON(), nullable=False, server_default="{}"))
    _table(
        "tag_changes",
        sa.Column("deed", sa.Enum("deleted", "merged", name="tagdeed", native_enum=False, length=24), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("color", sa.String(length=8), nullable=False),
        sa.Column("prospect_ids", sa.JSON(), nullable=False),
        sa.Column("gained_ids", sa.JSON(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        _moment("at"),
        _moment("undone_at", nullable=True),
        _reference("tag_changes", "into_id", "tags", "SET NULL"),
        _reference("tag_changes", "by_user_id", "users", "SET NULL"),
    )
    op.create_index(op.f("ix_tag_changes_program_id"), "tag_changes", ["program_id"])
    op.create_index(op.f("ix_tag_changes_into_id"), "tag_changes", ["into_id"])
    kinds = sa.Enum("approve", "decline", "dormancy", name="reasonkind", native_enum=False, length=24)
    _table(
        "own_reasons",
        sa.Column("kind", kinds, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        _moment("retired_at", nullable=True),
        _reference("own_reasons", "created_by_id", "users", "SET NULL"),
        sa.UniqueConstraint("program_id", "code", name=op.f("uq_own_reasons_program_id_code")),
    )


def downgrade() -> None:
    for table in ("own_reasons", "tag_changes"):
        op.drop_table(table)
    with op.batch_alter_table("programs") as programs:
        programs.drop_column("stage_names")
    with op.batch_alter_table("tags") as tags:
        tags.drop_column("color")
