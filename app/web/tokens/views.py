"""The settings page of API tokens. A token is shown once, on the page after it was made."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import mark
from app.models.api_token import ApiScope
from app.queries.api_tokens import tokens as list_tokens
from app.queries.people import ProgramChoice, program_choices
from app.services.access import Permission, require
from app.services.api_tokens import MAX_NAME, NewToken, create_token, revoke_token
from app.services.errors import InvalidInput
from app.web.form_errors import show_problems
from app.web.login import settings_of_app

blueprint = Blueprint("tokens", __name__, url_prefix="/settings/tokens")
_FRESH_KEY = "fresh_token"
# Days to live, as the service takes them, and how people read them.
_ENDS = {
    30: mark("after 30 days"),
    90: mark("after 90 days"),
    365: mark("after 365 days"),
    0: mark("only by hand"),
}


class TokenForm(FlaskForm):
    """What a token is for and may do, where, and for how long."""

    name = StringField(
        mark("What will use it?"),
        [InputRequired(mark("Say what will use it."))],
        description=mark("Such as “Tracking platform, nightly results”."),
        render_kw={"maxlength": MAX_NAME, "autocomplete": "off"},
    )
    scopes = SelectMultipleField(
        mark("It may"),
        choices=[SelectChoice(scope.value, f"{scope.label} ({scope.value})") for scope in ApiScope],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    program_id = SelectField(mark("In"), [InputRequired()], coerce=int, validate_choice=False)
    days = RadioField(
        mark("It ends"),
        coerce=int,
        choices=[SelectChoice(days, words) for days, words in _ENDS.items()],
        default=90,
        validate_choice=False,
    )

    def offer(self, programs: Sequence[ProgramChoice]) -> None:
        """Name the programs to choose from."""
        named = [SelectChoice(program.id, program.name) for program in programs]
        self.scopes.choices = [SelectChoice(each.value, f"{_(each.label)} ({each.value})") for each in ApiScope]
        self.program_id.choices = [SelectChoice(0, _("every program")), *named]


@blueprint.before_request
def only_for_admins() -> None:
    """Let nobody else see or make tokens: every view of this area is behind this one check."""
    require(current_user, Permission.MANAGE_TOKENS)


@blueprint.get("")
def tokens() -> str:
    """Show the tokens and the form for another; one that was made a moment ago is shown this once."""
    return _page(TokenForm(formdata=None), fresh=session.pop(_FRESH_KEY, None))


@blueprint.post("")
def create() -> Response | tuple[str, int]:
    """Make a token."""
    form = TokenForm()
    if not form.validate():
        return _page(form), 422
    new = NewToken(
        name=form.name.data or "",
        scopes=tuple(form.scopes.data or ()),
        program_id=form.program_id.data,
        days=form.days.data,
    )
    try:
        with transaction() as db_session:
            token, text = create_token(db_session, new, actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return _page(form), 422
    session[_FRESH_KEY] = {"name": token.name, "text": text}
    return redirect(url_for("tokens.tokens"), 303)


@blueprint.post("/<int:token_id>/revoke")
def revoke(token_id: int) -> Response:
    """End a token at once."""
    with transaction() as db_session:
        token = revoke_token(db_session, token_id, actor=current_user)
    flash(_("“%(name)s” is revoked: whatever uses it is refused from now on.", name=token.name), "success")
    return redirect(url_for("tokens.tokens"), 303)


def _page(form: TokenForm, *, fresh: dict[str, str] | None = None) -> str:
    with reading() as db_session:
        rows = list_tokens(db_session)
        form.offer(program_choices(db_session))
    return render_template(
        "tokens/tokens.html", tokens=rows, form=form, fresh=fresh, api_url=f"{settings_of_app().public_url}/api/v1"
    )
