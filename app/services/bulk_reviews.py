"""Deciding several applications at once: a plan that says what each would get, and which are left out and why.

Nothing is decided that a reviewer would have to look into: a high flag, a question under way, a partner, a company with
two applications among the chosen ones. Each decision is a transaction of its own, made by the same use-case as by hand.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import SOURCE, current_language
from app.languages import gettext as _
from app.models import (
    Application,
    ApplicationState,
    DecisionOutcome,
    MoveEvent,
    Program,
    ProgramPage,
    Prospect,
    Stage,
    is_allowed,
)
from app.services.application_mails import Letter, Saying, letter_of
from app.services.application_risks import Risk, RiskFlag, flags_of
from app.services.decline_quotes import Quote, as_evidence, found_for_reasons
from app.services.errors import InvalidInput
from app.services.onboarding.starting import template_for
from app.services.plain_text import clean_text
from app.services.reviewing import Review

MAX_AT_ONCE = 100
_KINDS = {DecisionOutcome.APPROVE: "application_approved", DecisionOutcome.DECLINE: "application_declined"}


@dataclass(frozen=True, slots=True)
class PlannedQuote:
    """A sentence of the site or the terms that was found for the reason; the mail tells it where it is ticked."""

    quote: Quote
    name: str
    is_ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDecision:
    """One chosen application: what it would get, or in `skipped` why it is left out. `version` is what was seen."""

    id: int
    version: int
    company: str
    email: str
    score: float | None
    flags: tuple[RiskFlag, ...]
    skipped: str = ""
    letter: Letter | None = None
    quotes: tuple[PlannedQuote, ...] = ()


def plan_decisions(
    session: Session,
    program: Program,
    ids: Sequence[int],
    outcome: DecisionOutcome,
    review: Review,
    *,
    unticked: Collection[str] = (),
) -> list[PlannedDecision]:
    """Return what deciding these would do, in the order given; nothing is changed.

    A decline carries what was found for its reasons, without the quotes whose names (PlannedQuote) are `unticked`.
    Raises InvalidInput where none or too many are chosen.
    """
    wanted = _chosen(ids)
    rows = session.execute(
        select(Application, Prospect)
        .outerjoin(Prospect, Prospect.id == Application.prospect_id)
        .where(Application.id.in_(wanted), Application.program_id == program.id)
    ).all()
    found = {application.id: (application, prospect) for application, prospect in rows}
    flags = flags_of(session, list(found))
    twins = Counter(prospect.id for _application, prospect in found.values() if prospect)
    is_decline = outcome is DecisionOutcome.DECLINE
    reapply_at = _reapply_at(session, program) if is_decline else None
    has_steps = outcome is DecisionOutcome.APPROVE and template_for(session, program.id, review.tier) is not None
    applications = [application for application, _prospect in found.values()]
    speaking = found_for_reasons(session, applications, review.reason_codes) if is_decline else {}
    planned = []
    for key in (each for each in wanted if each in found):
        application, prospect = found[key]
        skipped = _why_not(application, prospect, flags[key], outcome, twins)
        quotes = tuple(_planned(key, each, unticked) for each in speaking.get(key, ()))
        saying = Saying(
            reason_codes=review.reason_codes,
            evidence=[as_evidence(each.quote) for each in quotes if each.is_ticked],
            message=clean_text(review.message),
            reapply_at=reapply_at,
            portal="…" if has_steps else "",
        )
        planned.append(
            PlannedDecision(
                id=application.id,
                version=application.version,
                company=application.company_name,
                email=application.email,
                score=prospect.fit_score if prospect else None,
                flags=flags[key],
                skipped=skipped,
                quotes=quotes,
                letter=None
                if skipped
                else letter_of(session, _KINDS[outcome], application, saying, program_name=program.name),
            )
        )
    return planned


def _chosen(ids: Sequence[int]) -> list[int]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise InvalidInput({"ids": _("Choose at least one application.")})
    if len(wanted) > MAX_AT_ONCE:
        raise InvalidInput(
            {"ids": _("Decide at most %(most)s at once; %(count)s are chosen.", most=MAX_AT_ONCE, count=len(wanted))}
        )
    return wanted


def _planned(application_id: int, quote: Quote, unticked: Collection[str]) -> PlannedQuote:
    name = f"{application_id}:{quote.key}"
    return PlannedQuote(quote, name, name not in unticked)


def against_what_was_seen(planned: Sequence[PlannedDecision], seen: Mapping[int, int]) -> list[PlannedDecision]:
    """Return the plan with those left out that changed since they were shown; `seen` maps an id to its version."""
    words = _("It was changed since you saw it; look at it again.")
    return [
        replace(each, skipped=words) if not each.skipped and seen.get(each.id) != each.version else each
        for each in planned
    ]


def _why_not(
    application: Application,
    prospect: Prospect | None,
    flags: Sequence[RiskFlag],
    outcome: DecisionOutcome,
    twins: Counter[int],
) -> str:
    """Return why an application is not decided in bulk; "" where it is."""
    if application.state is ApplicationState.ASKED:
        return _("It waits for the applicant's answer; decide it by hand.")
    if application.state is not ApplicationState.SUBMITTED or prospect is None:
        return _("It is %(state)s, so there is nothing to decide.", state=_(application.state.label).lower())
    if twins[prospect.id] > 1:
        return _("The same company has another of the chosen applications; decide them by hand.")
    if outcome is DecisionOutcome.DECLINE:
        return ""
    # Only English may lose its capitals: German nouns keep theirs.
    is_english = current_language() == SOURCE
    high = [flag.label.lower() if is_english else flag.label for flag in flags if flag.risk is Risk.HIGH]
    if high:
        return _("It has a high flag (%(flags)s); decide it by hand.", flags=", ".join(high))
    if not is_allowed(MoveEvent.DECISION, prospect.stage, Stage.APPROVED):
        return _("The prospect stands in %(stage)s, so it cannot be approved from here.", stage=_(prospect.stage.label))
    return ""


def _reapply_at(session: Session, program: Program) -> datetime:
    days = session.scalar(select(ProgramPage.reapply_days).where(ProgramPage.program_id == program.id))
    return now() + timedelta(days=days or 0)
