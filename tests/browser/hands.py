"""Two ways to use a page: with a mouse, and with nothing but a keyboard."""

from typing import Protocol

from playwright.sync_api import Page

MOST_STOPS = 120
# Whether somebody can see where they are: an outline, or a shadow that is drawn around.
FOCUS_IS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
}"""


class Hands(Protocol):
    """What somebody does with what a selector finds first."""

    def press(self, page: Page, selector: str) -> None:
        """Follow a link, press a button, open a box, tick or untick."""

    def write(self, page: Page, selector: str, text: str) -> None:
        """Type into an empty field."""

    def pick(self, page: Page, selector: str, value: str) -> None:
        """Choose this value of a list."""


class Mouse:
    """Points and clicks."""

    def press(self, page: Page, selector: str) -> None:
        page.locator(selector).first.click()

    def write(self, page: Page, selector: str, text: str) -> None:
        page.locator(selector).first.fill(text)

    def pick(self, page: Page, selector: str, value: str) -> None:
        page.locator(selector).first.select_option(value)


class Keyboard:
    """Tab, Enter, Space, arrows and letters. Wherever it stops on its way, it must see where it is."""

    def press(self, page: Page, selector: str) -> None:
        self._go_to(page, selector)
        if page.evaluate("document.activeElement.tagName") in ("A", "BUTTON"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
        else:
            page.keyboard.press("Space")

    def write(self, page: Page, selector: str, text: str) -> None:
        self._go_to(page, selector)
        page.keyboard.insert_text(text)

    def pick(self, page: Page, selector: str, value: str) -> None:
        self._go_to(page, selector)
        page.keyboard.press("Home")
        while page.evaluate("document.activeElement.value") != value:
            page.keyboard.press("ArrowDown")

    def _go_to(self, page: Page, selector: str) -> None:
        page.wait_for_selector(selector, state="attached")
        wanted = page.locator(selector).first
        for _ in range(MOST_STOPS):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
            where = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            assert page.evaluate(FOCUS_IS_SEEN), f"{page.url}: nobody sees that this has the focus: {where}"
        raise AssertionError(f"{page.url}: no Tab leads to {selector}")
