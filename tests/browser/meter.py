"""What it takes to show a page to somebody who has never been here: bytes, and how much of it jumps."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

# A fiftieth of what Lighthouse calls good. A browser draws wherever its reading of the page pauses, be it in the middle
# of a line, and what is centred in that line or at its end moves a little when the rest of it comes.
UNSEEN_SHIFT = 0.002
# With all that it loads and nothing compressed, so that it holds whatever stands before Ticketz.
MOST_BYTES = 60_000
# Runs before anything of the page, and outside of its policy.
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) if (!hadRecentInput) {
    const moved = sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? "something gone").slice(0, 80));
    window.shifts.push([value, moved.join(" and ")]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
# As a slow line does it: what comes is drawn before more of it comes, the first of it once its styles are there.
WRITE_SLOWLY = """async (pieces) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  document.open();
  for (const piece of pieces) {
    document.write(piece);
    const styles = () => [...document.querySelectorAll("link[rel=stylesheet]")];
    do await painted(); while (styles().some(({ sheet }) => !sheet));
  }
  document.close();
  await painted();
}"""
PIECES = re.compile("(?=<(?:li|/?ul|article|section|h1|h2|form|footer)[ >])")
TWO_FRAMES = "new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"


@dataclass
class Meter:
    """Watches a page with an empty cache. `transferred` is bytes with headers, `hosts` everybody who was asked."""

    page: Page
    transferred: int = 0
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._network = self.page.context.new_cdp_session(self.page)
        self._network.send("Network.enable")
        self._network.on("Network.loadingFinished", self._count_transferred)
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.add_init_script(WATCH_SHIFTS)

    def load(self, address: str) -> None:
        """Go there as for the first time; the figures are of this page alone.

        The cache is emptied, not switched off: without one, a browser may fetch the icon for its tab again or may not.
        """
        self._network.send("Network.clearBrowserCache")
        self.transferred = 0
        self.page.goto(address)
        self.page.evaluate(TWO_FRAMES)

    def load_in_pieces(self, address: str) -> None:
        """Go there on a line so slow that the page is drawn before each box, heading, item of a list and end of one."""
        self.page.goto(address)
        pieces = PIECES.split(self.page.evaluate("fetch(location.href).then((answer) => answer.text())"))
        self.page.evaluate("window.shifts.length = 0")
        self.page.evaluate(WRITE_SLOWLY, pieces)

    def jumps(self) -> list[str]:
        """How much of the page jumped so far, and what did; nothing where it is too little for an eye to see."""
        shifts = self.page.evaluate("window.shifts")
        total = sum(value for value, _ in shifts)
        return [f"jumps by {total:.4f}: {'; '.join(moved for _, moved in shifts)}"] if total >= UNSEEN_SHIFT else []

    def _count_transferred(self, event: dict[str, Any]) -> None:
        self.transferred += int(event["encodedDataLength"])
