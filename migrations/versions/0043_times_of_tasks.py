"""times of day on tasks, and the time zone each person reads them in."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("is_timed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("time_zone", sa.String(64), nullable=False, server_default="UTC"))


def downgrade() -> None:
    for table, column in (("users", "time_zone"), ("tasks", "is_timed")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
