"""What one page gave: values only, each with where it was found."""

from __future__ import annotations

from dataclasses import dataclass

from scrapers.signals.view import PageSignal

__all__ = ["ExtractedPage", "FoundEmail", "FoundPhone", "FoundSocial", "PageLink", "PageSignal"]


@dataclass(frozen=True, slots=True)
class FoundEmail:
    """An address in normal form and how it stood on the page: mailto, text, obfuscated, cloudflare, json_ld."""

    address: str
    how: str


@dataclass(frozen=True, slots=True)
class FoundPhone:
    """A phone number in E.164 form and how it stood on the page: tel, text, json_ld."""

    number: str
    how: str


@dataclass(frozen=True, slots=True)
class FoundSocial:
    """A profile on a social network: `network` is its short name, `url` the profile's address."""

    network: str
    url: str


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to an http(s) address: absolute `url`, visible `text`, lower-case `rel` values."""

    url: str
    text: str
    rel: str = ""
    in_menu: bool = False


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    """One page as read. `language` is a two-letter code or None; `main_text` has one block per line."""

    url: str
    title: str = ""
    language: str | None = None
    main_text: str = ""
    headings: tuple[str, ...] = ()
    emails: tuple[FoundEmail, ...] = ()
    phones: tuple[FoundPhone, ...] = ()
    socials: tuple[FoundSocial, ...] = ()
    links: tuple[PageLink, ...] = ()
    signals: tuple[PageSignal, ...] = ()
    canonical: str | None = None
    description: str = ""
    country: str | None = None
    feeds: tuple[str, ...] = ()
