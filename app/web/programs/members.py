"""Views of a program's members."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.db import reading, transaction
from app.languages import SOURCE, current_language
from app.languages import gettext as _
from app.queries.programs import Candidate, members_of, possible_members
from app.services.access import Permission, program_for
from app.services.programs import add_member, remove_member
from app.web.programs.blueprint import blueprint
from app.web.programs.forms import MemberForm
from app.web.undo import flash_with_undo


@blueprint.get("/p/<slug>/members")
def members(slug: str) -> str:
    """Show who works in a program; those who may manage it can change that."""
    return _page(slug, None)


@blueprint.post("/p/<slug>/members")
def join(slug: str) -> Response | tuple[str, int]:
    """Let a person work in the program."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        form = _form([(person.id, person.name) for person in possible_members(session, program.id)])
    if not form.validate():
        return _page(slug, form), 422
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        person = add_member(session, program, form.user_id.data, actor=current_user)
    flash(_("%(name)s works in %(program)s now.", name=person.name, program=program.name), "success")
    return redirect(url_for("programs.members", slug=slug), 303)


@blueprint.post("/p/<slug>/members/<int:user_id>/remove")
def leave(slug: str, user_id: int) -> Response:
    """End a person's work in the program; adding them again gives access back, not their prospects."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.MANAGE_PROGRAMS)
        person = remove_member(session, program, user_id, actor=current_user)
    undo = url_for("programs.join", slug=slug)
    flash_with_undo(
        _("%(name)s no longer works in %(program)s.", name=person.name, program=program.name),
        url=undo,
        fields={"user_id": str(user_id)},
    )
    return redirect(url_for("programs.members", slug=slug), 303)


def _page(slug: str, form: MemberForm | None) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        people = members_of(session, program.id)
        candidates = possible_members(session, program.id)
    form = form or _form([(person.id, f"{person.name}, {_role_of(person)}") for person in candidates])
    return render_template("programs/members.html", program=program, members=people, candidates=candidates, form=form)


def _role_of(person: Candidate) -> str:
    """Return a role as it stands behind a name; German writes its nouns with a capital there too."""
    return person.role.label.lower() if current_language() == SOURCE else _(person.role.label)


def _form(people: list[tuple[int, str]]) -> MemberForm:
    form = MemberForm()
    form.user_id.choices = [SelectChoice(*person) for person in people]
    return form
