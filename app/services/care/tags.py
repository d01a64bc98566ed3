"""Words by which partners are grouped; a segment of a broadcast is chosen by them."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

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
        raise InvalidInput({"tags": f"{MAX_TAGS} tags are the most."})
    if too_long := [tag for tag in tags if len(tag) > MAX_TAG]:
        raise InvalidInput({"tags": f"“{too_long[0][:MAX_TAG]}…” is too long: {MAX_TAG} characters at most."})
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
