"""A program's logo: judged by what is inside the file, drawn anew as a PNG, and kept in the data folder.

Only the pixels of what was sent are used: whatever else a file carries, where it was taken or a script, stays outside.
"""

import hashlib
import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import number
from app.models import Program, ProgramPage, User
from app.services.audit import record_audit
from app.services.document_store import JudgedFile, drop, keep
from app.services.errors import InvalidInput
from app.services.program_pages import stored_page

MAX_LOGO_BYTES = 5 * 1024 * 1024
# What is sent: enough for any logo, too few pixels to fill the memory with when they are unpacked.
MIN_SIDE_PX, MAX_SIDE_PX = 16, 4_000
# What is kept: shown at half of this, so that it is sharp on a phone.
KEPT_PX = (480, 160)
_FORMATS = ("PNG", "JPEG", "WEBP")
# What Pillow raises over bytes that are no picture, or half of one.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, struct.error)
_TOO_MANY = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class JudgedLogo:
    """A logo as it is kept, with its own size in pixels."""

    file: JudgedFile
    width_px: int
    height_px: int


def judge_logo(content: bytes) -> JudgedLogo:
    """Draw a picture anew. Raises InvalidInput under "logo": empty, too large, no picture that is taken, broken."""
    if not content:
        raise _refused(_("Choose a file first."))
    if len(content) > MAX_LOGO_BYTES:
        most = MAX_LOGO_BYTES // 1024 // 1024
        raise _refused(_("This file is larger than %(most)s MB. Send a smaller picture.", most=most))
    try:
        picture = Image.open(BytesIO(content), formats=_FORMATS)
    except _TOO_MANY:
        raise _refused(_too_many_pixels()) from None
    except _BROKEN:
        words = _("What is inside this file is no PNG, JPEG or WebP picture. Save the logo as one of these.")
        raise _refused(words) from None
    if max(picture.size) > MAX_SIDE_PX:
        raise _refused(_too_many_pixels())
    if min(picture.size) < MIN_SIDE_PX:
        raise _refused(_("This picture is smaller than %(least)s pixels on a side.", least=MIN_SIDE_PX))
    try:
        return _drawn(picture)
    except _BROKEN:
        raise _refused(_("This picture is damaged. Save it anew and send it again.")) from None


def set_logo(session: Session, program: Program, logo: JudgedLogo, *, actor: User) -> ProgramPage:
    """Show this logo from now on; the one before leaves the disk. Raises NotFound where no page was written yet."""
    page = stored_page(session, program)
    session.refresh(page, with_for_update=True)
    _take_away(session, page)
    page.logo_key = keep(session, logo.file)
    page.logo_width, page.logo_height = logo.width_px, logo.height_px
    _changed(session, "program_page.logo_set", program, page, actor, sha256=logo.file.sha256)
    return page


def remove_logo(session: Session, program: Program, *, actor: User) -> ProgramPage:
    """Show the program's name instead. Raises NotFound where the page was not written yet."""
    page = stored_page(session, program)
    session.refresh(page, with_for_update=True)
    if page.logo_key is not None:
        _take_away(session, page)
        _changed(session, "program_page.logo_removed", program, page, actor)
    return page


def is_shown(session: Session, key: str) -> bool:
    """Say whether this is the key of a program's logo, and not of any other kept file."""
    return session.scalar(select(ProgramPage.id).where(ProgramPage.logo_key == key)) is not None


def _drawn(picture: Image.Image) -> JudgedLogo:
    upright = _upright(picture)
    pixels = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    pixels.thumbnail(KEPT_PX, Image.Resampling.LANCZOS)
    out = BytesIO()
    # A picture of its own: nothing that came along with the sent one, such as a place or a color profile, goes on.
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    clean.save(out, "PNG", optimize=True)
    content = out.getvalue()
    file = JudgedFile("logo.png", "image/png", len(content), hashlib.sha256(content).hexdigest(), content)
    return JudgedLogo(file, *clean.size)


def _upright(picture: Image.Image) -> Image.Image:
    """Turn a picture as its camera says; where that cannot be read it stays as its pixels lie."""
    try:
        return ImageOps.exif_transpose(picture)
    except _BROKEN:
        return picture


def _take_away(session: Session, page: ProgramPage) -> None:
    if page.logo_key is not None:
        drop(session, page.logo_key)
    page.logo_key, page.logo_width, page.logo_height = None, 0, 0


def _changed(session: Session, action: str, program: Program, page: ProgramPage, actor: User, **details: str) -> None:
    page.updated_at = now()
    session.flush()
    record_audit(
        session, action, subject=f"program:{program.id}", actor_id=actor.id, program_id=program.id, details=details
    )


def _too_many_pixels() -> str:
    return _("This picture has more than %(most)s pixels on a side. Make it smaller.", most=number(MAX_SIDE_PX))


def _refused(words: str) -> InvalidInput:
    return InvalidInput({"logo": words})
