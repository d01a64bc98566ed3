"""The account manager's home: what waits for us, what is overdue and due today, who is stuck."""

from flask import render_template, request
from flask_login import current_user

from app.db import reading
from app.models import Role
from app.queries.care_cases import urgent_cases
from app.queries.keeping_home import care_panels
from app.queries.onboarding import onboarding_home
from app.services.access import Permission, program_for
from app.services.onboarding.templates import templates_of
from app.web.list_start import start_of_list
from app.web.onboarding.blueprint import blueprint


@blueprint.get("")
def index(slug: str) -> str:
    """Show one's own partners, or everybody's; whoever looks after none by their role begins with everybody's."""
    usual = "mine" if current_user.role is Role.ACCOUNT_MANAGER else "everyone"
    is_mine = request.args.get("view", usual) != "everyone"
    first = start_of_list()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        home = onboarding_home(session, program.id, user_id=current_user.id if is_mine else None, start=first)
        panels = care_panels(session, program.id, user_id=current_user.id if is_mine else None)
        has_templates = bool(templates_of(session, program.id))
        urgent = urgent_cases(session, program.id, user_id=current_user.id if is_mine else None)
    return render_template(
        "onboarding/index.html",
        program=program,
        home=home,
        panels=panels,
        is_mine=is_mine,
        has_templates=has_templates,
        urgent=urgent,
    )
