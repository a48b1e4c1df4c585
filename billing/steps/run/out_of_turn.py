"""Work that a run does between two steps for those who wait, before it reaches them in the list."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from billing.steps.run.context import Context

# The least time between two checks for services that somebody waits for, however fast pages arrive.
SECONDS_BETWEEN_LOOKS = 1.0


@dataclass(slots=True)
class OutOfTurn:
    """`serve` are functions that look for waiting work and do it; a run of one service has none.

    `read` are services that were read out of turn: what the list says about them may be older. `provisioned` are
    purchases that were given a company and counted before the list reaches them.
    """

    serve: "Sequence[Callable[[Context], None]]" = ()
    read: set[int] = field(default_factory=set)
    provisioned: set[int] = field(default_factory=set)
    _served_at: float = field(default_factory=time.monotonic)

    @property
    def services(self) -> set[int]:
        """All services that are already done when the list reaches them."""
        return self.read | self.provisioned

    def serve_if_due(self, context: "Context") -> None:
        if self.serve and time.monotonic() - self._served_at >= SECONDS_BETWEEN_LOOKS:
            for serve in self.serve:
                serve(context)
            self._served_at = time.monotonic()
