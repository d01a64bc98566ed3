"""The public page of a program: what it says, its terms, and what must be green before it opens."""

import re
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import number
from app.models import FormQuestion, Program, ProgramPage, ProgramTerms, QuestionKind, User
from app.queries.launch import has_resources, has_welcome_pack
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.plain_text import clean_line, clean_text
from app.services.programs import MAX_SLUG, MIN_SLUG

MAX_LINE, MAX_PAGE_TEXT, MAX_TERMS = 200, 5_000, 30_000
MIN_TERMS_WORDS = 10
MAX_ANSWER_DAYS, MAX_REAPPLY_DAYS = 60, 730
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COLOR = re.compile(r"#[0-9a-f]{6}")
_LINES = ("headline", "how_much", "how_often", "for_what")
_TEXTS = ("details", "tiers")
MAX_SITES = 20
# What stands in the content policy must be an origin and nothing else.
_ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What a person may say on a program's public page."""

    slug: str
    headline: str = ""
    how_much: str = ""
    how_often: str = ""
    for_what: str = ""
    details: str = ""
    tiers: str = ""
    brand_color: str = "#3d54d6"
    answer_days: int = 5
    reapply_days: int = 90
    embed_sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LaunchItem:
    """One thing the page needs before it opens, and what to do where it is missing."""

    key: str
    label: str
    is_done: bool
    next_step: str


def page_of(session: Session, program: Program) -> ProgramPage:
    """Return the program's page; one that nobody has written yet is new, closed and not stored."""
    known = session.scalar(select(ProgramPage).where(ProgramPage.program_id == program.id))
    if known is not None:
        return known
    defaults = asdict(PageContent(slug=program.slug, headline=program.name)) | {"embed_sites": []}
    return ProgramPage(program_id=program.id, is_open=False, tried_at=None, **defaults)


def save_page(session: Session, program: Program, content: PageContent, *, actor: User) -> ProgramPage:
    """Change what the page says. Raises InvalidInput naming every field that cannot be used.

    An open page stays open only while its offer is whole, so emptying it is refused until the page is closed.
    """
    cleaned = _cleaned(content)
    page = page_of(session, program)
    problems = _problems(session, program, cleaned)
    if page.is_open:
        problems |= dict.fromkeys(_offer_gaps(cleaned), _("An open page says this. Close it first, or write it."))
    if problems:
        raise InvalidInput(problems)
    for name, value in asdict(cleaned).items():
        setattr(page, name, list(value) if isinstance(value, tuple) else value)
    page.updated_at = now()
    try:
        with session.begin_nested():
            session.add(page)
    except IntegrityError:
        raise InvalidInput({"slug": _taken(cleaned.slug)}) from None
    _audit(session, "program_page.saved", program, actor, slug=page.slug)
    return page


def current_terms(session: Session, program_id: int) -> ProgramTerms | None:
    """Return the terms in force: the newest version."""
    return session.scalar(
        select(ProgramTerms).where(ProgramTerms.program_id == program_id).order_by(ProgramTerms.version.desc()).limit(1)
    )


def publish_terms(session: Session, program: Program, text: str, *, base_version: int, actor: User) -> ProgramTerms:
    """Put a new version of the terms in force; what was accepted before keeps its own.

    Raises InvalidInput for what is no text, and Conflict where somebody published since `base_version`.
    """
    words = clean_text(text)
    if len(words) > MAX_TERMS:
        raise InvalidInput(
            {
                "text": _(
                    "The terms have %(count)s characters; keep them to %(most)s.",
                    count=number(len(words)),
                    most=number(MAX_TERMS),
                )
            }
        )
    if len(words.split()) < MIN_TERMS_WORDS:
        raise InvalidInput({"text": _("Write the terms out, in %(least)s words at least.", least=MIN_TERMS_WORDS)})
    known = current_terms(session, program.id)
    version = known.version if known else 0
    if version != base_version:
        raise Conflict(
            _(
                "Version %(version)s of the terms was published meanwhile; nothing of yours was. Look at it first.",
                version=version,
            )
        )
    if known is not None and known.text == words:
        return known
    terms = ProgramTerms(program_id=program.id, version=version + 1, text=words, created_by_id=actor.id)
    session.add(terms)
    session.flush()
    _audit(session, "program_terms.published", program, actor, version=terms.version)
    return terms


def launch_checklist(session: Session, program: Program, page: ProgramPage) -> tuple[LaunchItem, ...]:
    """Return what the page needs before it opens, in the order it is done."""
    gaps = _offer_gaps(page)
    broken = _broken_choices(session, program.id)
    return (
        LaunchItem(
            "offer", _("The offer says how much, how often and for what"), not gaps, _("Write the offer block.")
        ),
        LaunchItem(
            "terms",
            _("Terms are published"),
            current_terms(session, program.id) is not None,
            _("Publish the terms."),
        ),
        LaunchItem(
            "questions",
            _("Every choice question has at least two answers"),
            not broken,
            _("Add answers to: %(questions)s.", questions=", ".join(broken)) if broken else "",
        ),
        LaunchItem(
            "welcome_pack",
            _("Welcome pack: an onboarding template has steps"),
            has_welcome_pack(session, program.id),
            _("Write an onboarding template with at least one step."),
        ),
        LaunchItem(
            "resources",
            _("There is a resource for partners"),
            has_resources(session, program.id),
            _("Add a resource for partners."),
        ),
        LaunchItem(
            "tried",
            _("Somebody of you has tried the form"),
            page.tried_at is not None,
            _("Try the form once."),
        ),
    )


def open_page(session: Session, program: Program, *, actor: User) -> ProgramPage:
    """Let strangers apply. Raises Conflict naming what is still missing."""
    page = stored_page(session, program)
    missing = [item.next_step for item in launch_checklist(session, program, page) if not item.is_done]
    if missing:
        raise Conflict(_("The page cannot open yet. %(missing)s", missing=" ".join(missing)))
    page.is_open = True
    page.opened_at = page.opened_at or now()
    _audit(session, "program_page.opened", program, actor, slug=page.slug)
    return page


def close_page(session: Session, program: Program, *, actor: User) -> ProgramPage:
    """Take no more applications; those that came in go on as they are."""
    page = stored_page(session, program)
    page.is_open = False
    _audit(session, "program_page.closed", program, actor, slug=page.slug)
    return page


def record_trial(session: Session, program: Program, *, actor: User) -> ProgramPage:
    """Note that somebody of ours filled in the form and it was found right; nothing of it is kept."""
    page = stored_page(session, program)
    page.tried_at = now()
    _audit(session, "program_page.tried", program, actor)
    return page


def origin_of(address: str) -> str:
    """Return the origin of a site that may frame the form, as https://partner.example; "" for what is none."""
    try:
        parts = urlsplit(address.strip() if "://" in address else f"https://{address.strip()}")
        host, port = (parts.hostname or "").encode("idna").decode(), f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    origin = f"{parts.scheme.lower()}://{host}{port}"
    return origin if _ORIGIN.fullmatch(origin) and ("." in host or host == "localhost") else ""


def stored_page(session: Session, program: Program) -> ProgramPage:
    """Return the page that somebody saved. Raises NotFound where nobody did."""
    page = session.scalar(select(ProgramPage).where(ProgramPage.program_id == program.id))
    if page is None:
        raise NotFound(_("This program has no page yet. Write and save it first."))
    return page


def _cleaned(content: PageContent) -> PageContent:
    lines = {name: clean_line(getattr(content, name)) for name in _LINES}
    texts = {name: clean_text(getattr(content, name)) for name in _TEXTS}
    return PageContent(
        slug=content.slug.strip().lower(),
        brand_color=content.brand_color.strip().lower(),
        answer_days=content.answer_days,
        reapply_days=content.reapply_days,
        embed_sites=tuple(
            dict.fromkeys(origin_of(line) or line for each in content.embed_sites if (line := each.strip()))
        ),
        **lines,
        **texts,
    )


def _problems(session: Session, program: Program, content: PageContent) -> dict[str, str]:
    problems = {
        name: _("At most %(most)s characters.", most=number(most))
        for names, most in ((_LINES, MAX_LINE), (_TEXTS, MAX_PAGE_TEXT))
        for name in names
        if len(getattr(content, name)) > most
    }
    if not MIN_SLUG <= len(content.slug) <= MAX_SLUG or not _SLUG.fullmatch(content.slug):
        problems["slug"] = _(
            "The address must be %(least)s to %(most)s small letters (a-z), digits and single hyphens between them; "
            "%(wanted)s is not.",
            least=MIN_SLUG,
            most=MAX_SLUG,
            wanted=repr(content.slug[:80]),
        )
    elif session.scalar(
        select(func.count()).where(ProgramPage.slug == content.slug, ProgramPage.program_id != program.id)
    ):
        problems["slug"] = _taken(content.slug)
    if not _COLOR.fullmatch(content.brand_color):
        problems["brand_color"] = _("Give the color as # and six digits, such as #3d54d6.")
    if wrong := [site for site in content.embed_sites if not origin_of(site)]:
        problems["embed_sites"] = _(
            "%(wrong)s is no site. Give its address, such as https://partner.example.", wrong=repr(wrong[0][:80])
        )
    elif len(content.embed_sites) > MAX_SITES:
        problems["embed_sites"] = _("At most %(most)s sites.", most=MAX_SITES)
    if not 1 <= content.answer_days <= MAX_ANSWER_DAYS:
        problems["answer_days"] = _("Promise an answer within 1 to %(most)s days.", most=MAX_ANSWER_DAYS)
    if not 0 <= content.reapply_days <= MAX_REAPPLY_DAYS:
        problems["reapply_days"] = _("Between 0 and %(most)s days.", most=MAX_REAPPLY_DAYS)
    return problems


def _offer_gaps(page: PageContent | ProgramPage) -> list[str]:
    return [name for name in _LINES if not getattr(page, name)]


def _broken_choices(session: Session, program_id: int) -> list[str]:
    choices = session.scalars(
        select(FormQuestion).where(
            FormQuestion.program_id == program_id,
            FormQuestion.kind == QuestionKind.CHOICE,
            FormQuestion.retired_at.is_(None),
        )
    )
    return [question.label for question in choices if len(question.options) < 2]


def _taken(slug: str) -> str:
    return _("/apply/%(slug)s is another program's page already. Choose another address.", slug=slug)


def _audit(session: Session, action: str, program: Program, actor: User, **details: str | int) -> None:
    record_audit(
        session, action, subject=f"program:{program.id}", actor_id=actor.id, program_id=program.id, details=details
    )
