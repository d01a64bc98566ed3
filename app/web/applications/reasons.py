"""The reasons that the reviewer's forms offer: built in and of the program's own."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.models import DecisionOutcome
from app.services.decisions import reasons_offered
from app.web.applications.forms import ReviewForm


def offer_reasons(session: Session, program_id: int, forms: Mapping[str, ReviewForm]) -> None:
    """Fill in what each form offers, by the act it is for; a question needs no reason."""
    for outcome in DecisionOutcome:
        if outcome.value in forms:
            forms[outcome.value].offer(reasons_offered(session, program_id, outcome))
