"""The tour: forms that go to a step or close it, so that it works with and without JavaScript."""

from flask import redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.services.errors import InvalidInput
from app.services.tours import close_tour, go_to_step
from app.web.auth.next_page import safe_next
from app.web.context import Navigation
from app.web.guide.blueprint import blueprint
from app.web.guide.steps import STEPS, address_of


@blueprint.post("/tour")
def go() -> Response:
    """Go to a step: note it, and lead to its screen in the program the person is in."""
    number = request.form.get("step", "")
    if number not in map(str, range(len(STEPS))):
        raise InvalidInput(
            {"step": _("The tour has steps 1 to %(count)s; start it again from the help.", count=len(STEPS))}
        )
    program = Navigation(slug=request.form.get("program", "")).program
    if program is None:
        raise InvalidInput({"step": _("The tour goes through a program, and you work in none yet.")})
    with transaction() as session:
        go_to_step(session, current_user, int(number))
    with reading() as session:
        return redirect(address_of(session, program, int(number)), 303)


@blueprint.post("/tour/close")
def close() -> Response:
    """Close the tour for good, or until it is asked for again."""
    with transaction() as session:
        close_tour(session, current_user)
    return redirect(safe_next(request.form.get("next")), 303)
