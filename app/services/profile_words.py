"""What is wrong with a fit profile, in the language of who edits it: the engine says it in English."""

import re

from app.languages import gettext, mark

# The engine's sentences behind what they are about, with the parts that differ; a test holds the two together.
_SENTENCES = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"weight must be a number, not (?P<value>.+)", mark("weight must be a number, not %(value)s")),
        (
            r"weight must be above 0 and at most (?P<most>\S+), not (?P<value>\S+); remove it to ignore it",
            mark("weight must be above 0 and at most %(most)s, not %(value)s; remove it to ignore it"),
        ),
        (
            r"weight must be between (?P<least>\S+) and (?P<most>\S+), not 0, not (?P<value>\S+); remove it to ignore "
            r"it",
            mark("weight must be between %(least)s and %(most)s, not 0, not %(value)s; remove it to ignore it"),
        ),
        (
            r"text must be a sentence that says what is wanted or avoided",
            mark("text must be a sentence that says what is wanted or avoided"),
        ),
        (
            r"text has (?P<count>\S+) words, the model reads (?P<most>\d+) at most; shorten it or split it into "
            r"several topics",
            mark(
                "text has %(count)s words, the model reads %(most)s at most; shorten it or split it into several topics"
            ),
        ),
        (
            r"(?P<count>\d+) topics are too many: at most (?P<most>\d+), merge or remove some",
            mark("%(count)s topics are too many: at most %(most)s, merge or remove some"),
        ),
        (
            r"is used more than once; give each topic its own id",
            mark("is used more than once; give each topic its own id"),
        ),
        (
            r"topic id (?P<name>'(?:[^'\\]|\\.)*') is used more than once; give each topic its own id",
            mark("topic id %(name)s is used more than once; give each topic its own id"),
        ),
        (
            r"(?P<count>\d+) exemplars are too many: at most (?P<most>\d+)",
            mark("%(count)s exemplars are too many: at most %(most)s"),
        ),
        (
            r"add at least one topic that says what is wanted, or name an exemplar company",
            mark("add at least one topic that says what is wanted, or name an exemplar company"),
        ),
        (
            r"(?P<value>.+) is not one of company domains such as example\.com",
            mark("%(value)s is not one of company domains such as example.com"),
        ),
        (
            r"(?P<value>.+) is not one of language codes such as en",
            mark("%(value)s is not one of language codes such as en"),
        ),
        (
            r"(?P<value>.+) is not one of two-letter country codes such as de",
            mark("%(value)s is not one of two-letter country codes such as de"),
        ),
        (r"the domain is empty", mark("the domain is empty")),
        (r"(?P<value>.+) is not a domain name", mark("%(value)s is not a domain name")),
        (
            r"(?P<value>.+) is an IP address; a domain such as example\.com is needed",
            mark("%(value)s is an IP address; a domain such as example.com is needed"),
        ),
        (
            r"(?P<value>.+) is a name of a local network, not a public website",
            mark("%(value)s is a name of a local network, not a public website"),
        ),
        (
            r"(?P<value>.+) does not end in a known public suffix such as \.com or \.pl",
            mark("%(value)s does not end in a known public suffix such as .com or .pl"),
        ),
        (
            r"(?P<value>.+) is a public suffix that many companies share, not one company's domain",
            mark("%(value)s is a public suffix that many companies share, not one company's domain"),
        ),
    )
)
_ABOUT = re.compile(r"(?P<what>signal|topic|exemplars|languages|countries)(?P<name> '(?:[^'\\]|\\.)*')?: ")
_ABOUT_WORDS = {
    "signal": mark("signal"),
    "topic": mark("topic"),
    "exemplars": mark("exemplars"),
    "languages": mark("languages"),
    "countries": mark("countries"),
}


def problem_in_words(problem: str) -> str:
    """Return a problem as a form shows it, with a capital; one that nobody translated stays as the engine says it."""
    about = _ABOUT.match(problem)
    words = _sentence(problem[about.end() :] if about else problem)
    if about:
        words = f"{gettext(_ABOUT_WORDS[about['what']])}{about['name'] or ''}: {words}"
    return words[:1].upper() + words[1:]


def _sentence(problem: str) -> str:
    for pattern, words in _SENTENCES:
        if found := pattern.fullmatch(problem):
            return gettext(words, **found.groupdict())
    return problem
