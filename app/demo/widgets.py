"""The parts of a page that are not writing: lists of posts, product grids, voucher lists, forms."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from app.demo.labels import written_date
from app.demo.writing import Context, inline, plain_text


def _posts(rows: list[str], context: Context) -> str:
    items = []
    for post in context.site.posts:
        day = context.day(post.days_ago or 0)
        items.append(
            f'<article class="post-teaser"><h3><a href="{post.path}">{escape(post.title)}</a></h3>'
            f'<time datetime="{day.isoformat()}">{written_date(day, context.site.language)}</time>'
            f"<p>{escape(post.description or plain_text(post.body))} "
            f'<a class="more" href="{post.path}">{context.label("more")}</a></p></article>'
        )
    return '<div class="post-list">' + "\n".join(items) + "</div>"


def _products(rows: list[str], context: Context) -> str:
    """Print rows of ``name | price | a line about it``."""
    cells = []
    for row in rows:
        name, price, about = (cell.strip() for cell in row.split("|"))
        cells.append(
            f'<li class="grid__item product-card"><h3>{escape(name)}</h3><p>{inline(about, context)}</p>'
            f'<span class="price">{escape(price)}</span><button type="button">{context.label("buy")}</button></li>'
        )
    return '<ul class="product-grid">' + "\n".join(cells) + "</ul>"


def _coupons(rows: list[str], context: Context) -> str:
    """Print rows of ``shop | what you save | code``."""
    cells = []
    for row in rows:
        shop, saving, code = (escape(cell.strip()) for cell in row.split("|"))
        button = f'<button type="button" class="reveal">{context.label("show_code")}</button>'
        cells.append(
            f'<div class="coupon" data-code="{code}"><b>{shop}</b> {saving} {button} <code>{code}</code></div>'
        )
    return '<div class="coupon-list">' + "\n".join(cells) + "</div>"


def _form(rows: list[str], context: Context) -> str:
    name, email, message = (context.label(key) for key in ("your_name", "email", "message"))
    return (
        '<form class="contact-form" action="/contact-form" method="post">'
        f'<label>{name} <input name="name" autocomplete="name"></label>'
        f'<label>{email} <input name="email" type="email"></label>'
        f'<label>{message} <textarea name="message" rows="5"></textarea></label>'
        f"<button>{context.label('send')}</button></form>"
    )


def _newsletter(rows: list[str], context: Context) -> str:
    words = f"<p>{inline(' '.join(rows), context)}</p>" if rows else ""
    return (
        f'<form class="newsletter-signup" action="/subscribe" method="post">{words}'
        f'<input type="email" name="email" placeholder="{escape(context.label("email"))}">'
        f"<button>{context.label('subscribe')}</button></form>"
    )


def _badges(rows: list[str], context: Context) -> str:
    items = "".join(f"<li>{escape(badge)}</li>" for badge in context.site.badges)
    return f'<ul class="badges">{items}</ul>'


def _video(rows: list[str], context: Context) -> str:
    """Print rows of ``title | length | what it is about``."""
    cells = []
    for row in rows:
        title, length, about = (cell.strip() for cell in row.split("|"))
        cells.append(
            f'<figure class="video"><div class="embed" data-length="{escape(length)}"></div>'
            f"<figcaption><strong>{escape(title)}</strong> ({escape(length)}) {inline(about, context)}</figcaption>"
            "</figure>"
        )
    return "\n".join(cells)


WIDGETS: dict[str, Callable[[list[str], Context], str]] = {
    "posts": _posts,
    "products": _products,
    "coupons": _coupons,
    "form": _form,
    "newsletter": _newsletter,
    "badges": _badges,
    "videos": _video,
}
