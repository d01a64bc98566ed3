"""The pages of the portal beside the steps: the checklist, the terms and the offer, messages, one's own profile."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.models import ProgramTerms
from app.queries.care_partner import waiting_for_partner
from app.queries.onboarding_plan import badges_of, messages_of
from app.services.errors import InvalidInput
from app.services.languages import gettext as _
from app.services.onboarding.messages import write_to_us
from app.services.onboarding.people import change_profile, people_of
from app.services.onboarding.signing_in import password_state
from app.services.program_pages import current_terms
from app.services.tiers.standing import standing_of
from app.web.portal.blueprint import VISIT_LIMIT, WRONG_LINK_LIMIT, blueprint, was_wrong
from app.web.portal.screen import portal_screen
from app.web.portal.speaking import visitor

Answer = Response | str | tuple[str, int]
MESSAGE_LIMIT = "30 per hour"


@blueprint.get("/<token>")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(VISIT_LIMIT)
def home(token: str) -> str:
    """Show the checklist; looking changes nothing, for mail programs open links by themselves."""
    with reading() as session:
        screen = portal_screen(session, token)
        asked = waiting_for_partner(session, screen.partnership)
        standing = standing_of(session, screen.partnership)
    return render_template(
        "portal/home.html", screen=screen, badges=badges_of(screen.steps), asked=asked, standing=standing
    )


@blueprint.get("/<token>/terms")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def terms(token: str) -> str:
    """Show the offer and the terms: those accepted, and a newer version where there is one."""
    return terms_page(token)


def terms_page(token: str, *, problems: dict[str, str] | None = None) -> str:
    """Draw the terms, with what was wrong with accepting them."""
    with reading() as session:
        screen = portal_screen(session, token)
        current = current_terms(session, screen.program.id)
        accepted_id = screen.partnership.terms_id
        accepted = session.get(ProgramTerms, accepted_id) if accepted_id else None
        standing = standing_of(session, screen.partnership)
    return render_template(
        "portal/terms.html",
        screen=screen,
        current=current,
        accepted=accepted,
        standing=standing,
        problems=problems or {},
    )


@blueprint.get("/<token>/messages")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def messages(token: str) -> Answer:
    """Show the messages to and fro, with a field for the next one."""
    return _messages(token)


@blueprint.post("/<token>/messages")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(MESSAGE_LIMIT)
def write(token: str) -> Answer:
    """Send a message to the account manager."""
    try:
        with transaction() as session:
            key = visitor(session, token)
            write_to_us(session, key.partnership, request.form.get("text", ""), person=key.person)
    except InvalidInput as error:
        return _messages(token, problem=error.fields["text"]), 422
    flash(_("Sent. The answer comes by mail, and stands here."), "success")
    return redirect(url_for("portal.messages", token=token), 303)


@blueprint.get("/<token>/profile")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def profile(token: str) -> Answer:
    """Show one's own details and who else has access."""
    return profile_page(token, {}, {})


@blueprint.post("/<token>/profile")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def save_profile(token: str) -> Answer:
    """Change one's own details."""
    typed = {name: request.form.get(name, "") for name in ("name", "phone", "role")}
    try:
        with transaction() as session:
            change_profile(session, visitor(session, token).person, **typed)
    except InvalidInput as error:
        return profile_page(token, {"own": dict(error.fields)}, {"own": typed}), 422
    flash(_("Saved."), "success")
    return redirect(url_for("portal.profile", token=token), 303)


def profile_page(token: str, problems: dict[str, dict[str, str]], typed: dict[str, dict[str, str]]) -> str:
    """Draw the profile page, with what was typed and refused by form: `own`, `new` or `password`."""
    with reading() as session:
        screen = portal_screen(session, token)
        people = people_of(session, screen.partnership.id)
        password = password_state(session, screen.person, token)
    return render_template(
        "portal/profile.html", screen=screen, people=people, password=password, problems=problems, typed=typed
    )


def _messages(token: str, *, problem: str = "") -> str:
    with reading() as session:
        screen = portal_screen(session, token)
        found = messages_of(session, screen.partnership.prospect_id)
    typed = request.form.get("text", "") if problem else ""
    return render_template("portal/messages.html", screen=screen, messages=found, problem=problem, typed=typed)
