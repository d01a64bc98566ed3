"""search: PostgreSQL finds a part of a domain by its trigrams, as it finds a part of a name.

SQLite reads through 100,000 names and domains in the time that asking an index for a common part would take.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            DO $$ BEGIN
              CREATE INDEX search_domains ON companies USING gin (domain gin_trgm_ops);
            EXCEPTION WHEN undefined_object THEN
              RAISE NOTICE 'pg_trgm is not there: a part of a domain is found by reading all of them';
            END $$
            """
        )


def downgrade() -> None:
    op.execute("DROP INDEX IF EXISTS search_domains")
