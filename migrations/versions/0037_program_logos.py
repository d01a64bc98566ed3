"""a program's logo: its key in the data folder and its size in pixels."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("program_pages", sa.Column("logo_key", sa.String(64), nullable=True))
    op.add_column("program_pages", sa.Column("logo_width", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("program_pages", sa.Column("logo_height", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_program_pages_logo_key", "program_pages", ["logo_key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_program_pages_logo_key", "program_pages")
    with op.batch_alter_table("program_pages") as pages:
        for name in ("logo_height", "logo_width", "logo_key"):
            pages.drop_column(name)
