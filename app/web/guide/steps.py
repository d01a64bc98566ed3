"""The steps of the tour: six screens of the product as it is, in the order a partner takes."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from app.languages import mark
from app.queries.navigation import NavigationProgram
from app.queries.tour import best_prospect_id, busiest_sequence_id


@dataclass(frozen=True, slots=True, kw_only=True)
class TourStep:
    """One step: the screen it is on, what is looked at there (a CSS selector), and what is said about it."""

    endpoint: str
    target: str
    title: str
    text: str


STEPS = (
    TourStep(
        endpoint="board.show",
        target=".sb-board .sb-card",
        title=mark("Everybody on one board"),
        text=mark(
            "Each card is a company on its way to being a partner. The number is its fit, read off its own site by "
            "Scoutboard. Drag cards, or press m to move one. Everything can be undone."
        ),
    ),
    TourStep(
        endpoint="prospects.show",
        target="#fit",
        title=mark("A score that explains itself"),
        text=mark(
            "The points add up exactly. Every one quotes the sentence on the company's site that earned it, with a "
            "link to the page. Not enough to read? Then it says so, instead of guessing."
        ),
    ),
    TourStep(
        endpoint="outreach.campaign",
        target="#people",
        title=mark("Why a mail leaves, and when"),
        text=mark(
            "Each person in a sequence shows the next step, its time, and what holds it back. Nothing goes out twice, "
            "and nothing after a reply or an opt-out."
        ),
    ),
    TourStep(
        endpoint="applications.index",
        target="#main",
        title=mark("Applications, with the facts beside them"),
        text=mark(
            "Whoever applies waits here, the answer you promised first on top. You decide with reasons, and the "
            "applicant gets an honest answer."
        ),
    ),
    TourStep(
        endpoint="onboarding.index",
        target=".on-grid",
        title=mark("From yes to the first sale"),
        text=mark(
            "New partners work through a checklist with you. What is your turn stands first, and who stands still is "
            "named before they are lost."
        ),
    ),
    TourStep(
        endpoint="today.page",
        target=".td-page",
        title=mark("Start each morning here"),
        text=mark(
            "Today gathers what waits for you, over all programs. That is the tour. The question mark beside each "
            "title explains the screen you are on, and starts the tour again."
        ),
    ),
)


def address_of(session: Session, program: NavigationProgram, number: int) -> str:
    """Return where a step is; a program without sequences or prospects shows the screen they will be on."""
    step, slug = STEPS[number], program.slug
    if step.endpoint == "today.page":
        return url_for("today.page")
    if step.endpoint == "prospects.show":
        prospect_id = best_prospect_id(session, program.id)
        return url_for("prospects.show", slug=slug, prospect_id=prospect_id) if prospect_id else _board(slug)
    if step.endpoint == "outreach.campaign":
        sequence_id = busiest_sequence_id(session, program.id)
        if sequence_id is None:
            return url_for("outreach.sequences", slug=slug)
        return url_for("outreach.campaign", slug=slug, sequence_id=sequence_id)
    return _board(slug) if step.endpoint == "board.show" else url_for(step.endpoint, slug=slug)


def _board(slug: str) -> str:
    # The bare address opens the view a person chose to open first, which may be a table.
    return url_for("board.show", slug=slug, sort="rank")
