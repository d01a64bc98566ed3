"""The domain check: what receivers ask of SPF, DKIM and DMARC, with DNS answered by a table."""

import pytest

from outreach.preflight import DnsSilent, Verdict, check_domain

KEY = "v=DKIM1; k=rsa; p=" + "QUFB" * 40
GOOD = {
    "agency.example": ["v=spf1 include:mail.example -all", "google-site-verification=x"],
    "mail.example": ["v=spf1 ip4:192.0.2.0/24 -all"],
    "s1._domainkey.agency.example": [KEY],
    "_dmarc.agency.example": ["v=DMARC1; p=none"],
}


def resolver(records: dict[str, list[str]]):  # type: ignore[no-untyped-def]
    return lambda name, kind: records.get(name, []) if kind == "TXT" else []


def check(domain: str = "agency.example", selectors: tuple[str, ...] = ("s1",), **changes: list[str]):  # type: ignore[no-untyped-def]
    records = GOOD | {name.replace("__", "."): value for name, value in changes.items()}
    return check_domain(domain, resolver(records), selectors=selectors)


def test_a_domain_in_order_is_green() -> None:
    found = check()
    assert found.is_green
    assert found.spf.sentence == "SPF is there and needs 1 of 10 look-ups."


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([], "has no SPF record"),
        (["v=spf1 -all", "v=spf1 ~all"], "2 SPF records, which counts as none"),
        (["v=spf1 +all"], "lets everybody send"),
        (["v=spf1 all"], "lets everybody send"),
        (["v=spf1 " + " ".join(f"a:h{n}.example" for n in range(11)) + " -all"], "more than 10 DNS look-ups"),
    ],
)
def test_spf_that_receivers_would_not_take_is_named(records: list[str], said: str) -> None:
    found = check(agency__example=records)
    assert found.spf.verdict is Verdict.BAD
    assert said in found.spf.sentence
    assert not found.is_green


def test_lookups_of_includes_count_and_a_circle_ends() -> None:
    found = check(
        agency__example=["v=spf1 include:a.example -all"], a__example=["v=spf1 include:agency.example a -all"]
    )
    assert found.spf.sentence == "SPF is there and needs 3 of 10 look-ups."


@pytest.mark.parametrize(
    ("record", "said"), [([], "holds no key"), (["v=DKIM1; p="], "revoked"), (["v=DKIM1; p=!!"], "revoked")]
)
def test_dkim_without_a_usable_key_is_named(record: list[str], said: str) -> None:
    found = check(s1___domainkey__agency__example=record)
    assert found.dkim.verdict is Verdict.BAD
    assert said in found.dkim.sentence


def test_without_a_named_selector_the_usual_ones_are_tried() -> None:
    assert check(selectors=()).dkim.verdict is Verdict.GOOD
    assert "Enter the one" in check(selectors=(), s1___domainkey__agency__example=[]).dkim.sentence


def test_dmarc_of_the_organization_counts_for_its_subdomains() -> None:
    found = check("news.agency.example", _dmarc__agency__example=["v=DMARC1; p=none; sp=reject"])
    assert found.dmarc.sentence == "DMARC is there with the policy reject."
    assert check(_dmarc__agency__example=["v=DMARC1; rua=mailto:x@y"]).dmarc.verdict is Verdict.BAD
    assert check(_dmarc__agency__example=[]).dmarc.sentence.endswith("with v=DMARC1; p=none.")


def test_silent_dns_says_nothing_about_the_record() -> None:
    def silent(name: str, kind: str) -> list[str]:
        raise DnsSilent("timed out")

    found = check_domain("agency.example", silent)
    assert {found.spf.verdict, found.dkim.verdict, found.dmarc.verdict} == {Verdict.UNKNOWN}
