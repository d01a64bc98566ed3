"""tags, saved views, orders of the board, when something was touched."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_BY_HAND = ("program_id", "stage", "rank", "id")
# What a filter looks at: a filtered board reads this index alone.
_FILTERED = ("fit_sort", "owner_id", "stage_since_at", "fit_state", "company_id", "source")
_SENT = sa.text("accepted_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_tags_created_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_tags_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("program_id", "key", name=op.f("uq_tags_program_id_key")),
    )
    op.create_table(
        "prospect_tags",
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("prospect_id", sa.Integer(), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospects.id"], name=op.f("fk_prospect_tags_prospect_id_prospects"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_prospect_tags_tag_id_tags"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tag_id", "prospect_id", name=op.f("pk_prospect_tags")),
    )
    op.create_index("ix_prospect_tags_prospect_id", "prospect_tags", ["prospect_id", "tag_id"])
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_team", sa.Boolean(), nullable=False),
        sa.Column("layout", sa.String(length=24), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("folded", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_saved_views_owner_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_saved_views_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_owner_id"), "saved_views", ["owner_id"])
    op.create_index("ix_saved_views_program_id_owner_id", "saved_views", ["program_id", "owner_id"])
    op.create_table(
        "board_habits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=True),
        sa.Column("folded", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_board_habits_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_board_habits_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_views.id"], name=op.f("fk_board_habits_view_id_saved_views"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_habits")),
        sa.UniqueConstraint("user_id", "program_id", name=op.f("uq_board_habits_user_id_program_id")),
    )
    op.create_index(op.f("ix_board_habits_program_id"), "board_habits", ["program_id"])
    op.create_index(op.f("ix_board_habits_view_id"), "board_habits", ["view_id"])
    op.drop_index("ix_prospects_board_rank", table_name="prospects")
    op.create_index("ix_prospects_board_rank", "prospects", [*_BY_HAND, *_FILTERED])
    op.create_index("ix_companies_crawl_state", "companies", ["crawl_state"])
    op.create_index("ix_prospects_board_age", "prospects", ["program_id", "stage", "stage_since_at", "id"])
    op.create_index("ix_activities_at", "activities", ["at", "prospect_id"])
    op.create_index(
        "ix_messages_accepted_at",
        "messages",
        ["accepted_at", "prospect_id"],
        sqlite_where=_SENT,
        postgresql_where=_SENT,
    )
    op.create_index("ix_received_mails_received_at", "received_mails", ["received_at", "prospect_id"])
    op.create_index("ix_signals_name_value", "signals", ["name", "value", "company_id"])
    # The newest event of a program is asked for every few seconds by every open board.
    op.drop_index("ix_audit_events_program_id", table_name="audit_events")
    op.create_index("ix_audit_events_program_id_id", "audit_events", ["program_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_events_program_id_id", table_name="audit_events")
    op.create_index("ix_audit_events_program_id", "audit_events", ["program_id"])
    op.drop_index("ix_signals_name_value", table_name="signals")
    op.drop_index("ix_received_mails_received_at", table_name="received_mails")
    op.drop_index("ix_messages_accepted_at", table_name="messages")
    op.drop_index("ix_activities_at", table_name="activities")
    op.drop_index("ix_prospects_board_age", table_name="prospects")
    op.drop_index("ix_companies_crawl_state", table_name="companies")
    op.drop_index("ix_prospects_board_rank", table_name="prospects")
    op.create_index("ix_prospects_board_rank", "prospects", list(_BY_HAND))
    op.drop_table("board_habits")
    op.drop_table("saved_views")
    op.drop_table("prospect_tags")
    op.drop_table("tags")
