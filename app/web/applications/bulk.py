"""Views that decide several applications at once: what each would get, then the deed."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.models import DecisionOutcome
from app.queries.tiers import known_tiers
from app.services.access import Permission, program_for
from app.services.bulk_reviews import PlannedDecision, against_what_was_seen, plan_decisions
from app.services.decisions import ReasonCode
from app.services.errors import Conflict, InvalidInput
from app.services.reviewing import application_for, approve_application, decline_application
from app.web.applications.blueprint import blueprint
from app.web.applications.forms import ApproveForm, DeclineForm, ReviewForm
from app.web.applications.reasons import offer_reasons
from app.web.applications.views import Answer
from app.web.form_errors import show_problems
from app.whole_numbers import row_number

_FORMS: dict[DecisionOutcome, type[ReviewForm]] = {
    DecisionOutcome.APPROVE: ApproveForm,
    DecisionOutcome.DECLINE: DeclineForm,
}
_ACTS = {DecisionOutcome.APPROVE: approve_application, DecisionOutcome.DECLINE: decline_application}
_SHOWN_SKIPS = 8


@blueprint.post("/bulk")
def preview_bulk(slug: str) -> Answer:
    """Show what deciding the chosen applications would do, and who is left out and why."""
    try:
        return _preview(slug, _FORMS[_outcome()]())
    except InvalidInput as error:
        flash(str(error), "error")
        return redirect(url_for("applications.index", slug=slug), 303)


@blueprint.post("/bulk/apply")
def apply_bulk(slug: str) -> Answer:
    """Decide them, each for itself."""
    outcome = _outcome()
    form = _FORMS[outcome]()
    review = form.review()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.DECIDE)
        try:
            planned = plan_decisions(session, program, list(_seen()), outcome, review)
        except InvalidInput as error:
            flash(str(error), "error")
            return redirect(url_for("applications.index", slug=slug), 303)
    if refused := _reason_problem(outcome, form):
        show_problems(form, refused)
        return _preview(slug, form), 422
    plan = against_what_was_seen(planned, _seen())
    done, skipped = 0, [f"{each.company}: {each.skipped}" for each in plan if each.skipped]
    for each in (each for each in plan if not each.skipped):
        problem = _decide(slug, each, outcome, form)
        done += not problem
        skipped += [f"{each.company}: {problem}"] if problem else []
    flash(_summary(done, skipped, outcome), "success" if done else "error")
    return redirect(url_for("applications.index", slug=slug), 303)


def _decide(slug: str, planned: PlannedDecision, outcome: DecisionOutcome, form: ReviewForm) -> str:
    """Decide one; returns why it was not done, "" where it was."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.DECIDE)
            application = application_for(session, program, planned.id, lock=True)
            review = replace(form.review(), quotes=_quotes_of(planned.id))
            _ACTS[outcome](session, application, review, version=planned.version, reviewer=current_user)
    except (Conflict, InvalidInput) as error:
        return str(error)
    return ""


def _preview(slug: str, form: ReviewForm) -> str:
    outcome = _outcome()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.DECIDE)
        # What was shown and is not ticked any more; what nobody saw yet comes ticked.
        unticked = set(request.form.getlist("shown")) - set(request.form.getlist("quotes"))
        planned = plan_decisions(session, program, list(_seen()), outcome, form.review(), unticked=unticked)
        offer_reasons(session, program.id, {outcome.value: form})
        form.offer_tiers(known_tiers(session, program.id))
    kept = [each for each in planned if not each.skipped]
    return render_template(
        "applications/bulk.html",
        program=program,
        outcome=outcome,
        form=form,
        kept=kept,
        skipped=[each for each in planned if each.skipped],
    )


def _reason_problem(outcome: DecisionOutcome, form: ReviewForm) -> InvalidInput | None:
    """Return what is wrong with the reasons, before anything is decided: it is the same for all."""
    codes = form.review().reason_codes
    if not codes:
        return InvalidInput({"reason_codes": _("Choose at least one reason.")})
    if ReasonCode.OTHER in codes and not (form.note.data or "").strip():
        return InvalidInput({"note": _("Say in the note what the other reason is.")})
    if (
        outcome is DecisionOutcome.DECLINE
        and set(codes) == {ReasonCode.OTHER}
        and not (form.message.data or "").strip()
    ):
        return InvalidInput({"message": _("Tell the applicants the reason: this code has no words for them.")})
    # Quotes of one reason under another would be told in a mail that nobody saw.
    if request.form.getlist("quotes") and set(request.form.getlist("found_for")) != set(codes):
        words = _("The quotes were found for other reasons. Look at the mails as they are now, then decline.")
        return InvalidInput({"reason_codes": words})
    return None if form.validate() else InvalidInput({})


def _outcome() -> DecisionOutcome:
    return DecisionOutcome.DECLINE if request.form.get("outcome") == "decline" else DecisionOutcome.APPROVE


def _seen() -> dict[int, int]:
    """Return the chosen ids with the versions they were shown in; what no page of ours writes is passed over."""
    found = {}
    for text in request.form.getlist("chosen")[:500]:
        written, _, seen = text.partition(":")
        key, version = row_number(written), row_number(seen)
        if key is not None and version is not None:
            found[key] = version
    return found


def _quotes_of(application_id: int) -> tuple[str, ...]:
    """Return the keys of the quotes that were ticked for an application in the preview."""
    named = (text.partition(":") for text in request.form.getlist("quotes")[:2_000])
    return tuple(key for owner, _colon, key in named if owner == str(application_id))


def _summary(done: int, skipped: list[str], outcome: DecisionOutcome) -> str:
    words = {
        DecisionOutcome.APPROVE: counted("%(num)s approved, and told.", "%(num)s approved, and told.", done),
        DecisionOutcome.DECLINE: counted("%(num)s declined, and told.", "%(num)s declined, and told.", done),
    }[outcome]
    if not skipped:
        return words
    left = len(skipped) - _SHOWN_SKIPS
    more = " " + counted("And %(num)s more.", "And %(num)s more.", left) if left > 0 else ""
    left_out = _("Left out: %(count)s", count=" ".join(skipped[:_SHOWN_SKIPS]))
    return f"{words} {left_out}{more}"
