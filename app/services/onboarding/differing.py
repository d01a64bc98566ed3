"""What an edited template would change in the plan of a partner who has begun: steps added, changed, taken out.

A step in which somebody has done anything stays as it is: it is done, with us, sent back, or holds something that was
sent. Pairs are found by the origin that a copy keeps; a step that was taken out of the template and put back, by its
kind and title.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark
from app.models import (
    ActionKind,
    ActionState,
    Company,
    OnboardingAction,
    OnboardingDocument,
    OnboardingPlan,
    OnboardingTemplate,
    OwnerSide,
    Partnership,
    Prospect,
    TemplateAction,
)
from app.models.stage import PARTNER_STAGES
from app.services.onboarding.templates import actions_of

# As many partners as one screen compares.
SCREEN = 50
COPIED = ("kind", "title", "text", "owner", "assignee_id", "due_days", "needs_approval", "is_required", "settings")
_FIELD_WORDS = {
    "kind": mark("kind"),
    "title": mark("title"),
    "text": mark("text"),
    "owner": mark("whose it is"),
    "assignee_id": mark("who of us does it"),
    "due_days": mark("days"),
    "needs_approval": mark("we check it"),
    "is_required": mark("required"),
    "settings": mark("link, questions or call"),
}
_SHORT = ("title", "due_days")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What of a step would be another: what it is called, and how it is and would be; "" where that is too long."""

    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step of a plan and the action of the template it would become, with what differs."""

    step: OnboardingAction
    original: TemplateAction
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """What would become of one plan; `kept` are steps that differ and stay, for somebody has done something in them.

    `mark` stands for what was compared: whoever applies it says what they saw.
    """

    plan: OnboardingPlan
    company: str
    added: tuple[TemplateAction, ...]
    changed: tuple[StepChange, ...]
    removed: tuple[OnboardingAction, ...]
    kept: tuple[OnboardingAction, ...]
    mark: str
    # The copy of each action of the template, by the action's id, and these ids in the template's order.
    pairs: Mapping[int, OnboardingAction] = field(default_factory=dict)
    order: tuple[int, ...] = ()

    @property
    def is_any(self) -> bool:
        """Say whether anything would be changed."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Compared:
    """A screen of a template's running plans that differ from it, and after which plan the next screen begins."""

    differences: tuple[PlanDifference, ...]
    running: int
    compared: int
    next_after: int | None


def compare_plans(session: Session, template: OnboardingTemplate, *, after: int = 0) -> Compared:
    """Return how the next SCREEN running plans of a template differ from it, in a fixed number of statements."""
    rows = session.execute(_running(template).where(OnboardingPlan.id > after).limit(SCREEN + 1)).all()
    shown = [(plan, company) for plan, company in rows[:SCREEN]]
    found = differences_of(session, template, shown)
    return Compared(
        tuple(each for each in found if each.is_any),
        running_count(session, template),
        len(shown),
        shown[-1][0].id if len(rows) > SCREEN else None,
    )


def running_count(session: Session, template: OnboardingTemplate) -> int:
    """Return how many partners are in a plan that was copied from a template."""
    counted = _running(template).with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    return session.scalar(counted) or 0


def locked_differences(
    session: Session, template: OnboardingTemplate, plan_ids: Collection[int]
) -> list[PlanDifference]:
    """Return how running plans differ, each held until the end; those that are over by now are left out."""
    query = _running(template).where(OnboardingPlan.id.in_(plan_ids)).with_for_update(of=OnboardingPlan)
    rows = session.execute(query.execution_options(populate_existing=True)).all()
    return differences_of(session, template, [(plan, company) for plan, company in rows])


def differences_of(
    session: Session, template: OnboardingTemplate, plans: Sequence[tuple[OnboardingPlan, str]]
) -> list[PlanDifference]:
    """Return how plans differ from a template."""
    originals, ids = actions_of(session, template.id), [plan.id for plan, _unused in plans]
    steps: dict[int, list[OnboardingAction]] = defaultdict(list)
    query = select(OnboardingAction).where(OnboardingAction.plan_id.in_(ids))
    ordered = query.order_by(OnboardingAction.position, OnboardingAction.id)
    for step in session.scalars(ordered.execution_options(populate_existing=True)):
        steps[step.plan_id].append(step)
    sent = set(
        session.scalars(
            select(OnboardingDocument.action_id)
            .join(OnboardingAction, OnboardingAction.id == OnboardingDocument.action_id)
            .where(OnboardingAction.plan_id.in_(ids))
        )
    )
    return [_difference(plan, company, originals, steps[plan.id], sent) for plan, company in plans]


def is_untouched(step: OnboardingAction, sent: Collection[int] = ()) -> bool:
    """Say whether nobody has done anything in a step; `sent` are the steps that hold documents."""
    return (
        step.state is ActionState.PENDING
        and step.submitted_at is None
        and not step.answer
        and not step.note
        and step.id not in sent
    )


def _running(template: OnboardingTemplate) -> Select[OnboardingPlan, str]:
    return (
        select(OnboardingPlan, Company.name)
        .join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(
            OnboardingPlan.template_id == template.id,
            OnboardingPlan.done_at.is_(None),
            Prospect.stage.in_(PARTNER_STAGES),
        )
        .order_by(OnboardingPlan.id)
    )


def _difference(
    plan: OnboardingPlan,
    company: str,
    originals: Sequence[TemplateAction],
    steps: Sequence[OnboardingAction],
    sent: Collection[int],
) -> PlanDifference:
    pairs = _pairs(originals, steps)
    paired = {step.id for step in pairs.values()}
    changed, kept = [], []
    for original in originals:
        step = pairs.get(original.id)
        fields = _differing(original, step, pairs, steps) if step is not None else ()
        if step is None or not fields or step.state in (ActionState.DONE, ActionState.SKIPPED):
            continue
        if is_untouched(step, sent):
            changed.append(StepChange(step, original, fields))
        else:
            kept.append(step)
    gone = [step for step in steps if step.id not in paired and step.origin]
    open_gone = [step for step in gone if step.state not in (ActionState.DONE, ActionState.SKIPPED)]
    removed = [step for step in open_gone if is_untouched(step, sent)]
    kept += [step for step in open_gone if not is_untouched(step, sent)]
    return PlanDifference(
        plan=plan,
        company=company,
        added=tuple(original for original in originals if original.id not in pairs),
        changed=tuple(changed),
        removed=tuple(removed),
        kept=tuple(kept),
        mark=_mark(originals, steps),
        pairs=pairs,
        order=tuple(original.id for original in originals),
    )


def _pairs(originals: Sequence[TemplateAction], steps: Sequence[OnboardingAction]) -> dict[int, OnboardingAction]:
    """Return the copy of each action of the template, by the action's id."""
    by_origin = {step.origin: step for step in steps if step.origin}
    pairs = {original.id: by_origin[original.origin] for original in originals if original.origin in by_origin}
    paired = {step.id for step in pairs.values()}
    for original in originals:
        if original.id in pairs:
            continue
        alike = (step for step in steps if step.id not in paired and step.origin)
        found = next((step for step in alike if (step.kind, step.title) == (original.kind, original.title)), None)
        if found is not None:
            pairs[original.id] = found
            paired.add(found.id)
    return pairs


def _differing(
    original: TemplateAction,
    step: OnboardingAction,
    pairs: Mapping[int, OnboardingAction],
    steps: Sequence[OnboardingAction],
) -> tuple[FieldChange, ...]:
    names = [name for name in COPIED if getattr(original, name) != getattr(step, name)]
    found = [FieldChange(_FIELD_WORDS[name], _said(step, name), _said(original, name)) for name in names]
    wanted = pairs.get(original.depends_on_id or 0)
    before = next((each for each in steps if each.id == step.depends_on_id), None)
    # Whether the step that comes first is a new one, or another one of those that are there.
    is_new = original.depends_on_id is not None and wanted is None
    if is_new or (wanted.id if wanted else None) != (before.id if before else None):
        found.append(FieldChange(mark("what comes first")))
    return tuple(found)


def _said(holder: OnboardingAction | TemplateAction, name: str) -> str:
    """Return a value in a word or two, "" where it takes more."""
    value = getattr(holder, name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _(value.label) if isinstance(value, (ActionKind, OwnerSide)) else str(value) if name in _SHORT else ""


def _mark(originals: Sequence[TemplateAction], steps: Sequence[OnboardingAction]) -> str:
    """Return what stands for a template and a plan as they are now."""
    actions = [
        [original.origin, original.depends_on_id, *(str(getattr(original, name)) for name in COPIED)]
        for original in originals
    ]
    content = json.dumps([actions, [[step.id, step.version] for step in steps]])
    return hashlib.sha256(content.encode()).hexdigest()[:32]
