"""The kinds of site that reading tells apart, in words."""

from app.languages import gettext, mark

_KIND_WORDS = {
    "agency": mark("Agency"), "technology": mark("Technology"), "reseller": mark("Reseller"),
    "content": mark("Content"), "creator": mark("Creator"), "shop": mark("Shop"), "directory": mark("Directory"),
    "coupon": mark("Coupon"), "gambling": mark("Gambling"), "adult": mark("Adult"), "parked": mark("Parked"),
}  # fmt: skip
SITE_KINDS = tuple(_KIND_WORDS)


def kind_in_words(kind: str) -> str:
    """Return a kind of site as people read it."""
    return gettext(_KIND_WORDS.get(kind, kind))
