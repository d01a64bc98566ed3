"""What the application form knows of somebody who came by a link in our mail.

Only what is public or was in the mail: company, website, name. Never the address, for a link may be passed on, and the
address that is typed is what the confirmation proves.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Company, ContactField, ContactValue, Enrollment, Prospect


def prefill_of(session: Session, enrollment: Enrollment) -> dict[str, str]:
    """Return the fields of the form that can be filled in; the name is empty where none is known."""
    company = session.scalars(
        select(Company).join(Prospect, Prospect.company_id == Company.id).where(Prospect.id == enrollment.prospect_id)
    ).one()
    name = session.scalar(
        select(ContactValue.value)
        .where(ContactValue.contact_id == enrollment.contact_id, ContactValue.field == ContactField.NAME)
        .order_by(ContactValue.id)
        .limit(1)
    )
    return {"company_name": company.name, "website": company.website, "name": name or ""}
