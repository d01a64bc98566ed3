"""watch."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opt_out_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "state", sa.Enum("waiting", "confirmed", name="optoutstate", native_enum=False, length=24), nullable=False
        ),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_out_requests")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_opt_out_requests_token_hash")),
    )
    with op.batch_alter_table("opt_out_requests", schema=None) as batch_op:
        batch_op.create_index("ix_opt_out_requests_domain_created_at", ["domain", "created_at"], unique=False)

    op.create_table(
        "site_watches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("due_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_site_watches_company_id_companies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_watches")),
        sa.UniqueConstraint("company_id", name=op.f("uq_site_watches_company_id")),
    )
    with op.batch_alter_table("site_watches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_watches_due_at"), ["due_at"], unique=False)

    op.create_table(
        "watch_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_watch_rules_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["users.id"], name=op.f("fk_watch_rules_set_by_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_rules")),
        sa.UniqueConstraint("program_id", name=op.f("uq_watch_rules_program_id")),
    )
    op.create_table(
        "site_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("page_added", "page_changed", "page_gone", name="changekind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.Column("removed_count", sa.Integer(), nullable=False),
        sa.Column("added_count", sa.Integer(), nullable=False),
        sa.Column("old_hash", sa.String(length=64), nullable=False),
        sa.Column("new_hash", sa.String(length=64), nullable=False),
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_site_changes_company_id_companies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["crawl_id"], ["crawls.id"], name=op.f("fk_site_changes_crawl_id_crawls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_changes")),
    )
    with op.batch_alter_table("site_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_changes_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_site_changes_company_id_at", ["company_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_changes_crawl_id"), ["crawl_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("site_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_changes_crawl_id"))
        batch_op.drop_index("ix_site_changes_company_id_at")
        batch_op.drop_index(batch_op.f("ix_site_changes_company_id"))

    op.drop_table("site_changes")
    op.drop_table("watch_rules")
    with op.batch_alter_table("site_watches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_watches_due_at"))

    op.drop_table("site_watches")
    with op.batch_alter_table("opt_out_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_opt_out_requests_domain_created_at")

    op.drop_table("opt_out_requests")
