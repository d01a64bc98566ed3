"""A program's color as a stylesheet of its own: the content policy forbids styles inside a page."""

import re

from flask import Response

_COLOR = re.compile(r"#[0-9a-f]{6}")
_FALLBACK = "#3d54d6"


def brand_stylesheet(color: str) -> Response:
    """Return the color, and black or white for text on it, whichever is easier to read (WCAG's formula)."""
    shade = color if _COLOR.fullmatch(color) else _FALLBACK
    text = f":root {{ --ap-brand: {shade}; --ap-on-brand: {on_brand(shade)}; }}\n"
    return Response(text, mimetype="text/css")


def on_brand(color: str) -> str:
    """Return the text color that stands out more on a color given as #rrggbb; one of the two always reaches 4.5:1."""
    light = _luminance(color)
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"


def _luminance(color: str) -> float:
    channels = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
