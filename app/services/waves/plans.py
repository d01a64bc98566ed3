"""A program's migration plan: where its partners come from, bands of value, how many a week, what the mails promise."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import number
from app.models import Program, User
from app.models.wave import MigrationPlan, ValueBasis, WaveOrder, WavePartner
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.plain_text import clean_line, clean_text

MAX_PLATFORM, MAX_TEXT = 60, 2_000
MAX_BANDS, MAX_THRESHOLD = 5, 10**9
MAX_CAPACITY, MAX_DAYS = 500, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """A plan as a person typed it; thresholds in whole units, one for each band but the last."""

    platform: str
    basis: ValueBasis
    currency: str
    thresholds: str
    capacity: int
    order: WaveOrder
    message: str = ""
    incentive: str = ""
    incentive_days: int = 30
    remind_days: int = 5
    stuck_days: int = 10


def plan_of(session: Session, program: Program) -> MigrationPlan:
    """Return the program's plan; one that nobody has written yet has the usual values and is not stored."""
    known = session.scalar(select(MigrationPlan).where(MigrationPlan.program_id == program.id))
    if known is not None:
        return known
    return MigrationPlan(
        program_id=program.id,
        platform="",
        basis=ValueBasis.REVENUE,
        currency="EUR",
        thresholds=[10_000, 1_000],
        capacity=50,
        order=WaveOrder.HIGHEST_FIRST,
        message="",
        incentive="",
        incentive_days=30,
        remind_days=5,
        stuck_days=10,
    )


def save_plan(session: Session, program: Program, content: PlanContent, *, actor: User) -> MigrationPlan:
    """Change the plan; what was promised to partners already stays. Raises InvalidInput for each field."""
    problems: dict[str, str] = {}
    thresholds = _thresholds(content.thresholds, problems)
    texts = {"message": clean_text(content.message), "incentive": clean_text(content.incentive)}
    platform, currency = clean_line(content.platform), content.currency.strip().upper()
    too_long = _("At most %(most)s characters.", most=number(MAX_TEXT))
    problems |= {name: too_long for name, text in texts.items() if len(text) > MAX_TEXT}
    if not platform or len(platform) > MAX_PLATFORM:
        problems["platform"] = _("Name the platform they come from, in %(most)s characters at most.", most=MAX_PLATFORM)
    plan = plan_of(session, program)
    if currency != plan.currency and _holds_revenue(session, program):
        problems["currency"] = _(
            "The list holds revenue in %(currency)s, which would count as another. Keep it.", currency=plan.currency
        )
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        problems["currency"] = _("Give the currency by its three letters, such as EUR.")
    if not 1 <= content.capacity <= MAX_CAPACITY:
        problems["capacity"] = _("Between 1 and %(most)s partners a week.", most=MAX_CAPACITY)
    for name in ("incentive_days", "stuck_days"):
        if not 1 <= getattr(content, name) <= MAX_DAYS:
            problems[name] = _("Between 1 and %(most)s days.", most=MAX_DAYS)
    if not 0 <= content.remind_days < content.incentive_days:
        problems["remind_days"] = _("Less than the days the incentive lasts; 0 sends no reminder.")
    if problems:
        raise InvalidInput(problems)
    plan.platform, plan.currency, plan.thresholds = platform, currency, thresholds
    plan.basis, plan.order, plan.capacity = content.basis, content.order, content.capacity
    plan.message, plan.incentive = texts["message"], texts["incentive"]
    plan.incentive_days, plan.remind_days = content.incentive_days, content.remind_days
    plan.stuck_days, plan.updated_at = content.stuck_days, now()
    session.add(plan)
    session.flush()
    record_audit(
        session,
        "migration_plan.saved",
        subject=f"migration_plan:{plan.id}",
        actor_id=actor.id,
        program_id=program.id,
        details={"thresholds": plan.thresholds, "capacity": plan.capacity, "basis": plan.basis.value},
    )
    return plan


def _holds_revenue(session: Session, program: Program) -> bool:
    known = (WavePartner.program_id == program.id, WavePartner.revenue_cents.is_not(None))
    return session.scalar(select(WavePartner.id).where(*known).limit(1)) is not None


def _thresholds(text: str, problems: dict[str, str]) -> list[int]:
    """Return the least values of the bands, highest first."""
    parts = [part.replace(" ", "").replace("'", "") for part in text.replace(";", "\n").splitlines() if part.strip()]
    if not parts or len(parts) >= MAX_BANDS or not all(part.isdecimal() and len(part) <= 10 for part in parts):
        most = MAX_BANDS - 1
        problems["thresholds"] = _("Give one to %(most)s whole numbers, one a line, such as 10000 and 1000.", most=most)
        return []
    found = sorted({int(part) for part in parts}, reverse=True)
    if len(found) != len(parts) or found[-1] < 1 or found[0] > MAX_THRESHOLD:
        problems["thresholds"] = _("Each number once, from 1 to %(most)s.", most=number(MAX_THRESHOLD))
    return found
