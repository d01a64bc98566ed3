"""What somebody who applies again sent before, and what is different now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Application, ApplicationAnswer, ApplicationReference, ApplicationState


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One line of the form that is not as it was; "" for one that was or is not there."""

    label: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierApplication:
    """The last application before this one of the same company or person, and the difference."""

    id: int
    state: ApplicationState
    sent_at: datetime
    closed_at: datetime | None
    reason_codes: tuple[str, ...]
    message: str
    changed: tuple[ChangedLine, ...]
    same: int


def earlier_application(session: Session, application: Application) -> EarlierApplication | None:
    """Return what came before, None for a first application; forms whose address nobody confirmed do not count."""
    same = [Application.email == application.email]
    if application.prospect_id is not None:
        same.append(Application.prospect_id == application.prospect_id)
    before = session.scalar(
        select(Application)
        .where(
            Application.program_id == application.program_id,
            Application.id < application.id,
            Application.confirmed_at.is_not(None),
            or_(*same),
        )
        .order_by(Application.id.desc())
        .limit(1)
    )
    if before is None:
        return None
    old, new = _lines(session, before), _lines(session, application)
    changed = tuple(
        ChangedLine(label, old.get(label, ""), new.get(label, ""))
        for label in {**new, **old}
        if old.get(label, "") != new.get(label, "")
    )
    return EarlierApplication(
        id=before.id,
        state=before.state,
        sent_at=before.submitted_at,
        closed_at=before.closed_at,
        reason_codes=tuple(before.reason_codes),
        message=before.message,
        changed=changed,
        same=len({**new, **old}) - len(changed),
    )


def _lines(session: Session, application: Application) -> dict[str, str]:
    """Return what was sent, by the words it stands under."""
    answers = session.execute(
        select(ApplicationAnswer.label, ApplicationAnswer.value)
        .where(ApplicationAnswer.application_id == application.id)
        .order_by(ApplicationAnswer.position, ApplicationAnswer.id)
    )
    references = session.execute(
        select(ApplicationReference.position, ApplicationReference.name, ApplicationReference.email)
        .where(ApplicationReference.application_id == application.id)
        .order_by(ApplicationReference.position)
    )
    lines = {_("Name"): application.name, _("E-mail"): application.email, _("Company"): application.company_name}
    lines |= {_("Website"): application.website, _("Phone"): application.phone}
    lines |= {row.label: row.value for row in answers}
    lines |= {_("Reference %(number)s", number=position): f"{name}, {email}" for position, name, email in references}
    return {label: value for label, value in lines.items() if value}
