"""Views of a merge: both companies side by side with what will happen, the deed, and its undo."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.models import Company, Program, Prospect, Role
from app.models.merge import Merge
from app.queries.duplicates import Twin, twins_of
from app.queries.merge_preview import Effects, effects_of
from app.queries.navigation import programs_of
from app.services.access import Permission, program_for
from app.services.errors import Conflict, NotAllowed, NotFound
from app.services.merging.merging import Wanted, merge_companies
from app.services.merging.planning import MergePlan, Side, plan_merge
from app.services.merging.undoing import UNDO_FOR, undo_merge
from app.web.duplicates.blueprint import blueprint
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page of a merge shows."""

    program: Program
    kept: Twin
    gone: Twin
    plan: MergePlan
    effects: Effects


@blueprint.get("/merge/<int:prospect_id>/<int:other_id>")
def compare(slug: str, prospect_id: int, other_id: int) -> str:
    """Show two prospects side by side: the first is kept, the second becomes part of it."""
    return _page(slug, prospect_id, other_id)


@blueprint.post("/merge/<int:prospect_id>/<int:other_id>")
def merge(slug: str, prospect_id: int, other_id: int) -> Answer:
    """Merge the second into the first, with the values that were chosen."""
    try:
        with transaction() as session:
            shown = _load(session, slug, prospect_id, other_id)
            choices = {each.name: Side(value) for each in shown.plan.choices if (value := _side(each.name))}
            wanted = Wanted(kept_id=shown.kept.company_id, gone_id=shown.gone.company_id, choices=choices)
            done = merge_companies(session, shown.program, wanted, by_user_id=current_user.id)
            merge_id = done.id
    except Conflict as error:
        return _page(slug, prospect_id, other_id, problem=str(error)), 409
    flash_with_undo(
        _("Merged. It can be undone for %(days)s days on the list of duplicates.", days=UNDO_FOR.days),
        url=url_for(".undo", slug=slug, merge_id=merge_id),
        fields={},
    )
    return redirect(url_for("prospects.show", slug=slug, prospect_id=prospect_id), 303)


@blueprint.post("/merges/<int:merge_id>/undo")
def undo(slug: str, merge_id: int) -> Response:
    """Part two merged companies again."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.IMPORT)
            found = session.scalar(select(Merge).where(Merge.id == merge_id, Merge.program_id == program.id))
            if found is None:
                raise NotFound(_("There is no such merge in this program."))
            _require_all(session, [found.kept_id, found.gone_id])
            parted = undo_merge(session, found, by_user_id=current_user.id)
        words = _("They are two companies again.")
        if parted.stayed:
            stayed = counted(
                "%(num)s row changed since and stayed.", "%(num)s rows changed since and stayed.", parted.stayed
            )
            words = f"{words} {stayed}"
        flash(words, "success")
    except Conflict as error:
        flash(str(error), "warning")
    return redirect(url_for(".index", slug=slug), 303)


def _side(name: str) -> str:
    value = request.form.get(name, "")
    return value if value in tuple(Side) else ""


def _page(slug: str, prospect_id: int, other_id: int, *, problem: str = "") -> str:
    with reading() as session:
        shown = _load(session, slug, prospect_id, other_id)
        return render_template("duplicates/merge.html", shown=shown, problem=problem, program=shown.program)


def _load(session: Session, slug: str, prospect_id: int, other_id: int) -> Shown:
    program = program_for(session, current_user, slug, Permission.IMPORT)
    twins = twins_of(session, _in_program(session, program, [prospect_id, other_id]))
    if {prospect_id, other_id} - set(twins):
        raise NotFound(_("There is no such prospect in this program; it may have been merged already."))
    kept, gone = twins[prospect_id], twins[other_id]
    _require_all(session, [kept.company_id, gone.company_id])
    plan = plan_merge(
        session, session.get_one(Company, kept.company_id), session.get_one(Company, gone.company_id),
        program_id=program.id,
    )  # fmt: skip
    return Shown(program=program, kept=kept, gone=gone, plan=plan, effects=effects_of(session, gone_id=gone.company_id))


def _in_program(session: Session, program: Program, ids: list[int]) -> list[int]:
    return list(session.scalars(select(Prospect.id).where(Prospect.id.in_(ids), Prospect.program_id == program.id)))


def _require_all(session: Session, company_ids: list[int]) -> None:
    """A company is one in every program: who merges it must work in all of them."""
    mine = {each.id for each in programs_of(session, current_user.id, sees_all=current_user.role is Role.ADMIN)}
    theirs = set(session.scalars(select(Prospect.program_id).where(Prospect.company_id.in_(company_ids))))
    if current_user.role is not Role.ADMIN and not theirs <= mine:
        raise NotAllowed(
            _("One of these companies is in a program that you do not work in. Ask an admin to merge them.")
        )
