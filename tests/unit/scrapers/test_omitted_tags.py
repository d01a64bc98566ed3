"""HTML lets a page leave out `<html>`, `<head>` and `<body>`; what a browser shows is read all the same."""

import pytest

from scrapers.extract import ExtractedPage, extract_page
from scrapers.extract.blocks import cut_blocks
from scrapers.extract.parse import parse_html

FIRST = "We build online shops for merchants who want to grow, and we have done so for ten years in Warsaw."
SECOND = "Our second paragraph says that we like to write honest offers, and to keep every promise that we made."
BOTH = f"<p>{FIRST}</p><p>{SECOND}</p>"
HEAD = "<meta charset=utf-8><title>Acme</title><link rel=icon href=/i.png><style>p{}</style>"
XHTML = '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en">'
STRICT = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
FORMS = {
    "none of the three": f"<!doctype html>{HEAD}{BOTH}",
    "html alone": f"<!doctype html><html lang=en>{HEAD}{BOTH}",
    "no head": f"<!doctype html><html>{HEAD}<body>{BOTH}</body></html>",
    "no body": f"<!doctype html><html><head>{HEAD}</head>{BOTH}</html>",
    "no end of head": f"<!doctype html><html><head>{HEAD}<body>{BOTH}",
    "main": f"<!doctype html>{HEAD}<main>{BOTH}</main>",
    "main within html": f"<!doctype html><html lang=en>{HEAD}<main>{BOTH}</main></html>",
    "header, main and footer": f"<!doctype html>{HEAD}<header>Hi</header><main>{BOTH}</main><footer>F</footer>",
    "article": f"{HEAD}<article>{BOTH}</article>",
    "section, then a known tag": f"{HEAD}<section><p>{FIRST}</p></section><p>{SECOND}</p>",
    "a tag of the page's own": f"{HEAD}<acme-page>{BOTH}</acme-page>",
    "main within head": f"<html><head>{HEAD}<main><p>{FIRST}</p></main></head><body><p>{SECOND}</p></body></html>",
    "body within an open tag": f"<head>{HEAD}<x-y><script>1</script><body>{BOTH}</body>",
    "main, then text": f"{HEAD}<main><p>{FIRST}</p></main>{SECOND}",
    "text first": f"{FIRST}<p>{SECOND}</p>",
    "text before html": f"{FIRST}<html><head>{HEAD}</head><body><p>{SECOND}</p></body></html>",
    "fragment of items": f"<li>{FIRST}</li><li>{SECOND}</li>",
    "fragment of a table": f"<tr><td>{FIRST}</td></tr><tr><td>{SECOND}</td></tr>",
    "text and a break": f"{FIRST}<br>{SECOND}",
    "end of body in the middle": f"<html><body><p>{FIRST}</p></body><p>{SECOND}</p></body></html>",
    "end of html in the middle": f"<html><body><p>{FIRST}</p></body></html>\n<!-- cached --><div>{SECOND}</div>",
    "end of body in capitals": f"<BODY><P>{FIRST}</P></BODY ></HTML\n><P>{SECOND}</P>",
    "end of body in a cell": f"<table><tr><td>{FIRST}</body></td></tr></table><p>{SECOND}</p>",
    "body twice": f"<html><body><p>{FIRST}</p></body><body class=b><p>{SECOND}</p></body></html>",
    "page twice": f"<html><body><p>{FIRST}</p></body></html><html><body><p>{SECOND}</p></body></html>",
    "empty body": f"<html><head>{HEAD}</head><body/>{BOTH}</html>",
    "text after an empty body": f"<html><body/>{FIRST}<br>{SECOND}</html>",
    "head in the middle": f"<p>{FIRST}</p><head>{HEAD}</head><p>{SECOND}</p>",
    "capitals": f"<!DOCTYPE HTML><HTML><HEAD><TITLE>Acme</TITLE></HEAD><BODY>{BOTH.upper()}</BODY></HTML>",
    "capitals, no body": f"<!DOCTYPE HTML><TITLE>Acme</TITLE><MAIN>{BOTH.upper()}</MAIN>",
    "frames with a text": f"<html><head>{HEAD}</head><frameset><frame src=a><noframes>{BOTH}</noframes></frameset>",
    "frames, no head": f"<title>Acme</title><frameset><frame src=a></frameset><noframes><body>{BOTH}</body></noframes>",
    "frames after text": f"<html><p>{FIRST}</p><frameset><frame src=a></frameset><p>{SECOND}</p></html>",
    "frames before text": f"<html><frameset><frame src=a></frameset><p>{FIRST}</p><p>{SECOND}</p></html>",
    "xhtml": f'<?xml version="1.0" encoding="UTF-8"?>{STRICT}{XHTML}<head>{HEAD}</head><body>{BOTH}</body></html>',
    "xhtml, no head": f'<?xml version="1.0"?>{XHTML}<title>Acme</title><main>{BOTH}</main></html>',
    "xhtml that claims UTF-16": f'<?xml version="1.0" encoding="UTF-16"?>{XHTML}<body>{BOTH}</body></html>',
    "comment first": f"<!-- a --><!doctype html><!-- b -->{HEAD}<!-- c --><main>{BOTH}</main>",
    "script first": f"<script>document.write('</body>')</script><main>{BOTH}</main>",
    "white space first": f"\n\n  <!doctype html>\n{HEAD}\n<main>\n{BOTH}\n</main>\n",
}  # fmt: skip


def read(body: str | bytes) -> ExtractedPage:
    return extract_page("https://acme.com/", body)


@pytest.mark.parametrize("name", FORMS)
def test_the_text_is_read_once_and_in_order(name: str) -> None:
    page = read(FORMS[name])
    text = page.main_text.lower()
    assert [text.count(FIRST.lower()), text.count(SECOND.lower())] == [1, 1]
    assert text.index(FIRST.lower()) < text.index(SECOND.lower())
    assert page.title == ("Acme" if "Acme" in FORMS[name] else "")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["none of the three", "main", "xhtml", "capitals"])
def test_byte_order_marks_and_wide_letters_change_nothing(name: str, encoding: str) -> None:
    assert read(FORMS[name].encode(encoding)) == read(FORMS[name])


def test_a_second_mark_is_no_text() -> None:
    assert read("\ufeff\ufeff" + FORMS["main"]).main_text == read(FORMS["main"]).main_text


def test_the_encoding_named_in_an_xml_prolog_is_believed() -> None:
    body = f"<?xml version='1.0' encoding='iso-8859-2'?>{XHTML}<p>Zażółć gęślą jaźń. {FIRST}</p></html>"
    assert "Zażółć gęślą jaźń" in read(body.encode("iso-8859-2")).main_text


def test_loose_text_keeps_its_place_between_moved_elements() -> None:
    for body in (
        "<title>T</title><main>one</main>two<p>three</p>",
        "<html><body/>one<p>two</p>three</html>",
        "<html><head><nav>one</nav></head>two<section>three</section>",
    ):
        tree = parse_html(body)
        assert tree is not None
        assert [block.text for block in cut_blocks(tree).blocks] == ["one", "two", "three"]


def test_what_belongs_in_a_head_stays_there() -> None:
    tree = parse_html(f"<!doctype html>{HEAD}<template><p>x</p></template><main>{BOTH}</main><script>1</script>")
    assert tree is not None
    assert [[node.tag for node in part] for part in tree] == [
        ["meta", "title", "link", "style", "template"],
        ["main", "script"],
    ]
