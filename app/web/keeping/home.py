"""All partners of a program: whom to get in touch with, whose review has come, whose goals are behind."""

from flask import render_template, request
from flask_login import current_user

from app.db import reading
from app.models import Role
from app.queries.keeping_home import PANEL, keeping_home
from app.queries.tier_standing import qualified_in
from app.services.access import Permission, program_for
from app.services.keeping.cadence import rules_of
from app.services.plain_text import clean_line
from app.services.tiers.words import reached_words
from app.web.keeping.blueprint import blueprint
from app.web.list_start import start_of_list

_MAX_SEARCH = 100


@blueprint.get("")
def index(slug: str) -> str:
    """Show one's own partners, or everybody's; whoever looks after none by their role begins with everybody's."""
    usual = "mine" if current_user.role is Role.ACCOUNT_MANAGER else "everyone"
    is_mine = request.args.get("view", usual) != "everyone"
    first = start_of_list()
    search = clean_line(request.args.get("q", ""))[:_MAX_SEARCH]
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        user_id = current_user.id if is_mine else None
        home = keeping_home(session, program.id, user_id=user_id, start=first, search=search)
        qualified = qualified_in(session, program.id, user_id=user_id)
        has_rules = bool(rules_of(session, program.id))
    return render_template(
        "keeping/index.html",
        program=program,
        home=home,
        is_mine=is_mine,
        view="mine" if is_mine else "everyone",
        search=search,
        start=first,
        has_rules=has_rules,
        qualified=[(each, reached_words(each.tier, each.reached)) for each in qualified[:PANEL]],
        qualified_count=len(qualified),
    )
