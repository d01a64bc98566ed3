"""what a person needs for each kind of work, where a program says otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programs", sa.Column("work_minutes", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("programs") as programs:
        programs.drop_column("work_minutes")
