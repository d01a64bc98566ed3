"""The lists of a program: cases and results of all partners."""

from flask import render_template, request
from flask_login import current_user

from app.db import reading
from app.models import Role
from app.queries.care_cases import case_screen
from app.queries.care_results import program_results
from app.services.access import Permission, program_for
from app.web.care.blueprint import blueprint
from app.web.list_start import start_of_list


@blueprint.get("")
def index(slug: str) -> str:
    """Show the cases of one's own partners, or everybody's; open ones, or those that are closed."""
    usual = "mine" if current_user.role is Role.ACCOUNT_MANAGER else "everyone"
    is_mine = request.args.get("view", usual) != "everyone"
    is_open = request.args.get("state", "open") != "closed"
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        user_id = current_user.id if is_mine else None
        screen = case_screen(session, program.id, user_id=user_id, is_open=is_open, start=start_of_list())
    return render_template("care/index.html", program=program, screen=screen, is_mine=is_mine, is_open=is_open)


@blueprint.get("/results")
def results(slug: str) -> str:
    """Show what the partners brought in the last twelve months."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        found = program_results(session, program.id, start=start_of_list())
    return render_template("care/results.html", program=program, results=found)
