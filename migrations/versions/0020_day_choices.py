"""how people hear of their day: a calendar, a mail in the morning."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("calendar_hash", sa.String(length=64), nullable=True),
        sa.Column(
            "mail",
            sa.Enum("off", "workdays", "mondays", name="daymail", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("mailed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_day_choices_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_choices")),
        sa.UniqueConstraint("calendar_hash", name=op.f("uq_day_choices_calendar_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_day_choices_user_id")),
    )


def downgrade() -> None:
    op.drop_table("day_choices")
