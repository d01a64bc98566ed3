"""Every written mail gets its kind and its recipients; broken and huge ones never stop the engine."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from outreach.__main__ import main
from outreach.inbound import Classified, InboundKind, classify
from tests.unit.outreach.mailcases import MailCase, cases_of

ANSWER = "From: rob@haines.example\nTo: us@example.com\nSubject: Re: A proposal\nIn-Reply-To: <1@example.com>\n\n"
CASES = [*cases_of("tuning"), *cases_of("held_back"), *cases_of("second_look"), *cases_of("third_look")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_gets_its_kind_and_recipients(case: MailCase) -> None:
    found = classify(case.raw)

    assert (found.kind.value, found.reason != "") == (case.kind, True)
    if case.recipients:
        assert sorted(found.recipients) == sorted(case.recipients)


def test_no_mail_of_a_person_of_the_sixth_look_is_taken_for_anything_else() -> None:
    people = [case for case in cases_of("sixth_look") if case.name.startswith("people/")]

    assert [case.name for case in people if classify(case.raw).kind.value != case.kind] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("folder", ["fourth_look", "fifth_look", "sixth_look", "seventh_look"])
def test_every_case_of_the_later_looks_gets_its_kind(folder: str) -> None:
    assert [case.name for case in cases_of(folder) if classify(case.raw).kind.value != case.kind] == []


def test_there_are_enough_cases_of_each_kind() -> None:
    counts = {kind: sum(case.kind == kind for case in CASES) for kind in InboundKind}

    assert len(CASES) >= 150
    assert min(counts.values()) >= 6


@pytest.mark.parametrize("case", [case for case in CASES if case.kind == "reply"], ids=lambda case: case.name)
@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_a_reply_stays_one_with_other_line_ends(case: MailCase, ending: str) -> None:
    head, _, body = case.raw.decode().partition("\n\n")
    raw = (head.replace("\n", "\r\n") + "\r\n\r\n" + body.replace("\n", ending)).encode()

    assert classify(raw).kind is InboundKind.REPLY


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"no headers at all",
        b"Content-Type: multipart/report; report-type=delivery-status\n\nnothing inside",
        b'Content-Type: multipart/mixed; boundary="a"\n\n--a',
        b'Subject: =?utf-8?b?%%%%?=\nContent-Type: text/plain; charset="utf-16"\n\n\xff',
        b'From: "unclosed <a@b\nTo: ,,,;;;\nDate: never\n\nhi',
        b"Content-Type: text/html\n\n" + b"<div>" * 50_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n"
        + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 3_000,
        b"Content-Transfer-Encoding: base64\n\n!!!not base64!!!",
    ],
)
def test_broken_mail_is_judged_and_never_raises(raw: bytes) -> None:
    assert isinstance(classify(raw), Classified)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["On " * 700_000, "a" * 2_000_000, "please " * 300_000, "<a@b " * 400_000, "From: x\n" * 250_000, "x@" * 1_000_000],
    ids=lambda text: text[:8],
)
def test_a_text_made_to_be_slow_takes_no_time(text: str) -> None:
    started = time.process_time()

    classify(b"From: a@b.example\nSubject: Re: x\n\n" + text.encode())

    assert time.process_time() - started < 25


@pytest.mark.slow
def test_a_mail_of_30_mb_is_judged_within_seconds() -> None:
    attachment = (b"QUJD" * 19 + b"\n") * 400_000
    raw = (
        b"From: a@b.example\nSubject: Re: x\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\nYes, send it.\n--q\n"
        b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + attachment + b"--q--\n"
    )
    started = time.process_time()

    found = classify(raw)

    assert (found.kind, found.new_text) == (InboundKind.REPLY, "Yes, send it.")
    assert time.process_time() - started < 40


def test_the_command_line_writes_a_line_per_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mail = tmp_path / "a.eml"
    mail.write_bytes(b"From: a@b.example\nSubject: Re: x\n\nYes\n\nOn Mon, 3 Mar 2025 at 10:00 Me wrote:\n> hi\n")

    status = main(["classify", str(mail), str(tmp_path / "missing.eml")])

    judged, missing = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert judged == {
        "file": str(mail),
        "kind": "reply",
        "recipients": ["a@b.example"],
        "reason": "written by a person as far as can be told",
        "new_text": "Yes",
    }
    assert "No such file" in missing["error"]
    assert status == 1


@pytest.mark.parametrize(
    "footer",
    [
        "If you do not wish to receive commercial messages from Haines, please write to no@haines.example.",
        "If you no longer wish to receive emails from us, please reply with unsubscribe.",
        "Wenn Sie keine weiteren E-Mails von uns erhalten möchten, senden Sie bitte eine E-Mail an no@haines.example.",
        "Jeśli nie chcą Państwo otrzymywać od nas informacji, prosimy o wiadomość na adres no@haines.example.",
        "Wilt u geen e-mails meer van ons ontvangen, stuur dan een bericht naar afmelden@haines.example.",
    ],
)
def test_what_a_senders_own_footer_offers_us_is_no_wish_of_theirs(footer: str) -> None:
    words = f"We would need exclusivity for the marine category. Is that on the table?\n\nRob Haines\n\n{footer}"
    assert classify((ANSWER + words).encode()).kind is InboundKind.REPLY


@pytest.mark.parametrize("wish", ["If you want to be helpful, remove me from your list.", "Please unsubscribe me."])
def test_a_wish_stays_one_whatever_it_begins_with(wish: str) -> None:
    assert classify((ANSWER + wish).encode()).kind is InboundKind.UNSUBSCRIBE
