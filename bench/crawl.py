"""Measure the crawler on the saved pages of ../shared/realweb: python bench/crawl.py [--delay-ms 100] [--workers 40]

Prints extraction quality (by the folder's own evaluate.py), extraction speed against trafilatura in the same run, and
the crawl of all hosts from a loopback server: pages a second, most requests open on one host, resident memory.
"""

import argparse
import concurrent.futures
import gzip
import json
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scrapers.crawl import CrawlPolicy, crawl_site  # noqa: E402
from scrapers.extract import extract_page  # noqa: E402
from scrapers.fetcher import Fetcher  # noqa: E402
from scrapers.pacing import InProcessTurns  # noqa: E402

REALWEB = ROOT.parent / "shared" / "realweb"
MEGABYTE = 1024


def load_pages() -> list[tuple[str, bytes]]:
    """Return (url, body) of every saved page."""
    pages = []
    for line in (REALWEB / "pages.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        with gzip.open(REALWEB / "html" / f"{row['id']}.html.gz") as packed:
            pages.append((row["url"], packed.read()))
    return pages


def measure_extraction(pages: list[tuple[str, bytes]]) -> float:
    """Extract every page, print quality and speed, return pages per CPU second."""
    extract_page(*pages[0])  # the first call loads the models
    started = time.process_time()
    texts = [json.dumps({"url": url, "main_text": extract_page(url, body).main_text}) for url, body in pages]
    rate = len(pages) / (time.process_time() - started)
    print(f"extraction: {rate:.1f} pages per CPU second")
    judge = subprocess.run(
        [sys.executable, str(REALWEB / "evaluate.py")],
        input="\n".join(texts),
        text=True,
        capture_output=True,
        check=True,
    )
    print(judge.stdout)
    return rate


def measure_trafilatura(pages: list[tuple[str, bytes]]) -> float | None:
    """Print the pages per CPU second of trafilatura alone, or why it was not measured."""
    try:
        import trafilatura
    except ImportError as error:
        print(f"trafilatura: skipped ({error})")
        return None
    started = time.process_time()
    for _, body in pages:
        trafilatura.extract(body)
    rate = len(pages) / (time.process_time() - started)
    print(f"trafilatura: {rate:.1f} pages per CPU second")
    return rate


def crawl_group(hosts: list[str], host_map: dict[str, str], workers: int) -> tuple[int, int, float]:
    """Crawl hosts with threads of one process; return pages read, pages fetched, peak memory in MB."""
    fetcher, turns = Fetcher(user_agent="ScoutboardBench/1", host_map=host_map), InProcessTurns()
    # The server counts a request as open until after its last byte left: without a pause the next one overlaps.
    policy = CrawlPolicy(default_delay_s=0.1)

    def crawl(host: str) -> tuple[int, int]:
        report = crawl_site(host, fetcher=fetcher, turns=turns, policy=policy)
        return len(report.pages), sum(receipt.outcome == "fetched" for receipt in report.receipts)

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        counts = list(pool.map(crawl, hosts))
    read, fetched = (sum(numbers) for numbers in zip(*counts, strict=True))
    return read, fetched, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def grouped(hosts: list[str], groups: int) -> list[list[str]]:
    """Share hosts out so that all hosts of a domain are read by one process: turns are not shared between them here."""
    families = sorted({host.split(".")[-2:][0] for host in hosts})
    place = {family: number % groups for number, family in enumerate(families)}
    return [[host for host in hosts if place[host.split(".")[-2:][0]] == number] for number in range(groups)]


def measure_crawl(delay_ms: float, workers: int, processes: int) -> None:
    """Crawl every host of the loopback server and print the rates."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        name = file.name
        server = subprocess.Popen(
            [sys.executable, REALWEB / "serve.py", f"--port={port}", f"--delay-ms={delay_ms}", "--write-map", name],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        try:
            assert server.stdout is not None
            server.stdout.readline()
            host_map = json.loads(pathlib.Path(name).read_text())
            hosts = list(host_map)
            started = time.monotonic()
            with concurrent.futures.ProcessPoolExecutor(processes) as pool:
                jobs = [pool.submit(crawl_group, group, host_map, workers) for group in grouped(hosts, processes)]
                results = [job.result() for job in jobs]
            took_s = time.monotonic() - started
            request = urllib.request.Request(f"http://127.0.0.1:{port}/-/stats", headers={"Host": "stats.localhost"})
            with urllib.request.urlopen(request) as answer:
                stats = json.load(answer)
        finally:
            server.terminate()
            server.wait()
    read, fetched = sum(result[0] for result in results), sum(result[1] for result in results)
    most = max(host["most_open"] for host in stats.values())
    print(f"crawl: {len(hosts)} hosts in {took_s:.1f} s: {read} pages read ({read / took_s:.1f}/s), {fetched} answers")
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"       {cpu.ru_utime + cpu.ru_stime:.1f} CPU seconds in all, the server's included")
    print(f"       most requests open on one host: {most}; memory per process: {max(r[2] for r in results):.0f} MB")


def main() -> None:
    """Measure what is here to be measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--delay-ms", type=float, default=100)
    parser.add_argument("--workers", type=int, default=20, help="sites read at once by each process")
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    if not REALWEB.exists():
        print("skipped: ../shared/realweb is not here")
        return
    pages = load_pages()
    ours, theirs = measure_extraction(pages), measure_trafilatura(pages)
    if theirs:
        print(f"            {ours / theirs:.2f} times trafilatura")
    del pages
    measure_crawl(args.delay_ms, args.workers, args.processes)


if __name__ == "__main__":
    main()
