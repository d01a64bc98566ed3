"""Pages damaged in the ways that real ones are: no crash, nothing invented, and no change where a browser sees none.

Seeds are fixed, so that a failure can be seen again; the damage is counted in pages: over 150.
"""

import random
import re
from collections.abc import Callable

import pytest

from scrapers.extract import ExtractedPage, extract_page
from scrapers.extract.blocks import cut_blocks
from scrapers.extract.parse import parse_html

URL = "https://acme.example/services/"
AGENCY = """<!doctype html>
<html lang="en" class="no-js">
<head><meta charset="utf-8"><title>Acme, an agency for online shops</title>
<link rel="canonical" href="/services/"><meta name="description" content="We build shops.">
<script type="application/ld+json">
{"@type": "Organization", "email": "hello@acme.example", "telephone": "+48 22 123 45 67"}</script></head>
<body class="page services">
<header class="site-header"><nav id="menu"><ul><li><a href="/">Home</a></li><li><a href="/about">About</a></li></ul>
</nav></header>
<main id="content"><h1>What we do</h1>
<p class="lead">We are an agency of twelve people who build online shops for merchants, and stay.</p>
<h2>Shop design</h2><p>Every shop begins with a week in which we watch customers buy, and note where they stop.</p>
<ul class="services"><li>Shopify development for brands</li><li>E-mail flows that people like to read</li></ul>
<p>Write to <a href="mailto:ada@acme.example">ada@acme.example</a> or <a href="/partners">become a partner</a>.</p>
</main><footer class="footer"><p>Acme sp. z o.o., ul. Prosta 1, 00-001 Warszawa</p></footer></body></html>
"""
ARTICLE = """<!DOCTYPE html><html><head><title>Nine kettles, measured</title><meta property="og:type" content="article">
</head><body><article class="post"><h1>Nine kettles, measured</h1><p class="meta">12 March 2026</p>
<p>We boiled a litre nine times in each of nine kettles, and wrote down the seconds and the watts they took.</p>
<p>This post holds affiliate links: we may earn a small commission when you buy, at no cost to you.</p>
<blockquote>The quietest of them was also the slowest, which surprised nobody in the kitchen.</blockquote>
<p>Größe, façade, żółw: words from elsewhere that a wrong reading would break.</p>
</article><aside class="related"><h3>Related</h3><a href="/toasters">Six toasters</a></aside></body></html>
"""
LISTING = (
    '<!doctype html><html><head><title>Tea</title></head><body><main id="tea"><h1>Tea</h1>\n<table>'
    "<tr><th>Name<th>Price</tr>"
    + "".join(
        f"<tr><td><a href='/tea/{number}'>Tea number {number} from the hills</a><td>{number}.50 EUR</tr>"
        for number in range(1, 13)
    )
    + "</table></main></body></html>"
)
PAGES = (AGENCY, ARTICLE, LISTING)
WORD = re.compile(r"\w+")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
Damage = Callable[[random.Random, str], str | bytes]


def truncated(dice: random.Random, page: str) -> str:
    return page[: dice.randrange(len(page))]


def tags_shuffled(dice: random.Random, page: str) -> str:
    parts = re.split(r"(<[^>]*>)", page)
    tags = parts[1::2]
    dice.shuffle(tags)
    parts[1::2] = tags
    return "".join(parts)


def tags_lost(dice: random.Random, page: str) -> str:
    return re.sub(r"<[^>]*>", lambda tag: "" if dice.random() < 0.2 else tag.group(), page)


def wrongly_encoded(dice: random.Random, page: str) -> bytes:
    names = ("cp1250", "iso-8859-2", "utf-16", "utf-16-be", "koi8-r", "shift_jis", "utf-32", "cp037")
    claimed = page.replace("utf-8", dice.choice(("utf-8", "utf-16", "big5", "nonsense", "hex")))
    return claimed.encode(dice.choice(names), errors="replace")


def attributes_doubled(dice: random.Random, page: str) -> str:
    extra = ("class", "href", "id", "lang", "content", "hidden", "style", "xmlns", "=", '"', "\x01")
    return re.sub(r"(?<=<)\w+", lambda tag: f"{tag.group()} {dice.choice(extra)}={dice.choice(extra)}", page)


def deeply_nested(dice: random.Random, page: str) -> str:
    place, tag = (
        page.index("<", dice.randrange(len(page) // 2)),
        dice.choice(("div", "b", "li", "table><td", "a", "svg")),
    )
    return page[:place] + f"<{tag}>" * dice.randint(100, 1500) + page[place:]


def bytes_flipped(dice: random.Random, page: str) -> bytes:
    body = bytearray(page.encode())
    for _ in range(40):
        body[dice.randrange(len(body))] = dice.randrange(256)
    return bytes(body)


def pasted_into_itself(dice: random.Random, page: str) -> str:
    place, start = dice.randrange(len(page)), dice.randrange(len(page))
    return page[:place] + page[start : start + 400] + page[place:]


DAMAGES: tuple[Damage, ...] = (
    truncated, tags_shuffled, tags_lost, wrongly_encoded, attributes_doubled, deeply_nested, bytes_flipped,
    pasted_into_itself,
)  # fmt: skip
SEEDS = 7


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_page_is_read_and_nothing_is_invented(damage: Damage) -> None:
    for seed in range(SEEDS):
        for number, whole in enumerate(PAGES):
            body = damage(random.Random(f"{seed} {number}"), whole)
            page = extract_page(URL, body)
            check_values(page)
            check_quotes(page, body)


def check_values(page: ExtractedPage) -> None:
    """All that an app stores can be stored, and addresses are addresses."""
    texts = [page.title, page.main_text, page.description, *page.headings]
    texts += [text for link in page.links for text in (link.url, link.text)]
    texts += [text for signal in page.signals for text in (signal.value, signal.quote)]
    assert not [text for text in texts if CONTROL.search(text)]
    assert all(link.url.startswith(("http://", "https://")) for link in page.links)
    assert all(email.address.count("@") == 1 for email in page.emails)
    assert all(phone.number.startswith("+") for phone in page.phones)
    assert "" not in page.main_text.split("\n") or page.main_text == ""


def check_quotes(page: ExtractedPage, body: str | bytes) -> None:
    """Main text is the page's own lines in their order; a quote stands on the page or in its markup."""
    tree = parse_html(body)
    lines = [] if tree is None else [block.text for block in cut_blocks(tree).blocks]
    assert not [line for line in lines if CONTROL.search(line)]
    rest = iter(lines)
    assert all(line in rest for line in page.main_text.split("\n") if line)
    markup = "" if tree is None else " ".join(str(value) for node in tree.iter() for value in node.attrib.values())
    stated = [page.title, *(link.text for link in page.links), *(link.url for link in page.links), markup, *lines]
    scripts = "" if tree is None else " ".join(str(node.text or "") for node in tree.iter("script"))
    for signal in page.signals:
        assert any(signal.quote in text for text in (*stated, scripts, " ".join(lines))), signal


SAME: dict[str, Callable[[str], str | bytes]] = {
    "tags in capitals": lambda page: re.sub(r"</?\w+", lambda tag: tag.group().upper(), page),
    "attributes said twice": lambda page: re.sub(r'(\w+="[^"]*")(?=[ >])', r"\1 \1", page),
    "attributes without quotes": lambda page: re.sub(r'(class|id)="([\w-]+)"', r"\1=\2", page),
    "comments between tags": lambda page: page.replace("><", "><!-- a -- b --><").replace("<p", "<!--[if IE]><p--><p"),
    "white space at line ends": lambda page: page.replace("\n", " \t\r\n\n"),
    "no html, head and body": lambda page: re.sub(r"</?(?:html|head|body)\b[^>]*>", "", page),
    "ends of html and body early": lambda page: page.replace("</h1>", "</h1></body></html>"),
    "paragraphs left open": lambda page: re.sub(r"</(?:p|li|td|th|tr)>", "", page),
    "letters as numbers": lambda page: re.sub(r"(?<=>)[A-Z](?=\w+ )", lambda found: f"&#{ord(found.group())};", page),
    "a mark of byte order": lambda page: page.encode("utf-8-sig"),
    "in UTF-16": lambda page: page.encode("utf-16"),
}


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("page", PAGES, ids=["agency", "article", "listing"])
def test_what_a_browser_shows_alike_reads_alike(name: str, page: str) -> None:
    changed = SAME[name](page)
    assert changed != page
    assert words_of(changed) == words_of(page)


def words_of(page: str | bytes) -> list[str]:
    tree = parse_html(page)
    assert tree is not None
    return [word for block in cut_blocks(tree).blocks for word in WORD.findall(block.text)]
