"""Files of strangers: judged by content, kept under a name of ours, gone again with the transaction."""

import io
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.db import transaction
from app.services import document_store
from app.services.document_store import MAX_DOCUMENT_BYTES, Unusable, content_of, drop, judge, keep
from app.services.errors import NotFound

PDF = b"%PDF-1.7\n1 0 obj"


def office(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "kept_as"),
    [
        (PDF, "../../etc/tax\u202efdp.exe", "taxfdp.exe.pdf"),
        (PDF, "...", "document.pdf"),
        (PDF, "x" * 500 + ".pdf", "x" * 114 + ".pdf"),
        (b"\x89PNG\r\n\x1a\nx", "a.jpg", "a.jpg.png"),
        (b"\xff\xd8\xffx", "photo.JPEG", "photo.jpg"),
        (office("word/document.xml"), "letter.docx", "letter.docx"),
        ("Größe;1\n".encode(), "list.csv", "list.csv"),
    ],
)
def test_name_and_type_follow_the_content(content: bytes, name: str, kept_as: str) -> None:
    assert judge(content, filename=name).filename == kept_as


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (office("word/document.xml", "word/vbaProject.bin"), "letter.docx", "none of"),
        (b"PK\x03\x04 not an archive", "letter.docx", "none of"),
        (b"MZ\x90\x00 program", "invoice.pdf", "none of"),
        (b"<script>alert(1)</script>", "page.html", "none of"),
        (b"\xff\xfe\x00bad", "list.csv", "none of"),
        (b"", "empty.pdf", "empty"),
        (PDF + b"x" * MAX_DOCUMENT_BYTES, "big.pdf", r"has 10 MB"),
    ],
)
def test_what_is_not_taken_is_refused_with_the_reason(content: bytes, name: str, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        judge(content, filename=name)


def test_files_live_and_die_with_their_transaction(database: Engine, tmp_path: Path) -> None:
    document_store.configure(tmp_path)
    file = judge(PDF, filename="a.pdf")
    with transaction() as session:
        key = keep(session, file)
    assert content_of(key) == PDF
    with transaction() as session:
        lost = keep(session, file)
        drop(session, key)
        session.execute(select(1))
        session.rollback()
    assert content_of(key) == PDF
    with pytest.raises(NotFound):
        content_of(lost)
    with transaction() as session:
        drop(session, key)
    with pytest.raises(NotFound):
        content_of(key)
    with pytest.raises(ValueError, match="no key"):
        content_of("../../etc/passwd")
