"""Contacts on the prospect page: adding, changing and removing them, and taking that back."""

from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import mark
from app.models import ContactField
from app.models.contact_change import ContactChange
from app.queries.prospect import prospect_header
from app.services.access import Permission
from app.services.activities import TypedContact, add_contact_by_hand
from app.services.contact_edits import (
    TypedValues,
    contact_in,
    edit_contact,
    open_sequences,
    remove_contact,
)
from app.services.contact_undo import undo_contact_change
from app.services.contact_values import hash_of_values, values_of
from app.services.errors import Conflict, InvalidInput
from app.web.form_errors import show_problems
from app.web.prospects.actions import Answer, back, refused
from app.web.prospects.forms import ContactForm
from app.web.prospects.screen import Typed, prospect_in
from app.web.prospects.views import blueprint
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

MAX_TYPED = 2_000
LABELS = {
    ContactField.NAME: mark("Name"),
    ContactField.ROLE: mark("Role"),
    ContactField.EMAIL: mark("E-mail"),
    ContactField.PHONE: mark("Phone"),
    ContactField.SOCIAL: mark("Profile"),
}
_CONTACT = "/contacts/<int:contact_id>"


@dataclass(frozen=True, slots=True)
class Line:
    """One value of the form, by the name it is sent under."""

    name: str
    label: str
    value: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """An edited contact that was not written: what is wrong, and what was typed."""

    problems: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    conflict: str = ""


@blueprint.post("/contacts")
def add_contact(slug: str, prospect_id: int) -> Answer:
    """Add a contact that a person knows of."""
    form = ContactForm()
    if not form.validate():
        return refused(slug, prospect_id, Typed(contact=form))
    fields = ("name", "email", "phone", "social", "role", "source_url")
    typed = TypedContact(**{name: form[name].data or "" for name in fields})
    try:
        with transaction() as session:
            _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
            change = add_contact_by_hand(session, prospect, typed, actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return refused(slug, prospect_id, Typed(contact=form))
    return _done(slug, prospect_id, change, _("Contact added."))


@blueprint.get(f"{_CONTACT}/edit")
def contact_form(slug: str, prospect_id: int, contact_id: int) -> str:
    """Show a contact's values to be changed; the page shows the form in the contact's place."""
    return _form_page(slug, prospect_id, contact_id, Refused())


@blueprint.post(f"{_CONTACT}/edit")
def change_contact(slug: str, prospect_id: int, contact_id: int) -> Answer:
    """Write what was changed of a contact."""
    try:
        with transaction() as session:
            _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
            change = edit_contact(session, prospect, contact_id, _typed(), actor=current_user)
    except Conflict as error:
        return _form_page(slug, prospect_id, contact_id, Refused({}, request.form.to_dict(), str(error))), 409
    except InvalidInput as error:
        return _form_page(slug, prospect_id, contact_id, Refused(error.fields, request.form.to_dict())), 422
    if change is None:
        flash(_("Nothing was changed."), "info")
        return back(slug, prospect_id, "contacts")
    return _done(slug, prospect_id, change, _("Contact saved."))


@blueprint.post(f"{_CONTACT}/remove")
def take_contact_out(slug: str, prospect_id: int, contact_id: int) -> Answer:
    """Remove a contact; where a sequence is on its way to them, that is said and asked first."""
    with transaction() as session:
        _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
        change = remove_contact(
            session,
            prospect,
            contact_id,
            version=request.form.get("version", ""),
            is_confirmed=request.form.get("confirm") == "yes",
            actor=current_user,
        )
    if change is None:
        return _question(slug, prospect_id, contact_id), 422
    return _done(slug, prospect_id, change, _("Contact removed."))


@blueprint.post("/contact-changes/<int:contact_change_id>/undo")
def undo_change(slug: str, prospect_id: int, contact_change_id: int) -> Response:
    """Put a contact back as it was before a change."""
    with transaction() as session:
        _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
        undo_contact_change(session, prospect, contact_change_id, actor=current_user)
    flash(_("Taken back."), "success")
    return back(slug, prospect_id, "contacts")


def _done(slug: str, prospect_id: int, change: ContactChange, text: str) -> Response:
    url = url_for("prospects.undo_change", slug=slug, prospect_id=prospect_id, contact_change_id=change.id)
    flash_with_undo(text, url=url, fields={})
    return redirect(url_for("prospects.show", slug=slug, prospect_id=prospect_id, _anchor="contacts"), 303)


def _typed() -> TypedValues:
    changed = {
        number: text[:MAX_TYPED]
        for name, text in request.form.items()
        if name.startswith("value-") and (number := row_number(name.removeprefix("value-"))) is not None
    }
    added = {each: request.form.get(f"new-{each.value}", "")[:MAX_TYPED] for each in ContactField}
    return TypedValues(
        changed=changed, added=added, source=request.form.get("source", ""), version=request.form.get("version", "")
    )


def _form_page(slug: str, prospect_id: int, contact_id: int, wrong: Refused) -> str:
    with reading() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
        contact = contact_in(session, prospect, contact_id)
        values = values_of(session, contact.id)
        header = prospect_header(session, prospect.id)
    lines = [
        Line(f"value-{value.id}", _(LABELS[value.field]), value.value)
        for each in LABELS
        for value in values
        if value.field is each
    ]
    known = {value.field for value in values}
    lines += [Line(f"new-{each.value}", _(label), "", True) for each, label in LABELS.items() if each not in known]
    return render_template(
        "prospects/contact.html",
        program=program,
        prospect=header,
        contact_id=contact_id,
        lines=lines,
        version=hash_of_values(values),
        wrong=wrong,
    )


def _question(slug: str, prospect_id: int, contact_id: int) -> str:
    with reading() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.WORK_PROSPECTS)
        contact = contact_in(session, prospect, contact_id)
        values = values_of(session, contact.id)
        sequences = open_sequences(session, contact.id)
        header = prospect_header(session, prospect.id)
    label = next((value.value for each in LABELS for value in values if value.field is each), _("this contact"))
    return render_template(
        "prospects/contact_remove.html",
        program=program,
        prospect=header,
        contact_id=contact_id,
        label=label,
        sequences=sequences,
        version=hash_of_values(values),
    )
