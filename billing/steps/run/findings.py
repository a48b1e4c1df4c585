"""What a run has found so far and has to act upon at its end, or must not forget until then."""

from dataclasses import dataclass, field

from billing.reconcile import Decision


@dataclass(slots=True)
class Findings:
    """`losses` and `overdue` would take access away: WHMCS says something else, or (by company) only a date has passed.

    `opened` are companies that this run opened, `vanished` services that turned out to be gone.
    """

    losses: list[Decision] = field(default_factory=list)
    overdue: dict[int, Decision] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)
    vanished: set[int] = field(default_factory=set)

    @property
    def companies(self) -> set[int]:
        """Those that this run opened, or about which WHMCS says something that would close them."""
        return self.opened | {loss.company_id for loss in self.losses if loss.company_id is not None}

    def drop_losses(self, service_id: int) -> int:
        """Act no more upon what would take access away because of this service; returns how many there were."""
        others = [loss for loss in self.losses if loss.facts.service_id != service_id]
        dropped, self.losses = len(self.losses) - len(others), others
        return dropped
