"""The form by which a site's owner keeps the crawler away."""

from flask_wtf import FlaskForm
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length


class OptOutForm(FlaskForm):
    """A domain and an address at it. `website` is left empty by people: they do not see it, programs fill it in."""

    domain = StringField(
        "Your domain",
        validators=[InputRequired("Type your site's domain, such as example.com."), Length(max=300)],
    )
    email = EmailField(
        "Your e-mail address there",
        description="We mail a link to it, so that nobody does this to another's site, and keep it as the proof.",
        validators=[InputRequired("Type an e-mail address at that domain."), Length(max=320)],
    )
    website = StringField("Leave this empty", validators=[Length(max=300)])
