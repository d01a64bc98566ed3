"""Take the pictures of the README and the docs from a running demo, in Chromium.

    ./run --data look                                        in one terminal, until all sites are scored
    python -m tools.pictures http://127.0.0.1:8000 look      in another: writes docs/images/*.png

The pages of applicants and partners are opened by the links in the demo's own mails, read from its data folder.
"""

import argparse
import io
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.demo.people import DEMO_PASSWORD

ROOT = Path(__file__).resolve().parents[1]
ROOM = "/p/afterglow-partners"
WIDE, PHONE = (1440, 900), (390, 844)
CHROMIUM = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
COLORS = 256


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its file name, the page, who looks (empty: nobody signed in), window and color scheme.

    A `page` without a slash is a kind of mail whose newest link is followed; `click` is what is opened on the page.
    """

    name: str
    page: str
    who: str = "theo"
    size: tuple[int, int] = WIDE
    scheme: str = "light"
    click: str = ""


SHOTS = (
    Shot("board", f"{ROOM}/board?sort=fit"),
    Shot("board-dark", f"{ROOM}/board?sort=fit", scheme="dark"),
    Shot("prospect", f"{ROOM}/board?sort=fit", click=".sb-card-link"),
    Shot("table", f"{ROOM}/table"),
    Shot("side-by-side", "/pipelines"),
    Shot("review", f"{ROOM}/applications", click="main a:has-text('Tidepool')"),
    Shot("onboarding", f"{ROOM}/onboarding", who="joanna"),
    Shot("reports", f"{ROOM}/reports/funnel"),
    Shot("today", "/today"),
    Shot("phone-board", f"{ROOM}/board?sort=fit", size=PHONE),
    Shot("phone-review", f"{ROOM}/applications", size=PHONE, click="main a:has-text('Tidepool')"),
    Shot("phone-apply", "/apply/afterglow", who="", size=PHONE),
    Shot("phone-declined", "application_declined", who="", size=PHONE),
    Shot("phone-portal", "partner_welcome", who="", size=PHONE),
    Shot("phone-today", "/today", size=PHONE, scheme="dark"),
)


def main() -> int:
    """Take every picture, or those that are named; exit 1 where a page does not answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="where the demo runs")
    parser.add_argument("data", type=Path, help="its data folder")
    parser.add_argument("names", nargs="*", help="pictures to take; without: all")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM)
        for shot in SHOTS:
            if not options.names or shot.name in options.names:
                _write(shot.name, _take(browser, shot, options.address, options.data))
        browser.close()
    return 0


def _take(browser: Browser, shot: Shot, address: str, data: Path) -> bytes:
    width, height = shot.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        device_scale_factor=1 if shot.size == WIDE else 2,
    )
    page = context.new_page()
    if shot.who:
        _sign_in(page, shot.who)
    path = shot.page if shot.page.startswith("/") else _mailed(data, shot.page)
    answer = page.goto(path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{shot.name}: {path} answered {answer.status if answer else 'nothing'}")
    if shot.click:
        page.locator(shot.click).first.click()
        page.wait_for_load_state()
    page.wait_for_timeout(800)
    picture = page.screenshot()
    context.close()
    return picture


def _sign_in(page: Page, who: str) -> None:
    page.goto("/login")
    page.fill("input[type=email]", f"{who}@example.com")
    page.fill("input[type=password]", DEMO_PASSWORD)
    page.press("input[type=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    later = page.get_by_role("button", name="Not now")
    if later.count():
        later.click()


def _mailed(data: Path, kind: str) -> str:
    """Return the path of the last link in the newest mail of a kind."""
    with closing(sqlite3.connect(data / "scoutboard.db")) as database:
        row = database.execute("SELECT text FROM notices WHERE kind = ? ORDER BY id DESC LIMIT 1", (kind,)).fetchone()
    links = [word for word in (row[0] if row else "").split() if word.startswith("http")]
    if not links:
        raise SystemExit(f"The demo in {data} has sent no mail of the kind {kind} with a link.")
    return urlsplit(links[-1]).path


def _write(name: str, picture: bytes) -> None:
    target = ROOT / "docs" / "images" / f"{name}.png"
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(
        target, optimize=True
    )
    sys.stdout.write(f"{target.relative_to(ROOT)}  {target.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    sys.exit(main())
