"""Measure how often the kind of a site is named right: python -m bench.kinds [--show]

On the demo sites, whose files say what they are; and, where ../shared/realweb is there, on its hosts by the labels in
tests/data/scoring/real_sites.json. Half of those hosts, by hash, were read while writing the rules; the other half was
held back, and its figure says what to expect.
"""

import argparse
import collections
import gzip
import hashlib
import json
import pathlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from app.demo.catalog import load_sites
from app.demo.server import answer_request
from scrapers.extract import extract_page
from scrapers.fetcher import Fetched
from scrapers.frontier.kinds import is_home, kind_of_link
from scrapers.reading import _site_page
from scrapers.report import PageKind, SitePage
from scrapers.signals.site import site_signals

ROOT = pathlib.Path(__file__).parents[1]
REALWEB = ROOT.parent / "shared" / "realweb"
_WORDS = {
    "parked": r"parked",
    "gambling": r"gambling",
    "coupon": r"coupon|deal site",
    "directory": r"directory",
    "agency": r"agency|consultancy|studio|freelance|integrator",
    "reseller": r"reseller",
    "technology": r"app maker|software maker|\bapp$",
    "content": r"review site|blog",
    "creator": r"creator|youtube|podcast|newsletter",
    "shop": r"^shop\b",
}
_NOT_READABLE = r"^site |^empty|coming soon|old name|password|javascript only|forbids"
_TOPICS = {"shop": "shop", "review": "content", "saas": "technology", "devt": "technology", "agency": "agency"}


def page_of(url: str, body: bytes) -> SitePage:
    """Read one page without a network."""
    kind = PageKind.HOME if is_home(urlsplit(url).path) else kind_of_link(url, "")
    return _site_page(Fetched(url, url, 200, {}, b"", False, datetime.now(UTC), 0), extract_page(url, body), kind)


def kinds_of(pages: list[SitePage]) -> list[str]:
    """Return the kinds named, the strongest first."""
    return [signal.value for signal in site_signals(pages) if signal.name == "kind_of_site"]


def demo_cases() -> Iterator[tuple[str, str | None, list[str]]]:
    """Yield (host, wanted kind or None for a business of another sort, kinds found) of every readable demo site."""
    for host, site in load_sites().items():
        said = site.kind.lower()
        if re.search(_NOT_READABLE, said):
            continue
        answers = [(page.path, answer_request(site, page.path, today=date(2026, 11, 22))) for page in
                   list(site.pages.values())[:8]]  # fmt: skip
        pages = [page_of(f"https://{host}{path}", answer.body) for path, answer in answers if answer.status == 200]
        wanted = next((kind for kind, words in _WORDS.items() if re.search(words, said)), None)
        yield host, wanted, kinds_of(pages)


def is_held_back(host: str) -> bool:
    """Tell whether a host's pages are left alone while rules are written."""
    return hashlib.sha256(host.encode()).digest()[0] % 2 == 1


def real_cases() -> Iterator[tuple[str, bool, list[str]]]:
    """Yield (label, whether it was held back, kinds found) of every labeled page."""
    labels = json.loads((ROOT / "tests/data/scoring/real_sites.json").read_text(encoding="utf-8"))
    topics = {host: name for name, topic in labels.items() for host in topic["hosts"]}
    for line in (REALWEB / "pages.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        url = row["url"] if "://" in row["url"] else "https://" + row["url"]
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        topic = topics.get(host)
        if topic is not None:
            with gzip.open(REALWEB / "html" / f"{row['id']}.html.gz") as packed:
                yield topic, is_held_back(host), kinds_of([page_of(url, packed.read())])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", action="store_true", help="list the demo sites that are named wrong")
    show = parser.parse_args().show
    cases = list(demo_cases())
    right = sum(next(iter(found), None) == wanted for _, wanted, found in cases)
    print(f"demo sites: {right} of {len(cases)} named right (nothing is right for a business of another sort)")
    for host, wanted, found in cases if show else ():
        if next(iter(found), None) != wanted:
            print(f"  {host}: wanted {wanted}, found {', '.join(found) or 'nothing'}")
    if not REALWEB.exists():
        print("real pages: skipped, ../shared/realweb is not here")
        return
    by_topic: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    halves: dict[bool, list[tuple[str, str]]] = {False: [], True: []}
    for topic, held_back, found in real_cases():
        kind = found[0] if found else "nothing"
        by_topic[topic][kind] += 1
        halves[held_back].append((_TOPICS.get(topic, "nothing"), kind))
    for topic, counts in sorted(by_topic.items()):
        wanted = _TOPICS.get(topic, "nothing")
        print(f"real pages, {topic}: {counts[wanted]} of {counts.total()} {wanted}; {dict(counts.most_common(4))}")
    for held_back, pairs in halves.items():
        kinds = [(wanted, found) for wanted, found in pairs if wanted != "nothing"]
        right, named = (sum(wanted == found for wanted, found in some) for some in (pairs, kinds))
        who = "held back" if held_back else "read while the rules were written"
        print(f"real pages, {who}: {right} of {len(pairs)} right; {named} of the {len(kinds)} that are of a kind")


if __name__ == "__main__":
    main()
