"""See, search, add, lift, import and export who must not be mailed."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.clock import today
from app.db import reading, transaction
from app.languages import counted, mark
from app.languages import gettext as _
from app.models import SuppressionReason
from app.queries.suppressions import Wanted, all_suppressions, suppression_page
from app.services import suppression_imports, suppressions
from app.services.access import Permission, require
from app.services.errors import InvalidInput
from app.services.imports.safe_csv import csv_lines
from app.web.form_errors import show_problems
from app.web.suppressions.forms import AddForm, ConfirmForm, ImportForm, LiftForm
from app.web.undo import flash_with_undo
from app.whole_numbers import MAX_ID

blueprint = Blueprint("suppressions", __name__, url_prefix="/suppressions")
MAX_FORM_BYTES = 4 * 1024 * 1024
REASONS = {
    SuppressionReason.OPT_OUT: mark("Asked for no mail"),
    SuppressionReason.COMPLAINT: mark("Reported spam"),
    SuppressionReason.HARD_BOUNCE: mark("Address does not work"),
    SuppressionReason.BY_HAND: mark("Added by hand"),
    SuppressionReason.IMPORTED: mark("Imported"),
    SuppressionReason.ERASED: mark("Erased person"),
}


@blueprint.url_value_preprocessor
def take_long_lists(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let a checked list through that Flask would refuse; before the form is read, which checking its token does."""
    request.max_form_memory_size = MAX_FORM_BYTES


@blueprint.get("")
def show() -> str:
    """Show the list, one screen of it."""
    require(current_user, Permission.WORK_PROSPECTS)
    return _page(AddForm())


@blueprint.post("")
def add() -> BaseResponse | tuple[str, int]:
    """Put one address or domain on the list."""
    require(current_user, Permission.WORK_PROSPECTS)
    form = AddForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                row = suppressions.suppress(
                    session,
                    form.value.data or "",
                    reason=SuppressionReason.BY_HAND,
                    source=f"user:{current_user.id}",
                    note=form.note.data or "",
                    added_by_id=current_user.id,
                )
            flash(_("%(value)s gets no mail from now on.", value=row.value or _("The address")), "success")
            return redirect(url_for("suppressions.show"), 303)
        except InvalidInput as error:
            show_problems(form, error)
    return _page(form), 422


@blueprint.route("/<int:suppression_id>/lift", methods=["GET", "POST"])
def lift(suppression_id: int) -> BaseResponse | str | tuple[str, int]:
    """Take one entry off the list, with a reason that is kept."""
    require(current_user, Permission.MANAGE_PROGRAMS)
    form = LiftForm()
    with reading() as session:
        row = suppressions.suppression_named(session, suppression_id)
    if not form.validate_on_submit():
        page = render_template("suppressions/lift.html", row=row, form=form, reasons=REASONS)
        return page if request.method == "GET" else (page, 422)
    with transaction() as session:
        suppressions.lift(session, suppression_id, reason=form.reason.data or "", actor_id=current_user.id)
    flash(
        _("%(value)s may be mailed again. The audit log keeps your reason.", value=row.value or _("The address")),
        "success",
    )
    return redirect(url_for("suppressions.show"), 303)


@blueprint.route("/import", methods=["GET", "POST"])
def check() -> BaseResponse | str | tuple[str, int]:
    """Take a list and show what would become of each row; nothing is written yet."""
    require(current_user, Permission.IMPORT)
    form = ImportForm()
    if not form.validate_on_submit():
        return render_template("suppressions/import.html", form=form)
    try:
        with reading() as session:
            checked = suppression_imports.check_list(session, form.read_upload())
    except InvalidInput as error:
        show_problems(form, error)
        return render_template("suppressions/import.html", form=form), 422
    confirm = ConfirmForm(formdata=None, values="\n".join(checked.new_values))
    return render_template("suppressions/checked.html", checked=checked, form=confirm)


@blueprint.post("/import/confirm")
def confirm() -> BaseResponse:
    """Put the checked values on the list, with a way back."""
    require(current_user, Permission.IMPORT)
    form = ConfirmForm()
    values = (form.values.data or "").split()[: suppression_imports.MAX_ROWS]
    with transaction() as session:
        batch, count = suppression_imports.import_list(
            session, values, actor_id=current_user.id, note=form.note.data or ""
        )
    words = counted("%(num)s entry was added.", "%(num)s entries were added.", count)
    flash_with_undo(words, url=url_for("suppressions.undo_import", batch=batch), fields={})
    return redirect(url_for("suppressions.show"), 303)


@blueprint.post("/import/<batch>/undo")
def undo_import(batch: str) -> BaseResponse:
    """Take an import back."""
    require(current_user, Permission.IMPORT)
    with transaction() as session:
        count = suppression_imports.undo_import(session, batch, actor_id=current_user.id)
    flash(
        counted(
            "%(num)s imported entry was taken off the list again.",
            "%(num)s imported entries were taken off the list again.",
            count,
        ),
        "success",
    )
    return redirect(url_for("suppressions.show"), 303)


@blueprint.get("/export.csv")
def export() -> Response:
    """Download the whole list; erased people appear by their hash alone, and so not at all."""
    require(current_user, Permission.IMPORT)
    with reading() as session:
        rows = [
            (row.value, "domain" if row.is_domain else "address", row.reason.value, row.note, row.at.isoformat())
            for row in all_suppressions(session)
            if row.value is not None
        ]
    text = "".join(csv_lines([("value", "kind", "reason", "note", "since"), *rows]))
    name = f"suppressions-{today().isoformat()}.csv"
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(form: AddForm) -> str:
    words = request.args.get("q", "").strip()[:200]
    named = request.args.get("reason", "")
    wanted = Wanted(
        words=words,
        key=suppressions.key_of_text(words),
        reason=SuppressionReason(named) if named in set(SuppressionReason) else None,
    )
    before = request.args.get("before", type=int)
    with reading() as session:
        page = suppression_page(session, wanted, before=min(before, MAX_ID) if before else None)
    return render_template("suppressions/list.html", page=page, form=form, wanted=wanted, reasons=REASONS)
