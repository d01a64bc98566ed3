"""A program's tiers as records: added, changed, ordered, retired, and deleted while nothing uses them."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Program, User
from app.models.tier import MAX_TIER, Tier
from app.queries.keeping_touch import tier_key
from app.queries.tiers import TierUses, tier_named, tier_uses, tiers_of
from app.services.audit import record_audit
from app.services.care.amounts import Unreadable, read_amount, read_currency, read_leads
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.keeping.goals import MAX_KPI, MAX_UNIT
from app.services.keeping.typed import NotTyped, typed_number
from app.services.plain_text import clean_line, clean_text
from app.services.tiers.renaming import carry_name
from app.whole_numbers import whole_number

MAX_TIERS, MAX_COMMISSION, MAX_BENEFITS, MAX_BENEFIT = 12, 200, 12, 200
MAX_MONTHS, MAX_TIER_GOALS, MAX_GOAL_DAYS = 24, 6, 3 * 365


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTierGoal:
    """A goal that partners get when they enter, as typed; one without any text is none."""

    kpi: str = ""
    unit: str = ""
    target: str = ""
    days: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTier:
    """A tier as typed; `benefits` are lines. Without revenue and leads it is given by hand."""

    name: str
    commission: str = ""
    benefits: str = ""
    months: str = "3"
    revenue: str = ""
    currency: str = ""
    leads: str = ""
    is_either: bool = False
    goals: tuple[TypedTierGoal, ...] = ()


def tier_in(session: Session, program: Program, tier_id: int) -> Tier:
    """Return a tier of a program that access was checked for; raises NotFound."""
    found = session.get(Tier, tier_id)
    if found is None or found.program_id != program.id:
        raise NotFound(_("This program has no such tier; somebody may have deleted it."))
    return found


def chosen_tier(session: Session, program_id: int, name: str, *, held: str = "") -> str:
    """Return a chosen tier as its record spells it, "" for none. Raises InvalidInput (field `tier`) for no tier.

    A retired one is kept by whoever has it (`held`) and given to nobody else.
    """
    wanted = clean_line(name)
    if not wanted:
        return ""
    found = tier_named(session, program_id, wanted)
    if found is None or (found.retired_at is not None and found.key != tier_key(held)):
        words = _("There is no tier “%(name)s” in this program. Add it in the settings first.", name=wanted[:MAX_TIER])
        raise InvalidInput({"tier": words})
    return found.name


def take_tier(session: Session, program_id: int, name: str, problems: dict[str, str], *, held: str = "") -> str:
    """Return a chosen tier as chosen_tier does; what is wrong with it goes to the other problems of a form."""
    try:
        return chosen_tier(session, program_id, name, held=held)
    except InvalidInput as error:
        problems |= error.fields
        return ""


def add_tier(session: Session, program: Program, typed: TypedTier, *, actor: User) -> Tier:
    """Add a tier above the others. Raises InvalidInput naming every field that cannot be used."""
    known = tiers_of(session, program.id)
    values, problems = _values(typed)
    if len(known) >= MAX_TIERS:
        problems["name"] = _("%(most)s tiers are the most. Retire one first.", most=MAX_TIERS)
    if problems:
        raise InvalidInput(problems)
    highest = session.scalar(select(func.max(Tier.position)).where(Tier.program_id == program.id)) or 0
    tier = Tier(program_id=program.id, position=highest + 1, created_by_id=actor.id, **values)
    _store(session, tier)
    _note(session, "tier.added", tier, actor)
    return tier


def change_tier(session: Session, tier: Tier, typed: TypedTier, *, seen: str, actor: User) -> None:
    """Change a tier over the version that was seen; what says its name says the new one.

    Raises Conflict where somebody changed it since, InvalidInput as add_tier does.
    """
    session.refresh(tier, with_for_update=True)
    if seen != str(tier.version):
        raise Conflict(
            _("Somebody changed this tier meanwhile. Below is what you typed; saving again puts it over their change.")
        )
    values, problems = _values(typed)
    if problems:
        raise InvalidInput(problems)
    before = (tier.name, tier.key)
    with session.no_autoflush:
        for name, value in values.items():
            setattr(tier, name, value)
        tier.version += 1
        _store(session, tier)
    carry_name(session, tier, before=before)
    _note(session, "tier.changed", tier, actor, before=before[0])


def retire_tier(session: Session, tier: Tier, *, actor: User) -> None:
    """Let nobody enter a tier any more; who is in it stays."""
    tier.retired_at = tier.retired_at or now()
    _note(session, "tier.retired", tier, actor)


def restore_tier(session: Session, tier: Tier, *, actor: User) -> None:
    """Let partners enter a retired tier again. Raises Conflict where there are too many."""
    if tier.retired_at is not None and len(tiers_of(session, tier.program_id)) >= MAX_TIERS:
        raise Conflict(_("%(most)s tiers are the most. Retire one first.", most=MAX_TIERS))
    tier.retired_at = None
    _note(session, "tier.restored", tier, actor)


def raise_tier(session: Session, tier: Tier, *, actor: User) -> None:
    """Move a tier one place towards the first.

    Not by hand_order, which numbers anew: a retired one keeps its place, above and below which its partners stand.
    """
    known = tiers_of(session, tier.program_id)
    place = next((index for index, each in enumerate(known) if each.id == tier.id), 0)
    if place == 0:
        return
    before = known[place - 1]
    tier.position, before.position = before.position, tier.position
    _note(session, "tier.moved", tier, actor)


def delete_tier(session: Session, tier: Tier, *, actor: User) -> None:
    """Delete a tier that nothing uses. Raises Conflict saying who and what does."""
    uses = tier_uses(session, tier)
    if uses.is_used:
        raise Conflict(
            _(
                "“%(name)s” is in use, so it cannot be deleted: %(uses)s. Retire it instead.",
                name=tier.name,
                uses=said_uses(uses),
            )
        )
    _note(session, "tier.deleted", tier, actor)
    session.delete(tier)
    session.flush()


def said_uses(uses: TierUses) -> str:
    """Say who and what uses a tier."""
    names = ", ".join(uses.partners)
    if uses.partner_count > len(uses.partners):
        names = _("%(names)s and %(count)s more", names=names, count=uses.partner_count - len(uses.partners))
    parts = (
        (uses.partners, _("partners %(names)s", names=names)),
        (uses.templates, _("onboarding %(names)s", names=", ".join(uses.templates))),
        (uses.resources, _("resources %(names)s", names=", ".join(uses.resources))),
        (uses.has_rule, _("a rule of staying in touch")),
        (uses.acceptances, _("partners who accepted its terms")),
    )
    return "; ".join(words for there, words in parts if there)


def _values(typed: TypedTier) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what was typed as columns, and what is wrong with it by field."""
    name, commission = clean_line(typed.name), clean_line(typed.commission)
    benefits = [line for each in clean_text(typed.benefits).splitlines() if (line := clean_line(each))]
    problems: dict[str, str] = {}
    if not 1 <= len(name) <= MAX_TIER:
        problems["name"] = _("Name the tier, in %(most)s characters at most.", most=MAX_TIER)
    if len(commission) > MAX_COMMISSION:
        problems["commission"] = _("At most %(most)s characters.", most=MAX_COMMISSION)
    if len(benefits) > MAX_BENEFITS or max(map(len, benefits), default=0) > MAX_BENEFIT:
        problems["benefits"] = _(
            "At most %(most)s lines of %(long)s characters each.", most=MAX_BENEFITS, long=MAX_BENEFIT
        )
    entry, wrong = _entry(typed)
    goals, wrong_goals = _goals(typed.goals)
    values = {"name": name, "key": tier_key(name), "commission": commission, "benefits": benefits, "goals": goals}
    return values | entry, problems | wrong | wrong_goals


def _entry(typed: TypedTier) -> tuple[dict[str, Any], dict[str, str]]:
    problems: dict[str, str] = {}
    amount, currency, leads = None, "", None
    try:
        amount, currency = read_amount(typed.revenue)
    except Unreadable as error:
        problems["revenue"] = str(error)
    try:
        currency = read_currency(typed.currency) or currency
    except Unreadable as error:
        problems["currency"] = str(error)
    try:
        leads = read_leads(typed.leads)
    except Unreadable as error:
        problems["leads"] = str(error)
    months = whole_number(typed.months.strip(), least=1, most=MAX_MONTHS)
    if months is None:
        problems["months"] = _("Give a number of months from 1 to %(most)s.", most=MAX_MONTHS)
    if amount and not currency and "currency" not in problems:
        problems["currency"] = _("Say in which currency, such as EUR.")
    entry = {
        "least_cents": amount or None,
        "currency": currency if amount else "",
        "least_leads": leads or None,
        "months": months or 1,
        "is_either": typed.is_either and bool(amount and leads),
    }
    return entry, problems


def _goals(typed: tuple[TypedTierGoal, ...]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    found, wrong = [], []
    for goal in typed:
        if not any(value.strip() for value in asdict(goal).values()):
            continue
        kpi, unit = clean_line(goal.kpi), clean_line(goal.unit)
        days = whole_number(goal.days.strip(), least=1, most=MAX_GOAL_DAYS)
        try:
            target = typed_number(goal.target)
        except NotTyped:
            target = 0.0
        if 1 <= len(kpi) <= MAX_KPI and len(unit) <= MAX_UNIT and target and days:
            found.append({"kpi": kpi, "unit": unit, "target": target, "days": days})
        else:
            wrong.append(kpi[:40] or "–")
    if wrong:
        return found, {
            "goals": _(
                "A goal says what is counted, a target that is not 0, and 1 to %(most)s days. Look at: %(goals)s",
                most=MAX_GOAL_DAYS,
                goals=", ".join(wrong),
            )
        }
    if len(found) > MAX_TIER_GOALS:
        return found, {"goals": _("At most %(most)s goals.", most=MAX_TIER_GOALS)}
    return found, {}


def _store(session: Session, tier: Tier) -> None:
    try:
        with session.begin_nested():
            session.add(tier)
            session.flush()
    except IntegrityError:
        taken = _("There is a tier “%(name)s” already; a retired one can be brought back.", name=tier.name)
        raise InvalidInput({"name": taken}) from None


def _note(session: Session, action: str, tier: Tier, actor: User, **details: object) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"tier:{tier.id}",
        actor_id=actor.id,
        program_id=tier.program_id,
        details={"name": tier.name, "position": tier.position} | details,
    )
