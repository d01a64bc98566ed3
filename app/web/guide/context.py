"""What the frame of every page asks of help and tour; read once it is drawn, so that fragments cost nothing."""

from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_login import current_user

from app.models.notification import Tour
from app.web.guide.help import Help
from app.web.guide.sentences import help_for
from app.web.guide.steps import STEPS, TourStep
from app.web.login import settings_of_app


@dataclass(frozen=True, slots=True)
class TourCard:
    """What is shown of the tour: `step` None asks whether one wants it; `is_here` says that the step is this screen."""

    number: int = 0
    step: TourStep | None = None
    is_here: bool = False

    @property
    def count(self) -> int:
        """Return how many steps there are."""
        return len(STEPS)


def register_guide(app: Flask) -> None:
    """Give every template page_help() and tour_card()."""

    @app.template_global()
    def page_help() -> Help:
        return help_for(request.endpoint or "")

    @app.template_global()
    def tour_card(tour: Tour | None) -> TourCard | None:
        return _card(tour)


def _card(tour: Tour | None) -> TourCard | None:
    """Return the tour as it stands for the person; a person of the demo who was never asked is asked."""
    if tour is None:
        return TourCard() if _is_demo() and request.endpoint == "board.show" else None
    if tour.closed_at is not None or tour.step >= len(STEPS):
        return None
    step = STEPS[tour.step]
    return TourCard(tour.step, step, step.endpoint == request.endpoint)


def _is_demo() -> bool:
    offered = current_app.config.get("SCOUTBOARD_DEMO_LOGINS") or ()
    return not settings_of_app().is_production and current_user.email in {login[0] for login in offered}
