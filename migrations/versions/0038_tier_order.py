"""a table of prospects in the order of their tiers"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_partnerships_tier", "partnerships", ["program_id", "tier", "prospect_id"])


def downgrade() -> None:
    op.drop_index("ix_partnerships_tier", "partnerships")
