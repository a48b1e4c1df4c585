"""Purchases made during a long import: whoever has just paid does not queue behind thousands of others.

WHMCS lists by number, so what is new stands at the end of the list. While many newcomers are under way, that end is
read every few seconds, and who is new there is provisioned at once. If a WHMCS lists otherwise nothing is lost: the run
comes to them in its turn.
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
# The latest purchases from before the import come first, too.
LATEST = 25
WINDOW = 50
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class EndOfList:
    """Where the end of the list was when it was last looked at (monotonic seconds)."""

    looked_at: float = float("-inf")
    start: int | None = None

    def look(self, context: Context) -> None:
        """Provision who is new there, if it is time and many are under way; not where a preview says who may be."""
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
            # The reading of the list itself has more patience, and tells if that does not help either.
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
