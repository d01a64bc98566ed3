"""Introducing two partners: each is asked in a message of their own; no address of one is told to the other."""

from functools import partial

from sqlalchemy.orm import Session

from app.clock import today
from app.languages import SOURCE
from app.languages import gettext as _
from app.models import JointActivity, JointKind, Partnership, Prospect, User
from app.models.stage import PARTNER_STAGES
from app.services.audit import record_audit
from app.services.care.introduction_words import ask_to_meet
from app.services.care.joint import hold_pair, were_asked
from app.services.errors import Conflict, NotFound
from app.services.onboarding.mails import company_name, language_of, reachable_people
from app.services.onboarding.messages import write_to_partner
from app.services.plain_text import clean_line


def introduce(session: Session, first: Partnership, second_id: int, *, why: str, actor: User) -> JointActivity:
    """Ask both partners whether they want to meet, and keep it among what is done together.

    Raises NotFound for a partner of another program, Conflict where one is no partner any more or they were asked
    before, and InvalidInput where nobody of one of them can be mailed.
    """
    second = session.get(Partnership, second_id)
    if second is None or second.program_id != first.program_id or second.id == first.id:
        raise NotFound(_("There is no such other partner in this program."))
    if session.get_one(Prospect, second.prospect_id).stage not in PARTNER_STAGES:
        raise Conflict(_("The other company is no partner any more."))
    hold_pair(session, first.id, second.id)
    if were_asked(session, first.id, second.id):
        raise Conflict(_("These two were asked already. Look under “Together”."))
    names = {partner.id: clean_line(company_name(session, partner)) for partner in (first, second)}
    for partner, other in ((first, second), (second, first)):
        said_in = partial(ask_to_meet, names[other.id], why)
        # On the page it stands in the language of their main contact; each mail is in its reader's.
        languages = [language_of(session, person) for person in reachable_people(session, partner.id)]
        write_to_partner(session, partner, said_in((languages or [SOURCE])[0]), author=actor, said_in=said_in)
    activity = JointActivity(
        program_id=first.program_id,
        partnership_id=first.id,
        other_id=second.id,
        kind=JointKind.INTRODUCTION,
        title=f"{names[first.id]} and {names[second.id]}"[:200],
        planned_on=today(),
        created_by_id=actor.id,
    )
    session.add(activity)
    session.flush()
    record_audit(
        session,
        "partners.introduced",
        subject=f"partnership:{first.id}",
        actor_id=actor.id,
        program_id=first.program_id,
        details={"other_id": second.id},
    )
    return activity
