"""which prospect stands for one that a merge took out."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _reference(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "merged_prospects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=False),
        _reference("merged_prospects", "merge_id", "merges", "CASCADE"),
        _reference("merged_prospects", "prospect_id", "prospects", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_prospects")),
    )
    op.create_index("ix_merged_prospects_merge_id", "merged_prospects", ["merge_id"])
    op.create_index("ix_merged_prospects_gone_id", "merged_prospects", ["gone_id"])
    op.create_index("ix_merged_prospects_prospect_id", "merged_prospects", ["prospect_id"])


def downgrade() -> None:
    op.drop_table("merged_prospects")
