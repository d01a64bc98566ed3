"""Giving prospects without an owner to whom the program's assignment rules say."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import not_
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import BOARD_STAGES, Program, Prospect, User
from app.services.assigning.asking import any_holds
from app.services.assigning.choosing import load_rules
from app.services.assigning.giving import give_out
from app.services.bulk.act import Params, Skip, Typed
from app.services.bulk.owning import AssignAct
from app.services.errors import Conflict, InvalidInput


class ShareOutAct(AssignAct):
    """Give prospects out by rules; taking back is as for those given by hand."""

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return nothing: the rules say all. Raises InvalidInput where none is switched on."""
        if load_rules(session, program.id, hold=False) is None:
            raise InvalidInput({"kind": _("No assignment rule is switched on, so there is nobody to give them to.")})
        return {}

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        return _("Give out by the assignment rules")

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out who is somebody's, who is closed, and whom no rule fits."""
        rules = load_rules(session, program_id, hold=False)
        asked = [rules.conditions(rule) for rule in rules.rows if rules.present(rule)] if rules else []
        return [
            Skip(_("Has an owner: rules take nothing away."), Prospect.owner_id.is_not(None)),
            Skip(_("Is off the board."), Prospect.stage.not_in(BOARD_STAGES)),
            Skip(_("No rule holds for it."), not_(any_holds(asked))),
        ]

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Give one. Raises Conflict where no rule holds for it."""
        if not give_out(session, prospect.program_id, [prospect.id]):
            raise Conflict(_("No rule holds for it."))
        return {"owner_id": None, "set": prospect.owner_id}
