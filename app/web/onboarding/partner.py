"""A partner's page: the plan, the hand-over, the people, the messages; and what is done about them."""

from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import OnboardingTemplate, Partnership, Program, Prospect, Provenance
from app.models.stage import PARTNER_STAGES
from app.queries.care_partner import open_case_count
from app.queries.care_results import partner_results
from app.queries.onboarding_plan import badges_of, history_of, messages_of, steps_of
from app.queries.partner import partner_header
from app.queries.partner_access import access_of
from app.queries.prospect import possible_owners
from app.queries.step_resources import step_resources
from app.queries.tier_standing import qualified_in
from app.queries.tiers import known_tiers
from app.services.access import Permission, program_for
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.onboarding.handing_over import HandOver, hand_over
from app.services.onboarding.mails import mail_person
from app.services.onboarding.messages import write_to_partner
from app.services.onboarding.people import (
    NewPerson,
    add_person,
    make_main,
    people_of,
    person_in,
    remove_person,
)
from app.services.onboarding.starting import begin_partnership, plan_of, start_plan
from app.services.onboarding.templates import template_for, templates_of
from app.services.tiers.raising import raise_partner
from app.services.tiers.terms import agreement_of
from app.services.tiers.words import entry_words, reached_words
from app.web.onboarding.blueprint import blueprint
from app.whole_numbers import row_number

Answer = Response | str | tuple[str, int]
NOT_IN_FORCE = "This company is no partner any more, so nothing is done here. Approve it again first."


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: `hand_over`, `person`, `message` or a step's id; and what is wrong with it."""

    form: str = ""
    problems: dict[str, str] = field(default_factory=dict)


def partnership_for(
    session: Session, slug: str, partnership_id: int, permission: Permission
) -> tuple[Program, Partnership]:
    """Return a program the user works in and one of its partnerships; raises NotFound or NotAllowed.

    A partnership that is not in force (any more) can be read, and changed by nobody: raises Conflict.
    """
    program = program_for(session, current_user, slug, permission)
    found = session.get(Partnership, partnership_id)
    if found is None or found.program_id != program.id:
        raise NotFound(_("There is no such partner in this program."))
    is_in_force = session.get_one(Prospect, found.prospect_id).stage in PARTNER_STAGES
    if permission is not Permission.READ and not is_in_force:
        raise Conflict(NOT_IN_FORCE)
    return program, found


@blueprint.get("/partners/<int:partnership_id>")
def partner(slug: str, partnership_id: int) -> str:
    """Show a partner's onboarding."""
    return partner_page(slug, partnership_id)


@blueprint.post("/prospects/<int:prospect_id>/begin")
def begin(slug: str, prospect_id: int) -> Response:
    """Begin the partnership of a prospect that was a partner before there was onboarding."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
        prospect = session.get(Prospect, prospect_id)
        if prospect is None or prospect.program_id != program.id:
            raise NotFound(_("There is no such prospect in this program; it may have been removed."))
        if prospect.stage not in PARTNER_STAGES:
            raise Conflict(_("Only an approved prospect has an onboarding. Approve it first."))
        partnership = begin_partnership(session, prospect, by_user_id=current_user.id)
    return back(slug, partnership.id)


@blueprint.post("/partners/<int:partnership_id>/start")
def start(slug: str, partnership_id: int) -> Response:
    """Start a plan by hand, where the approval found no template."""
    template_id = row_number(request.form.get("template_id", ""), 0)
    with transaction() as session:
        program, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
        template = template_for(session, program, template_id)
        start_plan(session, partnership, template, by_user_id=current_user.id)
    flash(_("Started with “%(name)s”. The partner's people have their links by mail.", name=template.name), "success")
    return back(slug, partnership_id)


@blueprint.post("/partners/<int:partnership_id>/hand-over")
def hand(slug: str, partnership_id: int) -> Answer:
    """Say who looks after the partner, their tier, and what was promised."""
    wanted = HandOver(
        account_manager_id=row_number(request.form.get("account_manager_id", "")),
        tier=request.form.get("tier", ""),
        promised=request.form.get("promised", ""),
    )
    try:
        with transaction() as session:
            _unused, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
            begun_with = hand_over(session, partnership, wanted, actor=current_user)
    except InvalidInput as error:
        return partner_page(slug, partnership_id, Refused("hand_over", dict(error.fields))), 422
    flash(_("Handed over; a note stands on the timeline."), "success")
    _say_begun(begun_with)
    return back(slug, partnership_id)


@blueprint.post("/partners/<int:partnership_id>/tier")
def raise_tier(slug: str, partnership_id: int) -> Response:
    """Raise the partner into the tier that their results lead into."""
    tier_id, seen = row_number(request.form.get("tier_id", ""), 0), request.form.get("seen", "")
    with transaction() as session:
        _unused, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
        tier, begun_with = raise_partner(session, partnership, tier_id, seen=seen, actor=current_user)
    flash(_("Raised to %(tier)s; the partner is told by mail.", tier=tier.name), "success")
    _say_begun(begun_with)
    return back(slug, partnership_id, "tier")


@blueprint.post("/partners/<int:partnership_id>/message")
def message(slug: str, partnership_id: int) -> Answer:
    """Write to the partner."""
    try:
        with transaction() as session:
            _unused, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
            count = write_to_partner(session, partnership, request.form.get("text", ""), author=current_user)
    except InvalidInput as error:
        return partner_page(slug, partnership_id, Refused("message", dict(error.fields))), 422
    flash(_("Sent to %(count)s of theirs by mail; it stands on their page too.", count=count), "success")
    return back(slug, partnership_id, "messages")


@blueprint.post("/partners/<int:partnership_id>/people")
def invite(slug: str, partnership_id: int) -> Answer:
    """Give somebody of the partner access, with a link by mail."""
    new = NewPerson(
        name=request.form.get("name", ""), email=request.form.get("email", ""), role=request.form.get("role", "")
    )
    try:
        with transaction() as session:
            _unused, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
            person = add_person(session, partnership, new, provenance=Provenance.HAND, actor_id=current_user.id)
            is_mailed = mail_person(session, person, "invited", by=current_user.name)
    except InvalidInput as error:
        return partner_page(slug, partnership_id, Refused("person", dict(error.fields))), 422
    if is_mailed:
        told = _("%(name)s gets a link by mail.", name=person.name)
    else:
        told = _("%(name)s has access, but must not be mailed, so no mail goes out.", name=person.name)
    flash(told, "success")
    return back(slug, partnership_id, "people")


@blueprint.post("/partners/<int:partnership_id>/people/<int:person_id>/link")
def mail_link(slug: str, partnership_id: int, person_id: int) -> Response:
    """Mail somebody a new link to sign in with; those they have go on working."""
    with transaction() as session:
        _unused, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
        person = person_in(session, partnership, person_id)
        is_mailed = mail_person(session, person, "new_link")
    if not is_mailed:
        raise Conflict(
            _(
                "%(email)s must not be mailed. They can ask for a link themselves, on the partner page.",
                email=person.email,
            )
        )
    flash(_("A new link is on its way to %(email)s.", email=person.email), "success")
    return back(slug, partnership_id, "people")


@blueprint.post("/partners/<int:partnership_id>/people/<int:person_id>/main")
def main_contact(slug: str, partnership_id: int, person_id: int) -> Response:
    """Make somebody the main contact."""
    with transaction() as session:
        _unused, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
        person = make_main(session, partnership, person_id, actor_id=current_user.id)
    flash(_("%(name)s is the main contact.", name=person.name), "success")
    return back(slug, partnership_id, "people")


@blueprint.post("/partners/<int:partnership_id>/people/<int:person_id>/remove")
def take_out(slug: str, partnership_id: int, person_id: int) -> Response:
    """Take somebody's access away."""
    with transaction() as session:
        _unused, partnership = partnership_for(session, slug, partnership_id, Permission.WORK_PROSPECTS)
        person = remove_person(session, partnership, person_id, actor_id=current_user.id)
    flash(_("%(name)s has no access any more.", name=person.name), "success")
    return back(slug, partnership_id, "people")


def _say_begun(template: OnboardingTemplate | None) -> None:
    if template is not None:
        words = _("Nothing of their plan was done yet, so it began anew with “%(name)s”.", name=template.name)
        flash(words, "success")


def partner_page(slug: str, partnership_id: int, refused: Refused | None = None) -> str:
    """Draw the page; a refused form keeps what was typed."""
    with reading() as session:
        program, partnership = partnership_for(session, slug, partnership_id, Permission.READ)
        plan = plan_of(session, partnership.id)
        steps = steps_of(session, plan.id) if plan else ()
        header = partner_header(session, partnership.id)
        people = people_of(session, partnership.id)
        access = access_of(session, partnership.id)
        owners = possible_owners(session, program.id)
        history = history_of(session, plan.id) if plan else []
        messages = messages_of(session, partnership.prospect_id)
        templates = templates_of(session, program.id) if plan is None else []
        care_results = partner_results(session, partnership.id)
        care_open_cases = open_case_count(session, partnership.id)
        resources = step_resources(session, program.id, steps, tier=partnership.tier)
        found = qualified_in(session, program.id, partnership_id=partnership.id)
        agreement = agreement_of(session, partnership)
        tiers = known_tiers(session, program.id, also=partnership.tier)
    return render_template(
        "onboarding/partner.html",
        program=program,
        partner=header,
        plan=plan,
        steps=steps,
        badges=badges_of(steps),
        people=people,
        access=access,
        owners=owners,
        history=history,
        messages=messages,
        templates=templates,
        refused=refused or Refused(),
        typed=request.form if refused else {},
        is_in_force=header.stage in PARTNER_STAGES,
        care_results=care_results,
        care_open_cases=care_open_cases,
        tiers=tiers,
        resources=resources,
        agreement=agreement,
        qualified=found[0] if found else None,
        qualified_words=reached_words(found[0].tier, found[0].reached) if found else "",
        qualified_asks=entry_words(found[0].tier) if found else "",
    )


def back(slug: str, partnership_id: int, anchor: str | None = None) -> Response:
    """Go back to the partner's page."""
    return redirect(url_for("onboarding.partner", slug=slug, partnership_id=partnership_id, _anchor=anchor), 303)
