"""Files of received mail: found in every shape mails come in, counted by their real size, with names safe to save."""

from email.message import EmailMessage

import pytest

from outreach.inbound.attachments import list_attachments, open_attachment

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 8


def mail(*files: tuple[str, bytes, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ola@agency.example", "Our media kit"
    message.set_content("See the file.")
    message.add_alternative("<p>See the file.</p>", subtype="html")
    for name, content, kind in files:
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()


def test_files_are_listed_with_kind_and_size_and_given_out_byte_for_byte() -> None:
    raw = mail(("Media kit.pdf", PDF, "application/pdf"), ("numbers.csv", b"a;b\r\n1;2\r\n", "text/csv"))
    first, second = list_attachments(raw)
    assert (first.number, first.name, first.kind, first.size_bytes) == (1, "Media kit.pdf", "application/pdf", 2_057)
    assert (second.name, second.size_bytes) == ("numbers.csv", 10)
    opened = open_attachment(raw, 1)
    assert opened == (first, PDF)
    assert open_attachment(raw, 3) is None


def test_a_mail_without_files_has_none() -> None:
    assert list_attachments(mail()) == []
    assert list_attachments(b"Subject: hi\r\n\r\nNothing here") == []
    assert list_attachments(b"") == []


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\ola\\\\kit.pdf", "kit.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        (".htaccess", "htaccess"),
        ("zażółć gęślą.pdf", "zażółć gęślą.pdf"),
        ("a" * 300 + ".pdf", "a" * 100 + ".pdf"),
        ("\u200b", "attachment-1"),
    ],
)
def test_names_are_made_safe(given: str, name: str) -> None:
    [found] = list_attachments(mail((given, b"x", "application/pdf")))
    assert found.name == name


@pytest.mark.parametrize(
    ("name", "may_run"),
    [
        ("offer.pdf.exe", True),
        ("offer.exe.pdf", True),
        ("page.HTML", True),
        ("plan.docm", True),
        ("plan.docx", False),
        ("kit.pdf", False),
        ("exe", False),
    ],
)
def test_what_may_run_a_program_is_marked(name: str, may_run: bool) -> None:
    [found] = list_attachments(mail((name, b"x", "application/octet-stream")))
    assert found.may_run is may_run


def test_pictures_within_the_text_and_forwarded_mails_are_files_too() -> None:
    inner = b"Subject: the older mail\r\n\r\nHello"
    raw = (
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHi\r\n'
        b"--x\r\nContent-Type: image/png\r\nContent-ID: <a>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"iVBORw0KGgo=\r\n"
        b"--x\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + inner + b"\r\n--x--\r\n"
    )
    picture, forwarded = list_attachments(raw)
    assert (picture.kind, picture.size_bytes) == ("image/png", 8)
    assert (forwarded.name, forwarded.kind) == ("attachment-2.eml", "message/rfc822")
    opened = open_attachment(raw, 2)
    assert opened is not None
    assert inner in opened[1].replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")


@pytest.mark.parametrize(
    "raw",
    [
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Disposition: attachment; filename=a\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!not base64!!",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary, filename nowhere",
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3_000)),
    ],
)
def test_broken_mails_raise_nothing(raw: bytes) -> None:
    assert len(list_attachments(raw)) <= 1
