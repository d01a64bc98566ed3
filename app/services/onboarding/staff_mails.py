"""The mails of onboarding to our own people, each in the language of whom it goes to; every word in one is here."""

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from app.languages import counted, in_language, mark, number
from app.languages import gettext as _
from app.models import Partnership, Program, User
from app.services.links import own_addresses
from app.services.notices import post_notice
from app.services.onboarding.mails import company_name
from app.services.plain_text import clean_line

_HANDED = mark("""Hello %(name)s,

%(company)s is approved for %(program)s, and you look after them.
%(promised)s
%(page)s
""")
_PARTNER_WROTE = mark("""Hello %(name)s,

%(by)s of %(company)s wrote:

%(text)s

Answer here:
%(page)s
""")
_DIGEST = mark("""Hello %(name)s,

this waits for you in %(program)s:

%(lines)s

All of it:
%(page)s
""")


def mail_hand_over(session: Session, partnership: Partnership, to: User) -> None:
    """Tell an account manager that a partner is theirs, and what was promised."""
    with in_language(to.language, is_staff=True):
        words = _("This was promised:\n%(promised)s", promised=partnership.promised)
        promised = f"\n{words}\n" if partnership.promised else ""
        _mail(
            session, partnership, to, "onboarding_handed_over", mark("%(company)s is yours"), _HANDED, promised=promised
        )


def mail_partner_wrote(session: Session, partnership: Partnership, to: User, *, by: str, text: str) -> None:
    """Pass a partner's message on to one of us."""
    with in_language(to.language, is_staff=True):
        subject = mark("%(company)s wrote to you")
        _mail(session, partnership, to, "onboarding_message", subject, _PARTNER_WROTE, by=by, text=text)


def mail_digest(session: Session, program: Program, to: User, lines: Iterable[Callable[[], str]], *, more: int) -> None:
    """Remind one of us of all that waits for them in a program, in one mail; `more` lines are only counted.

    A line is asked for in the language of the mail.
    """
    name = clean_line(program.name)
    with in_language(to.language, is_staff=True):
        said = [line() for line in lines]
        said += [_("and %(count)s more", count=number(more))] if more > 0 else []
        text = _(
            _DIGEST,
            name=to.name,
            program=name,
            lines="\n".join(f"- {each}" for each in said),
            page=f"{own_addresses().public_url}/p/{program.slug}/onboarding",
        )
        subject = _("Onboarding in %(program)s: yours to do", program=name)
    post_notice(session, kind="onboarding_digest", to_address=to.email, subject=subject, text=text)


def to_approve(company: str, title: str) -> str:
    """Say that something a partner did waits for a yes."""
    return _("%(company)s: approve “%(title)s”", company=company, title=title)


def stands_still(company: str, days: int) -> str:
    """Say that nothing has happened with a partner for so many days."""
    return counted(
        "%(company)s: nothing has happened for %(num)s day",
        "%(company)s: nothing has happened for %(num)s days",
        days,
        company=company,
    )


def _mail(
    session: Session, partnership: Partnership, to: User, kind: str, subject: str, body: str, **words: str
) -> None:
    program = session.get_one(Program, partnership.program_id)
    values = {
        "name": to.name,
        "company": company_name(session, partnership),
        "program": clean_line(program.name),
        "page": f"{own_addresses().public_url}/p/{program.slug}/onboarding/partners/{partnership.id}",
        **words,
    }
    post_notice(session, kind=kind, to_address=to.email, subject=_(subject, **values), text=_(body, **values))
