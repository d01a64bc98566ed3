"""days that a program keeps free or works, whatever the public holidays say."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programs", sa.Column("own_days", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("programs") as programs:
        programs.drop_column("own_days")
