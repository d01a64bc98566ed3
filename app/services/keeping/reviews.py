"""Business reviews: planned, prepared, finished and then frozen; the partner sees a summary only when it is shared."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import BusinessReview, Partnership, ReviewState, Rhythm, User
from app.queries.keeping_agenda import agenda_of
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.keeping.typed import NotTyped, typed_day
from app.services.languages import SOURCE, in_language, long_day
from app.services.languages import gettext as _
from app.services.onboarding.mails import language_of, reachable_people
from app.services.onboarding.messages import write_to_partner
from app.services.plain_text import clean_text

MAX_WORDS = 20_000
MAX_SUMMARY = 4_000
LATEST = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReview:
    """What a person wrote into a review; `version` is that of the review when the form was drawn."""

    held_on: str
    notes: str = ""
    decisions: str = ""
    summary: str = ""
    next_on: str = ""
    version: int = 0


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a month that is too short."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def plan_review(
    session: Session, partnership: Partnership, *, rhythm: str, held_on: str, actor: User
) -> BusinessReview:
    """Plan the next review. Raises InvalidInput, and Conflict where one is planned already."""
    problems, day = {}, today()
    if rhythm not in list(Rhythm):
        problems["rhythm"] = _("Choose how often from the list.")
    try:
        day = typed_day(held_on)
        if not today() <= day <= today() + LATEST:
            problems["held_on"] = _("A day from today to %(isoformat)s.", isoformat=(today() + LATEST).isoformat())
    except NotTyped as error:
        problems["held_on"] = str(error)
    if problems:
        raise InvalidInput(problems)
    review = _plan(session, partnership, Rhythm(rhythm), day, actor)
    _audit(session, "review.planned", review, actor, held_on=day.isoformat())
    return review


def review_in(session: Session, partnership: Partnership, review_id: int, *, hold: bool = False) -> BusinessReview:
    """Return a review of this partner, where wanted held until the transaction ends.

    Raises NotFound, for those of others too.
    """
    found = session.get(BusinessReview, review_id, with_for_update=hold or None, populate_existing=True)
    if found is None or found.partnership_id != partnership.id:
        raise NotFound(_("There is no such review of this partner."))
    return found


def write_review(session: Session, review: BusinessReview, typed: TypedReview, *, actor: User) -> None:
    """Keep notes, decisions, the summary and the days.

    Raises Conflict for one that is finished or called off, and InvalidInput, for a stale form on the field `version`.
    """
    _must_be_planned(review)
    if typed.version != review.version:
        raise InvalidInput(
            {"version": _("Somebody else changed it while you wrote. Copy your words, reload, put them in.")}
        )
    problems = {}
    held_on, next_on = review.held_on, None
    try:
        held_on = typed_day(typed.held_on)
        if abs(held_on - today()) > LATEST:
            problems["held_on"] = _("A day within about a year from today.")
    except NotTyped as error:
        problems["held_on"] = str(error)
    try:
        next_on = typed_day(typed.next_on) if typed.next_on.strip() else None
        if next_on is not None and not held_on < next_on <= held_on + LATEST:
            problems["next_on"] = _("A day after this review, within about a year.")
    except NotTyped as error:
        problems["next_on"] = str(error)
    words = {name: clean_text(getattr(typed, name)) for name in ("notes", "decisions", "summary")}
    for name, most in (("notes", MAX_WORDS), ("decisions", MAX_WORDS), ("summary", MAX_SUMMARY)):
        if len(words[name]) > most:
            problems[name] = _(
                "This has %(words_count)s characters; keep it to %(most)s.",
                words_count=f"{len(words[name]):,}",
                most=f"{most:,}",
            )
    if problems:
        raise InvalidInput(problems)
    review.held_on, review.next_on, review.version = held_on, next_on, review.version + 1
    review.notes, review.decisions, review.summary = words["notes"], words["decisions"], words["summary"]
    _audit(session, "review.written", review, actor)


def finish_review(session: Session, review: BusinessReview, partnership: Partnership, *, actor: User) -> None:
    """Freeze a review with its agenda as it is now, and plan the next one where its day is given.

    Raises Conflict for one that is not planned (any more), InvalidInput for one whose day has not come.
    """
    _must_be_planned(review)
    if review.held_on > today():
        raise InvalidInput(
            {"held_on": _("This day is still to come. Set it to when the review was held, then finish.")}
        )
    # It is kept in English, and its words are said in the language of whoever reads it.
    with in_language(SOURCE):
        review.agenda = agenda_of(session, partnership, review.since_on)
    review.state, review.finished_at, review.finished_by_id = ReviewState.FINISHED, now(), actor.id
    review.version += 1
    session.flush()
    if review.next_on is not None:
        _plan(session, partnership, review.rhythm, review.next_on, actor)
    _audit(session, "review.finished", review, actor)


def share_review(session: Session, review: BusinessReview, partnership: Partnership, *, actor: User) -> bool:
    """Show the summary to the partner; say whether anybody of theirs heard of it. Raises Conflict."""
    if review.state is not ReviewState.FINISHED or not review.summary:
        raise Conflict(_("Only a finished review with a summary can be shared."))
    if review.shared_at is not None:
        raise Conflict(_("This summary is shared already. Reload the page."))
    review.shared_at = now()
    _audit(session, "review.shared", review, actor)
    people = reachable_people(session, partnership.id)
    if not people:
        return False
    # On the page it stands in the language of their main contact; each mail is in its reader's.
    text = _summary_words(review, language_of(session, people[0]))
    write_to_partner(session, partnership, text, author=actor, said_in=partial(_summary_words, review))
    return True


def _summary_words(review: BusinessReview, language: str) -> str:
    with in_language(language):
        return _("The summary of our review on %(day)s is on your page, under Goals.", day=long_day(review.held_on))


def unshare_review(session: Session, review: BusinessReview, *, actor: User) -> None:
    """Take the summary off the partner's page; mails that left stay where they are."""
    review.shared_at = None
    _audit(session, "review.unshared", review, actor)


def call_off_review(session: Session, review: BusinessReview, *, actor: User) -> None:
    """Call a planned review off; what was written in it stays. Raises Conflict."""
    _must_be_planned(review)
    review.state, review.version = ReviewState.CALLED_OFF, review.version + 1
    _audit(session, "review.called_off", review, actor)


def restore_review(session: Session, review: BusinessReview, *, actor: User) -> None:
    """Plan a review again that was called off. Raises Conflict, also where another one is planned by now."""
    if review.state is not ReviewState.CALLED_OFF:
        raise Conflict(_("This review was not called off. Reload the page."))
    review.state, review.version = ReviewState.PLANNED, review.version + 1
    _store(session, review)
    _audit(session, "review.restored", review, actor)


def _plan(session: Session, partnership: Partnership, rhythm: Rhythm, held_on: date, actor: User) -> BusinessReview:
    before = session.scalar(
        select(BusinessReview.held_on)
        .where(BusinessReview.partnership_id == partnership.id, BusinessReview.state == ReviewState.FINISHED)
        .order_by(BusinessReview.held_on.desc())
        .limit(1)
    )
    review = BusinessReview(
        program_id=partnership.program_id,
        partnership_id=partnership.id,
        rhythm=rhythm,
        since_on=before or partnership.created_at.date(),
        held_on=held_on,
        created_by_id=actor.id,
    )
    _store(session, review)
    return review


def _store(session: Session, review: BusinessReview) -> None:
    try:
        with session.begin_nested():
            session.add(review)
            session.flush()
    except IntegrityError:
        raise Conflict(_("A review is planned with this partner already. Finish that one, or call it off.")) from None


def _must_be_planned(review: BusinessReview) -> None:
    if review.state is not ReviewState.PLANNED:
        raise Conflict(
            _("This review is %(state)s, so nothing in it changes any more.", state=_(review.state.label).lower())
        )


def _audit(session: Session, action: str, review: BusinessReview, actor: User, **details: object) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"business_review:{review.id}",
        actor_id=actor.id,
        program_id=review.program_id,
        details={"partnership_id": review.partnership_id} | details,
    )
