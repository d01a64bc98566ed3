"""keep: goals with checkpoints and agreed changes, resources with versions and uses, reviews, cadence rules."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MOMENT = app.db.UtcDateTime(timezone=True)


def _by(table: str, column: str = "created_by_id") -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    """Return a column that names one of us, and its constraint."""
    name = op.f(f"fk_{table}_{column}_users")
    return sa.Column(column, sa.Integer(), nullable=True), sa.ForeignKeyConstraint(
        [column], ["users.id"], name=name, ondelete="SET NULL"
    )


def _of(table: str, column: str, other: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    """Return a column that names a row without which this one is nothing, and its constraint."""
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.Column(column, sa.Integer(), nullable=False), sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=name, ondelete="CASCADE"
    )


def _id(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def upgrade() -> None:
    _goals()
    _resources()
    _reviews()
    op.create_table(
        "cadence_rules",
        *_id("cadence_rules"),
        *_of("cadence_rules", "program_id", "programs"),
        sa.Column("tier", sa.String(length=60), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        *_by("cadence_rules"),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
    )
    op.create_index(op.f("ix_cadence_rules_program_id"), "cadence_rules", ["program_id"])
    op.create_index(
        "uq_cadence_rules_in_force",
        "cadence_rules",
        ["program_id", "tier"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _goals() -> None:
    op.create_table(
        "goals",
        *_id("goals"),
        *_of("goals", "program_id", "programs"),
        *_of("goals", "partnership_id", "partnerships"),
        sa.Column("kpi", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("baseline", sa.Double(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("target", sa.Double(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_by("goals"),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
    )
    op.create_index(op.f("ix_goals_program_id"), "goals", ["program_id"])
    op.create_index(op.f("ix_goals_partnership_id"), "goals", ["partnership_id"])
    op.create_table(
        "goal_checkpoints",
        *_id("goal_checkpoints"),
        *_of("goal_checkpoints", "goal_id", "goals"),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_by("goal_checkpoints", "user_id"),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["partner_people.id"],
            name=op.f("fk_goal_checkpoints_person_id_partner_people"),
            ondelete="SET NULL",
        ),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("removed_at", _MOMENT, nullable=True),
    )
    op.create_index(op.f("ix_goal_checkpoints_goal_id"), "goal_checkpoints", ["goal_id"])
    op.create_table(
        "goal_changes",
        *_id("goal_changes"),
        *_of("goal_changes", "goal_id", "goals"),
        sa.Column("old_target", sa.Double(), nullable=False),
        sa.Column("new_target", sa.Double(), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        *_by("goal_changes", "user_id"),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index(op.f("ix_goal_changes_goal_id"), "goal_changes", ["goal_id"])


def _resources() -> None:
    op.create_table(
        "resources",
        *_id("resources"),
        *_of("resources", "program_id", "programs"),
        sa.Column(
            "kind",
            sa.Enum(
                "guide",
                "text",
                "banner",
                "logo",
                "prices",
                "presentation",
                "video",
                "other",
                name="resourcekind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("tiers", sa.JSON(), nullable=False),
        *_by("resources"),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("archived_at", _MOMENT, nullable=True),
    )
    op.create_index(op.f("ix_resources_program_id"), "resources", ["program_id"])
    op.create_table(
        "resource_versions",
        *_id("resource_versions"),
        *_of("resource_versions", "resource_id", "resources"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        *_by("resource_versions"),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("key", name=op.f("uq_resource_versions_key")),
        sa.UniqueConstraint("resource_id", "number", name=op.f("uq_resource_versions_resource_id_number")),
    )
    op.create_table(
        "resource_uses",
        *_id("resource_uses"),
        *_of("resource_uses", "version_id", "resource_versions"),
        *_of("resource_uses", "partnership_id", "partnerships"),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("first_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("version_id", "partnership_id", name=op.f("uq_resource_uses_version_id_partnership_id")),
    )
    op.create_index(op.f("ix_resource_uses_partnership_id"), "resource_uses", ["partnership_id"])


def _reviews() -> None:
    op.create_table(
        "business_reviews",
        *_id("business_reviews"),
        *_of("business_reviews", "program_id", "programs"),
        *_of("business_reviews", "partnership_id", "partnerships"),
        sa.Column(
            "rhythm", sa.Enum("monthly", "quarterly", name="rhythm", native_enum=False, length=24), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum("planned", "finished", "called_off", name="reviewstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("agenda", sa.JSON(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("decisions", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("shared_at", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_by("business_reviews"),
        sa.Column("created_at", _MOMENT, nullable=False),
        *_by("business_reviews", "finished_by_id"),
        sa.Column("finished_at", _MOMENT, nullable=True),
    )
    op.create_index(op.f("ix_business_reviews_partnership_id"), "business_reviews", ["partnership_id"])
    op.create_index("ix_business_reviews_program_id_state", "business_reviews", ["program_id", "state", "held_on"])
    op.create_index(
        "uq_business_reviews_planned",
        "business_reviews",
        ["partnership_id"],
        unique=True,
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )


def downgrade() -> None:
    for table in (
        "cadence_rules",
        "business_reviews",
        "resource_uses",
        "resource_versions",
        "resources",
        "goal_changes",
        "goal_checkpoints",
        "goals",
    ):
        op.drop_table(table)
