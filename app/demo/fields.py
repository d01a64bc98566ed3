"""Fields of the demo's programs: what their specialists want to know of each prospect, filled for some of them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Company, Program, Prospect, User
from app.models.custom_field import FieldKind
from app.services.custom_field_values import set_value
from app.services.custom_fields import FieldContent, add_field

FIELDS = (
    FieldContent(label="Priority", kind=FieldKind.CHOICE, options=("High", "Medium", "Low")),
    FieldContent(label="Clients", kind=FieldKind.NUMBER, help="How many shops they look after, as they say themselves"),
    FieldContent(label="Their newsletter", kind=FieldKind.YES_NO),
    FieldContent(label="Contract elsewhere until", kind=FieldKind.DATE, help="When they are free to change"),
)
# By company name; a specialist fills what came up in talks, and leaves the rest.
VALUES = {
    "Agency Atlas": ("High", "42", "yes", ""),
    "Twelve Oaks Digital": ("High", "18", "yes", "2027-03-31"),
    "Harborlight Studio": ("Medium", "9", "no", ""),
    "Cobbleworks": ("High", "27", "", "2027-06-30"),
    "Parcelpine": ("Medium", "", "yes", ""),
    "Flowsmith": ("Low", "6", "no", ""),
    "Palmetto Web": ("Medium", "14", "yes", "2026-12-31"),
    "Inbox Orchard": ("High", "31", "yes", ""),
    "Saltmarsh Commerce": ("Low", "4", "", ""),
    "StoreStack Reviews": ("Medium", "", "yes", ""),
}


def add_own_fields(session: Session, program: Program, *, admin: User, specialist: User) -> None:
    """Add the fields to a program and fill them where its prospects are known by name."""
    fields = [add_field(session, program, content, actor=admin) for content in FIELDS]
    rows = session.execute(
        select(Prospect, Company.name)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program.id, Company.name.in_(VALUES))
        .order_by(Prospect.id)
    )
    for prospect, name in rows.all():
        for field, value in zip(fields, VALUES[name], strict=True):
            set_value(session, prospect, field, value, actor=specialist, version=None)
