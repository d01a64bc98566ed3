"""Moving many: to a stage, into dormancy with a day, or declined with reasons. Approving stays with one at a time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists
from sqlalchemy.orm import Session

from app.clock import today
from app.languages import gettext as _
from app.models import (
    OPEN_APPLICATION_STATES,
    Application,
    DecisionOutcome,
    MoveEvent,
    Program,
    Prospect,
    Stage,
    User,
    is_allowed,
)
from app.models.stage import PARTNER_STAGES
from app.services.access import Permission
from app.services.bulk.act import Params, Skip, Typed
from app.services.decisions import Verdict, check_verdict, decide
from app.services.errors import Conflict, InvalidInput
from app.services.moves import move_prospect, undo_change


class MoveAct:
    """Move to another stage."""

    is_undoable = True

    def permission(self, params: Params) -> Permission:
        """Return what a person must be allowed to do: a decline is a decision."""
        return Permission.DECIDE if params.get("stage") == Stage.DECLINED else Permission.WORK_PROSPECTS

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return the stage and what it asks for."""
        name = typed.get("stage", "")
        if name not in set(Stage) or name == Stage.APPROVED:
            raise InvalidInput({"stage": _("Choose where to move them. Approving is done one at a time.")})
        params: dict[str, Any] = {"stage": name, "reason": typed.get("reason", "").strip()[:2000]}
        if name == Stage.DORMANT:
            params["wake_up_on"] = _day(typed.get("wake_up_on", ""))
        if name == Stage.DECLINED:
            params["reason_codes"] = [code for code in typed.get("reason_codes", "").split(",") if code]
            check_verdict(session, program.id, _verdict(params))
        return params

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        stage = Stage(params["stage"])
        if stage is Stage.DECLINED:
            return _("Decline")
        name = _(stage.label)
        if stage is Stage.DORMANT:
            return _("Move to %(stage)s until %(day)s", stage=name, day=params["wake_up_on"])
        return _("Move to %(stage)s", stage=name)

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out who stands there, who cannot go there from where they stand, and who waits for a reviewer."""
        target = Stage(params["stage"])
        event = MoveEvent.DECISION if target is Stage.DECLINED else MoveEvent.HAND
        found = [Skip(_("Stands in %(stage)s already.", stage=_(target.label)), Prospect.stage == target)]
        if target is Stage.DECLINED:
            partner = _("Is a partner; ending that is done on its own page.")
            found.append(Skip(partner, Prospect.stage.in_(PARTNER_STAGES)))
            asks = exists().where(
                Application.prospect_id == Prospect.id, Application.state.in_(OPEN_APPLICATION_STATES)
            )
            found.append(
                Skip(_("Has an application that waits for an answer; decide it among the applications."), asks)
            )
        for stage in Stage:
            if stage is not target and not is_allowed(event, stage, target):
                reason = _(
                    "From %(stage)s nobody moves to %(to_stage)s by hand.",
                    stage=_(stage.label),
                    to_stage=_(target.label),
                )
                found.append(Skip(reason, Prospect.stage == stage))
        return found

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Move one."""
        target = Stage(params["stage"])
        if target is Stage.DECLINED:
            decision = decide(session, prospect, _verdict(params), by_user_id=actor.id)
            return {"change_id": decision.stage_change_id}
        day = params.get("wake_up_on")
        change = move_prospect(
            session,
            prospect,
            to_stage=target,
            event=MoveEvent.HAND,
            by_user_id=actor.id,
            reason=params.get("reason", ""),
            wake_up_on=date.fromisoformat(day) if day else None,
        )
        return {"change_id": change.id}

    def undo(self, session: Session, prospect: Prospect, before: Params, actor: User) -> str:
        """Take the move back, unless another one came after it."""
        try:
            undo_change(session, prospect, before["change_id"], by_user_id=actor.id)
        except (Conflict, InvalidInput):
            return _("Was moved again since; it stands in %(stage)s.", stage=_(prospect.stage.label))
        return ""


def _verdict(params: Params) -> Verdict:
    return Verdict(
        outcome=DecisionOutcome.DECLINE, reason_codes=tuple(params["reason_codes"]), note=params.get("reason", "")
    )


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput({"wake_up_on": _("Choose the day on which they come back.")}) from None
    if day <= today():
        raise InvalidInput({"wake_up_on": _("Choose a day after today on which they come back to the board.")})
    return day.isoformat()
