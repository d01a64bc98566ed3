"""what of their own site a declined applicant is shown, and what to change for a program's own reason."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("applications", sa.Column("evidence", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("own_reasons", sa.Column("changes", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    for table, column in (("own_reasons", "changes"), ("applications", "evidence")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
