"""Turns a page of a demo site into the HTML its layout would send.

The layouts are files under ``layouts/``: as different from each other as real themes are (a clean one, a builder's
nested boxes, a blog theme with a sidebar, a shop theme, a table layout of 1999, one that needs JavaScript), so that
whatever reads the sites has to find the writing by itself.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from app.demo.catalog import Page, Site
from app.demo.labels import written_date
from app.demo.markup import render_body
from app.demo.writing import Context, inline, plain_text

LAYOUTS_FOLDER = Path(__file__).parent / "layouts"
_COOKIE_BAR = (
    '<div id="cookie-consent" class="cookie-banner" role="dialog"><p>{words}</p>'
    "<button>{accept}</button><button>{decline}</button></div>"
)


def render_page(site: Site, page: Page, *, today: date) -> str:
    """Return the whole HTML document of one page as it reads on ``today``."""
    context = Context(site, today)
    body = render_body(page.body, context)
    if not page.body.startswith(("# ", "<")) and page.body:
        body = f"<h1>{escape(page.title)}</h1>\n{body}"
    return _template(site.layout).substitute(
        _frame(context),
        head=_head(page, context),
        content=body,
        content_json=json.dumps(body).replace("</", "<\\/"),
        byline=_byline(page, context),
        title=escape(page.title),
        path=page.path,
    )


def render_missing(site: Site, *, today: date) -> str:
    """Return the site's own "not found" page, in its layout."""
    words = Context(site, today).label("missing")
    return render_page(site, Page(path="/404", title=words, body=f"# {words}"), today=today)


def render_sitemap(site: Site, *, today: date) -> str:
    """Return sitemap.xml with every page, posts with the day they were written."""
    rows = []
    for page in site.pages.values():
        changed = Context(site, today).day(page.days_ago or 30).isoformat()
        rows.append(f"<url><loc>{site.origin}{page.path}</loc><lastmod>{changed}</lastmod></url>")
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">{"".join(rows)}</urlset>\n'


def render_feed(site: Site, *, today: date) -> str:
    """Return the RSS 2.0 feed of the site's posts, newest first."""
    items = []
    for post in site.posts:
        at = datetime.combine(Context(site, today).day(post.days_ago or 0), time(7, 30), tzinfo=UTC)
        items.append(
            f"<item><title>{escape(post.title)}</title><link>{site.origin}{post.path}</link>"
            f"<pubDate>{format_datetime(at)}</pubDate><description>{escape(plain_text(post.body))}</description></item>"
        )
    name, about = escape(site.name), escape(site.tagline)
    channel = f"<title>{name}</title><link>{site.origin}/</link><description>{about}</description>{''.join(items)}"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>{channel}</channel></rss>\n'


@lru_cache(maxsize=32)
def _template(layout: str) -> Template:
    return Template((LAYOUTS_FOLDER / f"{layout}.html").read_text(encoding="utf-8"))


def _frame(context: Context) -> dict[str, str]:
    """Return what is the same on every page of a site."""
    site = context.site
    links = [(page.path, page.nav) for page in site.pages.values() if page.nav]
    return {
        "lang": site.language,
        "name": escape(site.name),
        "tagline": escape(site.tagline),
        "year": str(context.today.year),
        "nav_items": "".join(f'<li class="menu-item"><a href="{path}">{escape(text)}</a></li>' for path, text in links),
        "nav_links": " ".join(f'<a href="{path}">{escape(text)}</a>' for path, text in links),
        "recent": _recent(context),
        "socials": " ".join(f'<a href="{url}" rel="me noopener">{_network(url)}</a>' for url in site.socials),
        "badges": "".join(f'<li class="badge">{escape(badge)}</li>' for badge in site.badges),
        "contact": _contact(context),
        "cookie_bar": _cookie_bar(context),
        "skip": context.label("skip"),
        "rights": context.label("rights"),
        "search": context.label("search"),
    }


def _head(page: Page, context: Context) -> str:
    site = context.site
    title = page.title if page.path == "/" else f"{page.title} | {site.name}"
    description = escape(page.description or plain_text(page.body))
    rows = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        f'<meta name="description" content="{description}">',
        f'<link rel="canonical" href="{site.origin}{page.path}">',
        f'<meta property="og:title" content="{escape(title)}">',
        f'<meta property="og:site_name" content="{escape(site.name)}">',
    ]
    if site.generator:
        rows.append(f'<meta name="generator" content="{escape(site.generator)}">')
    if site.feed:
        rows.append(f'<link rel="alternate" type="application/rss+xml" title="{escape(site.name)}" href="/feed.xml">')
    if page.days_ago is not None:
        rows.append(f'<meta property="article:published_time" content="{_stamp(page, context)}">')
    if site.jsonld:
        rows.append(f'<script type="application/ld+json">{json.dumps(_jsonld(page, context))}</script>')
    return "\n".join(rows)


def _jsonld(page: Page, context: Context) -> dict[str, object]:
    """Return schema.org data: the post on a dated page, else the organization."""
    site = context.site
    company: dict[str, object] = {"@type": site.jsonld, "name": site.name, "url": f"{site.origin}/"}
    if page.days_ago is not None:
        writer = {"@type": "Person", "name": page.author or site.name}
        return {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": page.title,
            "datePublished": _stamp(page, context),
            "author": writer,
            "publisher": company,
        }
    details = {"email": f"{site.email}@{site.host}", "telephone": site.phone, "address": site.address}
    filled = {key: value for key, value in details.items() if value}
    return {"@context": "https://schema.org", **company, **filled, "sameAs": list(site.socials)}


def _stamp(page: Page, context: Context) -> str:
    return datetime.combine(context.day(page.days_ago or 0), time(7, 30), tzinfo=UTC).isoformat()


def _byline(page: Page, context: Context) -> str:
    if page.days_ago is None:
        return ""
    day = context.day(page.days_ago)
    shown = f'<time datetime="{day.isoformat()}">{written_date(day, context.site.language)}</time>'
    author = f'<span class="author">{context.label("by")} {escape(page.author)}</span>' if page.author else ""
    return f'<p class="post-meta">{author} {shown}</p>'


def _recent(context: Context) -> str:
    links = "".join(f'<li><a href="{post.path}">{escape(post.title)}</a></li>' for post in context.site.posts[:4])
    return f"<h2>{context.label('recent')}</h2><ul>{links}</ul>" if links else ""


def _contact(context: Context) -> str:
    site = context.site
    phone = f'<a href="tel:{site.phone.replace(" ", "")}">{escape(site.phone)}</a>' if site.phone else ""
    email = inline(f"<{site.email}@>", context) if site.email else ""
    return " · ".join(part for part in (escape(site.address), phone, email) if part)


def _cookie_bar(context: Context) -> str:
    if not context.site.cookies:
        return ""
    words, accept, decline = (context.label(key) for key in ("cookies", "accept", "decline"))
    return _COOKIE_BAR.format(words=words, accept=accept, decline=decline)


def _network(url: str) -> str:
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    return host.split(".")[0].capitalize()
