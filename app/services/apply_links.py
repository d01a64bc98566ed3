"""The link to the application form in a sequence's mail: it says which enrollment it was written for, signed.

It opens nothing by itself: whoever holds it gets an empty form with the company filled in. The enrollment's own token,
which reply addresses carry, cannot be read out of it.
"""

import base64
import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Enrollment, ProgramPage
from app.services.keys import key_for
from app.services.links import own_addresses
from app.whole_numbers import row_number

_MAC_BYTES = 15
MAX_VIA = 60


def apply_token(enrollment: Enrollment) -> str:
    """Return what the link to the form carries for an enrollment."""
    return f"{enrollment.id}.{_mac(enrollment)}"


def apply_page(session: Session, program_id: int, enrollment_token: str) -> str:
    """Return the address of a program's form, for an enrollment with what says who came; "" while it is not open.

    Without a token, in a preview, it is the form as anybody finds it.
    """
    slug = session.scalar(select(ProgramPage.slug).where(ProgramPage.program_id == program_id, ProgramPage.is_open))
    if slug is None:
        return ""
    page = f"{own_addresses().public_url}/apply/{slug}"
    enrollment = session.scalar(select(Enrollment).where(Enrollment.token == enrollment_token))
    return f"{page}?via={apply_token(enrollment)}" if enrollment_token and enrollment is not None else page


def enrollment_behind(session: Session, via: str, *, program_id: int) -> Enrollment | None:
    """Return the enrollment of this program a link was written for; None for any other, altered or foreign one."""
    written, _, mac = via.partition(".")
    number = row_number(written)
    if len(via) > MAX_VIA or not via.isascii() or number is None:
        return None
    found = session.scalar(select(Enrollment).where(Enrollment.id == number, Enrollment.program_id == program_id))
    return found if found is not None and hmac.compare_digest(mac, _mac(found)) else None


def _mac(enrollment: Enrollment) -> str:
    signed = hmac.new(key_for("apply"), enrollment.token.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(signed[:_MAC_BYTES]).decode()
