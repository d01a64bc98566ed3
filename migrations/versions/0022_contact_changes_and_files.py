"""contacts changed by hand and what takes it back; files kept with a prospect."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, app.db.UtcDateTime(timezone=True), nullable=nullable)


def _reference(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "contact_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=False),
        sa.Column(
            "deed",
            sa.Enum("added", "edited", "removed", name="contactdeed", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after_hash", sa.String(length=64), nullable=False),
        sa.Column("is_forgotten", sa.Boolean(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        _moment("at"),
        _moment("undone_at", nullable=True),
        _reference("contact_changes", "contact_id", "contacts", "CASCADE"),
        _reference("contact_changes", "prospect_id", "prospects", "CASCADE"),
        _reference("contact_changes", "by_user_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_changes")),
    )
    op.create_index("ix_contact_changes_contact_id", "contact_changes", ["contact_id", "id"])
    op.create_index("ix_contact_changes_prospect_id", "contact_changes", ["prospect_id"])
    op.create_table(
        "prospect_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        _moment("deleted_at", nullable=True),
        _reference("prospect_files", "prospect_id", "prospects", "CASCADE"),
        _reference("prospect_files", "added_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospect_files")),
        sa.UniqueConstraint("key", name=op.f("uq_prospect_files_key")),
    )
    op.create_index("ix_prospect_files_prospect_id", "prospect_files", ["prospect_id"])


def downgrade() -> None:
    op.drop_table("prospect_files")
    op.drop_table("contact_changes")
