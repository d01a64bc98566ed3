"""What a merge keeps for its undo is forgotten too: of a person who is erased at once, of everybody after its time."""

import json

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.models.merge import Merge, MergeStep
from app.services.erased_words import Words


def forget_in_merges(session: Session, companies: Select[int], words: Words) -> int:
    """Drop every step of these companies that holds a word of an erased person and return how many.

    Undo leaves these rows out.
    """
    merges = select(Merge.id).where(or_(Merge.kept_id.in_(companies), Merge.gone_id.in_(companies)))
    gone = 0
    for step in session.scalars(select(MergeStep).where(MergeStep.merge_id.in_(merges))):
        if words.stand_in(json.dumps([step.before, step.after], ensure_ascii=False)):
            session.delete(step)
            gone += 1
    session.flush()
    return gone
