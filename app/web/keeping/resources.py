"""Resources of a program: what partners may fetch, its versions, and who fetched it."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import ResourceKind
from app.queries.keeping_resources import resources_of, uses_of, versions_of
from app.queries.step_resources import templates_with
from app.queries.tiers import known_tiers
from app.services.access import Permission, program_for
from app.services.document_store import ACCEPTED, MAX_DOCUMENT_BYTES
from app.services.errors import InvalidInput
from app.services.keeping import resources as service
from app.web.keeping.blueprint import blueprint
from app.web.onboarding.partner import Answer
from app.web.resource_answers import version_answer
from app.web.undo import flash_with_undo

_EDIT = Permission.EDIT_ONBOARDING
_RESOURCE = "/resources/<int:resource_id>"
# Far more than a program has; nobody sends more than a page offers.
_MAX_TIERS = 50


@blueprint.get("/resources")
def resource_list(slug: str) -> str:
    """Show the resources with how often each was fetched."""
    return _list(slug, {})


@blueprint.post("/resources")
def add_resource(slug: str) -> Answer:
    """Add a resource with its first version."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            resource = service.add_resource(session, program, _typed(), _content(), actor=current_user)
    except InvalidInput as error:
        return _list(slug, dict(error.fields)), 422
    flash(_("Partners can fetch “%(title)s” now.", title=resource.title), "success")
    return redirect(url_for("keeping.resource_list", slug=slug), 303)


@blueprint.get(_RESOURCE)
def resource(slug: str, resource_id: int) -> str:
    """Show a resource with its versions and who fetched it."""
    return _page(slug, resource_id)


@blueprint.post(_RESOURCE)
def change_resource(slug: str, resource_id: int) -> Answer:
    """Change what a resource is called and whom it is for."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            found = service.resource_in(session, program, resource_id, hold=True)
            service.change_resource(session, found, _typed(), actor=current_user)
    except InvalidInput as error:
        return _page(slug, resource_id, form="resource", problems=dict(error.fields)), 422
    flash(_("Saved."), "success")
    return _to_resource(slug, resource_id)


@blueprint.post(f"{_RESOURCE}/versions")
def replace_resource(slug: str, resource_id: int) -> Answer:
    """Put a new version in the place of the newest."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _EDIT)
            found = service.resource_in(session, program, resource_id, hold=True)
            version = service.replace_version(session, found, _content(), actor=current_user)
    except InvalidInput as error:
        return _page(slug, resource_id, form="version", problems=dict(error.fields)), 422
    flash(_("Version %(number)s is what partners get now.", number=version.number), "success")
    return _to_resource(slug, resource_id)


@blueprint.post(f"{_RESOURCE}/archive")
def archive_resource(slug: str, resource_id: int) -> Response:
    """Show a resource to partners no more."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        found = service.resource_in(session, program, resource_id)
        service.archive_resource(session, found, actor=current_user)
        steps_of = ", ".join(template.name for template in templates_with(session, found))
    undo = url_for("keeping.restore_resource", slug=slug, resource_id=resource_id)
    flash_with_undo(_("Partners do not see “%(title)s” any more.", title=found.title), url=undo, fields={})
    if steps_of:
        flash(_("It is still a step of: %(templates)s. Choose another resource there.", templates=steps_of), "warning")
    return redirect(url_for("keeping.resource_list", slug=slug), 303)


@blueprint.post(f"{_RESOURCE}/restore")
def restore_resource(slug: str, resource_id: int) -> Response:
    """Show a resource to partners again."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _EDIT)
        service.restore_resource(session, service.resource_in(session, program, resource_id), actor=current_user)
    return _to_resource(slug, resource_id)


@blueprint.get("/resources/versions/<int:resource_version_id>")
def resource_version(slug: str, resource_version_id: int) -> Response:
    """Save a version's file, or go to its link; what our own people fetch is not counted."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        version = service.version_in(session, program, resource_version_id)
    return version_answer(version)


def _typed() -> service.TypedResource:
    texts = {name: request.form.get(name, "") for name in ("kind", "title", "about")}
    return service.TypedResource(**texts, tiers=tuple(request.form.getlist("tiers")[:_MAX_TIERS]))


def _content() -> service.Content:
    file = request.files.get("file")
    return service.Content(
        url=request.form.get("url", ""),
        note=request.form.get("note", ""),
        file=(file.filename or "", _bytes(file)) if file is not None and file.filename else ("", b""),
    )


def _bytes(file: FileStorage) -> bytes:
    """Read a file, one byte more than is taken at most, and let go of the temporary one that held it."""
    with file.stream:
        return file.stream.read(MAX_DOCUMENT_BYTES + 1)


def _list(slug: str, problems: dict[str, str]) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        found = resources_of(session, program.id)
        tiers = known_tiers(session, program.id)
    return render_template(
        "keeping/resources.html",
        program=program,
        resources=found,
        tiers=tiers,
        kinds=list(ResourceKind),
        accepted=ACCEPTED,
        max_mb=MAX_DOCUMENT_BYTES // 1024 // 1024,
        problems=problems,
        typed=request.form if problems else {},
    )


def _page(slug: str, resource_id: int, *, form: str = "", problems: dict[str, str] | None = None) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        found = service.resource_in(session, program, resource_id)
        versions = versions_of(session, found.id)
        uses = uses_of(session, found.id)
        templates = templates_with(session, found)
        tiers = known_tiers(session, program.id)
    return render_template(
        "keeping/resource.html",
        templates=templates,
        program=program,
        resource=found,
        versions=versions,
        uses=uses,
        tiers=tiers,
        kinds=list(ResourceKind),
        accepted=ACCEPTED,
        max_mb=MAX_DOCUMENT_BYTES // 1024 // 1024,
        form=form,
        problems=problems or {},
        typed=request.form if problems else {},
    )


def _to_resource(slug: str, resource_id: int) -> Response:
    return redirect(url_for("keeping.resource", slug=slug, resource_id=resource_id), 303)
