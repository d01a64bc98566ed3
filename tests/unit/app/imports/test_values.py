"""What one row says: the company it names, what is set aside with a remark, and what makes it bad."""

import pytest

from app.models import Provenance
from app.services.contacts import FoundContact
from app.services.imports.columns import Field
from app.services.imports.countries import country_code
from app.services.imports.safe_csv import csv_lines, neutralize_cell
from app.services.imports.values import BadRow, RowValues, read_values

COLUMNS = {
    "domain": Field.SITE,
    "url": Field.SITE,
    "name": Field.NAME,
    "contact": Field.CONTACT,
    "first": Field.FIRST_NAME,
    "last": Field.LAST_NAME,
    "email": Field.EMAIL,
    "phone": Field.PHONE,
    "role": Field.ROLE,
    "country": Field.COUNTRY,
    "note": Field.NOTE,
    "owner": Field.OWNER,
    "tier": Field.EXTRA,
    "import reason": Field.IGNORED,
}


def values(**fields: str) -> RowValues:
    return read_values(fields, COLUMNS, source="list.csv")


@pytest.mark.parametrize(
    ("site", "domain", "website"),
    [
        ("example.com", "example.com", "https://example.com/"),
        ("www.example.com/path", "example.com", "https://www.example.com/path"),
        ("http://blog.example.co.uk/", "example.co.uk", "http://blog.example.co.uk/"),
        ("HTTPS://WWW.Bücher.DE/Öffnung", "xn--bcher-kva.de", "https://www.xn--bcher-kva.de/%C3%96ffnung"),
        ("//example.com", "example.com", "https://example.com/"),
        ("<https://example.com>", "example.com", "https://example.com/"),
        ("info@example.com", "example.com", "https://example.com/"),
        ("acme.blogspot.com", "acme.blogspot.com", "https://acme.blogspot.com/"),
        ("wp.pl", "wp.pl", "https://wp.pl/"),
    ],
)
def test_site_gives_the_registrable_domain_and_the_address_as_given(site: str, domain: str, website: str) -> None:
    found = values(domain=site)
    assert (found.domain, found.website, found.remarks) == (domain, website, ())


@pytest.mark.parametrize("site", ["example.com:8080/x", "https://user:secret@example.com/x"])
def test_address_that_may_not_be_asked_for_starts_at_the_home_page(site: str) -> None:
    found = values(domain=site)
    assert found.website == "https://example.com/"
    assert "Reading starts at https://example.com/ instead." in found.remarks[0]


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ("127.0.0.1", "is an IP address"),
        ("http://[::1]/", "is an IP address"),
        ("0x7f.1", "is an IP address"),
        ("localhost", "local network"),
        ("intranet.local", "local network"),
        ("co.uk", "public suffix"),
        ("blogspot.com", "public suffix"),
        ("acme", "known public suffix"),
        ("not a domain", "is not a domain name"),
        ("facebook.com/acme", "profile page on Facebook"),
        ("https://www.linkedin.com/company/acme", "profile page on LinkedIn"),
        ("bit.ly/abc", "a link shortener"),
        ("gmail.com", "mailbox provider"),
        ("jo@gmail.com", "mailbox provider"),
        ('=HYPERLINK("http://x.com")', "spreadsheet formula"),
        ("", "neither a website nor an e-mail"),
    ],
)
def test_what_names_no_company_is_bad(site: str, words: str) -> None:
    with pytest.raises(BadRow, match=words) as refusal:
        values(domain=site)
    assert "Give the company's own website" in str(refusal.value)


def test_company_is_taken_from_the_email_where_there_is_no_site() -> None:
    found = values(email="Jo@Sub.Example.com")
    assert (found.domain, found.website) == ("example.com", "https://example.com/")
    assert found.contact.email == "jo@sub.example.com"


def test_company_is_taken_from_the_email_where_the_site_is_a_profile() -> None:
    found = values(domain="facebook.com/acme", email="jo@acme.io")
    assert found.domain == "acme.io"
    assert found.extra == {"domain": "facebook.com/acme"}
    assert "acme.io was taken from the e-mail address" in found.remarks[0]


@pytest.mark.parametrize("email", ["a@gmail.com", "a@wp.pl", "a@orange.fr"])
def test_mailbox_provider_names_no_company(email: str) -> None:
    with pytest.raises(BadRow, match="mailbox provider that many share"):
        values(email=email)


def test_mailbox_at_a_provider_is_fine_beside_a_site() -> None:
    found = values(domain="acme.com", email="acme@gmail.com")
    assert (found.domain, found.contact.email) == ("acme.com", "acme@gmail.com")


def test_first_site_column_with_a_value_counts() -> None:
    assert values(domain="", url="acme.com/x").website == "https://acme.com/x"
    both = values(domain="acme.com", url="https://acme.com/partners")
    assert both.extra == {"url": "https://acme.com/partners"}


def test_contact_is_put_together() -> None:
    found = values(domain="acme.com", first="Ada", last="Berg", role="CEO", country="Germany", phone="030 901820")
    assert found.contact == FoundContact(
        provenance=Provenance.IMPORT, source="list.csv", name="Ada Berg", role="CEO", phone="+4930901820"
    )


@pytest.mark.parametrize(
    ("heading", "cell", "words"),
    [
        ("email", "jo@@acme", "is not an e-mail address"),
        ("country", "Narnia", "is no country we know"),
        ("phone", "12", "is no phone number"),
        ("owner", "Kim", "is not the e-mail address of a person here"),
    ],
)
def test_value_that_cannot_be_read_is_kept_with_a_remark(heading: str, cell: str, words: str) -> None:
    found = values(domain="acme.com", **{heading: cell})
    assert found.extra == {heading: cell}
    assert words in found.remarks[0]
    assert f"kept under “{heading}”" in found.remarks[0]


@pytest.mark.parametrize(("heading", "limit"), [("name", 200), ("note", 10_000), ("tier", 2_000), ("domain", 2_000)])
def test_value_too_long_to_keep_is_bad(heading: str, limit: int) -> None:
    with pytest.raises(BadRow, match=f"“{heading}” has {limit + 1:,} characters; at most {limit:,} are kept"):
        values(**{"domain": "acme.com"} | {heading: "x" * (limit + 1)})


def test_columns_of_an_earlier_import_are_left_out() -> None:
    assert values(**{"domain": "acme.com", "import reason": "x", "tier": "gold"}).extra == {"tier": "gold"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "DE"), ("DEU", "DE"), ("Deutschland", "DE"), ("NIEMCY", "DE"), ("österreich", "AT"), ("Wlochy", "IT"),
        ("U.S.A.", "US"), ("Côte d’Ivoire", "CI"), ("UK", "GB"), ("", None), ("Atlantis", None), ("D", None),
    ],
)  # fmt: skip
def test_country_names_and_codes(text: str, code: str | None) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\rx", "\x00x", " =1", "\ufeff=1", "\u00a0@x", "＝1", "＋1", "\u200b-1"]
)
def test_live_cell_is_disarmed(cell: str) -> None:
    assert neutralize_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "Acme & Co", "'=1", "1-2", "ż"])
def test_plain_cell_is_left_alone(cell: str) -> None:
    assert neutralize_cell(cell) == cell


def test_csv_is_quoted_and_marked_once() -> None:
    assert list(csv_lines([("a", 'b "c", d'), (1, "=x")])) == ['\ufeffa,"b ""c"", d"\r\n', "1,'=x\r\n"]
