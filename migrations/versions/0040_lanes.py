"""which programs a person has side by side, and which of their pipelines are folded there."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("board_habits", sa.Column("is_in_lanes", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("board_habits", sa.Column("folded_lanes", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("board_habits") as batch:
        batch.drop_column("folded_lanes")
        batch.drop_column("is_in_lanes")
