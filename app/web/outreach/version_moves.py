"""Moving people to another version: the mapping, what it means person by person, and the confirmation."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import transaction
from app.languages import counted
from app.languages import gettext as _
from app.models import Program
from app.models import Sequence as SequenceRow
from app.queries.sequence_people import ShownVersion, versions_of
from app.queries.sequences import steps_of
from app.services.access import Permission, program_for
from app.services.errors import Conflict, InvalidInput
from app.services.sequences import sequence_in
from app.services.version_moves import Move, move_people, preview_move
from app.web.outreach.blueprint import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.post("/sequences/<int:sequence_id>/versions/move")
def move_everybody(slug: str, sequence_id: int) -> Answer:
    """Show where everybody would land by the chosen mapping; with the mark of that page (`seen`), move them."""
    seen = request.form.get("seen", "")
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_SEQUENCES)
        sequence = sequence_in(session, program, sequence_id)
        old, new = _versions(session, sequence)
        move = Move(from_id=old.id, to_id=new.id, steps=_mapping())
        if not seen:
            return _page(session, program, sequence, versions=(old, new), move=move)
        try:
            moved = move_people(session, sequence, move, seen=seen, actor=current_user)
        except Conflict as error:
            return _page(session, program, sequence, versions=(old, new), move=move, problem=str(error)), 409
    flash(
        counted(
            "%(num)s person follows version %(version)s now.",
            "%(num)s people follow version %(version)s now.",
            len(moved.moving),
            version=new.number,
        ),
        "success",
    )
    return redirect(url_for("outreach.versions", slug=slug, sequence_id=sequence_id), 303)


def _versions(session: Session, sequence: SequenceRow) -> tuple[ShownVersion, ShownVersion]:
    known = {str(version.number): version for version in versions_of(session, sequence.id) if version.number}
    old, new = known.get(request.form.get("from", "")), known.get(request.form.get("to", ""))
    if old is None or new is None or old.id == new.id:
        raise InvalidInput({"to": _("Choose two different published versions.")})
    return old, new


def _mapping() -> dict[str, str]:
    return {
        name.removeprefix("step:"): value for name, value in request.form.items() if name.startswith("step:") and value
    }


def _page(
    session: Session,
    program: Program,
    sequence: SequenceRow,
    *,
    versions: tuple[ShownVersion, ShownVersion],
    move: Move,
    problem: str = "",
) -> str:
    old, new = versions
    preview = preview_move(session, sequence, move, actor=current_user)
    return render_template(
        "outreach/move.html",
        program=program,
        sequence=sequence,
        old=old,
        new=new,
        move=move,
        preview=preview,
        steps={step.id: step for step in steps_of(new.content)},
        problem=problem,
    )
