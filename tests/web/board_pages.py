"""Fill a board and read its pages, for the tests of the board."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import transaction
from app.models import Program
from app.services.ranks import rank_between
from tests.world import make_prospect

HTMX = {"HX-Request": "true"}


@contextmanager
def program() -> Iterator[tuple[Session, Program]]:
    """Open a transaction with the program `agencies` in it."""
    with transaction() as session:
        yield session, session.scalars(select(Program).where(Program.slug == "agencies")).one()


def fill(count: int, **values: Any) -> list[int]:
    """Add cards in rank order and return their ids."""
    ids, rank = [], None
    with program() as (session, here):
        for number in range(count):
            rank = rank_between(rank, None)
            ids.append(make_prospect(session, here, f"site{number:03d}.example", rank=rank, **values).id)
    return ids


def shown(page: str) -> list[int]:
    """Return the ids of the cards on a page, in order."""
    return [int(part.split('"')[0]) for part in page.split('id="card-')[1:]]


def more_link(page: str) -> str:
    """Return the address of the next page of the first column that has one, else an empty text."""
    parts = page.split('class="sb-more"')
    return parts[1].split('href="')[1].split('"')[0].replace("&amp;", "&") if len(parts) > 1 else ""
