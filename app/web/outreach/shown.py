"""How mails and moments of the outreach are written on screens."""

from datetime import datetime

import nh3
from markupsafe import Markup

from app.languages import gettext as _
from app.languages import weekday_and_day
from app.web.outreach.blueprint import blueprint

_TAGS = {"p", "br", "ul", "ol", "li", "a", "hr", "small", "b", "strong", "em", "i", "blockquote"}


@blueprint.app_template_filter("mail_html")
def mail_html(html: str) -> Markup:
    """Return the HTML of a mail as it may stand on a page: a few tags, links alone, nothing that runs or loads."""
    cleaned = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
    return Markup(cleaned)  # noqa: S704 - nh3 has just let through these tags only


@blueprint.app_template_filter("local_moment")
def local_moment(value: datetime) -> str:
    """Write a moment of a zone: `Tue 24 Nov, 09:00 in Warsaw`; of UTC: `Tue 24 Nov, 09:00 UTC`."""
    zone = getattr(value.tzinfo, "key", "UTC")
    at = f"{weekday_and_day(value)}, {value.hour:02}:{value.minute:02}"
    if "/" not in zone:
        return f"{at} UTC"
    return _("%(moment)s in %(place)s", moment=at, place=zone.rpartition("/")[2].replace("_", " "))
