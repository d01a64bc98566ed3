"""What the audit log says of enrollments."""

from sqlalchemy.orm import Session

from app.models import Enrollment
from app.services.audit import record_audit


def audit_enrollment(
    session: Session, enrollment: Enrollment, action: str, *, by_user_id: int | None, **details: object
) -> None:
    """Append one event about an enrollment; `details` are JSON values."""
    record_audit(
        session,
        action,
        subject=f"enrollment:{enrollment.id}",
        actor_id=by_user_id,
        program_id=enrollment.program_id,
        details=details,
    )
