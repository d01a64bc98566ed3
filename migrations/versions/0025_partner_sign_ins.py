"""when somebody of a partner last signed in with their password."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("last_sign_in_at", app.db.UtcDateTime(timezone=True), nullable=True)
    op.add_column("partner_passwords", column)


def downgrade() -> None:
    op.drop_column("partner_passwords", "last_sign_in_at")
