"""rules that give prospects to people, and what each gave."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def _reference(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, app.db.UtcDateTime(timezone=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "assignment_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("way", sa.Enum("turn", "least", name="shareway", native_enum=False, length=24), nullable=False),
        sa.Column("last_given_to_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        _reference("assignment_rules", "program_id", "programs", "CASCADE"),
        _reference("assignment_rules", "last_given_to_id", "users", "SET NULL"),
        _reference("assignment_rules", "created_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rules")),
    )
    op.create_index("ix_assignment_rules_program_id_position", "assignment_rules", ["program_id", "position"])
    op.create_table(
        "rule_assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("rule_name", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        _moment("at"),
        _reference("rule_assignments", "prospect_id", "prospects", "CASCADE"),
        _reference("rule_assignments", "rule_id", "assignment_rules", "SET NULL"),
        _reference("rule_assignments", "owner_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_assignments")),
    )
    op.create_index("ix_rule_assignments_prospect_id", "rule_assignments", ["prospect_id"])
    op.create_index("ix_rule_assignments_rule_id_at", "rule_assignments", ["rule_id", "at"])


def downgrade() -> None:
    op.drop_table("rule_assignments")
    op.drop_table("assignment_rules")
