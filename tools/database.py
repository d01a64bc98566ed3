"""Bring the database up to date: `python -m tools.database`, with the environment's Python.

Its exit code tells `./run` in one go whose database it is: 0 somebody's own, EMPTY nobody's yet, DEMO the demo's. The
demo is loaded into an empty one only, and its sites and logins are shown with its own data only.
"""

import sys
from pathlib import Path

EMPTY = 10
DEMO = 11


def main() -> int:
    """Migrate the database that the settings name to the newest schema, and tell whose it is."""
    # Here, not above: `./run` takes EMPTY from this module while nothing is installed yet.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import select

    from app import db
    from app.demo.people import PEOPLE
    from app.models import User

    command.upgrade(Config(str(Path(__file__).resolve().parents[1] / "alembic.ini")), "head")
    with db.reading() as session:
        emails = set(session.scalars(select(User.email).order_by(User.id).limit(len(PEOPLE))))
    if not emails:
        return EMPTY
    return DEMO if PEOPLE[0].email in emails else 0


if __name__ == "__main__":
    sys.exit(main())
