"""languages of partners, where a step of a plan came from and what updates changed in it, who wants no broadcasts."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# A step is the copy of the action of its plan's template that has its kind and title.
_SAME = """
SELECT MIN(template_actions.origin) FROM template_actions
JOIN onboarding_plans ON onboarding_plans.template_id = template_actions.template_id
WHERE onboarding_plans.id = onboarding_actions.plan_id
AND template_actions.kind = onboarding_actions.kind AND template_actions.title = onboarding_actions.title
"""


def upgrade() -> None:
    op.add_column("partner_people", sa.Column("language", sa.String(length=8), nullable=False, server_default=""))
    op.add_column("notices", sa.Column("unsubscribe_url", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("template_actions", sa.Column("origin", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("onboarding_actions", sa.Column("origin", sa.String(length=16), nullable=False, server_default=""))
    op.execute("UPDATE template_actions SET origin = 'a' || id")
    op.execute(f"UPDATE onboarding_actions SET origin = COALESCE(({_SAME}), '')")  # noqa: S608 - a text of ours
    op.create_table(
        "plan_updates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_plan_updates_by_user_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["onboarding_plans.id"],
            name=op.f("fk_plan_updates_plan_id_onboarding_plans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_updates")),
    )
    op.create_index(op.f("ix_plan_updates_act"), "plan_updates", ["act"])
    op.create_index(op.f("ix_plan_updates_plan_id"), "plan_updates", ["plan_id"])
    op.create_table(
        "broadcast_opt_outs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_broadcast_opt_outs_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_opt_outs")),
        sa.UniqueConstraint("program_id", "key", name=op.f("uq_broadcast_opt_outs_program_id_key")),
    )


def downgrade() -> None:
    op.drop_table("broadcast_opt_outs")
    op.drop_index(op.f("ix_plan_updates_plan_id"), table_name="plan_updates")
    op.drop_index(op.f("ix_plan_updates_act"), table_name="plan_updates")
    op.drop_table("plan_updates")
    op.drop_column("onboarding_actions", "origin")
    op.drop_column("template_actions", "origin")
    op.drop_column("notices", "unsubscribe_url")
    op.drop_column("partner_people", "language")
