"""The threads that prepare newcomers: they fetch the client's details and hash the first password.

A few calls (`billing.steps.clients.pace`) and one hash per core run at a time, while the run reads the list and writes
prepared newcomers. A transaction never waits for them.
"""

import logging
import os
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, TypeAlias

from billing.errors import BadRecord, BillingError, GatewayDenied
from billing.models import Kind
from billing.reconcile import Decision, Note
from billing.runs.unexpected import where
from billing.steps.clients.details import Newcomer, Refused, make_newcomer
from billing.steps.clients.pace import MOST_CALLS, Pace
from billing.whmcs import ClientDetails, SecretText, WhmcsClient

logger = logging.getLogger(__name__)

# Calls of `of_few`, in addition to those of the main Preparation.
CALLS_FOR_FEW = 4

PasswordOf: TypeAlias = Callable[[int], SecretText | None]
Prepared: TypeAlias = Newcomer | Refused


class _UnderWay(NamedTuple):
    """A decision to PROVISION, how to get the typed password, and the future result."""

    decision: Decision
    typed: PasswordOf
    result: Future[Prepared]


class Preparation:
    """Prepares newcomers and returns them in the order they were added. Each run has its own and must close it.

    Once WHMCS has refused `GetClientsDetails`, it is not asked again.
    """

    def __init__(self, client: WhmcsClient, *, prefer_company_name: bool) -> None:
        self._client = client
        self._prefer_company_name = prefer_company_name
        self._denied: GatewayDenied | None = None
        self._waiting: deque[Future[Prepared]] = deque()
        # A pool starts its threads only when it gets work.
        self._fetching = ThreadPoolExecutor(MOST_CALLS, thread_name_prefix="details")
        self._hashing = ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="hash")
        self.pace = Pace()

    def of_few(self) -> "Preparation":
        """Another Preparation, for a few newcomers that should not wait behind those added here."""
        few = Preparation(self._client, prefer_company_name=self._prefer_company_name)
        few._denied = self._denied
        few.pace.most = CALLS_FOR_FEW
        return few

    @property
    def backlog(self) -> int:
        """How many were added but not taken yet."""
        return len(self._waiting)

    def add(self, decisions: Sequence[Decision], typed: PasswordOf) -> None:
        """Begin to prepare decisions to PROVISION. `typed` gives the password field of a service."""
        by_client: dict[int, list[_UnderWay]] = defaultdict(list)
        for decision in decisions:
            one = _UnderWay(decision, typed, Future())
            by_client[decision.facts.client_id].append(one)
            self._waiting.append(one.result)
        for client_id, wanted in by_client.items():
            self._fetching.submit(self._fetch_for, client_id, wanted)

    def take(self, at_most: int) -> list[Prepared]:
        """The next few, as soon as all of them are prepared; an empty list if none are left."""
        return [self._waiting.popleft().result() for _ in range(min(at_most, self.backlog))]

    def close(self) -> None:
        """Cancel what has not begun, and wait for what has."""
        self.pace.close()
        self._fetching.shutdown(cancel_futures=True)
        self._hashing.shutdown(cancel_futures=True)

    def _fetch_for(self, client_id: int, wanted: Sequence[_UnderWay]) -> None:
        client = self.pace.call(lambda: self._fetch(client_id), _was_answered)
        if client is None:
            return
        try:
            self._hashing.submit(self._finish, client, wanted)
        except RuntimeError:  # the system can't start a thread, but the run waits for the result
            self._finish(client, wanted)

    def _fetch(self, client_id: int) -> ClientDetails | Note:
        if self._denied is not None:
            return Note(Kind.DETAILS_FAILED, self._denied.as_details())
        try:
            return self._client.fetch_client(client_id)
        except BadRecord as error:
            return Note(Kind.BAD_CLIENT, error.as_details())
        except GatewayDenied as error:
            self._denied = error
            return Note(Kind.DETAILS_FAILED, error.as_details())
        except BillingError as error:
            return Note(Kind.DETAILS_FAILED, error.as_details())
        except Exception as error:
            return _unforeseen(client_id, error)

    def _finish(self, client: ClientDetails | Note, wanted: Sequence[_UnderWay]) -> None:
        for one in wanted:
            one.result.set_result(self._prepare(one, client))
        self.pace.take_used()

    def _prepare(self, one: _UnderWay, client: ClientDetails | Note) -> Prepared:
        if isinstance(client, Note):
            return Refused(one.decision, client)
        facts, prefers = one.decision.facts, self._prefer_company_name
        try:
            return make_newcomer(one.decision, client, one.typed(facts.service_id), prefer_company_name=prefers)
        except Exception as error:
            return Refused(one.decision, _unforeseen(facts.client_id, error))


def _was_answered(answer: ClientDetails | Note) -> bool:
    return not isinstance(answer, Note) or answer.kind is not Kind.DETAILS_FAILED


def _unforeseen(client_id: int, error: Exception) -> Note:
    """Turn an unexpected error into a note: a bug that one client triggers must not leave the run waiting for ever."""
    kind = type(error).__name__
    logger.error("Client %d can't be prepared: %s at %s", client_id, kind, where(error))
    return Note(Kind.BAD_CLIENT, {"reason": "unforeseen", "error": kind})
