"""an index for whether an address or a domain asked not to be mailed, which every card says."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_suppressions_value", "suppressions", ["value", "reason"])


def downgrade() -> None:
    op.drop_index("ix_suppressions_value", table_name="suppressions")
