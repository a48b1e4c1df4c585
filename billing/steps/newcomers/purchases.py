"""Purchases during a long import: customers who have just paid do not queue behind thousands of others.

WHMCS lists services by id, so new ones are at the end of the list. While newcomers are in progress, the run reads that
end every few seconds and provisions new purchases at once. If a WHMCS sorts in another way nothing is lost: the run
reaches them in list order.
"""

import logging
import time
from dataclasses import dataclass

from billing.errors import BillingError
from billing.reconcile import Action
from billing.steps.changes.deciding import observe_and_decide
from billing.steps.newcomers.pipeline import provision_first
from billing.steps.run.context import Context
from billing.steps.safeguards.identity import ensure_same
from billing.whmcs import Page
from billing.whmcs.window import OVERLAP

SECONDS_BETWEEN_LOOKS = 3.0
# How many of the latest purchases from before the import are provisioned first, too.
LATEST = 25
WINDOW = 50
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class EndOfList:
    """Where the end of the list is read next, and when it was last read (monotonic seconds)."""

    looked_at: float = float("-inf")
    start: int | None = None

    def look(self, context: Context) -> None:
        """Provision new purchases, if it is time and newcomers are in progress; only in an ordinary run."""
        total, now = context.progress.expected, time.monotonic()
        is_time = now - self.looked_at >= SECONDS_BETWEEN_LOOKS
        if not is_time or not total or not context.preparation.backlog or not context.is_ordinary:
            return
        if self.start is None:
            self.start = max(0, total - LATEST)
        self.looked_at = now
        try:
            page = context.client.fetch_products(
                product_id=context.gateway.product_code, limitstart=self.start, limitnum=WINDOW
            )
        except BillingError as error:
            # The reading of the list itself retries longer, and reports the error if that does not help.
            logger.info("%s: the end of the list can't be read now: %s", context.gateway, error)
            return
        self.start = max(self.start, self.start + page.returned - OVERLAP)
        _provision_new(context, page)


def _provision_new(context: Context, page: Page) -> None:
    done = context.out_of_turn.services
    rows = [row for row in page.rows if row.service_id not in done and row.service_id not in context.seen]
    decisions = observe_and_decide(context.gateway, rows, context.policy, context.at)
    newcomers = [decision for decision in decisions if decision.action is Action.PROVISION]
    if newcomers:
        ensure_same(context, newcomers)
        context.out_of_turn.provisioned.update(decision.facts.service_id for decision in newcomers)
        provision_first(context, newcomers, page.first_password)
