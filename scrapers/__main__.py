"""The engine alone: `python -m scrapers extract < pages.jsonl` and `python -m scrapers crawl URL`.

JSON lines in, JSON lines out; a bad line gives a line with "error" and never stops the rest.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapers.crawl import CrawlPolicy, SiteReport, crawl_site
from scrapers.extract import ExtractedPage, extract_page
from scrapers.extract.parse import MAX_CHARS
from scrapers.fetcher import Fetcher
from scrapers.pacing import InProcessTurns
from scrapers.report import Receipt

_AGENT = "Scoutboard/0.1 (+https://github.com/scoutboard/scoutboard/blob/main/docs/bot.md)"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 a site that could not be read, 2 bad usage."""
    parser = argparse.ArgumentParser(prog="python -m scrapers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("extract", help="JSON lines of pages on standard input")
    crawl = commands.add_parser("crawl", help="read one site")
    crawl.add_argument("url", help="domain or URL to start from")
    crawl.add_argument("--max-pages", type=int, default=8)
    crawl.add_argument("--host-map", type=Path, metavar="FILE", help="JSON object: host name to origin")
    crawl.add_argument("--delay-s", type=float, default=2.0, help="seconds between requests to a host")
    crawl.add_argument("--user-agent", default=_AGENT)
    options = parser.parse_args(arguments)
    if options.command == "extract":
        return _extract(sys.stdin)
    return _crawl(options)


def _extract(lines: Iterable[str]) -> int:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            print(json.dumps(_extract_line(line, number), ensure_ascii=False), flush=True)
    return 0


def _extract_line(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
        url = str(row["url"])
        page = extract_page(url, _body_of(row), row.get("content_type"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return {"error": f"line {number} is not a page: {type(error).__name__} {error}"}
    except (OSError, EOFError) as error:
        return {"url": url, "error": f"line {number}: the file cannot be read: {error}"}
    return _shown(page)


def _body_of(row: dict[str, Any]) -> bytes | str:
    if "html" in row:
        return str(row["html"])
    path = Path(str(row["file"]))
    if path.suffix == ".gz":
        with gzip.open(path) as packed:
            return packed.read(MAX_CHARS)
    with path.open("rb") as plain:
        return plain.read(MAX_CHARS)


def _shown(page: ExtractedPage) -> dict[str, Any]:
    return {key: value for key, value in dataclasses.asdict(page).items() if value is not None or key == "language"}


def _crawl(options: argparse.Namespace) -> int:
    host_map = json.loads(options.host_map.read_text()) if options.host_map else None
    fetcher = Fetcher(user_agent=options.user_agent, host_map=host_map)
    policy = CrawlPolicy(max_pages=options.max_pages, default_delay_s=options.delay_s)
    report = crawl_site(options.url, fetcher=fetcher, turns=InProcessTurns(), policy=policy, on_receipt=_print_receipt)
    print(json.dumps(_summary(report), ensure_ascii=False))
    return 0 if report.pages else 1


def _print_receipt(receipt: Receipt) -> None:
    print(json.dumps(dataclasses.asdict(receipt), default=_json_time, ensure_ascii=False), flush=True)


def _summary(report: SiteReport) -> dict[str, Any]:
    return {
        "domain": report.domain,
        "start_url": report.start_url,
        "outcome": report.outcome,
        "detail": report.detail,
        "next_step": report.outcome.next_step,
        "language": report.language,
        "pages": [{"url": page.url, "kind": page.kind, "words": len(page.main_text.split())} for page in report.pages],
        "signals": [dataclasses.asdict(signal) for signal in report.signals],
    }


def _json_time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


if __name__ == "__main__":
    sys.exit(main())
