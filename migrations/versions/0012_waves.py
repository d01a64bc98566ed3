"""migration waves."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATUSES = ("planned", "invited", "opened", "accepted", "moved", "refused", "lost")


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, app.db.UtcDateTime(timezone=True), nullable=nullable)


def _choice(name: str, kind: str, *values: str) -> sa.Column:
    return sa.Column(name, sa.Enum(*values, name=kind, native_enum=False, length=24), nullable=False)


def _reference(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "migration_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=60), nullable=False),
        _choice("basis", "valuebasis", "revenue", "leads"),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        _choice("order", "waveorder", "highest_first", "evenly"),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("incentive", sa.Text(), nullable=False),
        sa.Column("incentive_days", sa.Integer(), nullable=False),
        sa.Column("remind_days", sa.Integer(), nullable=False),
        sa.Column("stuck_days", sa.Integer(), nullable=False),
        _moment("updated_at"),
        _reference("migration_plans", "program_id", "programs", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_plans")),
        sa.UniqueConstraint("program_id", name=op.f("uq_migration_plans_program_id")),
    )
    op.create_table(
        "waves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("incentive", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        _moment("sent_at", nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        _reference("waves", "program_id", "programs", "CASCADE"),
        _reference("waves", "sent_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waves")),
        sa.UniqueConstraint("program_id", "number", name=op.f("uq_waves_program_id_number")),
    )
    op.create_index(op.f("ix_waves_program_id"), "waves", ["program_id"])
    op.create_table(
        "wave_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=24), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        _moment("entered_at", nullable=True),
        _reference("wave_imports", "batch_id", "import_batches", "CASCADE"),
        _reference("wave_imports", "program_id", "programs", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_imports")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_wave_imports_batch_id")),
    )
    op.create_index(op.f("ix_wave_imports_program_id"), "wave_imports", ["program_id"])
    _create_partners()
    op.create_table(
        "wave_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        _reference("wave_links", "partner_id", "wave_partners", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_wave_links_token_hash")),
    )
    op.create_index(op.f("ix_wave_links_partner_id"), "wave_links", ["partner_id"])
    op.create_table(
        "wave_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        _choice("source", "wavesource", "hand", "file", "mail", "partner", "onboarding", "planning", "undo"),
        _choice("from_status", "wavestatus", *STATUSES),
        _choice("to_status", "wavestatus", *STATUSES),
        sa.Column("from_wave_id", sa.Integer(), nullable=True),
        sa.Column("to_wave_id", sa.Integer(), nullable=True),
        sa.Column("stage_change_id", sa.Integer(), nullable=True),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        _moment("at"),
        _moment("undone_at", nullable=True),
        _reference("wave_events", "by_user_id", "users", "SET NULL"),
        _reference("wave_events", "from_wave_id", "waves", "SET NULL"),
        _reference("wave_events", "partner_id", "wave_partners", "CASCADE"),
        _reference("wave_events", "stage_change_id", "stage_changes", "SET NULL"),
        _reference("wave_events", "to_wave_id", "waves", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_events")),
    )
    op.create_index(op.f("ix_wave_events_partner_id"), "wave_events", ["partner_id"])
    op.create_index(op.f("ix_wave_events_act"), "wave_events", ["act"])


def _create_partners() -> None:
    op.create_table(
        "wave_partners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("revenue_cents", sa.BigInteger(), nullable=True),
        sa.Column("leads", sa.Integer(), nullable=True),
        _choice("status", "wavestatus", *STATUSES),
        _moment("status_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("invited_at", nullable=True),
        sa.Column("incentive_until", sa.Date(), nullable=True),
        _moment("reminded_at", nullable=True),
        _moment("opened_at", nullable=True),
        _moment("accepted_at", nullable=True),
        _moment("created_at"),
        _reference("wave_partners", "batch_id", "import_batches", "SET NULL"),
        _reference("wave_partners", "contact_id", "contacts", "SET NULL"),
        _reference("wave_partners", "program_id", "programs", "CASCADE"),
        _reference("wave_partners", "prospect_id", "prospects", "CASCADE"),
        _reference("wave_partners", "wave_id", "waves", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_partners")),
        sa.UniqueConstraint("prospect_id", name=op.f("uq_wave_partners_prospect_id")),
    )
    for column in ("program_id", "contact_id", "wave_id", "batch_id"):
        op.create_index(op.f(f"ix_wave_partners_{column}"), "wave_partners", [column])
    op.create_index("ix_wave_partners_program_id_status", "wave_partners", ["program_id", "status"])
    op.create_index("ix_wave_partners_program_id_external_id", "wave_partners", ["program_id", "external_id"])


def downgrade() -> None:
    for table in ("wave_events", "wave_links", "wave_partners", "wave_imports", "waves", "migration_plans"):
        op.drop_table(table)
