"""What it takes to show a page to somebody who has never been here: bytes, and how much of it jumps."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

# A hundredth of what Lighthouse calls good: a text that is drawn a part of a pixel further down on a busy machine.
UNSEEN_SHIFT = 0.001
# Runs before anything of the page, and outside of its policy.
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
TWO_FRAMES = "new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"


@dataclass
class Meter:
    """Watches a page without a cache. `transferred` is bytes with their headers, `hosts` everybody who was asked."""

    page: Page
    transferred: int = 0
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        network = self.page.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.on("Network.loadingFinished", self._count_transferred)
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.add_init_script(WATCH_SHIFTS)

    def load(self, address: str) -> None:
        """Go there as for the first time; the figures are of this page alone."""
        self.transferred = 0
        self.page.goto(address)
        self.page.evaluate(TWO_FRAMES)

    def shifted(self) -> float:
        """The cumulative layout shift of the page so far; 0 where it is too little for an eye to see."""
        shift = float(self.page.evaluate("window.shifted"))
        return 0.0 if shift < UNSEEN_SHIFT else shift

    def _count_transferred(self, event: dict[str, Any]) -> None:
        self.transferred += int(event["encodedDataLength"])
