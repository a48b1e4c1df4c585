"""Against which companies a reading is evidence; `billing.steps.losses.closing` stores it at the end of a run."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Evidence:
    """`unconfirmed`: companies against which the reading is no evidence; `kept`: those kept open by a rejection.

    `closed_by_date`: companies that the reading closes because a due date has passed, each with the reason.
    """

    unconfirmed: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    closed_by_date: dict[int, str] = field(default_factory=dict)

    def spare(self, company_id: int | None) -> None:
        """Make the reading no evidence against this company; None is ignored."""
        if company_id is not None:
            self.unconfirmed.add(company_id)
