"""what people put off in their day, who stands still the longest, and versions of tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_INDEX = "ix_prospects_owner_age"


def upgrade() -> None:
    op.create_table(
        "day_snoozes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_day_snoozes_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_snoozes")),
        sa.UniqueConstraint("user_id", "kind", "row_id", name=op.f("uq_day_snoozes_user_id_kind_row_id")),
    )
    op.create_index(_INDEX, "prospects", ["owner_id", "stage_since_at", "id", "stage", "program_id", "company_id"])
    op.add_column("tasks", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("tasks") as batch:
        batch.drop_column("version")
    op.drop_index(_INDEX, table_name="prospects")
    op.drop_table("day_snoozes")
