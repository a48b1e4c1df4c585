"""The two calls that Ticketz makes to WHMCS. There will be no third: the API role allows exactly these.

The connection doctor alone asks for more, to be refused (`examiner`).
"""

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self, TypeVar

from billing.errors import BillingError, ClientNotFound, ErrorCode, GatewayDenied, GatewayProtocolError
from billing.whmcs.budget import CallBudget
from billing.whmcs.credentials import Credentials
from billing.whmcs.details import ClientDetails, read_details
from billing.whmcs.envelope import Call
from billing.whmcs.page import Page
from billing.whmcs.reader import Asked, RowFormat, RowReader
from billing.whmcs.retry import RetryPolicy
from billing.whmcs.transport import Answer, Destination, Limits, Transport

T = TypeVar("T")

PRODUCTS: Final = "GetClientsProducts"
DETAILS: Final = "GetClientsDetails"


class WhmcsClient:
    """Reads one WHMCS installation. Safe to use from several threads; use it as a context manager, or close it.

    One for each run: what WHMCS denied once is not asked for again, and all its calls share one `CallBudget`.
    `clock_difference` is by how many seconds WHMCS's clock is ahead of ours, None as long as no good answer said so.

    Every method raises billing.errors.GatewayUnavailable when WHMCS can't be read now (after the retries of `retry`),
    GatewayDenied when a setting has to be changed first, and GatewayProtocolError when the answer is not WHMCS's.
    """

    def __init__(
        self,
        destination: Destination,
        credentials: Credentials,
        *,
        row_format: RowFormat = RowFormat(),  # noqa: B008 - frozen
        limits: Limits = Limits(),  # noqa: B008 - likewise
        retry: RetryPolicy | None = None,
        budget: CallBudget | None = None,
        version: str = "",
    ) -> None:
        """`budget` says how many calls may fail (default: a full one); WHMCS is told which `version` of ours calls.

        Raises InvalidBaseUrl for a base URL that only a deployer may allow.
        """
        self._credentials = credentials
        self._transport = Transport(destination, credentials, limits, user_agent=f"Ticketz/{version}")
        self._reader = RowReader(row_format)
        self._retry = retry or RetryPolicy()
        self._budget = budget or CallBudget()
        self._denied: dict[str, GatewayDenied] = {}
        self._counting = threading.Lock()
        self.api_calls = 0  # attempts, so retries count
        self.clock_difference: float | None = None

    def fetch_products(self, *, product_id: int, limitstart: int, limitnum: int) -> Page:
        """One window of the services of a product; rows of other products are counted as foreign and dropped.

        WHMCS promises no order, so a window is not a reliable part of a whole: `Listing` makes one of them.
        """
        asked = Asked(product_id=product_id, start=limitstart)
        return self._fetch_page(asked, {"pid": product_id, "limitstart": limitstart, "limitnum": limitnum})

    def fetch_service(self, service_id: int) -> Page:
        """One service whatever its product; a page without rows and bad rows where WHMCS does not know it."""
        parameters = {"serviceid": service_id, "limitstart": 0, "limitnum": 25}
        try:
            page = self._fetch_page(Asked(service_id=service_id), parameters)
        except GatewayProtocolError as error:
            if error.code is ErrorCode.SERVICE_NOT_FOUND:
                return self._reader.empty_page()
            raise
        if page.foreign_ids and not page.rows and not page.bad:
            # The filter was ignored, so the service may well exist on some other page.
            raise GatewayProtocolError(ErrorCode.OTHER_SERVICES, service_id=str(service_id))
        return page

    def fetch_client(self, client_id: int) -> ClientDetails:
        """The details of a client. Raises ClientNotFound, BadRecord and the errors of every call."""
        try:
            return self._call(
                DETAILS, {"clientid": client_id}, lambda answer, call: read_details(answer, client_id, call)
            )
        except ClientNotFound as error:
            raise ClientNotFound(client_id=str(client_id)) from error

    def spend(self, tokens: float) -> None:
        """So much of what may fail was spent by others, who read the same WHMCS for this run."""
        self._budget.take(tokens)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _fetch_page(self, asked: Asked, parameters: Mapping[str, int]) -> Page:
        return self._call(PRODUCTS, parameters, lambda answer, call: self._reader.read(answer, asked, call))

    def _call(self, action: str, parameters: Mapping[str, int], read: Callable[[Answer, Call], T]) -> T:
        """What `read` makes of the answer, after retries."""

        def attempt() -> T:
            self._ensure_allowed(action)
            try:
                return self._ask(action, parameters, read)
            except BillingError as error:
                self._take_error(action, error)
                # The frames below hold the form with the secret, or what WHMCS said about customers, and what led to
                # the error may quote it: no crash report is to show that. What is chained on purpose stays.
                error.__context__ = None
                raise error.with_traceback(None) from error.__cause__

        return self._retry.call(attempt, self._transport.drop_connections, lambda: not self._budget.is_spent)

    def _ensure_allowed(self, action: str) -> None:
        """Raise where asking is known to be in vain, or not wanted any more."""
        if denied := self._denied.get(action):
            raise GatewayDenied(denied.code, **denied.params)
        self._budget.ensure_left()

    def _take_error(self, action: str, error: BillingError) -> None:
        self._budget.count_error(error)
        if isinstance(error, GatewayDenied):
            self._denied[action] = GatewayDenied(error.code, **error.params)  # without the frames that it carries

    def _ask(self, action: str, parameters: Mapping[str, int], read: Callable[[Answer, Call], T]) -> T:
        answer = self._post(action, parameters)
        result = read(answer, Call(action, self._credentials.scrub))
        self._budget.count_answer()
        if self.clock_difference is None:
            self.clock_difference = answer.clock_difference
        return result

    def _post(self, action: str, parameters: Mapping[str, int]) -> Answer:
        with self._counting:
            self.api_calls += 1
        form = {name: str(value) for name, value in parameters.items()}
        return self._transport.fetch({"action": action, "responsetype": "json", **form})
