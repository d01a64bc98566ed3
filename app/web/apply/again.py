"""Applying again: the form with what was sent before in it, for whoever holds the status link and for nobody else."""

from flask import redirect, render_template, url_for
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading
from app.extensions import limiter
from app.models import Application, ApplicationState, Program, QuestionKind
from app.queries.application_detail import given_by_question, references_of
from app.services.application_answers import field_of
from app.services.application_links import application_behind
from app.services.applying import open_page_at
from app.services.errors import NotFound
from app.services.program_pages import page_of
from app.services.reason_words import reasons_for_applicant
from app.web.apply.blueprint import blueprint
from app.web.apply.form import filled
from app.web.apply.guards import LINK_LIMIT
from app.web.apply.speaking import prefer
from app.web.apply.views import Answer, Before, PublicPage, draw, load_page

# Only what came to an end; whoever waits for an answer changes what they sent instead.
CLOSED = (ApplicationState.DECLINED, ApplicationState.WITHDRAWN)
# An agreement is given each time, and a file is chosen each time: neither is filled in for anybody.
_ASKED_ANEW = (QuestionKind.CONSENT, QuestionKind.FILE)


@blueprint.get("/application/<token>/again")
@limiter.limit(LINK_LIMIT)
def again(token: str) -> Answer:
    """Show the form as it was sent before; it is sent, checked and confirmed like any other."""
    try:
        with reading() as session:
            application = application_behind(session, token)
            prefer(application.language)
            if application.state not in CLOSED:
                return redirect(url_for("apply.status", token=token), 303)
            public = _public(session, application)
            values = known_values(session, application, public)
    except NotFound as error:
        return render_template("apply/gone.html", why=str(error)), 410
    return draw(public, filled(public.questions, values))


def is_soon(application: Application) -> bool:
    """Say whether the day from which they are welcome again is still to come."""
    return application.reapply_at is not None and application.reapply_at > now()


def person_values(application: Application) -> dict[str, str]:
    """Return what an application says of who sent it, by the form's fields."""
    return {
        "name": application.name,
        "email": application.email,
        "phone": application.phone,
        "company_name": application.company_name,
        "website": application.website,
    }


def reference_values(session: Session, application: Application) -> dict[str, str]:
    """Return the references of an application, by the form's fields."""
    values: dict[str, str] = {}
    for number, known in enumerate(references_of(session, application), start=1):
        values |= {f"reference{number}_name": known.name, f"reference{number}_email": known.email}
    return values


def known_values(session: Session, application: Application, public: PublicPage) -> dict[str, str]:
    """Return what the form is filled in with: what was sent, but for what is asked for anew."""
    given = given_by_question(session, application.id)
    asked = [question for question in public.questions if question.kind not in _ASKED_ANEW]
    answers = {field_of(question): given.get(question.id, "") for question in asked}
    return person_values(application) | answers | reference_values(session, application)


def _public(session: Session, application: Application) -> PublicPage:
    """Return the program's page. Raises NotFound where it takes no applications now."""
    found, program = open_page_at(session, page_of(session, session.get_one(Program, application.program_id)).slug)
    is_declined = application.state is ApplicationState.DECLINED
    before = Before(
        sent_at=application.submitted_at,
        reasons=reasons_for_applicant(session, application.program_id, application.reason_codes) if is_declined else (),
        message=application.message if is_declined else "",
        evidence=application.evidence,
    )
    brand_url = url_for("apply.brand", page_slug=found.slug)
    return load_page(session, found, program, brand_url=brand_url, before=before)
