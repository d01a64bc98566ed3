"""Forms of the people area."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.languages import gettext as _
from app.languages import mark
from app.models import Role
from app.queries.people import ProgramChoice

# What each role is for, in the words of the people screen; what it may do stands in app.services.access.
ROLE_HINTS = {
    Role.ADMIN: mark("sets up people, mail and settings; sees every program"),
    Role.DIRECTOR: mark("leads programs: works them, edits profiles, reads the audit log"),
    Role.RECRUITMENT_SPECIALIST: mark("imports, scores, contacts and decides"),
    Role.ACCOUNT_MANAGER: mark("takes over approved partners; works prospects"),
    Role.ASSOCIATE: mark("works prospects and writes notes; no decisions"),
    Role.DATA_ANALYST: mark("reads everything, changes nothing"),
    Role.CREATIVE: mark("reads and writes notes"),
}
_ROLES = [SelectChoice(role.value, role.label) for role in Role]


class _RoleAndPrograms(FlaskForm):
    """A role, and programs as check boxes; the programs are given when the form is made."""

    role = RadioField(mark("Role"), choices=_ROLES, default=Role.RECRUITMENT_SPECIALIST.value)
    program_ids = SelectMultipleField(
        mark("Programs"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=mark("Admins see every program, ticked or not."),
    )

    def offer(self, programs: Sequence[ProgramChoice]) -> None:
        """Name the programs to choose from, and say what each role is for."""
        self.role.choices = [SelectChoice(role.value, f"{_(role.label)} – {_(ROLE_HINTS[role])}") for role in Role]
        self.program_ids.choices = [SelectChoice(program.id, program.name) for program in programs]

    @property
    def chosen_role(self) -> Role:
        """Return the role that was chosen."""
        return Role(self.role.data)


class InviteForm(_RoleAndPrograms):
    """Who is invited, as what, to which programs."""

    email = EmailField(
        mark("E-mail"),
        [InputRequired("Type the person's e-mail address."), Length(max=320, message="That is too long.")],
        render_kw={"autocomplete": "off"},
    )


class PersonForm(_RoleAndPrograms):
    """A person's name, role and programs."""

    name = StringField(
        mark("Name"),
        [InputRequired("Type a name."), Length(max=120, message="Use at most 120 characters.")],
        render_kw={"autocomplete": "off"},
    )
