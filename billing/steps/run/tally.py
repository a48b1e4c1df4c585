"""Counts the services of a run, each under its result."""

from collections import Counter
from collections.abc import Collection

from billing.models import RunRecord
from billing.whmcs import IdSet

UNCHANGED = "unchanged"


class Tally:
    """How many services have which result.

    `recount` moves a service from unchanged to the result that is counted next. One that had another result before
    counts under both, and once in `seen`.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        # Services that are counted under another result than unchanged, and how many are counted under two results.
        self._told = IdSet()
        self._twice = 0

    @property
    def seen(self) -> int:
        """How many services were counted, each once."""
        results = (*RunRecord.Result.values, UNCHANGED)
        return sum(self.counts[result] for result in results) - self._twice

    def count(self, result: str, by: int = 1) -> None:
        """Count services under a result that is not asked for again, such as unchanged."""
        self.counts[result] += by

    def uncount(self, by: int = 1) -> None:
        """Subtract services that were counted as unchanged but have another result."""
        self.counts[UNCHANGED] -= by

    def recount(self, service_id: int) -> None:
        """Prepare to count one service again: no longer as unchanged, but an earlier other result stays."""
        if service_id in self._told or not self.counts[UNCHANGED]:
            self._twice += 1
        else:
            self.uncount()

    def tell(self, result: str, service_ids: Collection[int]) -> None:
        """Count services under a result that is not `unchanged`."""
        self.count(result, len(service_ids))
        self._told.update(service_ids)
