"""how many days a program leaves between mails to one person before somebody is put into a sequence again."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programs", sa.Column("quiet_days", sa.Integer(), nullable=False, server_default="30"))


def downgrade() -> None:
    with op.batch_alter_table("programs") as programs:
        programs.drop_column("quiet_days")
