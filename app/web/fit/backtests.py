"""Views of backtests: asked for, watched, read; and the learned weights that a person adopts or takes back."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import number
from app.models import Backtest
from app.queries.backtest import adoptions, labeled_prospects, newest_backtests
from app.services.access import Permission, program_for
from app.services.adoptions import adopt_weights, roll_back_weights
from app.services.backtests import UNDER_WAY, request_backtest
from app.services.errors import Conflict, NotFound
from app.services.fit import current_profile
from app.web.fit.blueprint import blueprint
from app.web.fit.forms import BacktestForm
from app.web.undo import flash_with_undo
from scoring.backtest import MIN_DECISIONS

Answer = Response | str | tuple[str, int]


@blueprint.get("/p/<slug>/profile/backtest")
def backtest(slug: str) -> str:
    """Show the newest backtest, what it says, and which weights are in force."""
    return _page(slug, BacktestForm(formdata=None))


@blueprint.get("/p/<slug>/profile/backtest/<int:backtest_id>")
def show_backtest(slug: str, backtest_id: int) -> str:
    """Show one backtest of the list."""
    return _page(slug, BacktestForm(formdata=None), chosen_id=backtest_id)


@blueprint.post("/p/<slug>/profile/backtest")
def start_backtest(slug: str) -> Answer:
    """Ask for a backtest; a worker does it."""
    form = BacktestForm()
    with reading() as session:
        program_for(session, current_user, slug, Permission.EDIT_PROFILE)
    if not form.validate():
        return _page(slug, form), 422
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
        row = request_backtest(session, program, weekly_mails=form.weekly_mails.data or 0, actor=current_user)
    return redirect(url_for("fit.show_backtest", slug=slug, backtest_id=row.id), 303)


@blueprint.post("/p/<slug>/profile/backtest/<int:backtest_id>/adopt")
def adopt(slug: str, backtest_id: int) -> Response:
    """Put the learned weights of a backtest in force."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
            row = adopt_weights(session, program, backtest_id, actor=current_user)
    except Conflict as error:
        flash(str(error), "danger")
    else:
        text = _(
            "What %(count)s decisions taught is in force. Every prospect is scored again.", count=number(row.decisions)
        )
        flash_with_undo(text, url=url_for("fit.roll_back", slug=slug), fields={})
    return redirect(url_for("fit.backtest", slug=slug), 303)


@blueprint.post("/p/<slug>/profile/backtest/roll-back")
def roll_back(slug: str) -> Response:
    """Score with the profile alone again."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.EDIT_PROFILE)
            row = roll_back_weights(session, program, actor=current_user)
    except Conflict as error:
        flash(str(error), "danger")
        return redirect(url_for("fit.backtest", slug=slug), 303)
    text = _("The learned weights are out of force. Every prospect is scored by the profile alone again.")
    if row.backtest_id is None:
        flash(text, "success")
    else:
        again = url_for("fit.adopt", slug=slug, backtest_id=row.backtest_id)
        flash_with_undo(text, url=again, fields={})
    return redirect(url_for("fit.backtest", slug=slug), 303)


def _page(slug: str, form: BacktestForm, *, chosen_id: int | None = None) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        tests = newest_backtests(session, program.id)
        chosen = next((test for test in tests if test.backtest.id == chosen_id), None)
        if chosen_id is not None and chosen is None:
            raise NotFound(_("This backtest is not among the newest of the program. Run it again."))
        shown = chosen or (tests[0] if tests else None)
        labeled = labeled_prospects(session, program.id)
        profile = current_profile(session, program.id)
        adopted = adoptions(session, program.id)
    if shown is not None and not form.is_submitted():
        form.weekly_mails.data = shown.backtest.weekly_mails
    return render_template(
        "fit/backtest.html",
        program=program,
        form=form,
        tests=tests,
        shown=shown,
        is_live=shown is not None and shown.backtest.state in UNDER_WAY,
        profile=profile,
        approved=sum(label.approved for label in labeled),
        decided=len(labeled),
        needed=MIN_DECISIONS,
        may_adopt=shown is not None and _may_adopt(shown.backtest, profile.id if profile else None),
        adopted=adopted,
        in_force=next((row for row in adopted if row.adoption.withdrawn_at is None), None),
    )


def _may_adopt(test: Backtest, profile_id: int | None) -> bool:
    result = test.result
    return bool(result.get("enough") and test.head and not result.get("is_worse") and test.profile_id == profile_id)
