"""Words by which partners are grouped; a segment of a broadcast is chosen by them."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Partnership, PartnerTag, User
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.plain_text import clean_line

MAX_TAGS, MAX_TAG = 20, 40


def tags_of(session: Session, partnership_id: int) -> list[str]:
    """Return a partner's tags in alphabetical order."""
    return list(
        session.scalars(
            select(PartnerTag.tag).where(PartnerTag.partnership_id == partnership_id).order_by(PartnerTag.tag)
        )
    )


def set_tags(session: Session, partnership: Partnership, typed: str, *, actor: User) -> list[str]:
    """Give a partner these tags and no others; they are separated by commas, and case does not matter.

    Raises InvalidInput (field `tags`) for one too long or too many.
    """
    tags = sorted({tag for word in typed.split(",") if (tag := clean_line(word).lower())})
    if len(tags) > MAX_TAGS:
        raise InvalidInput({"tags": _("%(most)s tags are the most.", most=MAX_TAGS)})
    if too_long := [tag for tag in tags if len(tag) > MAX_TAG]:
        raise InvalidInput(
            {"tags": _("“%(tag)s…” is too long: %(most)s characters at most.", tag=too_long[0][:MAX_TAG], most=MAX_TAG)}
        )
    before = tags_of(session, partnership.id)
    session.execute(delete(PartnerTag).where(PartnerTag.partnership_id == partnership.id))
    session.add_all(PartnerTag(partnership_id=partnership.id, tag=tag) for tag in tags)
    session.flush()
    record_audit(
        session,
        "partnership.tagged",
        subject=f"partnership:{partnership.id}",
        actor_id=actor.id,
        program_id=partnership.program_id,
        details={"before": before, "after": tags},
    )
    return tags
