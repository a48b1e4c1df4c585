"""The client of the connection doctor, which calls more actions than a run does. Nothing else may use it."""

import time
from typing import Any, Final

from billing.errors import ErrorCode, GatewayDenied, GatewayUnavailable
from billing.whmcs.client import PRODUCTS, WhmcsClient
from billing.whmcs.credentials import Credentials
from billing.whmcs.deadline import Deadline
from billing.whmcs.envelope import read_envelope
from billing.whmcs.reader import Asked, RowFormat
from billing.whmcs.retry import RetryPolicy
from billing.whmcs.sample import Sample, read_sample
from billing.whmcs.transport import Answer, Destination

# Documented actions that only read, with parameters that keep their answers small. Ticketz needs none of them and
# expects a refusal: an answer shows that the API role allows more than its two actions. Do not add to this list: some
# firewalls ban an address after a handful of refusals.
PROBES: Final[dict[str, dict[str, int]]] = {
    "GetClients": {"limitnum": 1},
    "GetInvoices": {"limitnum": 1},
    "GetOrders": {"limitnum": 1},
    "GetAdminDetails": {},
    "WhmcsDetails": {},
}


class Examiner(WhmcsClient):
    """A client without retries, with one deadline for all its calls, that also reads what a run ignores.

    `slowest` is how many seconds the slowest good answer about services took. `clock_difference` comes from any answer,
    also from a refusal.
    """

    def __init__(
        self,
        destination: Destination,
        credentials: Credentials,
        *,
        row_format: RowFormat,
        overall: Deadline,
        version: str = "",
    ) -> None:
        once = RetryPolicy(max_tries=1)
        super().__init__(destination, credentials, row_format=row_format, retry=once, version=version)
        self._overall = overall
        self.slowest = 0.0

    def fetch_sample(self, *, product_id: int | None, start: int, limit: int) -> Sample:
        """One window of the services of a product, or of all products, with what a run ignores."""
        asked = Asked(product_id=product_id, start=start)
        window = {"limitstart": start, "limitnum": limit}
        began = time.monotonic()
        sample = self._call(
            PRODUCTS,
            window if product_id is None else {"pid": product_id, **window},
            lambda answer, call: read_sample(self._reader, answer, asked, limit, call),
        )
        self.slowest = max(self.slowest, time.monotonic() - began)
        return sample

    def allows(self, action: str) -> bool:
        """Whether the role allows one of `PROBES`; the content of the answer is dropped unread.

        Raises the errors of every call, except the refusals that mean no.
        """
        try:
            self._call(action, PROBES[action], lambda answer, call: read_envelope(answer, call).clear())
        except GatewayDenied as error:
            if error.code in {ErrorCode.ACTION_NOT_ALLOWED, ErrorCode.UNKNOWN_ACTION}:
                return False
            raise
        return True

    def _post(self, action: str, parameters: Any) -> Answer:
        try:
            self._transport.shorten(self._overall.remaining())
        except TimeoutError:
            raise GatewayUnavailable(ErrorCode.TIMEOUT, seconds=f"{self._overall.seconds:g}") from None
        answer = super()._post(action, parameters)
        if answer.clock_difference is not None:
            self.clock_difference = answer.clock_difference
        return answer
