"""Who cannot be put into a sequence, and why: asked before enrolling one or many, in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import long_day, mark
from app.models import (
    OFF_BOARD_STAGES,
    Company,
    Contact,
    ContactBasis,
    ContactField,
    ContactValue,
    Enrollment,
    EnrollmentState,
    Message,
    Program,
    Prospect,
    Sender,
    Stop,
    StopKind,
)
from app.models import Sequence as SequenceRow
from app.queries.contact_facts import contact_facts
from app.queries.country_words import country_in_words
from app.queries.sending_rules import rules_of
from app.services.ledger.cases import CONSENTING
from app.services.ledger.states import SENT
from app.services.suppressions import suppressed_among
from outreach.enrollment import Rules, Transport

_AT_ONCE = 500
_FOR_GOOD = (StopKind.OPT_OUT, StopKind.COMPLAINT, StopKind.BOUNCE)
_ROLES = frozenset(
    "abuse accounting accounts admin administration administrator all biuro billing booking careers contact contacto "
    "contatti contato customerservice datenschutz dpo einkauf enquiries finance hallo hello help helpdesk hola "
    "hostmaster hr info infos inquiries jobs kariera karriere kontakt legal mail mailer-daemon marketing media news "
    "newsletter no-reply noreply office orders postmaster pr praca press presse privacy recepcja reception rechnung "
    "root rodo sales security sekretariat service servicio shop sklep spam support team vertrieb verkauf webmaster "
    "welcome zamowienia".split()
)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why somebody cannot be enrolled: a code for programs, a sentence for people."""

    code: str
    sentence: str


def why_not(
    session: Session,
    *,
    program_id: int,
    contact_ids: Sequence[int],
    sequence_id: int,
    sender_id: int | None = None,
) -> dict[int, list[Hindrance]]:
    """Return, for each contact, everything that keeps it from being enrolled; an empty list for those who can be.

    Without a sender the sequence's own is assumed, whose transport decides the lane.
    """
    sequence = session.get(SequenceRow, sequence_id)
    sender = session.get(Sender, sender_id or (sequence.sender_id if sequence else None) or 0)
    found: dict[int, list[Hindrance]] = {}
    wanted = list(dict.fromkeys(contact_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        known = _Known.load(session, part, program_id=program_id, sender=sender)
        found |= {contact_id: list(known.hindrances(contact_id)) for contact_id in part}
    return found


def is_role_address(address: str) -> bool:
    """Say whether an address belongs to a function (info@, sales@) instead of a person."""
    local = address.partition("@")[0].lower().partition("+")[0]
    return local in _ROLES or local.replace(".", "").replace("-", "").replace("_", "") in _ROLES


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one batch of contacts."""

    prospects: dict[int, tuple[Prospect, Company]]
    addresses: dict[int, str]
    suppressed: frozenset[str]
    enrolled: frozenset[int]
    stopped: dict[int, StopKind]
    mailed_at: dict[int, datetime]
    bases: dict[int, ContactBasis]
    rules: Rules
    sender: Sender | None
    quiet_days: int

    @classmethod
    def load(cls, session: Session, contact_ids: list[int], *, program_id: int, sender: Sender | None) -> "_Known":
        """Ask one question of each kind."""
        rows = session.execute(
            select(Contact.id, Prospect, Company)
            .join(Prospect, Prospect.company_id == Contact.company_id)
            .join(Company, Company.id == Prospect.company_id)
            .where(Contact.id.in_(contact_ids), Prospect.program_id == program_id)
        )
        facts = contact_facts(session, contact_ids)
        addresses = {contact_id: each.email for contact_id, each in facts.items() if each.email}
        # One person may stand at several companies: whoever is written to at one of them is not at the others.
        same = _same_person(session, contact_ids, addresses)
        everybody = list({other for others in same.values() for other in others})
        quiet_days = session.get_one(Program, program_id).quiet_days
        enrolled, mailed_at = _enrolled(session, everybody), _mailed_at(session, everybody, quiet_days)
        return cls(
            prospects={row[0]: (row[1], row[2]) for row in rows},
            addresses=addresses,
            suppressed=frozenset(suppressed_among(session, set(addresses.values()))),
            enrolled=frozenset(contact_id for contact_id, others in same.items() if others & enrolled),
            stopped=_stopped(session, contact_ids, program_id),
            mailed_at={
                contact_id: max(mailed_at[other] for other in others & mailed_at.keys())
                for contact_id, others in same.items()
                if others & mailed_at.keys()
            },
            bases=_bases(session, contact_ids, program_id),
            rules=rules_of(session, program_id),
            sender=sender,
            quiet_days=quiet_days,
        )

    def hindrances(self, contact_id: int) -> Iterable[Hindrance]:
        """Yield everything that hinders one contact."""
        if contact_id not in self.prospects:
            yield Hindrance("no_prospect", _("This contact's company is no prospect of the program."))
            return
        prospect, company = self.prospects[contact_id]
        if prospect.stage in OFF_BOARD_STAGES:
            yield Hindrance(
                "off_board",
                _("%(name)s is off the board (%(stage)s).", name=company.name, stage=_(prospect.stage.label).lower()),
            )
        if contact_id in self.enrolled:
            yield Hindrance("already_enrolled", _("This contact is in a sequence already."))
        if contact_id in self.stopped:
            yield Hindrance(self.stopped[contact_id].value, _(_STOPPED[self.stopped[contact_id]]))
        if contact_id in self.mailed_at:
            yield Hindrance(
                "contacted_lately",
                _(
                    "Was mailed on %(day)s, less than %(days)s days ago.",
                    day=long_day(self.mailed_at[contact_id]),
                    days=self.quiet_days,
                ),
            )
        address = self.addresses.get(contact_id, "")
        if not address:
            yield Hindrance("no_address", _("No e-mail address is known. Add one on the prospect's page."))
            return
        if address in self.suppressed:
            yield Hindrance(
                "suppressed",
                _("%(address)s or its domain is on the list of those that must not be mailed.", address=address),
            )
        if is_role_address(address):
            yield Hindrance("role_address", _("%(address)s belongs to a function, not to a person.", address=address))
        basis = self.bases.get(contact_id)
        if prospect.stage not in CONSENTING and not (basis is not None and basis.has_consented):
            yield from self._cold(company, basis)

    def _cold(self, company: Company, basis: ContactBasis | None) -> Iterable[Hindrance]:
        """Yield what a first mail without consent lacks (DESIGN section 7)."""
        is_sendgrid = self.sender is not None and self.sender.transport.value == Transport.SENDGRID.value
        if is_sendgrid and not self.rules.cold_override:
            yield Hindrance("lane", _("Without consent a mail may not leave through SendGrid; choose an SMTP sender."))
        if not company.country:
            yield Hindrance("cold_country", _("The company's country is not known, so its rules are not either."))
        elif company.country.upper() not in self.rules.cold_countries:
            name = country_in_words(company.country)
            yield Hindrance(
                "cold_country", _("The program does not write first to people in %(country)s.", country=name)
            )
        if basis is None or not basis.legal_basis:
            yield Hindrance("no_legal_basis", _("No legal basis is recorded for this contact."))
        if basis is None or not basis.source_url:
            yield Hindrance("no_source", _("It is not recorded where the address is from."))


_STOPPED = {
    StopKind.OPT_OUT: mark("Asked not to be mailed any more."),
    StopKind.COMPLAINT: mark("Reported a mail as spam."),
    StopKind.BOUNCE: mark("The address does not take mail."),
}


def _same_person(
    session: Session, contact_ids: Iterable[int], addresses: Mapping[int, str]
) -> dict[int, frozenset[int]]:
    """Return, for each contact, itself and all contacts anywhere that have its address."""
    query = select(ContactValue.value, ContactValue.contact_id).where(
        ContactValue.field == ContactField.EMAIL, ContactValue.value.in_(set(addresses.values()))
    )
    having: dict[str, set[int]] = {}
    for value, contact_id in session.execute(query):
        having.setdefault(value, set()).add(contact_id)
    return {each: frozenset({each} | having.get(addresses.get(each, ""), set())) for each in contact_ids}


def _enrolled(session: Session, contact_ids: list[int]) -> frozenset[int]:
    query = select(Enrollment.contact_id).where(
        Enrollment.contact_id.in_(contact_ids), Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.HELD))
    )
    return frozenset(session.scalars(query))


def _stopped(session: Session, contact_ids: list[int], program_id: int) -> dict[int, StopKind]:
    query = select(Stop.contact_id, Stop.kind).where(
        Stop.contact_id.in_(contact_ids),
        Stop.kind.in_(_FOR_GOOD),
        or_(Stop.program_id.is_(None), Stop.program_id == program_id),
    )
    return {contact_id: kind for contact_id, kind in session.execute(query) if contact_id is not None}


def _mailed_at(session: Session, contact_ids: list[int], quiet_days: int) -> dict[int, datetime]:
    query = (
        select(Message.contact_id, func.max(Message.accepted_at))
        .where(
            Message.contact_id.in_(contact_ids),
            Message.state.in_(SENT),
            Message.accepted_at > now() - timedelta(days=quiet_days),
        )
        .group_by(Message.contact_id)
    )
    return {contact_id: at for contact_id, at in session.execute(query) if contact_id and at}


def _bases(session: Session, contact_ids: list[int], program_id: int) -> dict[int, ContactBasis]:
    query = select(ContactBasis).where(ContactBasis.contact_id.in_(contact_ids), ContactBasis.program_id == program_id)
    return {basis.contact_id: basis for basis in session.scalars(query)}
