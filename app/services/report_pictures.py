"""A report's picture as a PNG, for mail programs, which show no SVG: bars as on the page, light, at twice the size."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app.languages import gettext as _
from app.queries.reports.table import Bar, Picture, write

_FONTS = Path(__file__).parents[1] / "static" / "vendor"
_SCALE = 2
WIDTH_PX, _ROW_PX, _BAR_PX, _EDGE_PX = 640, 34, 16, 16
_LABEL_PX, _VALUE_PX = 190, 150
_TEXT, _SOFT, _TRACK, _FILL = "#1c2024", "#667085", "#eef0f3", "#3b5bdb"
# A picture of more bars is none; the table below it has them all.
MAX_BARS = 40


@dataclass(frozen=True, slots=True)
class _Font:
    """The product's own font in its two parts, or Pillow's built-in one where they were not fetched."""

    latin: ImageFont.FreeTypeFont | ImageFont.ImageFont
    more: ImageFont.FreeTypeFont | ImageFont.ImageFont | None

    def runs(self, text: str) -> list[tuple[str, ImageFont.FreeTypeFont | ImageFont.ImageFont]]:
        """Return the text in pieces, each with the font that has its letters."""
        if self.more is None:
            plain = unicodedata.normalize("NFKD", text.replace("–", "-")).encode("ascii", "ignore").decode()
            return [(plain, self.latin)]
        return [(each, self.latin if ord(each) < 0x100 or each in "–…’“”" else self.more) for each in text]


def draw(picture: Picture) -> bytes:
    """Return the picture as a PNG; one without bars says so."""
    bars = picture.bars[:MAX_BARS]
    height = 2 * _EDGE_PX + 30 + _ROW_PX * max(1, len(bars))
    image = Image.new("RGB", (WIDTH_PX * _SCALE, height * _SCALE), "#ffffff")
    pen = ImageDraw.Draw(image)
    _write(pen, (_EDGE_PX, _EDGE_PX), picture.title, size_px=15)
    top = _EDGE_PX + 30
    if not bars:
        _write(pen, (_EDGE_PX, top + 8), _("Nothing happened in this period."), color=_SOFT)
    for number, bar in enumerate(bars):
        _draw_bar(pen, picture, bar, top_px=top + number * _ROW_PX)
    out = BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_bar(pen: ImageDraw.ImageDraw, picture: Picture, bar: Bar, *, top_px: int) -> None:
    left, right = _EDGE_PX + _LABEL_PX, WIDTH_PX - _EDGE_PX - _VALUE_PX
    middle = top_px + _ROW_PX // 2
    _write(pen, (_EDGE_PX, middle - 8), bar.label, most_px=_LABEL_PX - 12)
    box = (left, middle - _BAR_PX // 2, right, middle + _BAR_PX // 2)
    pen.rounded_rectangle([each * _SCALE for each in box], radius=4 * _SCALE, fill=_TRACK)
    at = _place(bar.value, picture, left, right)
    if at > left:
        pen.rounded_rectangle([each * _SCALE for each in (left, box[1], at, box[3])], radius=4 * _SCALE, fill=_FILL)
    if bar.low is not None and bar.high is not None:
        ends = (_place(bar.low, picture, left, right), middle, _place(bar.high, picture, left, right), middle)
        pen.line([each * _SCALE for each in ends], fill=_TEXT, width=2 * _SCALE)
    words = f"{write(bar.value, picture.unit)}  {bar.note}".rstrip()
    _write(pen, (right + 12, middle - 8), words, most_px=_VALUE_PX - 12)


def _place(value: float, picture: Picture, left_px: int, right_px: int) -> float:
    return left_px + (right_px - left_px) * min(1.0, max(0.0, value / picture.most))


def _write(
    pen: ImageDraw.ImageDraw,
    at_px: tuple[float, float],
    text: str,
    *,
    size_px: int = 13,
    color: str = _TEXT,
    most_px: float = WIDTH_PX,
) -> None:
    """Write a line, cut with an ellipsis where it is longer than `most_px`."""
    x, font = at_px[0] * _SCALE, _font(size_px * _SCALE)
    end = x + (most_px - 8) * _SCALE
    for piece, face in font.runs(text):
        width = face.getlength(piece)
        if x + width > end:
            pen.text((x, at_px[1] * _SCALE), "...", font=font.latin, fill=color)
            return
        pen.text((x, at_px[1] * _SCALE), piece, font=face, fill=color)
        x += width


@lru_cache(maxsize=8)
def _font(size: int) -> _Font:
    latin, more = _FONTS / "inter-latin.woff2", _FONTS / "inter-latin-ext.woff2"
    if latin.exists() and more.exists():
        return _Font(ImageFont.truetype(str(latin), size), ImageFont.truetype(str(more), size))
    return _Font(ImageFont.load_default(size), None)
