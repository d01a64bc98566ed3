"""A logo for the demo's program, drawn here: a sun going down behind a line, and its glow above it."""

from io import BytesIO

from PIL import Image, ImageDraw

_SIDE_PX = 640
_SUN, _GLOW, _LINE = "#b4481e", "#f0a35e", "#5b2410"


def drawn_logo() -> bytes:
    """Return the logo as a PNG on a see-through ground."""
    image = Image.new("RGBA", (_SIDE_PX, _SIDE_PX), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for edge, color in ((40, _GLOW), (150, _SUN)):
        pen.pieslice((edge, edge + 100, _SIDE_PX - edge, _SIDE_PX - edge + 100), 180, 360, fill=color)
    pen.rounded_rectangle((20, _SIDE_PX // 2 + 130, _SIDE_PX - 20, _SIDE_PX // 2 + 170), radius=20, fill=_LINE)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
