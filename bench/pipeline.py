"""From import to score on real sites: wall time, and the memory of each worker.

    python bench/pipeline.py [--sites 371] [--show 20]

Needs the real pages of ../shared/realweb; where they are absent it says so and ends.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import func, select

from app import db
from app.models import Company, FitProfile, Passage, Program, ProgramType, Prospect
from app.queries.progress import program_progress
from app.services.companies import find_or_add_company
from app.services.prospects import NewProspect, add_prospect
from bench.stack import ROOT, running_stack
from scrapers.domains import normalize_domain

REALWEB = ROOT.parent / "shared" / "realweb"
PORT = 8199
PROFILE = {
    "topics": [
        {
            "id": "shops",
            "text": "We build and grow online shops for e-commerce merchants",
            "weight": 3,
            "stance": "wants",
        },
        {"id": "web", "text": "Web design and development agency for businesses", "weight": 2, "stance": "wants"},
        {
            "id": "marketing",
            "text": "Digital marketing agency: search, ads, e-mail and social media for clients",
            "weight": 2,
            "stance": "wants",
        },
        {"id": "data", "text": "Data analytics and conversion consulting for brands", "weight": 2, "stance": "wants"},
        {"id": "coupons", "text": "Coupon codes, vouchers and deals for shoppers", "weight": 1, "stance": "avoids"},
    ],
    "exemplars": [],
    "languages": [],
}


def main() -> int:
    """Run the measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--show", type=int, default=20)
    arguments = parser.parse_args()
    if not REALWEB.is_dir():
        print("skipped: ../shared/realweb, the real pages this measures with, is not here")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = subprocess.Popen(
            [sys.executable, REALWEB / "serve.py", "--port", str(PORT), "--write-map", folder / "map.json"],
            stdout=subprocess.DEVNULL,
        )
        try:
            time.sleep(1.5)
            return measure(folder, sites=arguments.sites, show=arguments.show)
        finally:
            server.terminate()
            server.wait()


def measure(folder: Path, *, sites: int, show: int) -> int:
    """Import the hosts, wait for every score, print the figures and the ranking's two ends."""

    hosts = json.loads((folder / "map.json").read_text(encoding="utf-8"))
    chosen = [host for host in hosts if "." in host][:sites]
    with running_stack(folder, host_map=hosts) as stack:
        started = time.monotonic()
        stack.start_worker("crawl", "crawl")
        stack.start_worker("fit", "fit")
        program_id = import_hosts(chosen)
        last = started
        while True:
            with db.reading() as session:
                progress = program_progress(session, program_id)
            if not progress.under_way:
                break
            if time.monotonic() - last > 15:
                last = time.monotonic()
                print(f"{last - started:6.0f} s  {progress}", flush=True)
            if time.monotonic() - started > 900:
                print("gave up after 900 s")
                return 1
            time.sleep(0.5)
        seconds = time.monotonic() - started
        with db.reading() as session:
            passages = session.scalar(select(func.count()).select_from(Passage))
        print(f"{len(chosen)} hosts, {progress.total} companies, {passages} passages: {seconds:.1f} s import to score")
        for worker in ("crawl", "fit"):
            print(f"{worker} worker: peak {stack.peak_mb(worker):.0f} MB resident")
        print(progress)
        show_ends(program_id, show)
    return 0


def import_hosts(hosts: list[str]) -> int:
    """Make a program and add every host to it as a prospect; return the program's id."""
    with db.transaction() as session:
        program = Program(slug="bench", name="Bench", type=ProgramType.AGENCY)
        session.add(program)
        session.flush()
        session.add(FitProfile(program_id=program.id, version=1, content=PROFILE))
        for host in hosts:
            company = find_or_add_company(session, domain=normalize_domain(host), name=host, website=f"https://{host}/")
            add_prospect(session, NewProspect(program_id=program.id, company_id=company.id, source="bench"))
        return program.id


def show_ends(program_id: int, number: int) -> None:
    """Print the best and the worst of the ranking, for a person to judge."""
    with db.reading() as session:
        rows = session.execute(
            select(Prospect.fit_score, Company.domain, Company.crawl_outcome)
            .join(Company, Company.id == Prospect.company_id)
            .where(Prospect.program_id == program_id, Prospect.fit_score.is_not(None))
            .order_by(Prospect.fit_sort.desc())
        ).all()
    for title, part in (("best", rows[:number]), ("worst", rows[-number:])):
        print(title)
        for score, domain, outcome in part:
            print(f"  {score:5.1f}  {domain}  {outcome}")


if __name__ == "__main__":
    sys.exit(main())
