"""discover."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "competitors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["users.id"], name=op.f("fk_competitors_added_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_competitors_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competitors")),
        sa.UniqueConstraint("program_id", "domain", name=op.f("uq_competitors_program_id_domain")),
    )
    with op.batch_alter_table("competitors", schema=None) as batch_op:
        batch_op.create_index("ix_competitors_domain", ["domain"], unique=False)
        batch_op.create_index(batch_op.f("ix_competitors_program_id"), ["program_id"], unique=False)

    op.create_table(
        "discoveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "reading", "found", "failed", "canceled", name="discoverystate", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("requested_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_until", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("pages_read", sa.Integer(), nullable=False),
        sa.Column("pages_planned", sa.Integer(), nullable=False),
        sa.Column("found_count", sa.Integer(), nullable=False),
        sa.Column("receipts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_discoveries_created_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_discoveries_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discoveries")),
    )
    with op.batch_alter_table("discoveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discoveries_program_id"), ["program_id"], unique=False)
        batch_op.create_index("ix_discoveries_state", ["state", "requested_at"], unique=False)

    op.create_table(
        "discovery_candidates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("discovery_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("found_on", sa.String(length=2000), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("skipped", sa.String(length=200), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=True),
        sa.Column("is_added", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discovery_id"],
            ["discoveries.id"],
            name=op.f("fk_discovery_candidates_discovery_id_discoveries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"],
            ["prospects.id"],
            name=op.f("fk_discovery_candidates_prospect_id_prospects"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discovery_candidates")),
        sa.UniqueConstraint("discovery_id", "domain", name=op.f("uq_discovery_candidates_discovery_id_domain")),
    )
    with op.batch_alter_table("discovery_candidates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discovery_candidates_prospect_id"), ["prospect_id"], unique=False)

    op.create_table(
        "page_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("target_domain", sa.String(length=253), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_page_links_company_id_companies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_links_page_id_pages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_links")),
        sa.UniqueConstraint("company_id", "target_domain", name=op.f("uq_page_links_company_id_target_domain")),
    )
    with op.batch_alter_table("page_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_page_links_page_id"), ["page_id"], unique=False)
        batch_op.create_index("ix_page_links_target_domain", ["target_domain"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("page_links", schema=None) as batch_op:
        batch_op.drop_index("ix_page_links_target_domain")
        batch_op.drop_index(batch_op.f("ix_page_links_page_id"))

    op.drop_table("page_links")
    with op.batch_alter_table("discovery_candidates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discovery_candidates_prospect_id"))

    op.drop_table("discovery_candidates")
    with op.batch_alter_table("discoveries", schema=None) as batch_op:
        batch_op.drop_index("ix_discoveries_state")
        batch_op.drop_index(batch_op.f("ix_discoveries_program_id"))

    op.drop_table("discoveries")
    with op.batch_alter_table("competitors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_competitors_program_id"))
        batch_op.drop_index("ix_competitors_domain")

    op.drop_table("competitors")
