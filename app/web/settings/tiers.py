"""Views of a program's tiers: what each gives and asks for, how one gets in, their order, terms of their own."""

from itertools import zip_longest

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import mark
from app.models.tier import MAX_TIER, Tier
from app.queries.tiers import partner_counts, tier_uses, tiers_of
from app.services.access import Permission, program_for
from app.services.care.tier_terms import partners_told, tell_tier
from app.services.errors import Conflict, InvalidInput
from app.services.keeping.typed import retyped
from app.services.program_pages import MAX_TERMS
from app.services.readability import readability
from app.services.tiers import records
from app.services.tiers.terms import newest_tier_terms, publish_tier_terms
from app.services.tiers.words import entry_words
from app.web.form_errors import AT_MOST, show_problems
from app.web.settings.blueprint import blueprint
from app.web.settings.terms_told import say_told
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]
_EDIT = Permission.MANAGE_PROGRAMS
_LONG = Length(max=4_000, message=AT_MOST)
_GOAL = ("kpi", "unit", "target", "days")


class NewTierForm(FlaskForm):
    """A tier to begin with; the rest is said on its page."""

    name = StringField(mark("Name"), validators=[InputRequired(mark("Name the tier.")), _LONG])


class TierForm(NewTierForm):
    """What a tier gives, and how one gets in; its goals are rows of their own. `version` is the one on screen."""

    version = StringField(widget=HiddenInput())
    commission = StringField(
        mark("Commission"), description=mark("As partners read it, such as: 30 % of every order."), validators=[_LONG]
    )
    benefits = TextAreaField(mark("Benefits"), description=mark("One a line."), validators=[_LONG])
    revenue = StringField(
        mark("Revenue from"),
        description=mark("Leave revenue and leads empty for a tier that you give by hand."),
        validators=[_LONG],
    )
    currency = StringField(mark("Currency"), validators=[_LONG], render_kw={"maxlength": 3, "placeholder": "EUR"})
    leads = StringField(mark("Leads from"), validators=[_LONG], render_kw={"inputmode": "numeric"})
    months = StringField(
        mark("In so many months"),
        default="3",
        description=mark("Results are kept by month; this month is the last of them."),
        validators=[InputRequired(mark("Give a number of months.")), _LONG],
        render_kw={"inputmode": "numeric"},
    )
    is_either = BooleanField(mark("One of the two is enough"))

    def typed(self) -> records.TypedTier:
        """Return what was typed, for the service."""
        texts = ("name", "commission", "benefits", "revenue", "currency", "leads", "months")
        return records.TypedTier(
            **{name: self[name].data or "" for name in texts}, is_either=self.is_either.data, goals=_typed_goals()
        )

    @classmethod
    def of(cls, tier: Tier) -> "TierForm":
        """Return the form as the tier stands."""
        values = {
            "version": str(tier.version),
            "name": tier.name,
            "commission": tier.commission,
            "benefits": "\n".join(tier.benefits),
            "revenue": f"{tier.least_cents / 100:.2f}" if tier.least_cents else "",
            "currency": tier.currency,
            "leads": str(tier.least_leads or ""),
            "months": str(tier.months),
            "is_either": tier.is_either,
        }
        return cls(formdata=None, data=values)


class TierTermsForm(FlaskForm):
    """The terms of a tier; `base_version` is the one that was on screen."""

    base_version = IntegerField(widget=HiddenInput(), default=0)
    text = TextAreaField(mark("Text"), validators=[Optional(), Length(max=MAX_TERMS, message=AT_MOST)])


@blueprint.get("/p/<slug>/tiers")
def tiers(slug: str) -> str:
    """Show the tiers in their order, and a form for another one."""
    return _list(slug, NewTierForm(formdata=None))


@blueprint.post("/p/<slug>/tiers")
def add_tier(slug: str) -> Answer:
    """Add a tier above the others."""
    form = NewTierForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            if not form.validate():
                raise InvalidInput({})
            typed = records.TypedTier(name=form.name.data or "")
            tier_id = records.add_tier(session, program, typed, actor=current_user).id
    except InvalidInput as error:
        show_problems(form, error)
        return _list(slug, form), 422
    flash(_("Added. Now say what it gives and how one gets in."), "success")
    return _to_tier(slug, tier_id)


@blueprint.get("/p/<slug>/tiers/<int:tier_id>")
def tier(slug: str, tier_id: int) -> str:
    """Show a tier with everything that can be said of it."""
    return _page(slug, tier_id)


@blueprint.post("/p/<slug>/tiers/<int:tier_id>")
def change_tier(slug: str, tier_id: int) -> Answer:
    """Change what a tier gives and asks for."""
    form = TierForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            found = records.tier_in(session, program, tier_id)
            if not form.validate():
                raise InvalidInput({})
            records.change_tier(session, found, form.typed(), seen=form.version.data or "", actor=current_user)
    except Conflict as error:
        form.form_errors.append(str(error))
        return _page(slug, tier_id, form=form, is_stale=True), 409
    except InvalidInput as error:
        show_problems(form, error)
        return _page(slug, tier_id, form=form), 422
    flash(_("Saved."), "success")
    return _to_list(slug)


@blueprint.post("/p/<slug>/tiers/<int:tier_id>/terms")
def tier_terms(slug: str, tier_id: int) -> Answer:
    """Put a new version of the tier's terms in force; an empty one ends them."""
    form = TierTermsForm()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            found = records.tier_in(session, program, tier_id)
            if not form.validate():
                raise InvalidInput({})
            base = form.base_version.data or 0
            published = publish_tier_terms(session, found, form.text.data or "", base_version=base, actor=current_user)
            if published is not None and published.text:
                told = tell_tier(session, program, found, published, actor=current_user)
    except InvalidInput as error:
        show_problems(form, error)
        return _page(slug, tier_id, terms_form=form), 422
    if published is None:
        flash(_("Nothing was changed."), "success")
    elif published.text:
        flash(say_told(published.version, told), "success")
    else:
        flash(_("This tier has no terms of its own any more. What was accepted stays on record."), "success")
    return _to_tier(slug, tier_id)


@blueprint.post("/p/<slug>/tiers/<int:tier_id>/up")
def raise_tier(slug: str, tier_id: int) -> Response:
    """Move a tier one place towards the first."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        records.raise_tier(session, records.tier_in(session, program, tier_id), actor=current_user)
    return _to_list(slug)


@blueprint.post("/p/<slug>/tiers/<int:tier_id>/retire")
def retire_tier(slug: str, tier_id: int) -> Response:
    """Let nobody enter a tier any more."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        found = records.tier_in(session, program, tier_id)
        records.retire_tier(session, found, actor=current_user)
    undo = url_for("settings.restore_tier", slug=slug, tier_id=tier_id)
    flash_with_undo(_("“%(name)s” is retired. Who is in it stays.", name=found.name), url=undo, fields={})
    return _to_list(slug)


@blueprint.post("/p/<slug>/tiers/<int:tier_id>/restore")
def restore_tier(slug: str, tier_id: int) -> Response:
    """Let partners enter a retired tier again."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        found = records.tier_in(session, program, tier_id)
        records.restore_tier(session, found, actor=current_user)
    flash(_("“%(name)s” can be chosen again.", name=found.name), "success")
    return _to_list(slug)


@blueprint.post("/p/<slug>/tiers/<int:tier_id>/delete")
def delete_tier(slug: str, tier_id: int) -> Response:
    """Delete a tier that nothing uses; else say who and what does."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            found = records.tier_in(session, program, tier_id)
            records.delete_tier(session, found, actor=current_user)
    except Conflict as error:
        flash(str(error), "danger")
        return _to_tier(slug, tier_id)
    flash(_("“%(name)s” is deleted.", name=found.name), "success")
    return _to_list(slug)


def _typed_goals() -> tuple[records.TypedTierGoal, ...]:
    columns = [request.form.getlist(f"goal_{name}")[: 2 * records.MAX_TIER_GOALS] for name in _GOAL]
    return tuple(
        records.TypedTierGoal(**dict(zip(_GOAL, row, strict=True))) for row in zip_longest(*columns, fillvalue="")
    )


def _list(slug: str, form: NewTierForm) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug)
        found = tiers_of(session, program.id)
        retired = tiers_of(session, program.id, retired=True)
        counts = partner_counts(session, program.id)
    return render_template(
        "settings/tiers.html",
        program=program,
        tiers=[
            (each, entry_words(each, is_first=place == 0), counts.get(each.name, 0)) for place, each in enumerate(found)
        ],
        retired=retired,
        counts=counts,
        form=form,
    )


def _page(
    slug: str,
    tier_id: int,
    *,
    form: TierForm | None = None,
    terms_form: TierTermsForm | None = None,
    is_stale: bool = False,
) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, _EDIT)
        found = records.tier_in(session, program, tier_id)
        terms = newest_tier_terms(session, found.id)
        uses, told = tier_uses(session, found), len(partners_told(session, program.id, found).to)
    if form and is_stale:
        form.version.data = str(found.version)  # told of the other change, whoever saves again means it
    kept = [records.TypedTierGoal(**_shown(goal)) for goal in found.goals]
    goals = [*(_typed_goals() if form else kept), *(records.TypedTierGoal() for _each in range(2))]
    in_force = {"base_version": terms.version, "text": terms.text} if terms else {}
    return render_template(
        "settings/tier.html",
        program=program,
        tier=found,
        form=form or TierForm.of(found),
        goals=goals[: records.MAX_TIER_GOALS],
        terms=terms,
        terms_form=terms_form or TierTermsForm(formdata=None, data=in_force),
        terms_figure=readability(terms.text) if terms else None,
        uses=records.said_uses(uses),
        told=told,
        max_name=MAX_TIER,
    )


def _shown(goal: dict[str, object]) -> dict[str, str]:
    target = goal["target"]
    return {name: str(goal[name]) for name in _GOAL} | {
        "target": retyped(target) if isinstance(target, int | float) else str(target)
    }


def _to_list(slug: str) -> Response:
    return redirect(url_for("settings.tiers", slug=slug), 303)


def _to_tier(slug: str, tier_id: int) -> Response:
    return redirect(url_for("settings.tier", slug=slug, tier_id=tier_id), 303)
