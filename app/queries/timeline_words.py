"""What the entries of a timeline are called, in the language of whom it is shown."""

from app.languages import counted, decimal, mark
from app.languages import gettext as _
from app.models import ActivityKind, CrawlState, MoveEvent, Stage

CRAWL_TONES = {CrawlState.DONE: "", CrawlState.FAILED: "danger", CrawlState.CANCELED: "muted"}
# What made a move, where no hand did.
_EVENTS = {
    MoveEvent.IMPORTED: mark("imported"),
    MoveEvent.MAIL_SENT: mark("mail sent"),
    MoveEvent.REPLY: mark("reply"),
    MoveEvent.APPLICATION: mark("application"),
    MoveEvent.DECISION: mark("decision"),
    MoveEvent.ONBOARDING_STARTED: mark("onboarding started"),
    MoveEvent.ONBOARDING_DONE: mark("onboarding done"),
    MoveEvent.WITHDRAWN: mark("withdrawn"),
    MoveEvent.WAKE_UP: mark("wake up"),
}
_MAILS = {
    "reply": (mark("Reply"), "success"),
    "auto_reply": (mark("Automatic answer"), "muted"),
    "bounce_hard": (mark("Bounced for good"), "danger"),
    "bounce_soft": (mark("Did not arrive"), "danger"),
    "complaint": (mark("Reported as spam"), "danger"),
    "unsubscribe": (mark("Asked for no more mail"), "danger"),
}


def move_in_words(event: MoveEvent, from_stage: Stage | None, to_stage: Stage) -> str:
    """Say in words what a stage change did."""
    wanted = _(to_stage.label)
    if from_stage is None:
        return _("Added to %(stage)s", stage=wanted)
    if event is MoveEvent.UNDO:
        return _("Undid the move: back from %(stage)s to %(wanted)s", stage=_(from_stage.label), wanted=wanted)
    moved = _("Moved from %(stage)s to %(wanted)s", stage=_(from_stage.label), wanted=wanted)
    return moved if event is MoveEvent.HAND else f"{moved} ({_(_EVENTS[event])})"


def activity_in_words(kind: ActivityKind, *, is_ours: bool) -> str:
    """Say what a person wrote down, or sent to or from the partner."""
    if kind is ActivityKind.MESSAGE:
        return _("Message to the partner") if is_ours else _("Message from the partner")
    return _("Note") if kind is ActivityKind.NOTE else _("Call")


def crawl_in_words(state: CrawlState, pages: int) -> str:
    """Say how the reading of a site ended, and how many pages it gave."""
    if state is CrawlState.FAILED:
        ended = _("Site could not be read")
    else:
        ended = _("Reading the site was canceled") if state is CrawlState.CANCELED else _("Site read")
    return f"{ended}: {counted('%(num)s page', '%(num)s pages', pages)}" if pages else ended


def score_in_words(score: float | None, previous: float | None) -> str:
    """Say what a new fit score (0 to 100) is, and what it was before."""
    if score is None:
        return _("Not enough evidence for a score")
    if previous is None:
        return _("Fit score %(score)s", score=decimal(score, 1))
    return _("Fit score %(before)s → %(score)s", before=decimal(previous, 1), score=decimal(score, 1))


def seen_in_words(stage: Stage | None, score: float | None) -> str:
    """Say where a prospect stood when it was decided about, and with which fit score."""
    left = _(stage.label) if stage else "–"
    if score is None:
        return _("Was in %(stage)s, with no fit score", stage=left)
    return _("Was in %(stage)s, with fit score %(score)s", stage=left, score=decimal(score, 1))


def mail_in_words(kind: str) -> tuple[str, str]:
    """Return what a received mail is, and the tone in which that is shown."""
    words, tone = _MAILS.get(kind, (mark("Mail"), ""))
    return _(words), tone
