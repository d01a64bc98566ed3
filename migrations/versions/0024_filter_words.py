"""indexes along which the words of the filter are found: countries and languages of companies, sources of prospects."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_companies_country", "companies", ["country", "id"])
    op.create_index("ix_companies_language", "companies", ["language", "id"])
    op.create_index("ix_prospects_source", "prospects", ["program_id", "source", "id"])


def downgrade() -> None:
    op.drop_index("ix_prospects_source", "prospects")
    op.drop_index("ix_companies_language", "companies")
    op.drop_index("ix_companies_country", "companies")
