"""The engine alone: `python -m scrapers extract < pages.jsonl` and `python -m scrapers crawl URL`.

JSON lines in, JSON lines out; a bad line gives a line with "error" and never stops the rest.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import sys
import threading
import zlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
    crawl.add_argument("--max-pages", type=_at_least_one, default=8)
    crawl.add_argument("--host-map", type=_host_map, metavar="FILE", help="JSON object: host name to origin")
    crawl.add_argument("--delay-s", type=_seconds, default=2.0, help="seconds between requests to a host")
    crawl.add_argument("--user-agent", default=_AGENT)
    options = parser.parse_args(arguments)
    if options.command == "extract":
        # Bytes, because one line in another encoding must not end the reading of the rest.
        return _extract(line.decode("utf-8", errors="replace") for line in sys.stdin.buffer)
    return _crawl(options)


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of pages, at least 1")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds, 0 or more")
    return seconds


def _host_map(name: str) -> dict[str, str]:
    try:
        hosts = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{name} cannot be read as JSON: {error}") from error
    if not isinstance(hosts, dict) or not all(isinstance(origin, str) for origin in hosts.values()):
        raise argparse.ArgumentTypeError(f'{name} is not a JSON object such as {{"acme.com": "http://127.0.0.1:8080"}}')
    return hosts


def _extract(lines: Iterable[str]) -> int:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            _print(_extract_line(line, number))
    return 0


def _extract_line(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
        url = _text_of(row, "url")
        urlsplit(url)
        content_type = _text_of(row, "content_type") if row.get("content_type") is not None else None
        page = extract_page(url, _body_of(row), content_type)
    except json.JSONDecodeError as error:
        return {"error": f"line {number} is not JSON: {error}"}
    except (ValueError, RecursionError) as error:
        return {"error": f"line {number} is not a page: {error}"}
    except (OSError, EOFError, zlib.error) as error:
        return {"url": url, "error": f"line {number}: the file cannot be read: {error}"}
    return _shown(page)


def _text_of(row: object, name: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    if not isinstance(value, str):
        raise ValueError(f'an object with "url" and "html" or "file" is needed, each a text; "{name}" is none')
    return value


def _body_of(row: dict[str, Any]) -> bytes | str:
    if "html" in row:
        return _text_of(row, "html")
    path = Path(_text_of(row, "file"))
    if path.suffix == ".gz":
        with gzip.open(path) as packed:
            return packed.read(MAX_CHARS)
    with path.open("rb") as plain:
        return plain.read(MAX_CHARS)


def _shown(page: ExtractedPage) -> dict[str, Any]:
    return {key: value for key, value in dataclasses.asdict(page).items() if value is not None or key == "language"}


def _crawl(options: argparse.Namespace) -> int:
    fetcher = Fetcher(user_agent=options.user_agent, host_map=options.host_map)
    policy = CrawlPolicy(max_pages=options.max_pages, default_delay_s=options.delay_s)
    report = crawl_site(options.url, fetcher=fetcher, turns=InProcessTurns(), policy=policy, on_receipt=_print_receipt)
    _print(_summary(report))
    return 0 if report.pages else 1


def _print_receipt(receipt: Receipt) -> None:
    _print(dataclasses.asdict(receipt))


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


def _print(row: dict[str, Any]) -> None:
    """Write one line in UTF-8, whatever the terminal's locale; half characters, which JSON allows, are replaced."""
    line = json.dumps(row, default=_json_time, ensure_ascii=False) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(line.encode("utf-8", errors="replace"))
    sys.stdout.buffer.flush()


def _json_time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


if __name__ == "__main__":
    sys.exit(main())
