"""Files that applicants send as answers: kept while the form is still being put right, then with the application.

What a file is, and that its name is harmless, is judged by document_store; here it is said in the applicant's language.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Application, ApplicationAnswer, ApplicationFile, FormQuestion, Program, QuestionKind
from app.services.document_store import MAX_DOCUMENT_BYTES, JudgedFile, Unusable, drop, judge, keep
from app.services.errors import InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.plain_text import clean_line
from app.services.tokens import hash_of, new_token

UNSENT_KEPT = timedelta(days=1)
# Of one program: files whose forms are not sent yet; beyond it somebody is filling the disk.
MAX_UNSENT = 500
MAX_KEY = 100
TYPES = "PDF, PNG, JPEG, DOCX, XLSX, TXT, CSV"
_ENDINGS = {"pdf", "png", "jpg", "jpeg", "docx", "xlsx", "txt", "csv"}


def judged_upload(content: bytes, *, filename: str) -> JudgedFile:
    """Return a file that may be kept. Raises InvalidInput under "file", in the applicant's language."""
    most_mb = MAX_DOCUMENT_BYTES // 1024 // 1024
    try:
        file = judge(content, filename=filename)
    except Unusable:
        if not content:
            words = _("This file is empty. Please choose another one.")
        elif len(content) > MAX_DOCUMENT_BYTES:
            words = _("This file is larger than %(most)s MB. Please send a smaller one.", most=most_mb)
        else:
            words = _(
                "What is inside this file is none of these: %(types)s. Please save it as one of them.", types=TYPES
            )
        raise InvalidInput({"file": words}) from None
    claimed, found = _ending(filename), _ending(file.filename)
    if claimed in _ENDINGS and claimed != found:
        words = _(
            "This file is called .%(claimed)s, but it is a %(found)s file. Please save it again under its own type.",
            claimed=claimed,
            found=found.upper(),
        )
        raise InvalidInput({"file": words})
    return file


def keep_upload(session: Session, program: Program, question: FormQuestion, file: JudgedFile) -> str:
    """Keep a file until its form is sent, a day at most, and return the key that the form carries.

    Raises InvalidInput under "file" where too many wait.
    """
    waiting = select(func.count()).where(
        ApplicationFile.program_id == program.id, ApplicationFile.application_id.is_(None)
    )
    if (session.scalar(waiting) or 0) >= MAX_UNSENT:
        raise InvalidInput({"file": _("Too many files are being sent to this program right now. Try again tomorrow.")})
    key = new_token()
    session.add(
        ApplicationFile(
            program_id=program.id,
            question_id=question.id,
            key_hash=hash_of(key),
            stored_name=keep(session, file),
            name=file.filename,
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
        )
    )
    return key


def files_given(
    session: Session,
    questions: Sequence[FormQuestion],
    keys: Mapping[int, str],
    *,
    application: Application | None = None,
) -> dict[int, ApplicationFile]:
    """Return the file that answers each question: the one whose key the form carries, else the application's own."""
    asked = {question.id: question for question in questions if question.kind is QuestionKind.FILE}
    if not asked:
        return {}
    found: dict[int, ApplicationFile] = {}
    if application is not None:
        own = select(ApplicationFile).where(ApplicationFile.application_id == application.id)
        found = {row.question_id: row for row in session.scalars(own) if row.question_id in asked}
    hashes = {hash_of(key[:MAX_KEY]): question_id for question_id, key in keys.items() if key and question_id in asked}
    unsent = select(ApplicationFile).where(
        ApplicationFile.key_hash.in_(hashes),
        ApplicationFile.application_id.is_(None),
        ApplicationFile.created_at > now() - UNSENT_KEPT,
    )
    for row in session.scalars(unsent):
        question_id = hashes[row.key_hash]
        if row.question_id == question_id:
            found[question_id] = row
    return found


def attach_files(session: Session, application: Application, files: Mapping[int, ApplicationFile]) -> None:
    """Make files part of an application; those they replace are deleted, with what lies on the disk."""
    kept = {row.id for row in files.values()}
    for row in session.scalars(select(ApplicationFile).where(ApplicationFile.application_id == application.id)):
        if row.id not in kept:
            _delete(session, row)
    for row in files.values():
        row.application_id = application.id


def file_of(session: Session, application: Application, file_id: int) -> ApplicationFile:
    """Return a file of an application. Raises NotFound."""
    found = session.get(ApplicationFile, file_id)
    if found is None or found.application_id != application.id:
        raise NotFound(_("This application has no such file; the applicant may have replaced it."))
    return found


def forget_unsent_files(session: Session) -> int:
    """Delete files whose form was not sent within a day; return how many."""
    old = select(ApplicationFile).where(
        ApplicationFile.application_id.is_(None), ApplicationFile.created_at < now() - UNSENT_KEPT
    )
    rows = session.scalars(old).all()
    for row in rows:
        _delete(session, row)
    return len(rows)


def forget_files_of(session: Session, application_ids: Sequence[int]) -> None:
    """Delete every file of these applications, for somebody who is erased."""
    for row in session.scalars(select(ApplicationFile).where(ApplicationFile.application_id.in_(application_ids))):
        _delete(session, row)
    session.execute(
        delete(ApplicationAnswer).where(
            ApplicationAnswer.application_id.in_(application_ids), ApplicationAnswer.kind == QuestionKind.FILE
        )
    )


def _delete(session: Session, row: ApplicationFile) -> None:
    drop(session, row.stored_name)
    session.delete(row)


def _ending(filename: str) -> str:
    ending = clean_line(filename).rpartition(".")[2].lower()
    return "jpg" if ending == "jpeg" else ending
