"""search: word and trigram indexes that the database itself keeps up, whoever writes.

SQLite gets FTS5 tables without content of their own and triggers on the rows that are searched; PostgreSQL gets GIN
indexes over expressions. So every way a row is written, changed or deleted by, bulk statements and cascades included,
is in the index in the same transaction. A later migration that makes one of the tables anew (batch mode) loses its
triggers: tests/unit/app/test_search_index.py counts them.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# FTS5 table -> (the table it indexes, its columns, options).
_WORDS = "tokenize='unicode61 remove_diacritics 2'"
INDEXES = {
    "search_companies": ("companies", ("name", "domain"), f"{_WORDS}, prefix='2 3'"),
    "search_names": ("companies", ("name", "domain"), "tokenize='trigram'"),
    "search_contacts": ("contact_values", ("value",), f"{_WORDS}, prefix='2 3'"),
    "search_notes": ("activities", ("body",), f"{_WORDS}, prefix='3'"),
    "search_pages": ("pages", ("title", "text"), f"{_WORDS}, prefix='3 4'"),
}
# Letters that have no decomposition, as people type them without a Polish or Danish keyboard.
_LETTERS = (("ł", "l"), ("Ł", "L"), ("ø", "o"), ("Ø", "O"), ("đ", "d"), ("Đ", "D"), ("ß", "ss"), ("æ", "ae"))


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_grams")
        for name in INDEXES:
            for event in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {name}_{event}")
            op.execute(f"DROP TABLE {name}")
        return
    for name in ("companies", "names", "contacts", "notes", "pages"):
        op.execute(f"DROP INDEX IF EXISTS search_{name}")
    op.execute("DROP FUNCTION search_words(text)")
    op.execute("DROP FUNCTION search_fold(text)")


def _upgrade_sqlite() -> None:
    for name, (table, columns, options) in INDEXES.items():
        listed = ", ".join(columns)
        op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5({listed}, content='', {options})")
        old, new = _values("old", columns), _values("new", columns)
        add = f"INSERT INTO {name}(rowid, {listed}) VALUES (new.id, {new});"  # noqa: S608
        drop = f"INSERT INTO {name}({name}, rowid, {listed}) VALUES ('delete', old.id, {old});"  # noqa: S608
        op.execute(f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} BEGIN {add} END")
        op.execute(f"CREATE TRIGGER {name}_update AFTER UPDATE OF {listed} ON {table} BEGIN {drop} {add} END")
        op.execute(f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} BEGIN {drop} END")
        rows = f"SELECT id, {_values(table, columns)} FROM {table}"  # noqa: S608 - our own names
        op.execute(f"INSERT INTO {name}(rowid, {listed}) {rows}")
    # How many names hold a trigram: the rare ones say the most.
    op.execute("CREATE VIRTUAL TABLE search_grams USING fts5vocab('search_names', 'row')")


def _values(row: str, columns: tuple[str, ...]) -> str:
    return ", ".join(_plain(f"{row}.{column}") for column in columns)


def _plain(value: str) -> str:
    for letter, typed in _LETTERS:
        value = f"replace({value}, '{letter}', '{typed}')"
    return value


def _upgrade_postgresql() -> None:
    # The server's language must not matter, so marks are split off and punctuation is named by its code points.
    # In plpgsql, for a function in SQL is put in place of its call and its cost is lost: the planner would then read a
    # table and compute the words of each text anew rather than ask the index.
    op.execute(
        r"""
        CREATE FUNCTION search_fold(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 500 AS $$
          BEGIN RETURN lower(regexp_replace(
            replace(replace(translate(
              regexp_replace(normalize(left(value, 100000), NFKD), '[\u0300-\u036f]', '', 'g'),
              'łŁøØđĐ', 'lLoOdD'), 'ß', 'ss'), 'æ', 'ae'),
            '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f]+', ' ', 'g')); END
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION search_words(value text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 5000
        AS $$ BEGIN RETURN to_tsvector('simple'::regconfig, search_fold(value)); END $$
        """
    )
    for name, table, value in (
        ("companies", "companies", "name || ' ' || domain"),
        ("contacts", "contact_values", "value"),
        ("notes", "activities", "body"),
        ("pages", "pages", "title || ' ' || text"),
    ):
        op.execute(f"CREATE INDEX search_{name} ON {table} USING gin (search_words({value}))")
    _index_trigrams()


def _index_trigrams() -> None:
    """Trust decides: the owner of a database may add pg_trgm since PostgreSQL 13; where not, search goes without."""
    op.execute(
        """
        DO $$ BEGIN
          CREATE EXTENSION IF NOT EXISTS pg_trgm;
          CREATE INDEX search_names ON companies USING gin (search_fold(name) gin_trgm_ops);
        EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
          RAISE NOTICE 'pg_trgm is not there: names with typing mistakes are found by their first letters only';
        END $$
        """
    )
