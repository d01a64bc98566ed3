"""Views of the imports area: the list with the upload form, one import, and the fragments that keep it live."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.db import reading, transaction
from app.models import ImportBatch, Program
from app.models.batch import CollisionRule
from app.queries.imports import list_batches
from app.services.access import Permission, program_for
from app.services.custom_fields import fields_of
from app.services.errors import InvalidInput
from app.services.imports.batches import INLINE_ROWS, Upload, batch_for
from app.services.imports.columns import Field
from app.services.imports.files import ReadFile, read_file
from app.services.imports.mapping import can_change, keep_upload
from app.services.imports.presets import preset_in_use, told
from app.services.imports.reading import MAX_FILE_BYTES, too_large
from app.services.imports.running import run_batch
from app.web.form_errors import show_problems
from app.web.imports import screen
from app.web.imports.forms import UploadForm

blueprint = Blueprint("imports", __name__, url_prefix="/p/<slug>/imports")


@blueprint.url_value_preprocessor
def refuse_large_files(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Say what is wrong before anything reads the body: the limit itself would only answer "too large"."""
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    if request.content_length and request.content_length > limit:
        raise InvalidInput({"file": too_large(request.content_length)})


@blueprint.get("")
def index(slug: str) -> str:
    """Show the upload form and the program's imports."""
    return _index(slug, UploadForm(formdata=None))


@blueprint.post("")
def upload(slug: str) -> BaseResponse | tuple[str, int]:
    """Take a file and check it: a short one at once, a long one in the background."""
    form = UploadForm()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.IMPORT)
    if not form.validate_on_submit():
        return _index(slug, form), 422
    try:
        filename, content = form.read_upload()
        read = read_file(content, form.chosen_encoding(), names_companies=False)
    except InvalidInput as error:
        show_problems(form, form.place_of(error))
        return _index(slug, form), 422
    batch_id = _keep(program, filename, read)
    return redirect(url_for(".show", slug=slug, batch_id=batch_id), 303)


@blueprint.get("/<int:batch_id>")
def show(slug: str, batch_id: int) -> str:
    """Show one import; htmx asks for its table of rows alone."""
    with reading() as session:
        program, batch = find_batch(session, slug, batch_id, Permission.READ)
        return draw_batch(session, program, batch)


@blueprint.get("/<int:batch_id>/status")
def status(slug: str, batch_id: int) -> Response:
    """Show the status card alone, for looking again; the whole page is reloaded when the state has changed."""
    with reading() as session:
        program, batch = find_batch(session, slug, batch_id, Permission.READ)
        status = screen.load_status(session, program, batch)
        response = make_response(render_template("imports/_status.html", program=program, status=status, screen=screen))
    if request.args.get("seen", batch.state.value) != batch.state.value:
        response.headers["HX-Refresh"] = "true"
    return response


def draw_batch(
    session: Session,
    program: Program,
    batch: ImportBatch,
    *,
    problem: str = "",
    chosen: Mapping[str, str] | None = None,
) -> str:
    """Draw the page of an import, or its table of rows alone; `problem` is why the `chosen` columns were refused."""
    status = screen.load_status(session, program, batch)
    verdict = screen.known_filter(request.args.get("verdict", ""))
    rows = {
        "page": screen.load_rows(session, batch, verdict=verdict, number=request.args.get("page", 1, type=int)),
        "verdict": verdict,
        "filters": screen.filters_of(status.view),
    }
    if request.headers.get("HX-Target") == "import-rows":
        return render_template("imports/_rows.html", program=program, status=status, screen=screen, **rows)
    preset = preset_in_use(session, batch)
    return render_template(
        "imports/batch.html",
        program=program,
        status=status,
        columns=screen.columns_of(session, batch, chosen),
        fields=list(Field),
        own_fields=fields_of(session, program.id),
        rules=list(CollisionRule),
        can_change=can_change(session, batch),
        remembered=told(session, preset, reader_id=current_user.id) if preset else "",
        problem=problem,
        screen=screen,
        **rows,
    )


def find_batch(session: Any, slug: str, batch_id: int, permission: Permission) -> tuple[Program, ImportBatch]:
    """Return a batch through the program the user works in; locked where the permission is to import."""
    program = program_for(session, current_user, slug, permission)
    return program, batch_for(session, program.id, batch_id, for_change=permission is Permission.IMPORT)


def _keep(program: Program, filename: str, read: ReadFile) -> int:
    is_long = read.table.row_estimate > INLINE_ROWS
    upload = Upload(
        program_id=program.id,
        filename=filename,
        content=read.content,
        table=read.table,
        uploaded_by_id=current_user.id,
        remark=read.remark,
    )
    with transaction() as session:
        batch_id = keep_upload(session, upload, in_background=is_long).id
    if not is_long:
        run_batch(transaction, batch_id)
    return batch_id


def _index(slug: str, form: UploadForm) -> str:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        batches = list_batches(session, program.id)
    return render_template(
        "imports/index.html", program=program, form=form, batches=batches, screen=screen, most_bytes=MAX_FILE_BYTES
    )
