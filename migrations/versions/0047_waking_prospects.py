"""whose dormant prospects wake up when: a day reads the few that do, not all that its person owns."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_WAKES = sa.text("wake_up_on IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_prospects_waking",
        "prospects",
        ["owner_id", "wake_up_on", "id"],
        sqlite_where=_WAKES,
        postgresql_where=_WAKES,
    )


def downgrade() -> None:
    op.drop_index("ix_prospects_waking", "prospects")
