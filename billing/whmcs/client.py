"""The two calls that Ticketz makes to WHMCS. There will be no third: the API role allows exactly these.

Only the connection doctor calls other actions, and expects to be refused (`examiner`).
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Final, Self, TypeVar

from billing.errors import BillingError, ClientNotFound, ErrorCode, GatewayDenied, GatewayProtocolError
from billing.whmcs.budget import CallBudget
from billing.whmcs.credentials import Credentials
from billing.whmcs.details import ClientDetails, read_details
from billing.whmcs.envelope import Call
from billing.whmcs.page import BadRow, Page, RowCode
from billing.whmcs.reader import Asked, RowFormat, RowReader
from billing.whmcs.retry import RetryPolicy
from billing.whmcs.transport import Answer, Destination, Limits, Transport

T = TypeVar("T")

PRODUCTS: Final = "GetClientsProducts"
DETAILS: Final = "GetClientsDetails"


class WhmcsClient:
    """Reads one WHMCS installation. Safe to use from several threads; use it as a context manager, or close it.

    Make one for each run: an action that WHMCS denied once is not called again, and all calls share one `CallBudget`.
    `clock_difference` says how many seconds WHMCS's clock is ahead of ours; None until a good answer tells.

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
        """`budget` limits how many calls may fail (default: a full one); `version` goes into the User-Agent.

        Raises InvalidBaseUrl for a base URL that only the deployer may allow.
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

        WHMCS promises no order, so windows may overlap or leave gaps. `Listing` makes a reliable whole of them.
        """
        asked = Asked(product_id=product_id, start=limitstart)
        return self._fetch_page(asked, {"pid": product_id, "limitstart": limitstart, "limitnum": limitnum})

    def fetch_service(self, service_id: int) -> Page:
        """One service, whatever its product. If WHMCS does not know it, the page has neither rows nor bad rows.

        A row that can't be read is named by the id that was asked for, also where WHMCS can't encode it.
        """
        parameters = {"serviceid": service_id, "limitstart": 0, "limitnum": 25}
        try:
            page = self._fetch_page(Asked(service_id=service_id), parameters)
        except GatewayProtocolError as error:
            if error.code is ErrorCode.SERVICE_NOT_FOUND:
                return self._reader.empty_page()
            if error.code is ErrorCode.UNENCODABLE_ROW:
                return Page.of_bad_row(BadRow(service_id, 0, RowCode.UNENCODABLE_ROW, {}))
            raise
        if page.foreign_ids and not page.rows and not page.bad:
            # WHMCS ignored the filter, so the service may exist on another page.
            raise GatewayProtocolError(ErrorCode.OTHER_SERVICES, service_id=str(service_id))
        if page.returned == 1:
            page.bad = [replace(row, service_id=row.service_id or service_id) for row in page.bad]
        return page

    def fetch_client(self, client_id: int) -> ClientDetails:
        """The details of a client. Also raises ClientNotFound and BadRecord."""
        try:
            return self._call(
                DETAILS, {"clientid": client_id}, lambda answer, call: read_details(answer, client_id, call)
            )
        except ClientNotFound as error:
            raise ClientNotFound(client_id=str(client_id)) from error

    def spend(self, tokens: float) -> None:
        """Count failed calls that helpers of this run made to the same WHMCS."""
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
        """Call WHMCS, with retries, and return what `read` makes of the answer."""

        def attempt() -> T:
            self._ensure_allowed(action)
            try:
                return self._ask(action, parameters, read)
            except BillingError as error:
                self._take_error(action, error)
                # The frames hold the form with the secret or data of customers, and the context may quote them. No
                # crash report may show that. A cause that was chained on purpose is clean and stays.
                error.__context__ = None
                raise error.with_traceback(None) from error.__cause__

        return self._retry.call(attempt, self._transport.drop_connections, lambda: not self._budget.is_spent)

    def _ensure_allowed(self, action: str) -> None:
        """Raise if WHMCS denied this action before, or if the budget is spent."""
        if denied := self._denied.get(action):
            raise GatewayDenied(denied.code, **denied.params)
        self._budget.ensure_left()

    def _take_error(self, action: str, error: BillingError) -> None:
        self._budget.count_error(error)
        if isinstance(error, GatewayDenied):
            self._denied[action] = GatewayDenied(error.code, **error.params)  # a copy without the traceback

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
