"""Counts of the work around prospects: discovery, owners, duplicates, sites watched, reminders, migration mails.

Each returns how often the product did it in the scope, and how often people did.
"""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import (
    OnboardingPlan,
    Partnership,
    PlanEvent,
    PlanEventKind,
    Prospect,
    TermsChange,
    TermsNotice,
)
from app.models.assignment import RuleAssignment
from app.models.discovery import Discovery, DiscoveryCandidate
from app.models.merge import DuplicatePair, Merge
from app.models.watch import SiteChange
from app.models.wave import WaveEvent, WavePartner, WaveSource, WaveStatus
from app.queries.reports.scope import Scope

Counts = tuple[int, int]


def discovered(session: Session, scope: Scope) -> Counts:
    """Companies that the product found on a page it read; people's are those of a list they pasted."""
    is_page = Discovery.address != ""
    return _row(
        session,
        select(func.count().filter(is_page), func.count().filter(~is_page))
        .select_from(DiscoveryCandidate)
        .join(Discovery, Discovery.id == DiscoveryCandidate.discovery_id)
        .where(
            scope.in_programs(Discovery.program_id),
            *scope.within(Discovery.created_at),
            DiscoveryCandidate.skipped == "",
            *scope.of_prospects(DiscoveryCandidate.prospect_id),
        ),
    )


def site_changes(session: Session, scope: Scope) -> Counts:
    """Pages that reading a site again found added, changed or gone."""
    found = select(func.count(SiteChange.id)).where(
        *scope.within(SiteChange.at), _recruited(scope, SiteChange.company_id)
    )
    return session.scalar(found) or 0, 0


def assigned(session: Session, scope: Scope) -> Counts:
    """Owners that rules gave; people's are the owners that prospects of the period have without one."""
    by_rule = select(func.count(RuleAssignment.id)).where(*scope.within(RuleAssignment.at))
    given = select(RuleAssignment.prospect_id)
    by_people = select(func.count(Prospect.id)).where(
        *scope.prospects,
        *scope.within(Prospect.created_at),
        Prospect.owner_id.is_not(None),
        Prospect.id.not_in(given),
    )
    return session.scalar(scope.over(by_rule, RuleAssignment.prospect_id)) or 0, session.scalar(by_people) or 0


def duplicates_found(session: Session, scope: Scope) -> Counts:
    """Pairs of companies that a look found to be one, whatever was said of them since."""
    found = select(func.count(DuplicatePair.id)).where(*in_pair(scope), *scope.within(DuplicatePair.found_at))
    return session.scalar(found) or 0, 0


def merges(session: Session, scope: Scope) -> Counts:
    """Companies made one that still are."""
    kept = [_recruited(scope, Merge.kept_id)] if scope.is_narrow else []
    return _row(
        session,
        select(func.count().filter(Merge.by_user_id.is_(None)), func.count(Merge.by_user_id)).where(
            scope.in_programs(Merge.program_id), *scope.within(Merge.at), Merge.undone_at.is_(None), *kept
        ),
    )


def reminders(session: Session, scope: Scope) -> Counts:
    """Mails that reminded a partner: of open steps, of terms to accept, of an incentive that ends."""
    nudges = _row(
        session,
        select(func.count().filter(PlanEvent.user_id.is_(None)), func.count(PlanEvent.user_id))
        .join(OnboardingPlan, OnboardingPlan.id == PlanEvent.plan_id)
        .where(
            scope.in_programs(OnboardingPlan.program_id),
            PlanEvent.kind == PlanEventKind.NUDGED,
            *scope.within(PlanEvent.at),
            *_of_partners(scope, OnboardingPlan.partnership_id),
        ),
    )
    terms = (
        select(func.count(TermsNotice.id))
        .join(TermsChange, TermsChange.id == TermsNotice.change_id)
        .where(
            scope.in_programs(TermsChange.program_id),
            TermsNotice.reminded_at.is_not(None),
            *scope.within(TermsNotice.reminded_at),
            *_of_partners(scope, TermsNotice.partnership_id),
        )
    )
    moves = select(func.count(WavePartner.id)).where(
        scope.in_programs(WavePartner.program_id),
        WavePartner.reminded_at.is_not(None),
        *scope.within(WavePartner.reminded_at),
        *scope.of_prospects(WavePartner.prospect_id),
    )
    return nudges[0] + (session.scalar(terms) or 0) + (session.scalar(moves) or 0), nudges[1]


def migration_mails(session: Session, scope: Scope) -> Counts:
    """Partners invited by a wave's mail; people's are those marked as invited by hand or file."""
    is_mail = WaveEvent.source == WaveSource.MAIL
    return _row(
        session,
        select(func.count().filter(is_mail), func.count().filter(~is_mail))
        .select_from(WaveEvent)
        .join(WavePartner, WavePartner.id == WaveEvent.partner_id)
        .where(
            scope.in_programs(WavePartner.program_id),
            WaveEvent.to_status == WaveStatus.INVITED,
            WaveEvent.from_status != WaveStatus.INVITED,
            WaveEvent.undone_at.is_(None),
            *scope.within(WaveEvent.at),
            *scope.of_prospects(WavePartner.prospect_id),
        ),
    )


def in_pair(scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions that both companies of a pair are among the scope's."""
    return [_recruited(scope, each) for each in (DuplicatePair.first_id, DuplicatePair.second_id)]


def _recruited(scope: Scope, company_id: Any) -> ColumnElement[bool]:
    """Return the condition that a company is among the scope's, asked row by row: there are few of these rows.

    A list of all companies to look in takes 40 ms at 100,000 prospects, each time.
    """
    return select(Prospect.id).where(Prospect.company_id == company_id, *scope.prospects).exists()


def _of_partners(scope: Scope, column: Any) -> list[ColumnElement[bool]]:
    if not scope.is_narrow:
        return []
    return [column.in_(select(Partnership.id).where(*scope.of_prospects(Partnership.prospect_id)))]


def _row(session: Session, query: Any) -> Counts:
    by_product, by_people = session.execute(query).one()
    return by_product or 0, by_people or 0
