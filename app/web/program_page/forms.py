"""Forms of a program's public page: what it says, its terms, its questions."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import ColorInput, HiddenInput

from app.languages import mark
from app.models import FormQuestion, ProgramType, QuestionKind
from app.services.form_questions import MAX_HELP, MAX_LABEL, MAX_OPTIONS, QuestionContent
from app.services.program_pages import (
    MAX_ANSWER_DAYS,
    MAX_LINE,
    MAX_PAGE_TEXT,
    MAX_REAPPLY_DAYS,
    MAX_TERMS,
    PageContent,
)
from app.services.programs import MAX_SLUG
from app.web.form_errors import AT_MOST

_LINE = Length(max=MAX_LINE, message=AT_MOST)
_TEXT = Length(max=MAX_PAGE_TEXT, message=AT_MOST)


class PageForm(FlaskForm):
    """What strangers read on the page."""

    type = SelectField(mark("Kind of partner"), choices=[SelectChoice(kind.value, kind.label) for kind in ProgramType])
    slug = StringField(
        mark("Address"),
        description=mark("The last part of the page's address. A link that is out there breaks when it changes."),
        validators=[InputRequired(mark("Give the page an address.")), Length(max=MAX_SLUG)],
    )
    headline = StringField(mark("Headline"), validators=[InputRequired(mark("Say in a line what this is.")), _LINE])
    how_much = StringField(
        mark("How much"), description=mark("Such as: 25% of every subscription."), validators=[Optional(), _LINE]
    )
    how_often = StringField(
        mark("How often"), description=mark("Such as: paid monthly, for two years."), validators=[Optional(), _LINE]
    )
    for_what = StringField(
        mark("For what"),
        description=mark("Such as: every merchant who stays past the trial."),
        validators=[Optional(), _LINE],
    )
    details = TextAreaField(mark("More about the offer"), validators=[Optional(), _TEXT])
    tiers = TextAreaField(
        mark("About the tiers"),
        description=mark("Stands above the tiers of the program, which have a page of their own in the settings."),
        validators=[Optional(), _TEXT],
    )
    brand_color = StringField(mark("Brand color"), widget=ColorInput(), validators=[Length(max=7)])
    answer_days = IntegerField(
        mark("Answer within days"),
        description=mark("Applicants are told this day, and the review queue counts down to it."),
        validators=[InputRequired(mark("Give a number of days.")), NumberRange(1, MAX_ANSWER_DAYS)],
    )
    reapply_days = IntegerField(
        mark("Apply again after days"),
        description=mark("After a decline. 0: at once."),
        validators=[InputRequired(mark("Give a number of days.")), NumberRange(0, MAX_REAPPLY_DAYS)],
    )

    embed_sites = TextAreaField(
        mark("Sites that may show the form in a frame"),
        description=mark("One a line, such as https://partner.example. Nobody else can frame it."),
        validators=[Optional(), Length(max=6_000)],
        filters=[lambda value: "\n".join(value) if isinstance(value, list) else value],
    )

    def content(self) -> PageContent:
        """Return what was typed, for the service."""
        return PageContent(
            slug=self.slug.data or "",
            headline=self.headline.data or "",
            how_much=self.how_much.data or "",
            how_often=self.how_often.data or "",
            for_what=self.for_what.data or "",
            details=self.details.data or "",
            tiers=self.tiers.data or "",
            brand_color=self.brand_color.data or "",
            answer_days=self.answer_days.data or 0,
            reapply_days=self.reapply_days.data or 0,
            embed_sites=tuple((self.embed_sites.data or "").splitlines()),
        )


class TermsForm(FlaskForm):
    """A new version of the terms."""

    base_version = IntegerField(widget=HiddenInput(), default=0)
    text = TextAreaField(
        mark("Terms"),
        description=mark(
            "In plain language. Whoever applies accepts this version, and it is kept with the application."
        ),
        validators=[
            InputRequired(mark("Write the terms.")),
            Length(max=MAX_TERMS, message=AT_MOST),
        ],
    )


class QuestionForm(FlaskForm):
    """One question of the form."""

    label = StringField(
        mark("Question"), validators=[InputRequired(mark("Write the question.")), Length(max=MAX_LABEL)]
    )
    kind = SelectField(
        mark("Answered by"),
        choices=[SelectChoice(kind.value, kind.label) for kind in QuestionKind],
    )
    help = StringField(mark("Help below it"), validators=[Optional(), Length(max=MAX_HELP)])
    is_required = BooleanField(mark("An answer is required"))
    options = TextAreaField(
        mark("Answers to choose from"),
        description=mark("For a choice: one a line."),
        validators=[Optional(), Length(max=(MAX_LABEL + 2) * MAX_OPTIONS)],
    )
    shown_when_id = SelectField(mark("Asked only where"), coerce=int, default=0)
    shown_when_answer = StringField(
        mark("was answered with"), description=mark("Word for word."), validators=[Optional(), Length(max=MAX_LABEL)]
    )

    def offer_parents(self, questions: list[FormQuestion]) -> None:
        """Let the question hang on a choice question among these."""
        choices = [question for question in questions if question.kind is QuestionKind.CHOICE]
        self.shown_when_id.choices = [
            SelectChoice(0, mark("(everybody is asked)")),
            *(SelectChoice(question.id, question.label) for question in choices),
        ]

    def content(self) -> QuestionContent:
        """Return what was typed, for the service."""
        return QuestionContent(
            kind=QuestionKind(self.kind.data),
            label=self.label.data or "",
            help=self.help.data or "",
            is_required=bool(self.is_required.data),
            options=tuple((self.options.data or "").splitlines()),
            shown_when_id=self.shown_when_id.data or None,
            shown_when_answer=self.shown_when_answer.data or "",
        )
