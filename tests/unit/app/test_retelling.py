"""Sentences that engines say and rows keep are said again in the reader's language, and nothing else is touched."""

import re
from collections.abc import Callable, Iterator

import pytest

from app.languages import in_language, staff_catalog_of
from app.models import Sender, SenderTransport
from app.queries.sending_rules import sending_lock
from app.services.engine_sentences import PATTERNS, PLAIN
from app.services.ledger.decision import SENTENCES
from app.services.retelling import retold
from app.services.sequences import draft_problems
from outreach.composing import Surroundings, write_mail
from outreach.connection_check import ImapAccount, try_imap
from outreach.preflight import DnsSilent, check_domain
from outreach.templates import check_template
from outreach.way_out import NoAnswer, PageAnswer, check_way_out

_FIELDS = ("contact.first_name", "company.name")
_KEY = "v=DKIM1; p=" + "A" * 60


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    with in_language("de", is_staff=True):
        yield


def is_told(text: str) -> bool:
    said = retold(text)
    return said != text and not re.search(r"\b(?:the|which|it|there|does|has)\b", re.sub(r"“.*?”", "", said))


def answering(zone: dict[str, list[str]]) -> Callable[[str, str], list[str]]:
    return lambda name, _kind: zone.get(name, [])


def page(status: int, text: str) -> Callable[[str], PageAnswer]:
    return lambda _url: PageAnswer(status, "https://b.de" if status == 302 else "", text)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_sentence_with_values_is_found_again(pattern: str) -> None:
    names = re.findall(r"%\((\w+)\)s", pattern)
    values = {name: f"x{number}y" for number, name in enumerate(names)}
    inner = {"problem": "join would make the text too long"} if "problem" in values else {}
    german = staff_catalog_of("de").gettext
    assert retold(pattern % (values | inner)) == german(pattern) % (
        values | {name: german(text) for name, text in inner.items()}
    )


@pytest.mark.parametrize("sentence", [*PLAIN, *SENTENCES.values()])
def test_every_sentence_without_values_is_found_again(sentence: str) -> None:
    assert is_told(sentence)


def test_names_of_stages_are_told_and_a_programs_own_stay() -> None:
    assert retold("Stands in Qualified already.") == "Steht schon in Qualifiziert."
    assert retold("From Withdrawn nobody moves to Warm leads by hand.").endswith("von Hand nach Warm leads verschoben.")


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ("No registry answers such questions about .zz.", ".zz"),
        ("Its registry gave no answer: timed out.", "timed out"),
        ("Its registry knows no domain kiln.example.", "kiln.example"),
    ],
)
def test_why_nobody_knows_a_domains_age_is_told(stored: str, kept: str) -> None:
    assert is_told(stored)
    assert kept in retold(stored)


def test_several_sentences_are_told_one_by_one_and_strange_ones_stay() -> None:
    stored = " ".join((SENTENCES["daily_cap"], "550 5.1.1 No such user.", SENTENCES["step_uncertain"]))
    german = staff_catalog_of("de").gettext
    assert retold(stored) == " ".join(
        (german(SENTENCES["daily_cap"]), "550 5.1.1 No such user.", german(SENTENCES["step_uncertain"]))
    )
    assert retold("They sell 100 %s of it. The end.") == "They sell 100 %s of it. The end."
    with in_language("en", is_staff=True):
        assert retold(stored) == stored


@pytest.mark.parametrize(
    "template",
    [
        "{{ contact.name }} {{ contact.first_nam }}",
        "{{ contact }} {{ company.name | upcas }} {{ company.name | qqqqqqq }}",
        "{% include 'x' %}",
        "{% for each in (1..9999) %}{% endfor %}",
        "{% assign n = 3 %}{% for each in (1..n) %}{% endfor %}",
        "{{ zzzzzzzzz }}",
        "x" * 60_000,
    ],
)
def test_what_is_wrong_with_a_template_is_told(template: str) -> None:
    problems = check_template(template, _FIELDS)
    assert problems
    for problem in problems:
        assert is_told(f"Text, line {problem.line}: {problem.message}"), problem.message


def test_what_is_wrong_with_a_mail_is_told() -> None:
    body = "[your name] https://example.com ftp://x.org http:// http://a.de http://b.de https://u@c.de " + "x " * 5_000
    for subject, text in (("", ""), ("S" * 250, body), ("{{ contact.first_name }}", "{{ company.name }}")):
        mail = write_mail(subject, text, data={}, around=Surroundings(), fields=_FIELDS)
        found = [*mail.problems, *mail.warnings]
        assert found
        for problem in found:
            assert is_told(str(problem)), str(problem)


def test_what_is_wrong_with_a_draft_is_told() -> None:
    steps = [{"id": "a", "kind": "email"}, {"id": "b", "kind": "task"}]
    words = {"a": {"x": {"subject": "", "body": ""}, "y": {"subject": "{{ x }}", "body": "{{ x }}"}}, "b": {"": {}}}
    for plan in ([], [{"id": "w", "kind": "wait"}], steps):
        problems = draft_problems({"plan": {"steps": plan}, "words": words})
        assert problems
        for problem in problems:
            assert is_told(str(problem)), str(problem)


def test_what_a_domain_says_is_told() -> None:
    def silent(name: str, kind: str) -> list[str]:
        raise DnsSilent("timed out")

    good = {"a.de": ["v=spf1 -all"], "s1._domainkey.a.de": [_KEY], "_dmarc.a.de": ["v=DMARC1; p=none"]}
    worse = {"a.de": ["v=spf1 +all"], "s1._domainkey.a.de": ["p="], "_dmarc.a.de": ["v=DMARC1"]}
    twice = {"a.de": ["v=spf1 -all"] * 2, "_dmarc.a.de": ["v=DMARC1; p=none"] * 2}
    many = {"a.de": ["v=spf1" + "".join(f" a:{n}.de" for n in range(12))]}
    for zone in (good, worse, twice, many, {}):
        for selectors in ((), ("s1",)):
            found = check_domain("a.de", answering(zone), selectors=selectors)
            for finding in found.findings.values():
                assert is_told(finding.sentence), finding.sentence
    assert is_told(check_domain("a.de", silent).spf.sentence)


def test_what_the_way_out_answers_is_told() -> None:
    def silent(url: str) -> PageAnswer:
        raise NoAnswer("connection refused")

    found = [
        check_way_out("http://a.de/u/x", marker="ok"),
        check_way_out("https://a.de/u/x", marker="ok", ask=silent),
        *(
            check_way_out("https://a.de/u/x", marker="ok", ask=page(*each))
            for each in ((302, ""), (404, ""), (200, ""), (200, "ok"))
        ),
    ]
    for finding in found:
        assert is_told(finding.sentence), finding.sentence


def test_why_a_mailbox_cannot_be_opened_is_told() -> None:
    assert is_told(try_imap(ImapAccount(host="127.0.0.1", port=1, username="u", password="p")))


def test_why_a_sender_is_locked_is_told() -> None:
    sender = Sender(name="Ola", address="ola@a.de", transport=SenderTransport.SMTP, postal_address="", is_cleared=False)
    assert is_told(sending_lock(sender))
    sender.is_cleared = True
    assert is_told(sending_lock(sender))


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ("The server answered 550 5.1.1 User unknown. Contact postmaster.", "5.1.1 User unknown. Contact postmaster."),
        ("SendGrid answered 401: no key. Check SENDGRID_API_KEY and that MAIL_FROM is a verified sender.", "no key"),
        ("The server had the mail and then went silent (timed out): it may have been sent.", "(timed out)"),
        (
            "a.de:587 did not accept user name and password (535). Was it changed? Open Senders, a@a.de, and type the "
            "new one in.",
            "(535)",
        ),
    ],
)
def test_what_became_of_a_handing_over_is_told_with_the_servers_own_words(stored: str, kept: str) -> None:
    said = retold(stored)
    assert kept in said
    assert "answered" not in said
    assert is_told(stored.replace("User unknown. Contact postmaster.", ""))


def test_a_name_ends_with_its_sentence() -> None:
    assert retold("I asked them about it. Then Bob paused it.") == "I asked them about it. Pausiert von Then Bob."
