"""One mail for one recipient: subject and text rendered, signature and footer added, links and footer checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from outreach.markup import links_of, plain_text, text_to_html, without_links
from outreach.template_parsing import TemplateProblem
from outreach.templates import TemplateError, render_template

MAX_SUBJECT_CHARACTERS = 200
_LONG_SUBJECT = 70
_LONG_TEXT = 8_000
# Hosts people leave in a draft and mean to replace.
_PLACEHOLDERS = ("example.com", "example.org", "example.net", "yourdomain.com", "your-domain.com", "localhost")
_PLACEHOLDER_WORDS = re.compile(
    r"\[(?:insert|your|name|company)[^\]]{0,40}\]|\bTODO\b|\bXXX\b|\blorem ipsum\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, order=True)
class MailProblem:
    """One thing wrong with a mail: in its "subject", "body" or "footer", at which line (0: nowhere in particular)."""

    part: str
    line: int
    message: str

    def __str__(self) -> str:
        """Return the problem as people read it."""
        place = {"subject": "Subject", "body": "Text", "footer": "Footer"}[self.part]
        line = f", line {self.line}" if self.line and self.part == "body" else ""
        return f"{place}{line}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What stands around the words: the sender's signature and address, where the receiver's is from, the way out."""

    signature: str = ""
    postal_address: str = ""
    source_line: str = ""
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail for one recipient; with `problems` it must not leave, `warnings` are advice."""

    subject: str
    text: str
    html: str
    problems: list[MailProblem]
    warnings: list[MailProblem]


def write_mail(
    subject: str,
    body: str,
    *,
    data: Mapping[str, Any],
    around: Surroundings,
    fields: Collection[str] | None = None,
) -> WrittenMail:
    """Return the mail for the recipient whose values `data` holds; what cannot be rendered is left as written.

    `fields` are the dotted names a template may use; without them those of the data.
    """
    safe = without_links(data)
    shown_subject, subject_problems = _rendered(subject, "subject", safe, fields)
    shown_body, body_problems = _rendered(body, "body", safe, fields)
    shown_subject = " ".join(shown_subject.split())
    problems = [*subject_problems, *body_problems, *_footer_problems(around)]
    if not body_problems:
        problems += _body_problems(shown_body)
    if not subject_problems:
        problems += _subject_problems(shown_subject)
    text = "\n\n".join(part for part in (shown_body.strip(), around.signature.strip()) if part)
    return WrittenMail(
        subject=shown_subject[:MAX_SUBJECT_CHARACTERS],
        text=f"{plain_text(text)}\n\n-- \n{_footer_text(around)}\n",
        html=_page(text, around),
        problems=problems,
        warnings=_warnings(shown_subject, shown_body),
    )


def write_task(title: str, text: str, *, data: Mapping[str, Any], fields: Collection[str] | None = None) -> WrittenMail:
    """Return a task's title and prepared text for one recipient: no signature, no footer, and it may be empty."""
    shown_title, title_problems = _rendered(title, "subject", data, fields)
    shown_text, text_problems = _rendered(text, "body", data, fields)
    problems = [*title_problems, *text_problems]
    return WrittenMail(" ".join(shown_title.split()), shown_text.strip(), text_to_html(shown_text), problems, [])


def _rendered(
    template: str, part: str, data: Mapping[str, Any], fields: Collection[str] | None
) -> tuple[str, list[MailProblem]]:
    try:
        return render_template(template, data, fields=fields), []
    except TemplateError as error:
        return template, [problem_in(part, problem) for problem in error.problems]


def problem_in(part: str, problem: TemplateProblem) -> MailProblem:
    """Return a template's problem as one of a mail's part."""
    return MailProblem(part, problem.line, problem.message)


def _subject_problems(subject: str) -> Iterator[MailProblem]:
    if not subject:
        yield MailProblem("subject", 1, "it is empty; write what the mail is about")
    elif len(subject) > MAX_SUBJECT_CHARACTERS:
        yield MailProblem("subject", 1, f"it has {len(subject)} characters; {MAX_SUBJECT_CHARACTERS} are the most")


def _body_problems(body: str) -> Iterator[MailProblem]:
    if not body.strip():
        yield MailProblem("body", 1, "it is empty; write something")
    for line, link in links_of(body):
        cause = _fault_of_link(link)
        if cause:
            yield MailProblem("body", line, f"the link {link[:80]} {cause}")
    for match in _PLACEHOLDER_WORDS.finditer(body):
        yield MailProblem(
            "body", body.count("\n", 0, match.start()) + 1, f"{match[0]!r} was left to fill in; replace or remove it"
        )


def _fault_of_link(link: str) -> str:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        return "cannot be read as an address; correct it"
    if parts.scheme not in ("http", "https"):
        return "must begin with https://"
    if any(host == name or host.endswith(f".{name}") for name in _PLACEHOLDERS):
        return "is a placeholder; write the real address"
    if "." not in host.strip(".") or any(char.isspace() for char in host):
        return "names no web site; correct it"
    if parts.username is not None:
        return "carries a user name; remove it"
    return ""


def _footer_problems(around: Surroundings) -> Iterator[MailProblem]:
    if not around.postal_address.strip():
        yield MailProblem("footer", 0, "the sender has no postal address, and every mail must show one; add it")
    if not around.unsubscribe_url:
        yield MailProblem("footer", 0, "there is no link to unsubscribe; every mail must offer one")
    if not around.source_line:
        yield MailProblem(
            "footer", 0, "it cannot say where the receiver's address is from; record that on the prospect's page"
        )


def _warnings(subject: str, body: str) -> list[MailProblem]:
    found = []
    if len(subject) > _LONG_SUBJECT:
        found.append(
            MailProblem("subject", 1, f"{len(subject)} characters; phones cut a subject off after {_LONG_SUBJECT}")
        )
    letters = [char for char in subject if char.isalpha()]
    if len(letters) > 5 and all(char.isupper() for char in letters):
        found.append(MailProblem("subject", 1, "all in capitals; mail filters and people take that for advertising"))
    links = list(links_of(body))
    if len(links) > 3:
        found.append(MailProblem("body", links[3][0], f"{len(links)} links; a personal mail rarely has more than one"))
    found += [
        MailProblem("body", line, f"{link[:80]} is not encrypted; https:// is expected today")
        for line, link in links
        if link.startswith("http://")
    ]
    if len(body) > _LONG_TEXT:
        found.append(MailProblem("body", 1, f"{len(body):,} characters; few people read that much from a stranger"))
    return found


def _footer_text(around: Surroundings) -> str:
    lines = [" ".join(around.postal_address.split()), around.source_line]
    if around.unsubscribe_url:
        lines.append(f"Not for you? Unsubscribe: {around.unsubscribe_url}")
    return "\n".join(line for line in lines if line)


def _page(text: str, around: Surroundings) -> str:
    lines = [" ".join(around.postal_address.split()), around.source_line]
    if around.unsubscribe_url:
        lines.append(f"Not for you? [Unsubscribe]({around.unsubscribe_url})")
    footer = text_to_html("\n".join(line for line in lines if line))
    return f"{text_to_html(text)}\n<hr>\n<small>{footer}</small>\n"
