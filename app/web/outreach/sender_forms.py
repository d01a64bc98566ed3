"""Forms of senders, the servers of their mailboxes, and the rules on cold mail."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.clock import today
from app.languages import mark
from app.models import Sender, SenderTransport
from app.services.sender_changes import PORTS, SenderDetails, ServerDetails
from app.services.sequence_drafts import DEFAULT_WINDOW
from app.web.outreach.forms import Expected, WindowMixin

_TRANSPORTS = {
    SenderTransport.OUTBOX: mark("Keep it here: nothing leaves, mails can be read in the outbox"),
    SenderTransport.SMTP: mark("SMTP: a mailbox of your own, for first mails to people who do not know you"),
    SenderTransport.SENDGRID: mark("SendGrid: for people who agreed to hear from you"),
}


_TOO_LONG = mark("An address has at most 320 characters.")


class SenderForm(FlaskForm, WindowMixin):
    """Who a sender is and how much it may send."""

    version = HiddenField()
    name = StringField(
        mark("Name"),
        description=mark("As people see it: a person's name is answered more than a company's."),
        validators=[Expected()],
    )
    address = StringField(
        mark("Address"),
        validators=[InputRequired(mark("Give the address mail comes from.")), Length(max=320, message=_TOO_LONG)],
    )
    reply_to = StringField(
        mark("Answers go to"),
        description=mark("Empty: to the address itself, or to the product where it takes replies."),
        validators=[Optional(), Length(max=320, message=_TOO_LONG)],
    )
    signature = TextAreaField(mark("Signature"), validators=[Optional(), Length(max=2000)])
    postal_address = StringField(
        mark("Postal address"),
        description=mark("Stands in the footer of every mail, as the law asks."),
        validators=[Expected(), Length(max=500, message=mark("At most 500 characters."))],
    )
    transport = SelectField(
        mark("How it leaves"),
        choices=[SelectChoice(k.value, text) for k, text in _TRANSPORTS.items()],
        validators=[Expected()],
    )
    time_zone = StringField(
        mark("Time zone"),
        default="UTC",
        description=mark("Whose midnight the daily cap counts by, and whose clock its hours."),
    )
    has_hours = BooleanField(
        mark("It sends in hours of its own only"),
        description=mark(
            "A mail then waits until both the sequence's hours, on the contact's clock, and these are open."
        ),
    )
    daily_cap = IntegerField(
        mark("At most a day"),
        default=50,
        validators=[Optional(), NumberRange(1, 100_000, message=mark("From 1 to 100,000."))],
    )
    has_ramp = BooleanField(
        mark("Start with fewer and add some each day"), description=mark("A new address that sends much is filtered.")
    )
    ramp_start = IntegerField(mark("First day"), default=10, validators=[Optional(), NumberRange(1, 10_000)])
    ramp_per_day = IntegerField(mark("More each day"), default=5, validators=[Optional(), NumberRange(0, 10_000)])
    spacing_min = IntegerField(
        mark("Minutes between mails to one company"),
        default=10,
        validators=[Optional(), NumberRange(0, 1_440, message=mark("From 0 to 1,440 minutes."))],
    )
    dkim_selectors = StringField(
        mark("DKIM selectors"),
        description=mark("As your mail provider names them; empty: the usual ones are tried."),
        validators=[Optional(), Length(max=300)],
    )

    def fill(self, sender: Sender) -> None:
        """Show what is stored."""
        for name in ("name", "address", "reply_to", "signature", "postal_address", "time_zone", "daily_cap"):
            getattr(self, name).data = getattr(sender, name)
        self.version.data = str(sender.version)
        self.transport.data = sender.transport.value
        self.has_hours.data = bool(sender.hours)
        hours = sender.hours or DEFAULT_WINDOW
        self.days.data, self.opens.data, self.closes.data = hours["days"], hours["from"], hours["to"]
        self.has_ramp.data = sender.ramp_since_on is not None
        self.ramp_start.data, self.ramp_per_day.data = sender.ramp_start, sender.ramp_per_day
        self.spacing_min.data = sender.domain_spacing_s // 60
        self.dkim_selectors.data = ", ".join(sender.connection.get("dkim_selectors", ()))

    def details(self, sender: Sender | None = None) -> SenderDetails:
        """Return what was typed; a ramp that runs already keeps the day it began on."""
        began_on = sender.ramp_since_on if sender is not None and sender.ramp_since_on else today()
        hours = {"days": self.days.data or [], "from": self.opens.data, "to": self.closes.data}
        selectors = (self.dkim_selectors.data or "").replace(",", " ").split()
        return SenderDetails(
            name=self.name.data or "",
            address=self.address.data or "",
            reply_to=self.reply_to.data or "",
            signature=self.signature.data or "",
            postal_address=self.postal_address.data or "",
            transport=SenderTransport(self.transport.data),
            time_zone=(self.time_zone.data or "UTC").strip(),
            hours=hours if self.has_hours.data else {},
            daily_cap=self.daily_cap.data,
            ramp_since_on=began_on if self.has_ramp.data else None,
            ramp_start=self.ramp_start.data or 10,
            ramp_per_day=self.ramp_per_day.data if self.ramp_per_day.data is not None else 5,
            domain_spacing_s=(self.spacing_min.data or 0) * 60,
            dkim_selectors=tuple(selectors[:10]),
        )


class ConnectionForm(FlaskForm):
    """The servers of a mailbox. Passwords are never shown again; an empty field keeps the one that is stored."""

    smtp_host = StringField(mark("SMTP server"), validators=[Optional(), Length(max=253)])
    smtp_port = IntegerField(mark("Port"), default=PORTS["smtp"], validators=[Optional()])
    smtp_tls = SelectField(
        mark("Encryption"),
        choices=[
            SelectChoice("starttls", mark("After the first words (STARTTLS, 587)")),
            SelectChoice("tls", mark("From the start (465)")),
        ],
    )
    smtp_username = StringField(mark("User name"), validators=[Optional(), Length(max=320)])
    smtp_password = PasswordField(mark("Password"), validators=[Optional(), Length(max=500)])
    imap_host = StringField(mark("IMAP server"), validators=[Optional(), Length(max=253)])
    imap_port = IntegerField(mark("Port"), default=PORTS["imap"], validators=[Optional()])
    imap_username = StringField(mark("User name"), validators=[Optional(), Length(max=320)])
    imap_password = PasswordField(mark("Password"), validators=[Optional(), Length(max=500)])
    imap_folder = StringField(mark("Folder"), default="INBOX", validators=[Optional(), Length(max=200)])

    def fill(self, sender: Sender) -> None:
        """Show what is stored, but for passwords."""
        smtp, imap = sender.connection.get("smtp", {}), sender.connection.get("imap", {})
        self.smtp_host.data, self.imap_host.data = smtp.get("host", ""), imap.get("host", "")
        self.smtp_port.data = smtp.get("port", PORTS["smtp"])
        self.imap_port.data = imap.get("port", PORTS["imap"])
        self.smtp_tls.data = "tls" if smtp.get("uses_tls_from_start") else "starttls"
        self.smtp_username.data, self.imap_username.data = smtp.get("username", ""), imap.get("username", "")
        self.imap_folder.data = imap.get("folder", "INBOX")

    def servers(self) -> tuple[ServerDetails, ServerDetails]:
        """Return what was typed: the SMTP and the IMAP server."""
        smtp = ServerDetails(
            host=self.smtp_host.data or "",
            port=self.smtp_port.data or PORTS["smtp"],
            username=self.smtp_username.data or "",
            password=self.smtp_password.data or "",
            uses_tls_from_start=self.smtp_tls.data == "tls",
        )
        imap = ServerDetails(
            host=self.imap_host.data or "",
            port=self.imap_port.data or PORTS["imap"],
            username=self.imap_username.data or "",
            password=self.imap_password.data or "",
            folder=self.imap_folder.data or "INBOX",
        )
        return smtp, imap


class CountryRuleForm(FlaskForm):
    """Whether cold mail may go to a country, and on what ground."""

    country = SelectField(mark("Country"), validators=[InputRequired(mark("Choose a country."))])
    allows = BooleanField(mark("We may write first to people there"))
    note = StringField(mark("On what ground"), validators=[Optional(), Length(max=2000)])
