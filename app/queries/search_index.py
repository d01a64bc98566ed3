"""The index behind the search: which rows hold the words, on SQLite (FTS5) and on PostgreSQL (GIN), by one interface.

What a person typed never reaches either query language as it is: only letters and digits of `words_of`, quoted, go in.
A very common word is in hundreds of thousands of rows; the newest CANDIDATES of them are looked at, and the newest
DEEP where these hold too little that the person may see.
"""

from collections.abc import Sequence
from enum import Enum

from sqlalchemy import Integer, Select, column, func, literal_column, select, text
from sqlalchemy.orm import Session

from app.queries.search_words import fold, inner_trigrams

CANDIDATES = 800
DEEP = 20_000
# Rows that hold the rare trigrams of a mistyped name, and how few letters are too few to be a mistyped name.
_SIMILAR = 80
_GRAM_ROWS = 6000
_SHORTEST_NAME = 4
_CLOSE_ENOUGH = 0.4


class Index(Enum):
    """What is searched: the name of its index, then table and indexed value on PostgreSQL."""

    COMPANIES = ("search_companies", "companies", "name || ' ' || domain")
    CONTACTS = ("search_contacts", "contact_values", "value")
    NOTES = ("search_notes", "activities", "body")
    PAGES = ("search_pages", "pages", "title || ' ' || text")


def matching(session: Session, index: Index, words: Sequence[str], *, most: int = CANDIDATES) -> Select[int]:
    """Return a query of the ids of at most that many rows that hold every word, or a word that begins with it."""
    name, table, value = index.value
    if is_postgresql(session):
        condition = f"search_words({value}) @@ to_tsquery('simple', :wanted)"
        statement = f"SELECT id FROM {table} WHERE {condition} LIMIT :most"  # noqa: S608 - our own names
        wanted = " & ".join(f"'{word}':*" for word in words)
    else:
        statement = (
            f"SELECT rowid AS id FROM {name} WHERE {name} MATCH :wanted "  # noqa: S608 - our own names
            "ORDER BY rowid DESC LIMIT :most"
        )
        wanted = " ".join(f'"{word}"*' for word in words)
    found = text(statement).bindparams(wanted=wanted, most=most).columns(column("id", Integer)).cte("found")
    return select(found.c.id)


def is_cut(session: Session, index: Index, words: Sequence[str]) -> bool:
    """Say whether more rows hold the words than are looked at first."""
    found = matching(session, index, words).subquery()
    return (session.scalar(select(func.count()).select_from(found)) or 0) >= CANDIDATES


def similar_names(session: Session, words: Sequence[str]) -> list[int]:
    """Return the ids of companies whose names look like the words, mistyped as they may be; the best come first."""
    long = [word for word in words if len(word) >= _SHORTEST_NAME]
    if not long:
        return []
    if is_postgresql(session):
        return _similar_on_postgresql(session, long)
    return _similar_on_sqlite(session, long)


def is_postgresql(session: Session) -> bool:
    """Say which of the two databases this is."""
    return session.get_bind().dialect.name == "postgresql"


def _similar_on_sqlite(session: Session, words: Sequence[str]) -> list[int]:
    grams = inner_trigrams(words)
    names = {f"g{number}": gram for number, gram in enumerate(grams)}
    listed = ", ".join(f":{name}" for name in names)
    counted = session.execute(
        text(f"SELECT term, doc FROM search_grams WHERE term IN ({listed})"),  # noqa: S608 - names of parameters
        names,
    )
    chosen, rows = [], 0
    for gram, count in sorted(counted, key=lambda each: each[1]):
        if len(chosen) >= 2 and rows + count > _GRAM_ROWS:
            break
        chosen.append(gram)
        rows += count
    if not chosen:
        return []
    wanted = " OR ".join(f'"{gram}"' for gram in chosen)
    statement = "SELECT rowid FROM search_names WHERE search_names MATCH :wanted ORDER BY rank LIMIT :most"
    return list(session.scalars(text(statement), {"wanted": wanted, "most": _SIMILAR}))


def _similar_on_postgresql(session: Session, words: Sequence[str]) -> list[int]:
    typed = fold(" ".join(words))
    if session.scalar(text("SELECT to_regclass('search_names')")) is None:
        wanted = " | ".join(f"'{word[:3]}':*" for word in words)
        statement = select(literal_column("id", Integer)).select_from(text("companies"))
        condition = text("search_words(name || ' ' || domain) @@ to_tsquery('simple', :wanted)")
        return list(session.scalars(statement.where(condition).limit(_GRAM_ROWS), {"wanted": wanted}))
    session.execute(
        text("SELECT set_config('pg_trgm.word_similarity_threshold', :value, true)"), {"value": str(_CLOSE_ENOUGH)}
    )
    likest = text(
        "SELECT id FROM companies WHERE search_fold(name) %> :typed ORDER BY search_fold(name) <->> :typed LIMIT :most"
    )
    return list(session.scalars(likest, {"typed": typed, "most": _SIMILAR}))
