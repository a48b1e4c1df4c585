"""What a run does between two steps for those who wait, before the list comes to them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from billing.steps.run.context import Context

# A run looks for services that somebody waits for no more often than this, however fast its pages come.
SECONDS_BETWEEN_LOOKS = 1.0


@dataclass(slots=True)
class OutOfTurn:
    """`serve` is what looks for those who wait, and does what they wait for; a run of one service has nothing there.

    `read` are services that were read by themselves: what the list says about them may be older. `provisioned` are
    purchases that have a company, and are counted, before the list comes to them.
    """

    serve: "Sequence[Callable[[Context], None]]" = ()
    read: set[int] = field(default_factory=set)
    provisioned: set[int] = field(default_factory=set)
    _served_at: float = field(default_factory=time.monotonic)

    @property
    def services(self) -> set[int]:
        """All about which nothing is left to do when the list comes to them."""
        return self.read | self.provisioned

    def serve_if_due(self, context: "Context") -> None:
        if self.serve and time.monotonic() - self._served_at >= SECONDS_BETWEEN_LOOKS:
            for serve in self.serve:
                serve(context)
            self._served_at = time.monotonic()
