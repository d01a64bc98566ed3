"""Bringing plans that have begun up to date with their edited template, and taking that back.

Nobody loses anything: what was done or sent stays as it is (see differing.py). Undoing puts each step back that nobody
has touched since, and says which ones it left alone.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import (
    CLOSED_ACTION_STATES,
    ActionKind,
    OnboardingAction,
    OnboardingDocument,
    OnboardingPlan,
    OnboardingTemplate,
    OwnerSide,
    PlanEventKind,
    Program,
    TemplateAction,
    User,
)
from app.models.onboarding import PlanUpdate
from app.services.errors import Conflict
from app.services.onboarding.differing import COPIED, PlanDifference, StepChange, is_untouched, locked_differences
from app.services.onboarding.events import Doer, record_plan_event
from app.services.onboarding.starting import open_action

_MOMENTS = ("opened_at", "due_at", "nudged_at")
_STORED = ("id", *COPIED, "depends_on_id", "origin", "position", "version", *_MOMENTS)


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: the act by which it is undone, how many plans, and whose plan was another one by then."""

    act: str
    count: int
    stale: tuple[str, ...]


def update_plans(session: Session, template: OnboardingTemplate, seen: Mapping[int, str], *, actor: User) -> Updated:
    """Bring plans up to date, each where it is still what was seen (`seen`: the difference's mark by plan).

    Raises Conflict where none is left to be changed.
    """
    act, stale, count = secrets.token_hex(8), [], 0
    for difference in locked_differences(session, template, seen.keys()):
        if difference.mark != seen[difference.plan.id]:
            stale.append(difference.company)
        elif difference.is_any:
            _apply(session, difference, act, actor)
            count += 1
    if not count:
        whose = _(" Somebody worked on it meanwhile: %(names)s.", names=", ".join(stale)) if stale else ""
        raise Conflict(
            _("Nothing was changed: these plans are as the template wants them, or over.%(whose)s", whose=whose)
        )
    return Updated(act, count, tuple(stale))


def undo_update(session: Session, program: Program, act: str, *, actor: User) -> tuple[int, list[str]]:
    """Take an update back; returns how many plans, and the titles of steps that were left alone.

    Raises Conflict where there is nothing (left) to take back.
    """
    updates = session.scalars(
        select(PlanUpdate)
        .join(OnboardingPlan, OnboardingPlan.id == PlanUpdate.plan_id)
        .where(PlanUpdate.act == act, PlanUpdate.undone_at.is_(None), OnboardingPlan.program_id == program.id)
        .order_by(PlanUpdate.id)
        .with_for_update(of=PlanUpdate)
    ).all()
    if not updates:
        raise Conflict(_("There is nothing of this left to undo."))
    kept = [title for each in updates for title in _undo(session, each, actor)]
    return len(updates), kept


def _apply(session: Session, difference: PlanDifference, act: str, actor: User) -> None:
    plan = difference.plan
    steps = dict(difference.pairs)
    as_it_was = [_stored(step) for step in _steps(session, plan)]
    for original in difference.added:
        steps[original.id] = _add(session, plan, original, steps)
    added = [steps[original.id].id for original in difference.added]
    for change in difference.changed:
        _change(session, change, steps)
    removed = [each for each in as_it_was if each["id"] in {step.id for step in difference.removed}]
    for step in difference.removed:
        _remove(session, step)
    session.flush()
    _order(_steps(session, plan), difference.order, steps)
    session.flush()
    after = _steps(session, plan)
    before = {
        "added": added,
        "removed": removed,
        "changed": [each for each in as_it_was if _differs(each, after)],
        "versions": {str(step.id): step.version for step in after},
    }
    session.add(PlanUpdate(plan_id=plan.id, act=act, before=before, by_user_id=actor.id))
    said = (("added", difference.added), ("changed", difference.changed), ("taken out", difference.removed))
    words = ", ".join(f"{len(some)} {word}" for word, some in said if some)
    record_plan_event(session, plan, PlanEventKind.UPDATED, Doer(actor.id), text=words)


def _add(
    session: Session, plan: OnboardingPlan, original: TemplateAction, steps: Mapping[int, OnboardingAction]
) -> OnboardingAction:
    before = steps.get(original.depends_on_id or 0)
    step = OnboardingAction(
        program_id=plan.program_id,
        plan_id=plan.id,
        position=original.position,
        depends_on_id=before.id if before else None,
        origin=original.origin,
        **{name: _copied(original, name) for name in COPIED},
    )
    if before is None or before.state in CLOSED_ACTION_STATES:
        open_action(step)
    session.add(step)
    session.flush()
    return step


def _change(session: Session, change: StepChange, steps: Mapping[int, OnboardingAction]) -> None:
    step, original = change.step, change.original
    for name in COPIED:
        setattr(step, name, _copied(original, name))
    before = steps.get(original.depends_on_id or 0)
    step.depends_on_id, step.origin = before.id if before else None, original.origin
    step.version += 1
    is_free = before is None or before.state in CLOSED_ACTION_STATES
    if step.opened_at is None and is_free:
        open_action(step)
    elif step.opened_at is not None:
        step.due_at = step.opened_at + timedelta(days=step.due_days)


def _remove(session: Session, step: OnboardingAction) -> None:
    """Take a step out; what waited for it waits for what it waited for, or opens."""
    before = session.get(OnboardingAction, step.depends_on_id) if step.depends_on_id else None
    is_free = before is None or before.state in CLOSED_ACTION_STATES
    waiting = select(OnboardingAction).where(OnboardingAction.depends_on_id == step.id)
    for following in session.scalars(waiting).all():
        following.depends_on_id = before.id if before else None
        if following.opened_at is None and is_free:
            open_action(following)
    session.flush()
    session.delete(step)
    session.flush()


def _order(everything: Sequence[OnboardingAction], order: Sequence[int], steps: Mapping[int, OnboardingAction]) -> None:
    """Let the steps stand as in the template; what is not in it comes behind, in the order it had."""
    wanted = [steps[original_id] for original_id in order if original_id in steps]
    known = {step.id for step in wanted}
    for number, step in enumerate([*wanted, *(each for each in everything if each.id not in known)], start=1):
        step.position = number


def _undo(session: Session, done: PlanUpdate, actor: User) -> list[str]:
    """Put one plan back as it was, but for steps that somebody has touched since; returns their titles."""
    plan = session.get_one(OnboardingPlan, done.plan_id, with_for_update=True, populate_existing=True)
    steps = {step.id: step for step in _steps(session, plan)}
    with_files = select(OnboardingDocument.action_id).where(OnboardingDocument.action_id.in_(steps))
    sent, kept, moved = set(session.scalars(with_files)), [], {}
    for values in done.before["removed"]:
        step = _brought_back(session, plan, values)
        moved[values["id"]] = steps[step.id] = step
    versions = {int(number): version for number, version in done.before["versions"].items()}
    for values in done.before["changed"]:
        found = steps.get(values["id"]) or moved.get(values["id"])
        if found is None:
            continue
        if values["id"] not in moved and (found.version != versions.get(found.id) or not is_untouched(found, sent)):
            found.position = values["position"]
            kept += [found.title] if found.version != values["version"] else []
            continue
        _put_back(found, values, moved)
    session.flush()
    for step_id in done.before["added"]:
        added = steps.get(step_id)
        if added is None:
            continue
        if added.version != versions.get(step_id) or not is_untouched(added, sent):
            kept.append(added.title)
        else:
            _remove(session, added)
    done.undone_at = now()
    record_plan_event(session, plan, PlanEventKind.UPDATED, Doer(actor.id), text="taken back")
    return kept


def _brought_back(session: Session, plan: OnboardingPlan, values: Mapping[str, Any]) -> OnboardingAction:
    """Put a step back that was taken out, by its old number where nobody else has it by now."""
    step = OnboardingAction(program_id=plan.program_id, plan_id=plan.id)
    if session.get(OnboardingAction, values["id"]) is None:
        step.id = values["id"]
    _put_back(step, {**values, "depends_on_id": None}, {})
    session.add(step)
    session.flush()
    return step


def _put_back(step: OnboardingAction, values: Mapping[str, Any], moved: Mapping[int, OnboardingAction]) -> None:
    for name in (*COPIED, "origin", "position"):
        setattr(step, name, values[name])
    step.kind, step.owner = ActionKind(values["kind"]), OwnerSide(values["owner"])
    before = values["depends_on_id"]
    step.depends_on_id = moved[before].id if before in moved else before
    for name in _MOMENTS:
        setattr(step, name, datetime.fromisoformat(values[name]) if values[name] else None)
    # Never back: a form that was drawn in between must not be taken for one of now.
    step.version = max(step.version or 0, values["version"]) + 1


def _steps(session: Session, plan: OnboardingPlan) -> list[OnboardingAction]:
    query = select(OnboardingAction).where(OnboardingAction.plan_id == plan.id)
    return list(session.scalars(query.order_by(OnboardingAction.position, OnboardingAction.id)))


def _stored(step: OnboardingAction) -> dict[str, Any]:
    return {name: _as_json(getattr(step, name)) for name in _STORED}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def _differs(stored: Mapping[str, Any], after: list[OnboardingAction]) -> bool:
    """Say whether a step is another one now than it was, or gone."""
    step = next((each for each in after if each.id == stored["id"]), None)
    return step is None or any(_as_json(getattr(step, name)) != stored[name] for name in _STORED)


def _copied(original: TemplateAction, name: str) -> Any:
    value = getattr(original, name)
    return dict(value) if isinstance(value, dict) else value
