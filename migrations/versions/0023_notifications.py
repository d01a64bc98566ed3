"""what people are told, how they want to be told, and how far their tour is."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KINDS = ("mention", "assigned", "reply", "application", "task_due", "stuck", "sender_paused", "bulk_ended")
THINGS = ("prospect", "task", "application", "partner", "mail", "sender", "bulk")


def _kind() -> sa.Enum:
    return sa.Enum(*KINDS, name="notificationkind", native_enum=False, length=24)


def _way() -> sa.Enum:
    return sa.Enum("app", "mail", "digest", "off", name="notificationway", native_enum=False, length=24)


def _reference(table: str, column: str, other: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    table = "notifications"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("thing", sa.Enum(*THINGS, name="thing", native_enum=False, length=24), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("folded_into_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=120), nullable=True),
        sa.Column("way", _way(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        _reference(table, "user_id", "users"),
        _reference(table, "program_id", "programs"),
        _reference(table, "prospect_id", "prospects"),
        _reference(table, "activity_id", "activities"),
        _reference(table, "task_id", "tasks"),
        _reference(table, "folded_into_id", "notifications"),
        _reference(table, "actor_id", "users", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "origin", name=op.f("uq_notifications_user_id_origin")),
    )
    for column in ("program_id", "prospect_id", "activity_id", "task_id", "folded_into_id", "at"):
        op.create_index(op.f(f"ix_notifications_{column}"), table, [column])
    op.create_index("ix_notifications_user_id_read_at", table, ["user_id", "read_at"])
    op.create_table(
        "notification_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("way", _way(), nullable=False),
        _reference("notification_choices", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_choices")),
        sa.UniqueConstraint("user_id", "kind", name=op.f("uq_notification_choices_user_id_kind")),
    )
    op.create_table(
        "tours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        _reference("tours", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tours")),
        sa.UniqueConstraint("user_id", name=op.f("uq_tours_user_id")),
    )


def downgrade() -> None:
    op.drop_table("tours")
    op.drop_table("notification_choices")
    op.drop_table("notifications")
