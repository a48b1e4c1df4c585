"""What a run has found so far and needs at its end."""

from dataclasses import dataclass, field

from billing.reconcile import Decision
from billing.whmcs import BadRow


@dataclass(slots=True)
class Nameless:
    """Rows of the list whose service id can't be read. `identified`: how many of our services turned out to be such."""

    rows: list[BadRow] = field(default_factory=list)
    identified: int = 0

    @property
    def to_list(self) -> list[BadRow]:
        """All of them, by their positions; none if each is one of our services, for those are listed by their ids."""
        return self.rows if len(self.rows) > self.identified else []


@dataclass(slots=True)
class Findings:
    """`losses` and `overdue` would take access away: WHMCS says something new, or (by company) only a date has passed.

    `opened` are companies that this run opened, `vanished` services that turned out to be gone.
    """

    losses: list[Decision] = field(default_factory=list)
    overdue: dict[int, Decision] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)
    vanished: set[int] = field(default_factory=set)
    nameless: Nameless = field(default_factory=Nameless)

    @property
    def companies(self) -> set[int]:
        """The companies that this run opened, or that `losses` would close."""
        return self.opened | {loss.company_id for loss in self.losses if loss.company_id is not None}

    def drop_losses(self, service_id: int) -> int:
        """Drop the losses that come from this service; returns how many there were."""
        others = [loss for loss in self.losses if loss.facts.service_id != service_id]
        dropped, self.losses = len(self.losses) - len(others), others
        return dropped
