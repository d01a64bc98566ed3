"""The index behind the search: which rows hold the words, on SQLite (FTS5) and on PostgreSQL (GIN), by one interface.

What a person typed never reaches either query language as it is: only letters and digits of `words_of`, quoted, go in.
A very common word is in hundreds of thousands of rows; the newest CANDIDATES of them are looked at, and the newest
DEEP where these hold too little that the person may see.
"""

import json
from collections.abc import Sequence
from enum import Enum

from sqlalchemy import ARRAY, ColumnElement, Integer, any_, func, literal, literal_column, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.queries.search_words import fold, inner_trigrams

CANDIDATES = 400
DEEP = 20_000
# Rows that hold the rare trigrams of a mistyped name, and how few letters are too few to be a mistyped name.
_SIMILAR = 80
_GRAM_ROWS = 6000
_SHORTEST_NAME = 4
_CLOSE_ENOUGH = 0.5


class Index(Enum):
    """What is searched: the name of its index, then table and indexed value on PostgreSQL."""

    COMPANIES = ("search_companies", "companies", "name || ' ' || domain")
    CONTACTS = ("search_contacts", "contact_values", "value")
    NOTES = ("search_notes", "activities", "body")
    PAGES = ("search_pages", "pages", "title || ' ' || text")


def prepare(session: Session) -> None:
    """Tell PostgreSQL, for this transaction, to ask the index also for words that are on every page.

    It would rather read the first rows of the table, and compute the words of each text anew.
    """
    if is_postgresql(session):
        settings = "set_config('enable_seqscan', 'off', true), set_config(:similarity, :value, true)"
        names = {"similarity": "pg_trgm.word_similarity_threshold", "value": str(_CLOSE_ENOUGH)}
        session.execute(text(f"SELECT {settings}"), names)


def matching(session: Session, index: Index, words: Sequence[str], *, most: int = CANDIDATES) -> list[int]:
    """Return the ids of at most that many rows that hold every word, or a word that begins with it.

    In a statement of its own: joined to anything, planners would rather walk through what it is joined to.
    """
    name, table, value = index.value
    if is_postgresql(session):
        condition = f"search_words({value}) @@ to_tsquery('simple', :wanted)"
        statement = f"SELECT id FROM {table} WHERE {condition} LIMIT {most}"  # noqa: S608 - our own names
        wanted = " & ".join(f"'{word}':*" for word in words)
    else:
        statement = (
            f"SELECT rowid FROM {name} WHERE {name} MATCH :wanted "  # noqa: S608 - our own names
            f"ORDER BY rowid DESC LIMIT {most}"
        )
        wanted = " ".join(f'"{word}"*' for word in words)
    return list(session.scalars(text(statement), {"wanted": wanted}))


def among(session: Session, ids: InstrumentedAttribute[int], found: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a row is one of those found; one parameter, however many they are."""
    if is_postgresql(session):
        return ids == any_(literal(list(found), ARRAY(Integer)))
    listed = func.json_each(json.dumps(list(found))).table_valued("value")
    return ids.in_(select(listed.c.value))


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
    chosen: list[str] = []
    rows = 0
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
    likest = text(
        "SELECT id FROM companies WHERE search_fold(name) %> :typed ORDER BY search_fold(name) <->> :typed LIMIT :most"
    )
    return list(session.scalars(likest, {"typed": typed, "most": _SIMILAR}))
