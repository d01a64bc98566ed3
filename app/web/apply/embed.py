"""The form inside a page of somebody else: only these answers may be framed, and only by the sites a program names.

A frame of another site gets no cookies of ours, so its form brings its own proof: the signed moment it was shown. There
is nobody signed in whose rights a forged form could use; the limits, the trap and the mailed link hold as on the page.
"""

from flask import g, request, url_for
from sqlalchemy.orm import Session

from app.db import reading
from app.extensions import csrf, limiter
from app.services.applying import open_page_at
from app.services.languages import current_language
from app.web.apply.blueprint import blueprint
from app.web.apply.form import filled, form_class
from app.web.apply.guards import ADDRESS_LIMIT, MAILBOX_LIMIT, mailbox_key, was_taken
from app.web.apply.site_check import is_check
from app.web.apply.views import Answer, PublicPage, draw, keep_draft, load_page, say_sent, see_sent, show_check, take


@blueprint.get("/embed/<page_slug>")
def embedded(page_slug: str) -> str:
    """Show the form for a frame."""
    with reading() as session:
        public = _framed(session, page_slug)
    return draw(public, filled(public.questions, {}, is_framed=True))


@blueprint.post("/embed/<page_slug>")
@csrf.exempt
@limiter.limit(ADDRESS_LIMIT)
@limiter.limit(MAILBOX_LIMIT, key_func=mailbox_key, deduct_when=was_taken)
def send_embedded(page_slug: str) -> Answer:
    """Take a form that was sent from a frame, or keep it as a draft."""
    with reading() as session:
        public = _framed(session, page_slug)
    form = form_class(public.questions)(meta={"csrf": False})
    if form.homepage.data:
        return see_sent(public)
    if is_check():
        return show_check(public, form)
    if request.form.get("action") == "draft":
        return keep_draft(public, form)
    return take(public, form)


@blueprint.get("/embed/<page_slug>/sent")
def sent_embedded(page_slug: str) -> str:
    """Say in the frame that a mail is on its way."""
    with reading() as session:
        public = _framed(session, page_slug)
    return say_sent(public)


def _framed(session: Session, slug: str) -> PublicPage:
    page, program = open_page_at(session, slug)
    g.frame_ancestors = " ".join(page.embed_sites)
    brand_url = url_for("apply.brand", page_slug=slug)
    return load_page(session, page, program, brand_url=brand_url, framed_in=current_language())
