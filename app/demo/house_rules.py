"""What the demo's programs set for themselves: who gets what comes in, own reasons, papers, a report by mail."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Company, Program, Prospect, User
from app.models.assignment import ShareWay
from app.models.program_settings import ReasonKind
from app.services.assigning.conditions import Conditions
from app.services.assigning.rules import RuleContent, add_rule
from app.services.own_reasons import ReasonContent, add_reason
from app.services.prospect_files import add_file
from app.services.report_mails import choose_report_mail

REFERRAL_ONLY = "Referral only"
REASONS: tuple[tuple[ReasonKind, str, dict[str, str]], ...] = (
    (
        ReasonKind.DECLINE,
        "Too early for us",
        {
            "en": "We are not ready for your market yet; please apply again in half a year.",
            "pl": "Nie jesteśmy jeszcze gotowi na Twój rynek; zapraszamy ponownie za pół roku.",
            "de": "Wir sind für Ihren Markt noch nicht bereit; bewerben Sie sich gern in einem halben Jahr wieder.",
        },
    ),
    (ReasonKind.DECLINE, "No merchants of their own", {"en": "We look for partners who work with merchants directly."}),
    (ReasonKind.DORMANCY, REFERRAL_ONLY, {}),
    (ReasonKind.DORMANCY, "Bound to somebody else", {}),
)
_FILES = (
    (
        "cobbleworks.demo.test",
        "What Sam wants to measure.txt",
        "Storefront, before and after:\n- LCP on product pages, mobile, 75th percentile\n- calls before first paint\n"
        "- checkout errors a day\n\nTwo weeks with, two weeks without. He sends the numbers; we touch nothing.\n",
    ),
    (
        "harborlight-studio.demo.test",
        "References from Ines.txt",
        "Hob & Rye: six stores, offers after payment on all of them.\nFen Candles: left us in spring, ask why.\n"
        "Otterline: happy to be called, mornings only.\n",
    ),
)


def set_reasons(session: Session, program: Program, *, director: User) -> None:
    """Give the program that recruits agencies its own reasons; they have to be there before anybody names one."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    for kind, label, words in REASONS:
        add_reason(session, program, kind, ReasonContent(label=label, words=words), actor=director)


def set_house_rules(session: Session, program: Program, people: dict[str, User]) -> None:
    """Set who gets what comes in from now on; keep some papers, and send the director the funnel every Monday."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    director, theo, amara = (people[f"{name}@example.com"] for name in ("director", "theo", "amara"))
    polish = Conditions(languages=("pl", "de"))
    add_rule(
        session,
        program,
        RuleContent(name="Polish and German sites", conditions=polish, people=(amara.id,)),
        actor=director,
    )
    strong = RuleContent(
        name="Strong fits",
        conditions=Conditions(score_min=40.0),
        people=(theo.id, amara.id),
        way=ShareWay.TURN,
    )
    add_rule(session, program, strong, actor=director)
    _keep_papers(session, program, theo)
    choose_report_mail(session, director, program, report="funnel", args=MultiDict(), rhythm="weekly")


def _keep_papers(session: Session, program: Program, specialist: User) -> None:
    domains = [domain for domain, _, _ in _FILES]
    rows = session.execute(
        select(Company.domain, Prospect)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program.id, Company.domain.in_(domains))
    )
    prospects = dict(rows.all())
    for domain, filename, text in _FILES:
        add_file(session, prospects[domain], text.encode(), filename=filename, actor=specialist)
