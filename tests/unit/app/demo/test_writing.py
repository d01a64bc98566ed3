"""Site files are read strictly and their small markup becomes the HTML it promises."""

from datetime import date
from pathlib import Path

import pytest

from app.demo.catalog import Expected, Site, SiteFileError, read_site
from app.demo.labels import written_date
from app.demo.markup import render_body
from app.demo.rendering import render_page
from app.demo.writing import Context, plain_text

HEADER = '+++\nname = "Acme"\nkind = "Shop"\nexpected = "weak"\n+++\n'
PAGE = "=== /\ntitle: Acme\nnav: Home\n\n# Hello\n\nWe sell anvils.\n"


def site_with(**values: object) -> Site:
    return Site(slug="acme", name="Acme", kind="Shop", expected=Expected.WEAK, **values)  # type: ignore[arg-type]


def render(text: str, **values: object) -> str:
    return render_body(text, Context(site_with(**values), date(2026, 3, 14)))


def write(folder: Path, text: str) -> Path:
    path = folder / "acme.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_site_file_becomes_a_site(tmp_path: Path) -> None:
    post = "=== /post\ntitle: Anvils: a history\nauthor: Wile\ndays_ago: 3\n\nThey were heavy.\n"
    site = read_site(write(tmp_path, HEADER + PAGE + post))
    assert (site.host, site.origin) == ("acme.demo.test", "https://acme.demo.test")
    assert site.pages["/"].body == "# Hello\n\nWe sell anvils."
    assert [(page.title, page.author, page.days_ago) for page in site.posts] == [("Anvils: a history", "Wile", 3)]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("just text", "no header"),
        ("+++\nname = \n+++\n", "not TOML"),
        ('+++\nname = "Acme"\nkind = "Shop"\n+++\n', "'expected'"),
        (HEADER.replace("weak", "so-so"), "so-so"),
        (HEADER.replace("kind", "knid"), "unknown header key 'knid'"),
        (HEADER + PAGE + PAGE, "is there twice"),
        (HEADER + "=== /\nnav: Home\n\nText\n", "needs a path that starts with / and a title"),
        (HEADER + "=== home\ntitle: Home\n\nText\n", "needs a path that starts with /"),
        (HEADER + "=== /\ntitle: Home\ncolour: red\n\nText\n", "'colour: red' is not"),
    ],
)
def test_a_wrong_site_file_is_refused_with_its_name_and_the_cause(tmp_path: Path, text: str, cause: str) -> None:
    with pytest.raises(SiteFileError, match=cause) as caught:
        read_site(write(tmp_path, text))
    assert str(caught.value).startswith("acme.md: ")


def test_blocks_become_html() -> None:
    assert render("## Tools & nails") == "<h2>Tools &amp; nails</h2>"
    assert render("- one\n- two\n  more") == "<ul>\n<li>one</li>\n<li>two more</li>\n</ul>"
    assert render("1. one\n2. two") == "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"
    assert render("> Fine anvils.\n— Wile") == "<blockquote><p>Fine anvils.</p><cite>— Wile</cite></blockquote>"
    assert render("| A | B |\n| 1 | 2 |") == (
        "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )
    assert render("<div>raw</div>") == "<div>raw</div>"
    assert render("two\nlines") == "<p>two lines</p>"


def test_runs_of_text_become_html() -> None:
    assert render("**big** and *fine* 3 < 4") == "<p><strong>big</strong> and <em>fine</em> 3 &lt; 4</p>"
    assert render("[us](/about)") == '<p><a href="/about">us</a></p>'
    assert render("[buy](/go/anvil)") == '<p><a href="/go/anvil" rel="sponsored nofollow">buy</a></p>'
    assert render("Since {date:13}, © {year}") == "<p>Since March 1, 2026, © 2026</p>"


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("mailto", '<a href="mailto:hi@acme.demo.test">hi@acme.demo.test</a>'),
        ("plain", "hi@acme.demo.test"),
        ("at", "hi [at] acme.demo [dot] test"),
    ],
)
def test_addresses_are_printed_in_the_sites_style(style: str, shown: str) -> None:
    assert render("<hi@>", email_style=style) == f"<p>{shown}</p>"
    assert render("<hi@|plain>", email_style=style) == "<p>hi@acme.demo.test</p>"


def test_an_entity_coded_address_reads_the_same_in_a_browser() -> None:
    from html import unescape

    coded = render("<hi@>", email_style="entity")
    assert "hi@" not in coded
    assert unescape(coded) == '<p><a href="mailto:hi@acme.demo.test">hi@acme.demo.test</a></p>'


def test_a_protected_address_can_be_read_with_its_own_key() -> None:
    coded = render("<hi@>", email_style="cloudflare")
    assert "hi@" not in coded
    assert "acme" not in coded
    raw = bytes.fromhex(coded.split('data-cfemail="')[1].split('"')[0])
    assert bytes(byte ^ raw[0] for byte in raw[1:]).decode() == "hi@acme.demo.test"


def test_a_widget_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="carousel"):
        render("!carousel")


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "December 1, 2026"), ("de", "1. Dezember 2026"), ("pl", "1 grudnia 2026")]
)
def test_dates_are_written_as_the_language_does(language: str, shown: str) -> None:
    assert written_date(date(2026, 12, 1), language) == shown


def test_excerpts_are_the_first_paragraph_in_plain_words() -> None:
    body = "# Title\n\nWe **sell** [anvils](/anvils) to <hi@> birds, coyotes and smiths.\n\nMore."
    assert plain_text(body) == "We sell anvils to birds, coyotes and smiths."
    assert plain_text(body, limit=20) == "We sell anvils to…"


def test_a_page_without_a_heading_gets_its_title_as_one(tmp_path: Path) -> None:
    site = read_site(write(tmp_path, HEADER + "=== /\ntitle: Anvils & more\n\nText.\n"))
    assert "<h1>Anvils &amp; more</h1>" in render_page(site, site.pages["/"], today=date(2026, 3, 14))
