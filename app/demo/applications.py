"""The demo's public page and its applications: one of every state, sent and answered by the product's own use-cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from app.demo.logo import drawn_logo
from app.demo.program import AFTERGLOW_PARTNERS
from app.demo.reviewing import let_others_speak
from app.models import Application, FormQuestion, Program, QuestionKind, User
from app.services.application_status import answer_question, confirm_application
from app.services.applying import Submission, submit
from app.services.form_questions import QuestionContent, add_question
from app.services.languages import in_language
from app.services.program_logos import judge_logo, set_logo
from app.services.program_pages import PageContent, open_page, publish_terms, record_trial, save_page
from app.services.reviewing import Review, ask_applicant, decline_application

_PAGE = PageContent(
    slug="afterglow",
    headline="Earn with the shops you already look after",
    how_much="25 % of every subscription, 30 % from the tenth shop on",
    how_often="Paid each month, for two years per shop",
    for_what="Every Shopify merchant who stays past the 14-day trial",
    details="Agencies also get free development stores, an engineer on call, and a page in our directory.",
    brand_color="#b4481e",
    answer_days=4,
    reapply_days=90,
    embed_sites=("https://merchants.demo.test",),
)
_TERMS = """You earn a share of what a shop pays us, as long as it stays, for two years at most.
We pay by the tenth of each month.

You may not bid on our name in search ads. You may not place coupons or cashback offers.

You tell your reader or client each time that you earn. If you stop, we ask you once, and then we end it.

Either of us may end this with a month's notice. What you earned until then is yours."""
_QUESTIONS = (
    QuestionContent(
        kind=QuestionKind.CHOICE,
        label="What describes you best?",
        is_required=True,
        options=("Agency", "Review site or blog", "Something else"),
    ),
    QuestionContent(kind=QuestionKind.TEXT, label="Which shops have you built or helped?", help="Two or three names."),
    QuestionContent(kind=QuestionKind.NUMBER, label="Readers a month", is_required=True),
    QuestionContent(kind=QuestionKind.FILE, label="Media kit or portfolio", help="If you have one."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoApplication:
    """One application: who sent it, how many days ago, and what became of it."""

    company: str
    domain: str
    name: str
    email: str
    days_ago: float
    ending: str = "waiting"
    kind: str = "Agency"
    shops: str = ""
    words: str = ""
    reasons: tuple[str, ...] = field(default=())
    language: str = "en"
    references: tuple[tuple[str, str], ...] = ()


APPLICATIONS = (
    DemoApplication(
        company="Tidepool Digital",
        domain="tidepool-digital.demo.test",
        name="Isla Greaves",
        email="isla@tidepool-digital.demo.test",
        days_ago=1.2,
        references=(("Ruth Okafor", "ruth@hobandrye.demo.test"), ("Ben Isley", "ben@tidepool-digital.demo.test")),
        shops="Hob & Rye, Fen Candles, Otterline",
    ),
    DemoApplication(
        company="Koszyk Lab",
        domain="koszyk-lab.demo.test",
        name="Marek Zieliński",
        email="marek.zielinski.shops@gmail.com",
        days_ago=5.3,
        language="pl",
        shops="Two shops for furniture, names on request",
    ),
    DemoApplication(
        company="Kurswechsel Conversion",
        domain="kurswechsel-cro.demo.test",
        name="Noor Haddad",
        email="noor@kurswechsel-cro.demo.test",
        days_ago=2.5,
        language="de",
        ending="answered",
        shops="Tangwerk",
        words="Which of your clients run on Shopify today?",
    ),
    DemoApplication(
        company="Coupon Cove",
        domain="coupon-cove.demo.test",
        name="Dale Fisk",
        email="deals@coupon-cove.demo.test",
        days_ago=0.2,
        kind="Something else",
    ),
    DemoApplication(
        company="Quillon Systems",
        domain="quillon.demo.test",
        name="Piet Vos",
        email="piet@quillon.demo.test",
        days_ago=0.4,
        ending="asked",
        words="Do you build on Shopify, or on your own platform only?",
    ),
    DemoApplication(
        company="Rabatownik",
        domain="rabatownik.demo.test",
        name="Ewa Sikora",
        email="ewa@rabatownik.demo.test",
        days_ago=9,
        ending="declined",
        kind="Something else",
        reasons=("coupon_traffic",),
        words="Your pages of codes are what your readers come for.",
        language="pl",
    ),
    DemoApplication(
        company="Rabatownik",
        domain="rabatownik.demo.test",
        name="Ewa Sikora",
        email="ewa@rabatownik.demo.test",
        days_ago=0.6,
        kind="Something else",
        shops="A new magazine on slow fashion, without codes",
        language="pl",
    ),
    DemoApplication(
        company="Shopwerkzeug",
        domain="shopwerkzeug.demo.test",
        name="Jonas Reiter",
        email="jonas@shopwerkzeug.demo.test",
        days_ago=0.1,
        ending="unconfirmed",
    ),
)


def take_applications(session: Session, program: Program, *, director: User, reviewer: User) -> None:
    """Write the page of the program that recruits agencies, and let some people apply."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    questions = _write_page(session, program, director)
    terms = publish_terms(session, program, _TERMS, base_version=0, actor=director)
    taken: dict[str, Application] = {}
    for number, demo in enumerate(APPLICATIONS):
        answers = {questions[0].id: demo.kind, questions[1].id: demo.shops}
        sent = Submission(
            name=demo.name,
            email=demo.email,
            phone="",
            company_name=demo.company,
            website=demo.domain,
            answers=answers,
            references=demo.references,
            accepts_terms=True,
            terms_id=terms.id,
            address="203.0.113.7",
            submit_key=f"demo-{number}",
        )
        with in_language(demo.language):
            taken[demo.company] = application = submit(session, program, sent)
        _play(session, application, demo, reviewer)
    let_others_speak(session, program, taken, reviewer=reviewer)


def open_to_strangers(session: Session, program: Program, *, director: User) -> None:
    """Open that page, once there is what its launch list asks for, a template and resources among it."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    record_trial(session, program, actor=director)
    open_page(session, program, actor=director)


def _write_page(session: Session, program: Program, director: User) -> list[FormQuestion]:
    save_page(session, program, _PAGE, actor=director)
    set_logo(session, program, judge_logo(drawn_logo()), actor=director)
    first, second, third, fourth = _QUESTIONS
    kind = add_question(session, program, first, actor=director)
    shops = add_question(session, program, second, actor=director)
    readers = QuestionContent(
        kind=third.kind,
        label=third.label,
        is_required=third.is_required,
        shown_when_id=kind.id,
        shown_when_answer="Review site or blog",
    )
    asked = [kind, shops, add_question(session, program, readers, actor=director)]
    return [*asked, add_question(session, program, fourth, actor=director)]


def _play(session: Session, application: Application, demo: DemoApplication, reviewer: User) -> None:
    """Let the application take the way it took, then date it back."""
    if demo.ending != "unconfirmed":
        confirm_application(session, application)
    review = Review(message=demo.words, reason_codes=demo.reasons)
    if demo.ending in ("asked", "answered"):
        ask_applicant(session, application, review, version=application.version, reviewer=reviewer)
    if demo.ending == "answered":
        answer_question(session, application, "All of them; Tangwerk moved over in spring.")
    if demo.ending == "declined":
        decline_application(session, application, review, version=application.version, reviewer=reviewer)
    back = timedelta(days=demo.days_ago)
    for name in ("submitted_at", "confirmed_at", "due_at", "closed_at", "terms_accepted_at"):
        moment = getattr(application, name)
        if moment is not None:
            setattr(application, name, moment - back)
