"""Forms of migration waves: the upload, the plan, dealing out, and the answer of a partner."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.languages import gettext as _
from app.languages import mark
from app.models.wave import MigrationPlan, ValueBasis, WaveOrder
from app.services.errors import InvalidInput
from app.services.waves.planning import PlanChoice, next_monday
from app.services.waves.plans import MAX_PLATFORM, MAX_TEXT, PlanContent
from app.services.waves.presets import Platform
from app.web.form_errors import AT_MOST

_TEXT = Length(max=MAX_TEXT, message=AT_MOST)
_ORDERS = [
    SelectChoice(WaveOrder.HIGHEST_FIRST.value, mark("Worth most first")),
    SelectChoice(WaveOrder.EVENLY.value, mark("Every band spread evenly over the weeks")),
]


class PartnerFileForm(FlaskForm):
    """A file of partners; the platform is found from its headings unless the person names it."""

    file = FileField(
        mark("Export of the other platform"), description=mark("CSV or Excel (.xlsx), up to 2,000 partners.")
    )
    platform = SelectField(
        mark("Platform"),
        default="",
        choices=[
            SelectChoice("", mark("Find out from the headings")),
            *(SelectChoice(platform.value, platform.label) for platform in Platform),
        ],
    )

    def read_upload(self) -> tuple[str, bytes]:
        """Return the name and bytes of the file; raises InvalidInput where none was chosen."""
        return read_upload(self.file.data)

    def chosen_platform(self) -> Platform | None:
        """Return the platform the person named, None to find it out."""
        return Platform(self.platform.data) if self.platform.data else None


class StatusFileForm(FlaskForm):
    """A file of statuses."""

    file = FileField(
        mark("File of statuses"), description=mark("A column “status”, and one “id” or “domain”. CSV or Excel.")
    )

    def read_upload(self) -> tuple[str, bytes]:
        """Return the name and bytes of the file; raises InvalidInput where none was chosen."""
        return read_upload(self.file.data)


class MigrationPlanForm(FlaskForm):
    """How a program moves its partners."""

    platform = StringField(
        mark("Where they come from"),
        description=mark("The platform's name as the mails call it."),
        validators=[InputRequired(mark("Name the platform they come from.")), Length(max=MAX_PLATFORM)],
    )
    basis = SelectField(
        mark("Value is counted by"),
        choices=[
            SelectChoice(ValueBasis.REVENUE.value, mark("Revenue")),
            SelectChoice(ValueBasis.LEADS.value, mark("Leads")),
        ],
    )
    currency = StringField(mark("Currency"), description=mark("Three letters."), validators=[Length(max=3)])
    thresholds = TextAreaField(
        mark("Bands start at"),
        description=mark("One whole number a line, such as 10000 and 1000: A from 10,000, B from 1,000, C the rest."),
        validators=[InputRequired(mark("Give at least one number.")), Length(max=80)],
    )
    capacity = IntegerField(mark("Partners a week"), validators=[InputRequired(mark("Give a number."))])
    order = SelectField(mark("Who comes first"), choices=_ORDERS)
    message = TextAreaField(
        mark("Words of your own in the invitation"),
        description=mark("Such as why you move and what changes for them."),
        validators=[Optional(), _TEXT],
    )
    incentive = TextAreaField(
        mark("What they get for moving in time"),
        description=mark("Stands in the mail and on the page, with its last day. Empty: nothing is promised."),
        validators=[Optional(), _TEXT],
    )
    incentive_days = IntegerField(mark("Holds for days"), validators=[InputRequired(mark("Give a number of days."))])
    remind_days = IntegerField(
        mark("Remind days before it ends"),
        description=mark("0 sends no reminder."),
        validators=[InputRequired(mark("Give a number."))],
    )
    stuck_days = IntegerField(
        mark("Stuck after days"),
        description=mark("Invited longer ago than this, with no answer."),
        validators=[InputRequired(mark("Give a number of days."))],
    )

    def content(self) -> PlanContent:
        """Return what was typed, for the service."""
        return PlanContent(
            platform=self.platform.data or "",
            basis=ValueBasis(self.basis.data),
            currency=self.currency.data or "",
            thresholds=self.thresholds.data or "",
            capacity=self.capacity.data or 0,
            order=WaveOrder(self.order.data),
            message=self.message.data or "",
            incentive=self.incentive.data or "",
            incentive_days=self.incentive_days.data or 0,
            remind_days=self.remind_days.data or 0,
            stuck_days=self.stuck_days.data or 0,
        )

    @classmethod
    def of(cls, plan: MigrationPlan) -> "MigrationPlanForm":
        """Return the form as the plan stands."""
        names = ("platform", "currency", "capacity", "message", "incentive", "incentive_days", "remind_days")
        values = {name: getattr(plan, name) for name in (*names, "stuck_days")}
        values |= {"basis": plan.basis.value, "order": plan.order.value}
        return cls(formdata=None, data=values | {"thresholds": "\n".join(map(str, plan.thresholds))})


class DealForm(FlaskForm):
    """From which week, how many a week, in which order."""

    class Meta:
        """The proposal is only looked at, so its form carries no token and can be linked to."""

        csrf = False

    starts_on = DateField(mark("First week"), validators=[InputRequired(mark("Choose a day of the first week."))])
    capacity = IntegerField(mark("Partners a week"), validators=[InputRequired(mark("Give a number."))])
    order = SelectField(mark("Who comes first"), choices=_ORDERS)

    def choice(self) -> PlanChoice:
        """Return the choice, for the service; raises InvalidInput for what is none."""
        if self.starts_on.data is None or self.capacity.data is None:
            raise InvalidInput({"starts_on": _("Choose the first week, and how many partners a week.")})
        order = WaveOrder(self.order.data) if self.order.data in frozenset(WaveOrder) else WaveOrder.HIGHEST_FIRST
        return PlanChoice(self.starts_on.data, self.capacity.data, order)

    @classmethod
    def usual(cls, plan: MigrationPlan) -> "DealForm":
        """Return the form with the plan's own values, from next week on."""
        data = {"starts_on": next_monday(), "capacity": plan.capacity, "order": plan.order.value}
        return cls(formdata=None, data=data)


def read_upload(upload: object) -> tuple[str, bytes]:
    """Return the name and bytes of an uploaded file; raises InvalidInput (field `file`) where none was chosen."""
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise InvalidInput({"file": _("Choose a file first.")})
    with upload.stream:
        return upload.filename, upload.stream.read()
