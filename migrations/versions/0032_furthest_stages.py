"""how far each prospect ever came, so that the funnel counts rows of one table instead of reading every move."""

import sqlalchemy as sa
from alembic import op

from app.models.columns import by_value
from app.models.stage import Stage

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_BOARD = (
    "sourced",
    "qualified",
    "contacted",
    "engaged",
    "applied",
    "in_review",
    "approved",
    "onboarding",
    "active",
)


def upgrade() -> None:
    op.add_column("prospects", sa.Column("furthest", by_value(Stage), nullable=False, server_default="sourced"))
    order = " ".join(f"WHEN '{stage}' THEN {number}" for number, stage in enumerate(_BOARD))
    stages = " ".join(f"WHEN {number} THEN '{stage}'" for number, stage in enumerate(_BOARD))
    # Moves that were taken back do not count; a prospect of which no move is known counts for where it stands.
    op.execute(
        f"""
        UPDATE prospects SET furthest = CASE coalesce(
            (SELECT max(CASE moved.to_stage {order} ELSE 0 END) FROM stage_changes AS moved
             WHERE moved.prospect_id = prospects.id AND moved.from_stage IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM stage_changes AS undone WHERE undone.undoes_id = moved.id)),
            CASE prospects.stage {order} ELSE 0 END
        ) {stages} ELSE 'sourced' END
        """  # noqa: S608 - the words are ours
    )
    op.create_index(
        "ix_prospects_funnel", "prospects", ["program_id", "created_at", "furthest", "source", "owner_id", "company_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_prospects_funnel", table_name="prospects")
    with op.batch_alter_table("prospects") as prospects:
        prospects.drop_column("furthest")
