"""What an action of a template says and needs, checked by its kind.

The settings kept with an action, by kind: `url` or `resource_id`, of the program's library (look at a resource), `url`,
`quiz` and `badge` (training), `questions` (a list of texts), `minutes` and `place` (a call). Other kinds need nothing
beside title and text.
"""

from dataclasses import dataclass
from typing import Any

from app.languages import gettext as _
from app.models import ActionKind, OwnerSide
from app.services.errors import InvalidInput
from app.services.onboarding.quiz import as_stored, parse_quiz
from app.services.plain_text import clean_line, clean_text
from app.services.web_addresses import web_address

MAX_TITLE, MAX_TEXT, MAX_LINE, MAX_QUESTIONS = 200, 10_000, 300, 20
MAX_DUE_DAYS = 365
MIN_CALL_MINUTES, MAX_CALL_MINUTES = 10, 240
# Only a partner can do these; for our own people they would mean nothing.
PARTNER_ONLY = (ActionKind.ACCEPT_TERMS, ActionKind.TRAINING, ActionKind.BOOK_CALL, ActionKind.ANSWER_QUESTIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionContent:
    """An action as a person typed it; what its kind does not need is left out when it is stored."""

    kind: ActionKind
    title: str
    text: str = ""
    owner: OwnerSide = OwnerSide.PARTNER
    assignee_id: int | None = None
    due_days: int = 7
    depends_on_id: int | None = None
    needs_approval: bool = False
    is_required: bool = True
    url: str = ""
    resource_id: int | None = None
    questions: str = ""
    quiz: str = ""
    badge: str = ""
    minutes: int = 30
    place: str = ""


def checked_values(content: ActionContent) -> dict[str, Any]:
    """Return the columns of an action. Raises InvalidInput naming every field that cannot be used."""
    settings, problems = _settings(content)
    title, text = clean_line(content.title), clean_text(content.text)
    if not 1 <= len(title) <= MAX_TITLE:
        problems["title"] = _("Say what is to be done, in %(max_title)s characters at most.", max_title=MAX_TITLE)
    if len(text) > MAX_TEXT:
        problems["text"] = _(
            "The text has %(text_count)s characters; keep it to %(max_text)s.",
            text_count=f"{len(text):,}",
            max_text=f"{MAX_TEXT:,}",
        )
    elif content.kind is ActionKind.READ_CONFIRM and not text:
        problems["text"] = _("Write what is to be read.")
    if not 0 <= content.due_days <= MAX_DUE_DAYS:
        problems["due_days"] = _("Between 0 and %(most)s days.", most=MAX_DUE_DAYS)
    if content.owner is not OwnerSide.PARTNER and content.kind in PARTNER_ONLY:
        problems["owner"] = _("“%(label)s” is for the partner to do.", label=_(content.kind.label))
    if problems:
        raise InvalidInput(problems)
    is_staff = content.owner is OwnerSide.STAFF
    return {
        "kind": content.kind,
        "title": title,
        "text": text,
        "owner": content.owner,
        "assignee_id": content.assignee_id if is_staff else None,
        "due_days": content.due_days,
        "depends_on_id": content.depends_on_id,
        # What we do ourselves nobody has to approve, and a quiz judges itself.
        "needs_approval": content.needs_approval
        and content.owner is OwnerSide.PARTNER
        and content.kind is not ActionKind.TRAINING,
        "is_required": content.is_required,
        "settings": settings,
    }


def _settings(content: ActionContent) -> tuple[dict[str, Any], dict[str, str]]:
    if content.kind is ActionKind.VIEW_RESOURCE:
        return _resource(content)
    if content.kind is ActionKind.ANSWER_QUESTIONS:
        return _questions(content)
    if content.kind is ActionKind.BOOK_CALL:
        return _call(content)
    if content.kind is ActionKind.TRAINING:
        return _training(content)
    return {}, {}


def _resource(content: ActionContent) -> tuple[dict[str, Any], dict[str, str]]:
    if content.resource_id is None:
        return _with_url(content, needed=True)
    if content.url.strip():
        return {}, {"url": _("Either a resource of the library or an address, not both.")}
    return {"resource_id": content.resource_id}, {}


def _with_url(content: ActionContent, *, needed: bool) -> tuple[dict[str, Any], dict[str, str]]:
    if not content.url.strip():
        return {}, {"url": _("Choose a resource, or give the address of what is to be looked at.")} if needed else {}
    address = web_address(content.url)
    return (
        ({"url": address}, {})
        if address
        else ({}, {"url": _("Give a whole web address, such as https://example.com.")})
    )


def _questions(content: ActionContent) -> tuple[dict[str, Any], dict[str, str]]:
    lines = [line for typed in content.questions.splitlines() if (line := clean_line(typed))]
    if not 1 <= len(lines) <= MAX_QUESTIONS or max(map(len, lines)) > MAX_LINE:
        return {}, {
            "questions": _(
                "Write 1 to %(most)s questions, one a line, %(long)s characters each.",
                most=MAX_QUESTIONS,
                long=MAX_LINE,
            )
        }
    return {"questions": lines}, {}


def _call(content: ActionContent) -> tuple[dict[str, Any], dict[str, str]]:
    place, problems = clean_line(content.place), {}
    if not MIN_CALL_MINUTES <= content.minutes <= MAX_CALL_MINUTES:
        problems["minutes"] = _(
            "A call takes %(min_call_minutes)s to %(max_call_minutes)s minutes.",
            min_call_minutes=MIN_CALL_MINUTES,
            max_call_minutes=MAX_CALL_MINUTES,
        )
    if len(place) > MAX_LINE:
        problems["place"] = _("At most %(most)s characters.", most=MAX_LINE)
    return {"minutes": content.minutes, "place": place}, problems


def _training(content: ActionContent) -> tuple[dict[str, Any], dict[str, str]]:
    settings, problems = _with_url(content, needed=False)
    quiz, problem = parse_quiz(content.quiz)
    badge = clean_line(content.badge)
    if problem or not quiz:
        problems["quiz"] = problem or _("Write at least one question.")
    if len(badge) > 60:
        problems["badge"] = _("Keep the badge to 60 characters.")
    return settings | {"quiz": as_stored(quiz), "badge": badge}, problems
