"""Against which companies a reading is evidence: what `billing.steps.losses.closing` writes down at its end."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Evidence:
    """`unconfirmed`: companies against which it is none; `kept`: those of them that an operator's no keeps open.

    `closed_by_date`: companies that it closes because a due date has passed, each with the reason.
    """

    unconfirmed: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    closed_by_date: dict[int, str] = field(default_factory=dict)

    def spare(self, company_id: int | None) -> None:
        """Let the reading be no evidence against this company, if there is one."""
        if company_id is not None:
            self.unconfirmed.add(company_id)
