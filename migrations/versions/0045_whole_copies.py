"""copies of everything that were asked for or sent by screen."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_MOMENT = app.db.UtcDateTime(timezone=True)
_STATES = ("waiting", "working", "ready", "done", "gone", "failed")


def upgrade() -> None:
    op.create_table(
        "whole_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("export", "import", name="copykind", native_enum=False, length=24), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="copystate", native_enum=False, length=24), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("rows_all", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_whole_copies_created_by_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whole_copies")),
        sa.UniqueConstraint("key", name=op.f("uq_whole_copies_key")),
    )
    op.create_index("ix_whole_copies_state", "whole_copies", ["state"])


def downgrade() -> None:
    op.drop_table("whole_copies")
