"""Whom one can mention in a program, for the list that opens behind an @."""

from flask import Response, jsonify
from flask_login import current_user

from app.db import reading
from app.services.access import program_for
from app.services.notifying.mentions import people_to_mention
from app.web.notifications.blueprint import blueprint


@blueprint.get("/p/<slug>/people-to-mention")
def people(slug: str) -> Response:
    """Answer with the names and addresses of the people who may see the program."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        found = people_to_mention(session, program.id)
    answer = jsonify([{"name": person.name, "email": person.email} for person in found])
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer
