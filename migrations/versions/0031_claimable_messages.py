"""messages by the time at which they may leave, so that a worker finds the next ones without sorting all that are due."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_CLAIMABLE = sa.text("state IN ('planned', 'retry_wait')")


def upgrade() -> None:
    op.create_index(
        "ix_messages_claimable",
        "messages",
        ["not_before_at", "id"],
        sqlite_where=_CLAIMABLE,
        postgresql_where=_CLAIMABLE,
    )


def downgrade() -> None:
    op.drop_index("ix_messages_claimable", table_name="messages")
