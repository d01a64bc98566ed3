"""tiers as records, made from every name of one that stands anywhere, with terms of their own."""

from collections import defaultdict
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# Where a tier's name stands in a column of its own, as its text; the first spelling met is the record's.
_NAMED = ("onboarding_templates", "partnerships")
_RESOURCES = sa.table("resources", sa.column("id"), sa.column("program_id"), sa.column("tiers", sa.JSON()))
# Both are compared letter by letter with what partnerships say. What went out says what was chosen then.
_VIEWS = sa.table("saved_views", sa.column("id"), sa.column("program_id"), sa.column("query", sa.JSON()))
_BROADCASTS = sa.table(
    "broadcasts", sa.column("id"), sa.column("program_id"), sa.column("segment", sa.JSON()), sa.column("sent_at")
)


def _reference(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, app.db.UtcDateTime(timezone=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "tiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=180), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("commission", sa.String(length=200), nullable=False),
        sa.Column("benefits", sa.JSON(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("least_cents", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("least_leads", sa.Integer(), nullable=True),
        sa.Column("is_either", sa.Boolean(), nullable=False),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        sa.Column("retired_at", app.db.UtcDateTime(timezone=True), nullable=True),
        _reference("tiers", "program_id", "programs", "CASCADE"),
        _reference("tiers", "created_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tiers")),
        sa.UniqueConstraint("program_id", "key", name=op.f("uq_tiers_program_id_key")),
    )
    op.create_table(
        "tier_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        _reference("tier_terms", "tier_id", "tiers", "CASCADE"),
        _reference("tier_terms", "created_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_terms")),
        sa.UniqueConstraint("tier_id", "version", name=op.f("uq_tier_terms_tier_id_version")),
    )
    op.create_table(
        "tier_terms_acceptances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        _moment("at"),
        _reference("tier_terms_acceptances", "partnership_id", "partnerships", "CASCADE"),
        _reference("tier_terms_acceptances", "terms_id", "tier_terms", "RESTRICT"),
        _reference("tier_terms_acceptances", "person_id", "partner_people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_terms_acceptances")),
        sa.UniqueConstraint(
            "partnership_id", "terms_id", name=op.f("uq_tier_terms_acceptances_partnership_id_terms_id")
        ),
    )
    _make_records(op.get_bind())


def downgrade() -> None:
    for table in ("tier_terms_acceptances", "tier_terms", "tiers"):
        op.drop_table(table)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _make_records(bind: sa.Connection) -> None:
    """Make a record of each tier that is named anywhere, and write its name alike wherever it stands."""
    names: dict[int, dict[str, str]] = defaultdict(dict)
    for table in _NAMED:
        for program_id, name in bind.execute(sa.text(f"SELECT DISTINCT program_id, tier FROM {table} ORDER BY tier")):  # noqa: S608
            if name:
                names[program_id].setdefault(_key(name), name)
    resources = bind.execute(sa.select(*_RESOURCES.c)).all()
    for _row_id, program_id, tiers in resources:
        for name in tiers:
            names[program_id].setdefault(_key(name), name)
    for program_id, key in bind.execute(sa.text("SELECT DISTINCT program_id, tier FROM cadence_rules")):
        if key:
            names[program_id].setdefault(_key(key), key)
    prose = {row[0]: row[1] for row in bind.execute(sa.text("SELECT program_id, tiers FROM program_pages"))}
    for program_id, found in names.items():
        _insert(bind, program_id, found, prose.get(program_id, "").casefold())
    _spell_alike(bind, names)
    for row_id, program_id, tiers in resources:
        spelled = [names[program_id][_key(name)] for name in tiers]
        if spelled != tiers:
            bind.execute(_RESOURCES.update().where(_RESOURCES.c.id == row_id).values(tiers=spelled))
    _spell_chosen(bind, names, _VIEWS, "query", "tier")
    _spell_chosen(bind, names, _BROADCASTS, "segment", "tiers")


def _insert(bind: sa.Connection, program_id: int, found: dict[str, str], prose: str) -> None:
    """Add a program's tiers in the order in which its page speaks of them, those it does not name by name behind."""
    order = sorted(found, key=lambda key: (place if (place := prose.find(key)) >= 0 else len(prose), key))
    tiers = sa.table(
        "tiers",
        *(sa.column(name) for name in ("program_id", "name", "key", "position")),
        *(sa.column(name) for name in ("commission", "months", "currency", "version")),
        sa.column("benefits", sa.JSON()),
        sa.column("goals", sa.JSON()),
        sa.column("is_either", sa.Boolean()),
        sa.column("created_at", app.db.UtcDateTime(timezone=True)),
    )
    usual = {
        "commission": "",
        "months": 3,
        "currency": "",
        "benefits": [],
        "goals": [],
        "is_either": False,
        "version": 1,
    }
    for position, key in enumerate(order, start=1):
        row = {"program_id": program_id, "name": found[key], "key": key, "position": position}
        bind.execute(tiers.insert().values(**row, **usual, created_at=datetime.now(UTC)))


def _spell_alike(bind: sa.Connection, names: dict[int, dict[str, str]]) -> None:
    for table in _NAMED:
        rows = bind.execute(sa.text(f"SELECT DISTINCT program_id, tier FROM {table}")).all()  # noqa: S608
        for program_id, name in rows:
            spelled = names[program_id].get(_key(name), "") if name else ""
            if spelled and spelled != name:
                change = f"UPDATE {table} SET tier = :new WHERE program_id = :program_id AND tier = :old"  # noqa: S608
                bind.execute(sa.text(change), {"new": spelled, "program_id": program_id, "old": name})


def _spell_chosen(
    bind: sa.Connection, names: dict[int, dict[str, str]], table: sa.TableClause, column: str, word: str
) -> None:
    """Write tiers alike that were chosen in a filter, under its word for them."""
    query = sa.select(table.c.id, table.c.program_id, table.c[column])
    if table is _BROADCASTS:
        query = query.where(_BROADCASTS.c.sent_at.is_(None))
    for row_id, program_id, chosen in bind.execute(query).all():
        tiers = chosen.get(word, [])
        spelled = [names.get(program_id, {}).get(_key(name), name) for name in tiers]
        if spelled != tiers:
            bind.execute(table.update().where(table.c.id == row_id).values({column: chosen | {word: spelled}}))
