"""`make screenshots`: the pictures of docs/guide, taken anew from a demo of its own, in each language.

Needs Chromium, and makes the pictures a third as large where ImageMagick is. The demo lives on free ports and in a
folder that is thrown away.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from sandbox.seed import PASSWORD
from tests.browser.chromium import CHROMIUM

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "guide"
# The folder of each language in docs/guide, and what Django calls it.
LANGUAGES = {"en": "en", "pt-BR": "pt-br", "es": "es"}
OPERATOR, CUSTOMER = "operator@ticketz.test", "bianca@customer3.example"
OPERATORS_PAGES = {
    "start": "/admin/",
    "gateway": "/admin/billing/whmcsgateway/1/change/",
    "attention": "/admin/billing/attentionitem/",
    "company": "/admin/companies/company/3/change/",
    "run": "/admin/billing/syncrun/1/change/",
}
CUSTOMERS_PAGES = {"overview": "/", "team": "/team/"}
LONGEST = 120.0
MAGICK = shutil.which("magick") or shutil.which("convert")


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """A demo whose customers are read; yields its address and the operator's password."""
    ports = [_free_port(), _free_port()]
    with tempfile.TemporaryDirectory(prefix="ticketz-screenshots-") as folder:
        environment = {**os.environ, "PORT": str(ports[0]), "SANDBOX_PORT": str(ports[1]), "DEMO_DIR": folder + "/data"}
        log = Path(folder) / "log"
        with log.open("wb") as lines:
            command = [sys.executable, "-m", "ticketz.demo"]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=lines, stderr=lines)
        try:
            password = re.escape(OPERATOR) + r" +([\w-]{16})\n"
            yield f"http://127.0.0.1:{ports[0]}", _wait_for(log, password)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def main() -> None:
    """Take all of them."""
    with demo() as (url, password), sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        time.sleep(20)  # two readings, so that the first pages are no empty ones
        for folder, language in LANGUAGES.items():
            (GUIDE / folder).mkdir(parents=True, exist_ok=True)
            for email, secret, pages in (
                (OPERATOR, password, OPERATORS_PAGES),
                (CUSTOMER, PASSWORD, CUSTOMERS_PAGES),
            ):
                page = _signed_in(browser, url, language, email, secret)
                _past_the_welcome(page, url)
                for name, path in pages.items():
                    page.goto(url + path, wait_until="load")
                    picture = GUIDE / folder / f"{name}.png"
                    page.screenshot(path=picture, animations="disabled")
                    _spare_colours(picture)
                page.context.close()
        browser.close()


def _signed_in(browser: Browser, url: str, language: str, email: str, password: str) -> Page:
    context = browser.new_context(viewport={"width": 1200, "height": 820}, locale=language, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{url}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.click("article button")
    page.wait_for_load_state("load")
    page.goto(f"{url}/account/")  # people keep their language, and choose it at the foot of any page of theirs
    page.click(f"button[name=language][value={language}]")
    page.wait_for_load_state("load")
    return page


def _past_the_welcome(page: Page, url: str) -> None:
    """A customer who has read the welcome sees all of the overview at once."""
    page.goto(url)
    if page.locator(".first-steps button").count():
        page.click(".first-steps button")
        page.wait_for_load_state("load")


def _spare_colours(picture: Path) -> None:
    """256 colours are more than anybody tells apart in a page of text."""
    if MAGICK:
        colours = ["-dither", "None", "-colors", "256", "-strip", "-define", "png:compression-level=9"]
        subprocess.run([MAGICK, picture, *colours, f"PNG8:{picture}"], check=True)


def _wait_for(log: Path, pattern: str) -> str:
    ends = time.monotonic() + LONGEST
    while not (found := re.search(pattern, log.read_text(errors="replace"))):
        assert time.monotonic() < ends, log.read_text(errors="replace")
        time.sleep(0.3)
    return found[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
