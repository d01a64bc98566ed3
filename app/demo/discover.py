"""What the demo leaves to Discover: a directory to read, a competitor, and companies that nobody has imported yet."""

from sqlalchemy.orm import Session

from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Program, User
from app.services.competitors import add_competitor
from app.services.discover.requests import Source, start_discovery

DIRECTORY = "https://agency-atlas.demo.test/best-shopify-agencies"
COMPETITOR = "basketlift.demo.test"
LEFT_TO_DISCOVER = frozenset(
    {
        COMPETITOR,
        "brambleway-commerce.demo.test",
        "plumstreet-digital.demo.test",
        "quarterdeck-commerce.demo.test",
        "tideline-retention.demo.test",
    }
)


def search_and_name(session: Session, program: Program, by: User) -> None:
    """Ask for the directory to be read and name the competitor, in the program that recruits agencies."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    start_discovery(session, program, Source(address=DIRECTORY), by_user_id=by.id)
    add_competitor(session, program, COMPETITOR, by_user_id=by.id)
