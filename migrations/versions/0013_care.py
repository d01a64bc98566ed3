"""partner care."""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("segment", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_broadcasts_created_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_broadcasts_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["users.id"], name=op.f("fk_broadcasts_sent_by_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    op.create_index(op.f("ix_broadcasts_program_id"), "broadcasts", ["program_id"])
    op.create_table(
        "terms_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("accept_by", sa.Date(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_terms_changes_created_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_terms_changes_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["program_terms.id"], name=op.f("fk_terms_changes_terms_id_program_terms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_changes")),
        sa.UniqueConstraint("terms_id", name=op.f("uq_terms_changes_terms_id")),
    )
    op.create_index(op.f("ix_terms_changes_program_id"), "terms_changes", ["program_id"])
    op.create_table(
        "compliance_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "banned_claim",
                "missing_disclosure",
                "stale_link",
                "other",
                name="casekind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open", "notified", "answered", "resolved", "terminated", name="casestate", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("found_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("site_change_id", sa.Integer(), nullable=True),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("fix_by", sa.Date(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("notified_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["users.id"], name=op.f("fk_compliance_cases_opened_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_compliance_cases_partnership_id_partnerships"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_compliance_cases_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["site_change_id"],
            ["site_changes.id"],
            name=op.f("fk_compliance_cases_site_change_id_site_changes"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_cases")),
    )
    op.create_index(op.f("ix_compliance_cases_partnership_id"), "compliance_cases", ["partnership_id"])
    op.create_index("ix_compliance_cases_program_id_state", "compliance_cases", ["program_id", "state", "fix_by"])
    op.create_table(
        "joint_activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "webinar",
                "guest_post",
                "case_study",
                "campaign",
                "event",
                "introduction",
                "other",
                name="jointkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("canceled_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_joint_activities_created_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["partnerships.id"],
            name=op.f("fk_joint_activities_other_id_partnerships"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_joint_activities_partnership_id_partnerships"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_joint_activities_program_id_programs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_activities")),
    )
    op.create_index(op.f("ix_joint_activities_other_id"), "joint_activities", ["other_id"])
    op.create_index(op.f("ix_joint_activities_partnership_id"), "joint_activities", ["partnership_id"])
    op.create_index(op.f("ix_joint_activities_program_id"), "joint_activities", ["program_id"])
    op.create_table(
        "partner_tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_partner_tags_partnership_id_partnerships"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_tags")),
        sa.UniqueConstraint("partnership_id", "tag", name=op.f("uq_partner_tags_partnership_id_tag")),
    )
    op.create_index(op.f("ix_partner_tags_tag"), "partner_tags", ["tag"])
    op.create_table(
        "broadcast_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("why_not", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcasts.id"],
            name=op.f("fk_broadcast_people_broadcast_id_broadcasts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_broadcast_people_notice_id_notices"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_broadcast_people_partnership_id_partnerships"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["partner_people.id"],
            name=op.f("fk_broadcast_people_person_id_partner_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_people")),
        sa.UniqueConstraint(
            "broadcast_id",
            "partnership_id",
            "person_id",
            name=op.f("uq_broadcast_people_broadcast_id_partnership_id_person_id"),
        ),
    )
    op.create_index(op.f("ix_broadcast_people_partnership_id"), "broadcast_people", ["partnership_id"])
    op.create_table(
        "case_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "notified", "answered", "resolved", "terminated", name="casestate", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["compliance_cases.id"],
            name=op.f("fk_case_steps_case_id_compliance_cases"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["partner_people.id"],
            name=op.f("fk_case_steps_person_id_partner_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_case_steps_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
    )
    op.create_index(op.f("ix_case_steps_case_id"), "case_steps", ["case_id"])
    op.create_table(
        "partner_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column(
            "band",
            sa.Enum(
                "none",
                "under_1k",
                "from_1k",
                "from_5k",
                "from_20k",
                "from_100k",
                name="revenueband",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "source",
            sa.Enum("hand", "csv", "partner", name="resultsource", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(length=16), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("updated_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_partner_results_partnership_id_partnerships"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["partner_people.id"],
            name=op.f("fk_partner_results_person_id_partner_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_partner_results_program_id_programs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_partner_results_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_results")),
        sa.UniqueConstraint("partnership_id", "month", name=op.f("uq_partner_results_partnership_id_month")),
    )
    op.create_index(op.f("ix_partner_results_batch"), "partner_results", ["batch"])
    op.create_index("ix_partner_results_program_id_month", "partner_results", ["program_id", "month"])
    op.create_table(
        "terms_acceptances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_terms_acceptances_partnership_id_partnerships"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["partner_people.id"],
            name=op.f("fk_terms_acceptances_person_id_partner_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"],
            ["program_terms.id"],
            name=op.f("fk_terms_acceptances_terms_id_program_terms"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_acceptances")),
        sa.UniqueConstraint("partnership_id", "terms_id", name=op.f("uq_terms_acceptances_partnership_id_terms_id")),
    )
    op.create_table(
        "terms_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", app.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", app.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["terms_changes.id"],
            name=op.f("fk_terms_notices_change_id_terms_changes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_terms_notices_notice_id_notices"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnerships.id"],
            name=op.f("fk_terms_notices_partnership_id_partnerships"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["partner_people.id"],
            name=op.f("fk_terms_notices_person_id_partner_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_notices")),
        sa.UniqueConstraint("change_id", "partnership_id", name=op.f("uq_terms_notices_change_id_partnership_id")),
    )
    op.create_index(op.f("ix_terms_notices_partnership_id"), "terms_notices", ["partnership_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_terms_notices_partnership_id"), table_name="terms_notices")
    op.drop_table("terms_notices")
    op.drop_table("terms_acceptances")
    op.drop_index("ix_partner_results_program_id_month", table_name="partner_results")
    op.drop_index(op.f("ix_partner_results_batch"), table_name="partner_results")
    op.drop_table("partner_results")
    op.drop_index(op.f("ix_case_steps_case_id"), table_name="case_steps")
    op.drop_table("case_steps")
    op.drop_index(op.f("ix_broadcast_people_partnership_id"), table_name="broadcast_people")
    op.drop_table("broadcast_people")
    op.drop_index(op.f("ix_partner_tags_tag"), table_name="partner_tags")
    op.drop_table("partner_tags")
    op.drop_index(op.f("ix_joint_activities_program_id"), table_name="joint_activities")
    op.drop_index(op.f("ix_joint_activities_partnership_id"), table_name="joint_activities")
    op.drop_index(op.f("ix_joint_activities_other_id"), table_name="joint_activities")
    op.drop_table("joint_activities")
    op.drop_index("ix_compliance_cases_program_id_state", table_name="compliance_cases")
    op.drop_index(op.f("ix_compliance_cases_partnership_id"), table_name="compliance_cases")
    op.drop_table("compliance_cases")
    op.drop_index(op.f("ix_terms_changes_program_id"), table_name="terms_changes")
    op.drop_table("terms_changes")
    op.drop_index(op.f("ix_broadcasts_program_id"), table_name="broadcasts")
    op.drop_table("broadcasts")
