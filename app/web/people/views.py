"""People and invitations: admins let people in, change what they may do, and close accounts."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import LANGUAGES, counted
from app.languages import gettext as _
from app.queries.people import PersonPage, list_people, open_invitations, person_page, program_choices
from app.services import accounts, invitations
from app.services.access import Permission, require
from app.services.errors import InvalidInput, NotFound
from app.services.preferences import choose_language_of_new_people, language_of_new_people
from app.web.form_errors import show_problems
from app.web.login import settings_of_app
from app.web.people.forms import InviteForm, PersonForm

blueprint = Blueprint("people", __name__, url_prefix="/settings/people")
_LINK_KEY = "fresh_invitation"


@blueprint.before_request
def only_for_admins() -> None:
    """Let nobody else see or change accounts: every view of this area is behind this one check."""
    require(current_user, Permission.MANAGE_PEOPLE)


@blueprint.get("")
def people() -> str:
    """Show the accounts and the open invitations; a link made a moment ago is shown this once."""
    with reading() as db_session:
        rows = list_people(db_session)
        waiting = open_invitations(db_session)
        new_language = language_of_new_people(db_session)
    return render_template(
        "people/people.html",
        people=rows,
        invitations=waiting,
        fresh=session.pop(_LINK_KEY, None),
        new_language=new_language,
    )


@blueprint.post("/language")
def set_language() -> Response:
    """Choose the language that new accounts begin with."""
    with transaction() as db_session:
        language = request.form.get("language", "")
        choose_language_of_new_people(db_session, language=language, actor_id=current_user.id)
    flash(_("New people begin in this language: %(name)s.", name=LANGUAGES[language]), "success")
    return redirect(url_for("people.people"), 303)


@blueprint.route("/invite", methods=["GET", "POST"])
def invite() -> Response | str | tuple[str, int]:
    """Invite a person by address."""
    form = InviteForm()
    with reading() as db_session:
        form.offer(program_choices(db_session))
    if request.method != "POST":
        return render_template("people/invite.html", form=form)
    if not form.validate_on_submit():
        return render_template("people/invite.html", form=form), 422
    wanted = invitations.Invite(
        email=form.email.data or "",
        role=form.chosen_role,
        program_ids=form.program_ids.data or [],
        accept_url=_accept_url(),
    )
    try:
        with transaction() as db_session:
            invited = invitations.invite(db_session, wanted, inviter=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return render_template("people/invite.html", form=form), 422
    return _show_link(invited)


@blueprint.post("/invitations/<int:invitation_id>/again")
def invite_again(invitation_id: int) -> Response:
    """Send a fresh link in place of an earlier one."""
    with transaction() as db_session:
        invited = invitations.invite_again(db_session, invitation_id, inviter=current_user, accept_url=_accept_url())
    return _show_link(invited)


@blueprint.post("/invitations/<int:invitation_id>/withdraw")
def withdraw_invitation(invitation_id: int) -> Response:
    """Make an invitation's link useless."""
    with transaction() as db_session:
        email = invitations.withdraw_invitation(db_session, invitation_id, actor_id=current_user.id)
    flash(_("The invitation for %(email)s is withdrawn.", email=email), "success")
    return redirect(url_for("people.people"), 303)


@blueprint.route("/<int:user_id>", methods=["GET", "POST"])
def person(user_id: int) -> Response | str | tuple[str, int]:
    """Show a person; change their name, role and programs."""
    found, form = _person_and_form(user_id)
    if request.method != "POST":
        return render_template("people/person.html", person=found, form=form)
    if not form.validate_on_submit():
        return render_template("people/person.html", person=found, form=form), 422
    try:
        with transaction() as db_session:
            _save_person(db_session, user_id, form)
    except InvalidInput as error:
        show_problems(form, error)
        return render_template("people/person.html", person=found, form=form), 422
    flash(_("%(name)s is saved.", name=form.name.data), "success")
    return redirect(url_for("people.people"), 303)


@blueprint.post("/<int:user_id>/deactivate")
def deactivate(user_id: int) -> Response:
    """Close an account and end its sessions; it can be opened again."""
    with transaction() as db_session:
        ended = accounts.deactivate_user(db_session, user_id, actor_id=current_user.id)
    flash(
        counted(
            "The account is closed; signed out on %(num)s device.",
            "The account is closed; signed out on %(num)s devices.",
            ended,
        ),
        "success",
    )
    return redirect(url_for("people.person", user_id=user_id), 303)


@blueprint.post("/<int:user_id>/reactivate")
def reactivate(user_id: int) -> Response:
    """Open a closed account again."""
    with transaction() as db_session:
        accounts.reactivate_user(db_session, user_id, actor_id=current_user.id)
    flash(_("The account is open again."), "success")
    return redirect(url_for("people.person", user_id=user_id), 303)


@blueprint.post("/<int:user_id>/sign-out")
def sign_out_person(user_id: int) -> Response:
    """End every session of a person: a lost laptop."""
    with transaction() as db_session:
        ended = accounts.sign_out_everywhere(db_session, user_id, actor_id=current_user.id)
    flash(counted("Signed out on %(num)s device.", "Signed out on %(num)s devices.", ended), "success")
    return redirect(url_for("people.person", user_id=user_id), 303)


def _person_and_form(user_id: int) -> tuple[PersonPage, PersonForm]:
    with reading() as db_session:
        found = person_page(db_session, user_id)
        programs = program_choices(db_session)
    if found is None:
        raise NotFound(_("There is no such person."))
    form = PersonForm(name=found.name, role=found.role.value, program_ids=list(found.program_ids))
    form.offer(programs)
    return found, form


def _save_person(db_session: Session, user_id: int, form: PersonForm) -> None:
    actor_id = current_user.id
    accounts.rename_user(db_session, user_id, name=form.name.data or "", actor_id=actor_id)
    accounts.change_role(db_session, user_id, form.chosen_role, actor_id=actor_id)
    accounts.set_programs(db_session, user_id, form.program_ids.data or [], actor_id=actor_id)


def _show_link(invited: invitations.Invited) -> Response:
    session[_LINK_KEY] = {"email": invited.email, "link": invited.link}
    return redirect(url_for("people.people"), 303)


def _accept_url() -> str:
    return f"{settings_of_app().public_url}/invitation/"
