"""Add one company by the address of its site: a field here, on the board, and for a bookmark (`?address=`)."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.queries.prospect import possible_owners
from app.services.access import Permission, program_for
from app.services.discover.adding import add_by_address
from app.services.errors import InvalidInput
from app.web.discover.blueprint import blueprint
from app.web.discover.forms import AddForm
from app.web.form_errors import show_problems


@blueprint.get("/add")
def add_page(slug: str) -> str:
    """Show the field alone, filled with the address that a bookmark brings along."""
    return _render(slug, AddForm(formdata=None, data={"address": request.args.get("address", "")[:2000]}))


@blueprint.post("/add")
def add(slug: str) -> Response | tuple[str, int]:
    """Make a prospect of the company and show it; one that is there already is shown as it is."""
    form = AddForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.IMPORT)
            members = {person.id for person in possible_owners(session, program.id)}
            owner_id = current_user.id if current_user.id in members else None
            added = add_by_address(
                session, program, form.address.data or "", owner_id=owner_id, by_user_id=current_user.id
            )
            prospect_id, stage = added.prospect.id, added.prospect.stage
    except InvalidInput as error:
        show_problems(form, error)
        return _render(slug, form), 422
    if added.is_new:
        flash(_("Added. Its site is being read now."), "success")
    else:
        flash(_("This company is in the program already, in %(stage)s.", stage=_(stage.label)), "info")
    return redirect(url_for("prospects.show", slug=slug, prospect_id=prospect_id), 303)


def _render(slug: str, form: AddForm) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
    return render_template("discover/add.html", program=program, form=form)
