"""the language each person works in, and the one that new people begin with."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("language", sa.String(length=8), nullable=False, server_default="en"))
    op.create_table(
        "workspace_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language_of_new_people", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_choices")),
    )


def downgrade() -> None:
    op.drop_table("workspace_choices")
    with op.batch_alter_table("users") as users:
        users.drop_column("language")
