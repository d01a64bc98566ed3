"""Who was mailed what: a change of the terms with who has not accepted it, and broadcasts with their receivers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import (
    Broadcast,
    BroadcastPerson,
    Company,
    Notice,
    NoticeState,
    PartnerPerson,
    Partnership,
    PartnerTag,
    ProgramTerms,
    Prospect,
    Stage,
    TermsAcceptance,
    TermsChange,
    TermsNotice,
    User,
)
from app.models.stage import PARTNER_STAGES
from app.queries.onboarding import SCREEN


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPartner:
    """A partner who has not accepted the version in force: what they stand on, when they were told and reminded."""

    partnership_id: int
    company: str
    manager: str | None
    stands_on: int | None
    told_at: datetime | None
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class TermsScreen:
    """How far a version is: who accepted it, who was told, and the partners it still waits for."""

    accepted: int
    waiting: int
    told: int
    rows: tuple[TermsPartner, ...]
    next_from: int | None


@dataclass(frozen=True, slots=True)
class AcceptedVersion:
    """That a partner accepted a version: when, who of them (where that is known), from which address."""

    version: int
    at: datetime
    who: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastRow:
    """A broadcast in the list."""

    id: int
    subject: str
    created_at: datetime
    created_by: str | None
    sent_at: datetime | None
    sent: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastReceiver:
    """Somebody whom a broadcast went to, or did not; `state` of the mail is None where the mail is forgotten by now."""

    partnership_id: int
    company: str
    name: str
    email: str
    why_not: str
    state: NoticeState | None


@dataclass(frozen=True, slots=True)
class SegmentChoices:
    """What partners in force can be chosen by, with how many there are of each."""

    tiers: tuple[tuple[str, int], ...]
    stages: tuple[tuple[Stage, int], ...]
    countries: tuple[tuple[str, int], ...]
    tags: tuple[tuple[str, int], ...]


def terms_screen(session: Session, program_id: int, terms_id: int, *, start: int = 0) -> TermsScreen:
    """Return how far a version is and a screen of the partners in force who have not accepted it; two statements."""
    has_accepted = Partnership.terms_id == terms_id
    told = (
        select(TermsNotice.partnership_id, TermsNotice.sent_at, TermsNotice.reminded_at)
        .join(TermsChange, TermsChange.id == TermsNotice.change_id)
        .where(TermsChange.terms_id == terms_id)
        .subquery()
    )
    in_force = [Partnership.program_id == program_id, Prospect.stage.in_(PARTNER_STAGES)]
    accepted, all_told, total = session.execute(
        select(func.count(case((has_accepted, 1))), func.count(told.c.partnership_id), func.count())
        .select_from(Partnership)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .outerjoin(told, told.c.partnership_id == Partnership.id)
        .where(*in_force)
    ).one()
    rows = session.execute(
        select(Partnership.id, Company.name, User.name, ProgramTerms.version, told.c.sent_at, told.c.reminded_at)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(User, User.id == Partnership.account_manager_id)
        .outerjoin(ProgramTerms, ProgramTerms.id == Partnership.terms_id)
        .outerjoin(told, told.c.partnership_id == Partnership.id)
        .where(*in_force, Partnership.terms_id.is_distinct_from(terms_id))
        .order_by(told.c.sent_at.is_not(None), Company.name, Partnership.id)
        .offset(start)
        .limit(SCREEN + 1)
    ).all()
    shown = tuple(
        TermsPartner(
            partnership_id=row[0],
            company=row[1],
            manager=row[2],
            stands_on=row[3],
            told_at=row[4],
            reminded_at=row[5],
        )
        for row in rows[:SCREEN]
    )
    return TermsScreen(accepted, total - accepted, all_told, shown, start + SCREEN if len(rows) > SCREEN else None)


def acceptances_of(session: Session, partnership_id: int) -> list[AcceptedVersion]:
    """Return which versions a partner accepted, the newest first, as they stand on record."""
    rows = session.execute(
        select(ProgramTerms.version, TermsAcceptance.at, PartnerPerson.name, TermsAcceptance.address)
        .join(ProgramTerms, ProgramTerms.id == TermsAcceptance.terms_id)
        .outerjoin(PartnerPerson, PartnerPerson.id == TermsAcceptance.person_id)
        .where(TermsAcceptance.partnership_id == partnership_id)
        .order_by(ProgramTerms.version.desc())
    )
    return [AcceptedVersion(version, at, who or "", address) for version, at, who, address in rows]


def broadcast_list(session: Session, program_id: int, *, start: int = 0) -> tuple[tuple[BroadcastRow, ...], int | None]:
    """Return a screen of a program's broadcasts, drafts first, then the newest; and where the next screen begins."""
    went = (
        select(
            BroadcastPerson.broadcast_id,
            func.count(case((BroadcastPerson.why_not == "", 1))).label("sent"),
            func.count(case((BroadcastPerson.why_not != "", 1))).label("skipped"),
        )
        .join(Broadcast, Broadcast.id == BroadcastPerson.broadcast_id)
        .where(Broadcast.program_id == program_id)
        .group_by(BroadcastPerson.broadcast_id)
        .subquery()
    )
    rows = session.execute(
        select(Broadcast, User.name, went.c.sent, went.c.skipped)
        .outerjoin(User, User.id == Broadcast.created_by_id)
        .outerjoin(went, went.c.broadcast_id == Broadcast.id)
        .where(Broadcast.program_id == program_id)
        .order_by(Broadcast.sent_at.is_not(None), Broadcast.sent_at.desc(), Broadcast.id.desc())
        .offset(start)
        .limit(SCREEN + 1)
    ).all()
    shown = tuple(
        BroadcastRow(
            id=each.id,
            subject=each.subject,
            created_at=each.created_at,
            created_by=by,
            sent_at=each.sent_at,
            sent=sent or 0,
            skipped=skipped or 0,
        )
        for each, by, sent, skipped in rows[:SCREEN]
    )
    return shown, start + SCREEN if len(rows) > SCREEN else None


def receivers_of(
    session: Session, broadcast_id: int, *, start: int = 0
) -> tuple[tuple[BroadcastReceiver, ...], int | None]:
    """Return a screen of whom a broadcast went to, those it did not go to first; and where the next screen begins."""
    rows = session.execute(
        select(BroadcastPerson, Company.name, PartnerPerson.name, PartnerPerson.email, Notice.state)
        .join(Partnership, Partnership.id == BroadcastPerson.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(PartnerPerson, PartnerPerson.id == BroadcastPerson.person_id)
        .outerjoin(Notice, Notice.id == BroadcastPerson.notice_id)
        .where(BroadcastPerson.broadcast_id == broadcast_id)
        .order_by(BroadcastPerson.why_not == "", Company.name, BroadcastPerson.id)
        .offset(start)
        .limit(SCREEN + 1)
    ).all()
    shown = tuple(
        BroadcastReceiver(
            partnership_id=each.partnership_id,
            company=company,
            name=name or "",
            email=email or "",
            why_not=each.why_not,
            state=state,
        )
        for each, company, name, email, state in rows[:SCREEN]
    )
    return shown, start + SCREEN if len(rows) > SCREEN else None


def segment_choices(session: Session, program_id: int) -> SegmentChoices:
    """Return what the partners in force of a program can be chosen by; two statements."""
    in_force = [Partnership.program_id == program_id, Prospect.stage.in_(PARTNER_STAGES)]
    tiers: dict[str, int] = {}
    stages: dict[Stage, int] = {}
    countries: dict[str, int] = {}
    rows = session.execute(
        select(Partnership.tier, Prospect.stage, Company.country, func.count())
        .select_from(Partnership)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(*in_force)
        .group_by(Partnership.tier, Prospect.stage, Company.country)
    )
    for tier, stage, country, count in rows:
        tiers[tier] = tiers.get(tier, 0) + count
        stages[stage] = stages.get(stage, 0) + count
        countries[country or ""] = countries.get(country or "", 0) + count
    tags = session.execute(
        select(PartnerTag.tag, func.count())
        .join(Partnership, Partnership.id == PartnerTag.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .where(*in_force)
        .group_by(PartnerTag.tag)
        .order_by(PartnerTag.tag)
    )
    return SegmentChoices(
        tuple(sorted(tiers.items())),
        tuple((stage, stages[stage]) for stage in PARTNER_STAGES if stage in stages),
        tuple(sorted(countries.items())),
        tuple((tag, count) for tag, count in tags),
    )
