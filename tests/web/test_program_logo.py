"""A program's logo: judged by its content, drawn anew, shown on every page of strangers and partners, taken away."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.db import reading, transaction
from app.models import AuditEvent, Program, ProgramPage, ProgramTerms, Role
from app.services import document_store, program_logos
from app.services.application_links import new_status_link
from app.services.document_store import kept_keys
from app.services.program_logos import KEPT_PX, MAX_LOGO_BYTES, MAX_SIDE_PX, JudgedLogo, judge_logo
from app.services.whole_copy import write_copy
from app.web.program_page import logo
from tests.application_world import make_application, make_open_page
from tests.onboarding_world import make_partner, portal_path
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers
NAME = "Harbor & Sons"
ALT = 'alt="Harbor &amp; Sons"'


def picture(kind: str = "PNG", size: tuple[int, int] = (800, 400), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "#336699").save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def program(app: Flask, tmp_path: Path) -> Program:
    document_store.configure(tmp_path)
    with transaction() as session:
        program = make_program(session, name=NAME)
        make_open_page(session, program, slug="harbor", embed_sites=["https://partner.example"])
    return program


@pytest.fixture
def browser(sign_in: SignIn, program: Program) -> FlaskClient:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
    return sign_in(admin)


def send(browser: FlaskClient, program: Program, content: bytes, name: str = "logo.png") -> tuple[int, str]:
    # As bytes, for the test client leaves the temporary file open that it would write a large form into.
    boundary, body = encode_multipart({"logo": FileStorage(BytesIO(content), filename=name)})
    answer = browser.post(
        f"/p/{program.slug}/page/logo", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    return answer.status_code, answer.text


def address_on(html: str) -> str:
    found = re.search(rf'<img class="ap-logo" src="([^"]+)" {ALT} width="(\d+)" height="(\d+)">', html)
    assert found is not None
    assert (found[2], found[3]) == ("160", "80")
    return found[1]


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGBA"), ("PNG", "P")])
def test_a_logo_is_drawn_anew_and_shown_wherever_strangers_and_partners_look(
    browser: FlaskClient, client: FlaskClient, program: Program, kind: str, mode: str
) -> None:
    secret = b"taken at 51.5 N"
    extra: dict[str, Any] = {"exif": b"Exif\0\0" + secret} if kind == "JPEG" else {}
    assert send(browser, program, picture(kind, mode=mode, **extra) + secret)[0] == 303
    with transaction() as session:
        prospect = make_prospect(session, program)
        terms = session.scalars(select(ProgramTerms)).one()
        status = new_status_link(session, make_application(session, prospect, terms))
        _partnership, person = make_partner(session, program, None)
        portal = portal_path(session, person)
    address = address_on(client.get("/apply/harbor").text)
    for path in ("/apply/harbor/sent", "/embed/harbor", status.removeprefix("http://127.0.0.1:8000"), portal):
        assert address_on(client.get(path).text) == address, path
    answer = client.get(address)
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert secret not in answer.data
    with Image.open(BytesIO(answer.data)) as drawn:
        assert (drawn.format, drawn.size, drawn.info) == ("PNG", (320, 160), {})


def test_another_logo_takes_its_place_and_a_removed_one_leaves_the_name(
    browser: FlaskClient, client: FlaskClient, program: Program, tmp_path: Path
) -> None:
    send(browser, program, picture())
    first = address_on(client.get("/apply/harbor").text)
    send(browser, program, picture(mode="L"))
    second = address_on(client.get("/apply/harbor").text)
    assert first != second
    assert client.get(first).status_code == 404
    assert client.get(first).headers["Cache-Control"] == "no-store"
    with reading() as session:
        assert write_copy(session, tmp_path / "copy.zip").documents == 1
        assert session.scalars(select(ProgramPage.logo_key)).all() == kept_keys()
    assert browser.post(f"/p/{program.slug}/page/logo/remove").status_code == 303
    html = client.get("/apply/harbor").text
    assert '<p class="ap-program">Harbor &amp; Sons</p>' in html
    assert "ap-logo" not in html
    assert kept_keys() == []
    assert client.get(second).status_code == 404
    with reading() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("program_page.logo%")))
        assert list(actions) == ["program_page.logo_set", "program_page.logo_set", "program_page.logo_removed"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "", "Choose a file first."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "logo.png", "no PNG, JPEG or WebP picture"),
        (picture("GIF"), "logo.png", "no PNG, JPEG or WebP picture"),
        (picture()[:60], "logo.png", "This picture is damaged"),
        (picture(size=(MAX_SIDE_PX + 1, 20)), "logo.png", "more than 4,000 pixels on a side"),
        (picture(size=(400, 8)), "logo.png", "smaller than 16 pixels"),
        (picture() + b"x" * MAX_LOGO_BYTES, "logo.png", "larger than 5 MB"),
    ],
)
def test_what_is_no_logo_is_said_beside_the_field(
    browser: FlaskClient, program: Program, content: bytes, name: str, words: str
) -> None:
    send(browser, program, picture())
    before = kept_keys()
    status, html = send(browser, program, content, name)
    assert status == 422
    assert words in re.sub(r"\s+", " ", html)
    assert 'aria-describedby="logo-hint logo-error"' in html
    assert kept_keys() == before


def test_nobody_waits_to_write_while_a_logo_is_drawn(
    browser: FlaskClient, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(content: bytes) -> JudgedLogo:
        with transaction() as other:  # on SQLite there is one writer
            other.execute(text("UPDATE users SET name = name"))
        return judge_logo(content)

    for module in (logo, program_logos):
        monkeypatch.setattr(module, "judge_logo", draw)
    assert send(browser, program, picture())[0] == 303
    assert len(kept_keys()) == 1


def test_a_picture_of_billions_of_pixels_is_never_unpacked(browser: FlaskClient, program: Program) -> None:
    header = bytearray(picture(size=(20, 20)))
    header[16:24] = (60_000).to_bytes(4) * 2
    header[29:33] = crc32(header[12:29]).to_bytes(4)
    assert "more than 4,000 pixels" in send(browser, program, bytes(header))[1]


def test_200_mb_are_refused_in_words_too(browser: FlaskClient, program: Program) -> None:
    status, html = send(browser, program, picture() + bytes(200 * 1024 * 1024))
    assert status == 422
    assert "larger than 5 MB" in html


def test_a_wide_logo_is_turned_upright_and_kept_within_bounds(browser: FlaskClient, program: Program) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert send(browser, program, picture("JPEG", size=(1600, 400), exif=turned.tobytes()))[0] == 303
    with reading() as session:
        page = session.scalars(select(ProgramPage)).one()
    assert (page.logo_width, page.logo_height) == (40, KEPT_PX[1])


def test_only_logos_are_shown_by_their_key(browser: FlaskClient, client: FlaskClient, program: Program) -> None:
    with transaction() as session:
        key = document_store.keep(session, document_store.judge(b"%PDF-1.7", filename="secret.pdf"))
    assert client.get(f"/logo/{key}.png").status_code == 404
    assert client.get("/logo/..%2f..%2fscoutboard.db.png").status_code == 404


def test_a_page_that_is_not_saved_has_no_logo(sign_in: SignIn, app: Flask, tmp_path: Path) -> None:
    document_store.configure(tmp_path)
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
        program = make_program(session, admin)
    browser = sign_in(admin)
    assert "Save the page first" in browser.get(f"/p/{program.slug}/page").text
    assert send(browser, program, picture())[0] == 404
    assert kept_keys() == []
