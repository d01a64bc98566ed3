"""What the engines call things, in the words of the screens: facts read off a site, pages, what to do about a site.

The engines write English and know no languages. What they wrote into a row stays; their names of things are said here.
"""

from app.languages import gettext, mark

SIGNALS = {
    "adult": mark("Adult"),
    "affiliate_disclosure": mark("Affiliate disclosure"),
    "affiliate_link": mark("Affiliate link"),
    "contactable": mark("Contactable"),
    "coupons": mark("Coupons"),
    "gambling": mark("Gambling"),
    "industry": mark("Industry"),
    "kind_of_site": mark("Kind of site"),
    "language": mark("Language"),
    "languages": mark("Languages"),
    "media_kit": mark("Media kit"),
    "newest_post": mark("Newest post"),
    "newsletter": mark("Newsletter"),
    "parked": mark("Parked"),
    "partner_badge": mark("Partner badge"),
    "partner_with_us": mark("Partner with us"),
    "platform": mark("Platform"),
    "posting_rhythm": mark("Posting rhythm"),
    "service": mark("Service"),
    "write_for_us": mark("Write for us"),
}
# Kinds of pages and what became of a request are said where they are shown.
PAGE_KINDS = (
    mark("home"),
    mark("about"),
    mark("services"),
    mark("partners"),
    mark("disclosure"),
    mark("blog"),
    mark("post"),
    mark("contact"),
    mark("imprint"),
    mark("other"),
)
OUTCOMES = (mark("fetched"), mark("refused"), mark("failed"))
# Why a link of a source is left out, but for what `app.services.adding` says of addresses too.
LEFT_OUT = (mark("the site itself under another ending"),)
NEXT_STEPS = (
    mark("Open the site yourself, and add a note or another address of the company."),
    mark("Open the site in a browser and judge it yourself."),
    mark("Check whether the company moved to another domain, or set the prospect aside."),
    mark("Check the domain for typing errors; try again later."),
    mark("Look at the site yourself."),
    mark("Check the domain for typing errors."),
    mark("Give the address of a page of text on the company's site."),
    mark("Try again later."),
    mark("Check the address."),
    mark("Correct the address of the company's site."),
    mark("Do not open it."),
)


def signal_label(name: str) -> str:
    """Return a signal's name as people read it; one that is not known here in English."""
    return gettext(SIGNALS.get(name) or name.replace("_", " ").capitalize())
