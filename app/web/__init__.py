"""The screens, one package an area. Every endpoint needs a login unless it is named in PUBLIC_ENDPOINTS."""

from flask import Flask

from app.web import (
    adding,
    api,
    applications,
    apply,
    audit,
    auth,
    board,
    bulk,
    care,
    discover,
    duplicates,
    fields,
    fit,
    guide,
    home,
    imports,
    inbox,
    keeping,
    notifications,
    onboarding,
    optouts,
    outbox,
    outreach,
    people,
    pipelines,
    portal,
    preferences,
    program_page,
    programs,
    prospects,
    public,
    reports,
    search,
    settings,
    suppressions,
    table,
    tasks,
    today,
    tokens,
    unsubscribe,
    waves,
    webhooks,
)
from app.web.context import register_context
from app.web.filters import register_filters
from app.web.login import register_login
from app.web.row_id import register_row_ids
from app.web.settings.stages import register_stage_names
from app.web.speaking import register_languages

BLUEPRINTS = (
    home.blueprint,
    auth.blueprint,
    board.blueprint,
    pipelines.blueprint,
    table.blueprint,
    bulk.blueprint,
    prospects.blueprint,
    imports.blueprint,
    inbox.blueprint,
    discover.blueprint,
    programs.blueprint,
    program_page.blueprint,
    apply.blueprint,
    applications.blueprint,
    onboarding.blueprint,
    keeping.blueprint,
    care.blueprint,
    portal.blueprint,
    waves.blueprint,
    waves.moving_blueprint,
    fields.blueprint,
    fit.blueprint,
    preferences.blueprint,
    settings.blueprint,
    people.blueprint,
    outbox.blueprint,
    outreach.blueprint,
    public.blueprint,
    search.blueprint,
    adding.blueprint,
    duplicates.blueprint,
    optouts.blueprint,
    tasks.blueprint,
    today.blueprint,
    guide.blueprint,
    notifications.blueprint,
    notifications.morning_blueprint,
    reports.blueprint,
    reports.stopping,
    suppressions.blueprint,
    unsubscribe.blueprint,
    unsubscribe.news_blueprint,
    webhooks.blueprint,
    audit.blueprint,
    tokens.blueprint,
    api.blueprint,
)


def register_blueprints(app: Flask) -> None:
    """Register every area and the login that guards them."""
    register_row_ids(app)
    register_login(app)
    register_languages(app)
    register_filters(app)
    register_context(app)
    guide.register_guide(app)
    register_stage_names(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
