"""How a program calls its stages. The machine keeps its own names and arrows; people read these."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, Stage, User
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.plain_text import clean_line

# A column's head, a card's title and a phone's tab hold this much.
MAX_NAME = 24


def name_stages(session: Session, program: Program, typed: Mapping[str, str], *, actor: User) -> bool:
    """Call a program's stages by these names (stage to name); say whether anything changed.

    An empty name, or the product's own word, keeps that word. Raises InvalidInput by stage for a name that is too long
    or that two stages would have.
    """
    names = {stage.value: clean_line(typed.get(stage.value, "")) for stage in Stage}
    problems: dict[str, str] = {}
    taken: dict[str, Stage] = {}
    for stage in Stage:
        name = names[stage.value] or stage.word
        other = taken.setdefault(name.casefold(), stage)
        if len(name) > MAX_NAME:
            problems[stage.value] = _(
                "%(count)s characters; a column holds %(most)s. Choose a shorter name.", count=len(name), most=MAX_NAME
            )
        elif other is not stage:
            problems[stage.value] = _(
                "%(word)s is called “%(name)s” too. Two stages need two names.", word=_(other.word), name=name
            )
    if problems:
        raise InvalidInput(problems)
    kept = {stage.value: name for stage in Stage if (name := names[stage.value]) and name != stage.word}
    if kept == program.stage_names:
        return False
    record_audit(
        session,
        "program.stages_named",
        subject=f"program:{program.id}",
        actor_id=actor.id,
        program_id=program.id,
        details={"before": dict(program.stage_names), "after": kept},
    )
    program.stage_names = kept
    return True
