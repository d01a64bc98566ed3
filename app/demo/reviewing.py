"""What others say of the demo's applications: references that answered, and colleagues who were asked."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Application, ApplicationReference, Program, User
from app.services.references import AskedReference, ReferenceAnswer, answer_reference, ask_reference
from app.services.second_opinions import OpinionGiven, ask_opinion, give_opinion

_ANSWER = ReferenceAnswer(
    known_how="They rebuilt our shop in 2024 and look after it since.",
    again="yes",
    words="On time, and they say no to what does not help. Ask them about the migration of our product pages.",
)


def let_others_speak(session: Session, program: Program, by_company: dict[str, Application], *, reviewer: User) -> None:
    """Have a reference answer, one colleague give an opinion, and another be asked for one."""
    tidepool = by_company["Tidepool Digital"]
    first = session.scalars(
        select(ApplicationReference)
        .where(ApplicationReference.application_id == tidepool.id)
        .order_by(ApplicationReference.position)
        .limit(1)
    ).one()
    asked = ask_reference(session, tidepool, first.id, actor=reviewer)
    answer_reference(session, AskedReference(asked, tidepool, program), _ANSWER)
    colleague = session.scalars(select(User).where(User.email == "theo@example.com")).one()
    cove = by_company["Coupon Cove"]
    question = "They call themselves a deals magazine. Do you see anything of their own there?"
    opinion = ask_opinion(session, cove, colleague_id=colleague.id, question=question, actor=reviewer)
    given = OpinionGiven("decline", "Only codes, and most have run out. Our terms forbid it anyway.")
    give_opinion(session, cove, opinion, given, actor=colleague)
    koszyk = by_company["Koszyk Lab"]
    question = "Free-mail address and no names of clients: do you know them from Warsaw?"
    ask_opinion(session, koszyk, colleague_id=colleague.id, question=question, actor=reviewer)
