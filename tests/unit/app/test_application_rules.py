"""What an application is held to, without a browser: readability, plain text, risk flags, colors, the launch."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ActionKind, ProgramTerms, QuestionKind
from app.queries.application_risk import RiskFacts
from app.services.application_risks import Risk, RiskFlag, flags_of, risk_flags, worst
from app.services.errors import Conflict, InvalidInput
from app.services.form_questions import (
    QuestionContent,
    add_question,
    change_question,
    questions_of,
    raise_question,
    restore_question,
    retire_question,
)
from app.services.keeping.resources import archive_resource, restore_resource
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.templates import (
    TemplateContent,
    add_action,
    add_template,
    archive_template,
    restore_template,
)
from app.services.plain_text import clean_line, clean_text
from app.services.program_pages import (
    PageContent,
    close_page,
    launch_checklist,
    open_page,
    page_of,
    publish_terms,
    record_trial,
    save_page,
)
from app.services.readability import readability
from app.services.review_rules import is_blocked
from app.services.web_addresses import web_address
from app.web.apply.brand import on_brand
from tests.application_world import TERMS, make_application, make_open_page
from tests.keeping_world import make_resource
from tests.onboarding_world import make_template
from tests.outreach_world import make_page
from tests.tier_world import make_tiers
from tests.world import make_program, make_prospect, make_user

OFFER = {"headline": "Earn", "how_much": "25 %", "how_often": "monthly", "for_what": "each sale"}


def test_lix_counts_words_a_sentence_and_long_words() -> None:
    found = readability("We pay monthly. You tell your readers.")
    # 7 words in 2 sentences, two of them ("monthly", "readers") longer than six letters: 3.5 + 28.57.
    assert found is not None
    assert (found.words, found.sentences, found.lix, found.band) == (7, 2, 32, "easy")
    hard = readability(
        "Remuneration constitutes consideration notwithstanding aforementioned contractual stipulations."
    )
    assert hard is not None
    assert not hard.is_plain
    assert readability(" … ") is None


def test_text_of_strangers_loses_controls_and_direction_marks() -> None:
    assert clean_line(" a\x00b\u202ec\r\nd\u200b ") == "abc d"
    assert clean_text("a\r\n\r\n\r\n\r\nb\tc  ") == "a\n\nb c"
    assert clean_line("👩‍👧 می‌خواهم") == "👩‍👧 می‌خواهم"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("example.com/a b", ""),
        ("example.com", "https://example.com"),
        ("HTTP://example.com", "HTTP://example.com"),
        ("javascript://example.com/%0aalert(1)", ""),
        ("https://user@example.com", ""),
        ("localhost", ""),
        ("http://[", ""),
        ("https://e.example/" + "x" * 1000, ""),
    ],
)
def test_web_addresses_are_http_or_nothing(typed: str, address: str) -> None:
    assert web_address(typed) == address


def flags(**values: object) -> list[tuple[str, Risk]]:
    facts = {"email": "a@harbor.example", "domain": "harbor.example", "was_known": False, "is_partner": False,
             "open_elsewhere": 0, "declined_before": 0, "came_for_domain": "", "site_problem": "",
             "signals": {}, "age_days": 4000, "registered_on": date(2015, 3, 9)}  # fmt: skip
    return [(flag.name, flag.risk) for flag in risk_flags(RiskFacts(**facts | values))]


def test_flags_by_what_is_known_the_worst_first() -> None:
    assert flags() == []
    assert worst(()) is Risk.LOW
    assert flags(email="a@gmail.com") == [("free_mail", Risk.MEDIUM)]
    assert flags(email="a@kiln.example") == [("site_mismatch", Risk.MEDIUM)]
    assert flags(email="a@mail.harbor.example") == []
    assert flags(was_known=True, signals={"parked": ""}) == [("parked", Risk.HIGH), ("known", Risk.LOW)]
    assert flags(is_partner=True, was_known=True) == [("partner", Risk.HIGH)]
    assert flags(open_elsewhere=1) == [("duplicate", Risk.MEDIUM)]
    assert flags(came_for_domain="kiln.example", declined_before=1) == [
        ("declined_before", Risk.MEDIUM),
        ("forwarded", Risk.LOW),
    ]
    assert flags(signals={"blog": "x"}) == []


def test_a_young_domain_worries_the_more_the_younger_and_an_unknown_age_keeps_nobody_from_a_rule() -> None:
    assert flags(age_days=180) == []
    assert flags(age_days=179) == flags(age_days=30) == [("young_domain", Risk.MEDIUM)]
    assert flags(age_days=29) == flags(age_days=-1) == [("young_domain", Risk.HIGH)]
    assert flags(age_days=None, registered_on=None) == [("age_unknown", Risk.LOW)]
    assert is_blocked([RiskFlag("young_domain", Risk.MEDIUM, "", "")], Risk.LOW)
    unknown = RiskFlag("age_unknown", Risk.LOW, "", "", is_missing=True)
    assert not is_blocked([unknown], Risk.LOW)
    assert is_blocked([replace(unknown, is_pending=True)], Risk.HIGH)


@pytest.mark.parametrize("color", ["#ffffff", "#000000", "#3d54d6", "#ffee00", "#777777", "#ff0000"])
def test_text_on_the_brand_color_can_be_read(color: str) -> None:
    def light(value: str) -> float:
        channels = [int(value[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    pair = sorted((light(color), light(on_brand(color))))
    assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5


def test_page_opens_only_when_everything_is_green(session: Session) -> None:
    actor, program = make_user(session), make_program(session)
    page = save_page(session, program, PageContent(slug="harbor", headline="Earn"), actor=actor)
    with pytest.raises(Conflict, match=r"Write the offer block\. Publish the terms\. .*Try the form once\."):
        open_page(session, program, actor=actor)
    save_page(session, program, PageContent(slug="harbor", **OFFER), actor=actor)
    publish_terms(session, program, TERMS, base_version=0, actor=actor)
    record_trial(session, program, actor=actor)
    missing = r"yet\. Write an onboarding template with at least one step\. Add a resource for partners\.$"
    make_tiers(session, program, "Gold")
    empty = add_template(session, program, TemplateContent(name="Nothing in it", tier="Gold"), actor=actor)
    kit = make_resource(session, program, actor, url="https://kit.example/")
    archive_resource(session, kit, actor=actor)
    make_template(session, make_program(session), actor, ActionKind.TO_DO)
    make_resource(session, make_program(session), actor, url="https://kit.example/")
    with pytest.raises(Conflict, match=missing):
        open_page(session, program, actor=actor)
    restore_resource(session, kit, actor=actor)
    add_action(session, empty, ActionContent(kind=ActionKind.TO_DO, title="Say hello"), actor=actor)
    archive_template(session, empty, actor=actor)
    with pytest.raises(Conflict, match=r"yet\. Write an onboarding template with at least one step\.$"):
        open_page(session, program, actor=actor)
    restore_template(session, empty, actor=actor)
    assert all(item.is_done for item in launch_checklist(session, program, page))
    assert open_page(session, program, actor=actor).is_open
    with pytest.raises(InvalidInput) as refused:
        save_page(session, program, PageContent(slug="harbor", headline="Earn"), actor=actor)
    assert set(refused.value.fields) == {"how_much", "how_often", "for_what"}
    assert not close_page(session, program, actor=actor).is_open


def test_page_refuses_what_cannot_be_shown(session: Session) -> None:
    actor, program, other = make_user(session), make_program(session), make_program(session)
    save_page(session, other, PageContent(slug="taken"), actor=actor)
    with pytest.raises(InvalidInput) as refused:
        save_page(
            session,
            program,
            PageContent(slug="taken", brand_color="red", answer_days=0, how_much="x" * 201, tiers="x" * 5001),
            actor=actor,
        )
    assert set(refused.value.fields) == {"slug", "brand_color", "answer_days", "how_much", "tiers"}
    assert page_of(session, program).id is None


def test_terms_are_versions_and_a_stale_one_is_refused(session: Session) -> None:
    actor, program = make_user(session), make_program(session)
    first = publish_terms(session, program, TERMS, base_version=0, actor=actor)
    assert publish_terms(session, program, TERMS, base_version=1, actor=actor) is first
    assert publish_terms(session, program, TERMS + " More.", base_version=1, actor=actor).version == 2
    with pytest.raises(Conflict, match="Version 2"):
        publish_terms(session, program, TERMS, base_version=1, actor=actor)
    with pytest.raises(InvalidInput):
        publish_terms(session, program, "Too short.", base_version=2, actor=actor)


def test_questions_hang_only_on_earlier_choices(session: Session) -> None:
    actor, program = make_user(session), make_program(session)
    kind = add_question(
        session, program, QuestionContent(kind=QuestionKind.CHOICE, label="Kind", options=("A", "B", "A")), actor=actor
    )
    assert kind.options == ["A", "B"]
    wrong = QuestionContent(kind=QuestionKind.TEXT, label="Why?", shown_when_id=kind.id, shown_when_answer="C")
    with pytest.raises(InvalidInput, match="Choose one of: A, B"):
        add_question(session, program, wrong, actor=actor)
    right = QuestionContent(kind=QuestionKind.TEXT, label="Why?", shown_when_id=kind.id, shown_when_answer="B")
    why = add_question(session, program, right, actor=actor)
    with pytest.raises(InvalidInput, match="2 to 20 answers"):
        change_question(session, kind, QuestionContent(kind=QuestionKind.CHOICE, label="Kind"), actor=actor)
    raise_question(session, why, actor=actor)
    assert [question.id for question in questions_of(session, program.id)] == [kind.id, why.id]
    retire_question(session, kind, actor=actor)
    assert (why.shown_when_id, why.shown_when_answer) == (None, "")
    restore_question(session, program, kind.id, actor=actor)
    assert len(questions_of(session, program.id)) == 2


def test_site_that_leads_to_another_domain_is_told(session: Session) -> None:
    program = make_program(session)
    make_open_page(session, program)
    terms = session.scalars(select(ProgramTerms)).one()

    def details(domain: str, *hosts: str) -> list[str]:
        prospect = make_prospect(session, program, domain)
        for host in hosts:
            make_page(session, prospect, "Shops for everybody.", url=f"https://{host}/")
        application = make_application(session, prospect, terms, domain=domain, email=f"a@{domain}")
        found = flags_of(session, [application.id])[application.id]
        return [flag.detail for flag in found if (flag.name, flag.risk) == ("leads_elsewhere", Risk.MEDIUM)]

    assert details("harbor.example", "kiln.example") == [
        "harbor.example leads to kiln.example; what was read stands there, not here."
    ]
    assert details("mill.example", "www.mill.example", "mill-blog.example") == details("loft.example") == []
