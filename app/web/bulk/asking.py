"""The page that asks what an act needs and shows whom it would reach, as a page or inside the table's dialog."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from app.clock import today
from app.languages import gettext as _
from app.languages import mark
from app.models import BOARD_STAGES, DecisionOutcome, Program, Stage
from app.models.bulk import BulkKind
from app.queries.board import owners_of
from app.queries.senders import usable_senders
from app.queries.sequences import list_sequences
from app.services.access import Permission, may
from app.services.bulk.previewing import Preview, preview
from app.services.bulk.registry import ACTS
from app.services.bulk.selection import Selection, read_selection
from app.services.custom_fields import fields_of
from app.services.decisions import reasons_offered
from app.services.errors import InvalidInput
from app.services.tokens import new_token
from app.web.board.forms import DEFAULT_SLEEP

VERBS = {
    BulkKind.MOVE: mark("Move"),
    BulkKind.ASSIGN: mark("Assign"),
    BulkKind.SHARE_OUT: mark("Give out"),
    BulkKind.TAG: mark("Tag"),
    BulkKind.UNTAG: mark("Untag"),
    BulkKind.SET_FIELD: mark("Set a field"),
    BulkKind.ENROLL: mark("Enroll"),
    BulkKind.RECRAWL: mark("Read again"),
    BulkKind.RESCORE: mark("Score again"),
    BulkKind.EXPORT: mark("Export"),
}
START = "bulk.start"
# What must be chosen before there is anything to preview.
_ASKED = {
    BulkKind.MOVE: "stage",
    BulkKind.ASSIGN: "owner_id",
    BulkKind.TAG: "tag",
    BulkKind.UNTAG: "tag",
    BulkKind.SET_FIELD: "field_id",
    BulkKind.ENROLL: "sequence_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person asks for so far: on whom, with what, what is wrong with it, and what it would do."""

    kind: BulkKind
    selection: Selection | None
    params: dict[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    preview: Preview | None = None


def typed_values() -> dict[str, str]:
    """Return the form as one word a name; ticked boxes and reasons are joined by commas, as they are read."""
    values = request.form.to_dict()
    values["ids"] = ",".join(request.form.getlist("ids"))
    values["reason_codes"] = ",".join(request.form.getlist("reason_codes"))
    return values


def kind_asked() -> BulkKind:
    """Return the kind of act that the form names. Raises InvalidInput."""
    try:
        return BulkKind(request.form.get("kind", ""))
    except ValueError:
        raise InvalidInput({"kind": _("Choose what to do with them.")}) from None


def ask(session: Session, program: Program, kind: BulkKind) -> Question:
    """Read what was chosen so far, and preview it once it is complete."""
    typed = typed_values()
    try:
        selection = read_selection(typed)
    except InvalidInput as error:
        return Question(kind=kind, selection=None, problems=error.fields)
    asked = _ASKED.get(kind)
    is_unfinished = typed.get("stage") == Stage.DECLINED and not typed["reason_codes"] and request.endpoint != START
    if asked and (not typed.get(asked) or is_unfinished):
        return Question(kind=kind, selection=selection)
    try:
        params = ACTS[kind].read(session, program, typed)
    except InvalidInput as error:
        return Question(kind=kind, selection=selection, problems=error.fields)
    seen = preview(session, program, kind, params, selection, user_id=current_user.id)
    return Question(kind=kind, selection=selection, params=params, preview=seen)


def render(session: Session, program: Program, question: Question) -> str:
    """Return the question as a page; to htmx as the part that goes into the dialog."""
    name = "bulk/_ask.html" if "HX-Request" in request.headers else "bulk/ask.html"
    decides = may(current_user.role, Permission.DECIDE)
    stages = [stage for stage in Stage if stage is not Stage.APPROVED and (decides or stage is not Stage.DECLINED)]
    kind = question.kind
    return render_template(
        name,
        program=program,
        question=question,
        verb=VERBS[kind],
        typed=typed_values(),
        token=request.form.get("token") or new_token(),
        stages=[(stage, stage in BOARD_STAGES) for stage in stages],
        reasons=reasons_offered(session, program.id, DecisionOutcome.DECLINE),
        default_day=today() + DEFAULT_SLEEP,
        owners=owners_of(session, program.id) if kind is BulkKind.ASSIGN else (),
        fields=fields_of(session, program.id) if kind is BulkKind.SET_FIELD else (),
        sequences=[each for each in list_sequences(session, program.id) if each.published]
        if kind is BulkKind.ENROLL
        else (),
        senders=usable_senders(session, program.id) if kind is BulkKind.ENROLL else (),
    )
