"""How a page is looked at: at a desk in the light, on a phone in the dark, by a machine for barriers."""

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.browser.chromium import DESK, PHONE, is_wider_than_the_screen

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[Scheme, ViewportSize], ...] = (("light", DESK), ("dark", PHONE))
GRAVE = ("serious", "critical")


def faults_of(page: Page, complaints: list[str]) -> list[str]:
    """What is wrong with the page that is open now, in each look, with what the console complained of so far."""
    faults = [fault for look in LOOKS for fault in _widths_of(page, *look)]
    faults += complaints
    page.evaluate(Axe().axe_script)  # which the policy would complain of, so it comes behind the complaints
    faults += [fault for look in LOOKS for fault in _barriers_of(page, *look)]
    complaints.clear()
    return faults


def _widths_of(page: Page, scheme: Scheme, size: ViewportSize) -> list[str]:
    _look_at(page, scheme, size)
    return [f"{page.url} is wider than {size['width']}"] if is_wider_than_the_screen(page) else []


def _barriers_of(page: Page, scheme: Scheme, size: ViewportSize) -> list[str]:
    """What keeps somebody from using the page, as axe tells it."""
    _look_at(page, scheme, size)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{page.url} {scheme}: {v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in GRAVE]


def _look_at(page: Page, scheme: Scheme, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate("new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))")
