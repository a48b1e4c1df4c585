"""How a page is looked at: at a desk in the light, on a phone in the dark, by a machine for barriers."""

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.browser.chromium import DESK, PHONE, is_wider_than_the_screen

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[Scheme, ViewportSize], ...] = (("light", DESK), ("dark", PHONE))
# Only what is wrong, for the way out of the browser is long; and of what axe would load beforehand our pages have none.
RUN_AXE = """axe.run({ resultTypes: ["violations"], preload: false }).then(({ violations }) =>
  violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes[0].html}`))"""
# Labels that end where their field begins, in the same line.
TOUCHING = """() => [...document.querySelectorAll("label[for]")].filter((label) => {
  const field = document.getElementById(label.htmlFor);
  if (!field || !field.checkVisibility() || !label.checkVisibility()) return false;
  const words = document.createRange();
  words.selectNodeContents(label);
  const text = words.getBoundingClientRect(), box = field.getBoundingClientRect();
  const gap = box.left - text.right;
  return text.width > 1 && text.bottom > box.top && box.bottom > text.top && gap < 4 && gap > -4;
}).map((label) => label.textContent.trim())"""


def faults_of(page: Page, complaints: list[str]) -> list[str]:
    """What is wrong with the page that is open now, in each look, with what the console complained of so far."""
    faults = [fault for look in LOOKS for fault in _widths_of(page, *look)]
    faults += complaints
    for scheme, size in LOOKS:
        look_at(page, scheme, size)
        faults += barriers_of(page, scheme)
    complaints.clear()  # the policy complains of axe itself
    return faults


def barriers_of(page: Page, scheme: Scheme) -> list[str]:
    """What keeps somebody from using the page as it looks now, as axe tells it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return [f"{page.url} {scheme}: {barrier}" for barrier in page.evaluate(RUN_AXE)]


def look_at(page: Page, scheme: Scheme, size: ViewportSize) -> None:
    """Show the page in this size and theme from now on."""
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate("new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))")


def _widths_of(page: Page, scheme: Scheme, size: ViewportSize) -> list[str]:
    look_at(page, scheme, size)
    too_wide = [f"{page.url} is wider than {size['width']}"] if is_wider_than_the_screen(page) else []
    touching = page.evaluate(TOUCHING)
    return too_wide + [f"{page.url} at {size['width']}: the field touches its label “{label}”" for label in touching]
