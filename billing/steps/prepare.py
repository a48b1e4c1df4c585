"""What a new company needs from outside the database: the client's details and a hashed first password.

Both run in threads, a few calls (`billing.steps.pace`) and as many hashes as there are cores at a time, while the list
is read on and what is prepared is written. A transaction never waits for them.
"""

import logging
import os
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from billing.errors import BadRecord, BillingError, GatewayDenied
from billing.models import Kind
from billing.reconcile import Decision, Note
from billing.runs.unexpected import where
from billing.steps.pace import MOST_CALLS, Pace
from billing.whmcs import (
    ClientDetails,
    SecretText,
    Unusable,
    WhmcsClient,
    parse_first_password,
)
from companies.access import BillingState
from companies.authentication.first_password import problem_with
from companies.authentication.hashers import encode_readings
from companies.lifecycle import Contact
from companies.people.emails import InvalidEmail, canonical_email

logger = logging.getLogger(__name__)

# Besides those of the many, whose own calls wait while enough is fetched.
CALLS_FOR_FEW = 4


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Everything that `provision` writes for one service.

    `state` is what its company begins with. `password` is a hash; if it is None, `password_problem` says why.
    """

    decision: Decision
    state: BillingState
    contact: Contact
    email: str
    person: str
    password: str | None
    password_problem: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A service that can't be provisioned now, and why."""

    decision: Decision
    note: Note


PasswordOf = Callable[[int], SecretText | None]


class Preparation:
    """Prepares newcomers, in the order in which they are added. Each run has its own, and has to close it.

    Once WHMCS has refused `GetClientsDetails`, it is not asked again.
    """

    def __init__(self, client: WhmcsClient, *, prefer_company_name: bool) -> None:
        self._client = client
        self._prefer_company_name = prefer_company_name
        self._denied: GatewayDenied | None = None
        self._waiting: deque[Future[Newcomer | Refused]] = deque()
        self.pace = Pace()

    def of_few(self) -> "Preparation":
        """Another Preparation, for a few who should not wait behind those that were added here."""
        few = Preparation(self._client, prefer_company_name=self._prefer_company_name)
        few._denied = self._denied
        few.pace.most = CALLS_FOR_FEW
        return few

    @property
    def backlog(self) -> int:
        """How many were added and not taken yet."""
        return len(self._waiting)

    def add(self, decisions: Sequence[Decision], typed: PasswordOf) -> None:
        """Begin to prepare decisions to PROVISION. `typed` gives the password field of a service."""
        by_client: dict[int, list[tuple[Decision, Future[Newcomer | Refused]]]] = defaultdict(list)
        for decision in decisions:
            prepared: Future[Newcomer | Refused] = Future()
            by_client[decision.facts.client_id].append((decision, prepared))
            self._waiting.append(prepared)
        for client_id, ordered in by_client.items():
            self._calls.submit(self._prepare, client_id, ordered, typed)

    def take(self, at_most: int) -> list[Newcomer | Refused]:
        """The next few, as soon as all of them are prepared; an empty list if none are left."""
        return [self._waiting.popleft().result() for _ in range(min(at_most, self.backlog))]

    def close(self) -> None:
        """Stop all that is under way."""
        self.pace.close()
        for name in ("_calls", "_hashes"):
            if name in self.__dict__:
                getattr(self, name).shutdown(cancel_futures=True)

    @cached_property
    def _calls(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(MOST_CALLS, thread_name_prefix="details")

    @cached_property
    def _hashes(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="hash")

    def _prepare(
        self, client_id: int, ordered: Sequence[tuple[Decision, "Future[Newcomer | Refused]"]], typed: PasswordOf
    ) -> None:
        client = self.pace.call(lambda: self._fetch(client_id), _was_answered)
        if client is not None:
            try:
                self._hashes.submit(self._finish_all, client, ordered, typed)
            except RuntimeError:  # the system has no thread to spare, and somebody waits for the result
                self._finish_all(client, ordered, typed)

    def _finish_all(
        self,
        client: ClientDetails | Note,
        ordered: Sequence[tuple[Decision, "Future[Newcomer | Refused]"]],
        typed: PasswordOf,
    ) -> None:
        for decision, prepared in ordered:
            result: Newcomer | Refused
            try:
                result = self._finish(decision, client, typed)
            except Exception as error:
                result = Refused(decision, _unforeseen(decision.facts.client_id, error))
            prepared.set_result(result)
        self.pace.take_used()

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

    def _finish(self, decision: Decision, client: ClientDetails | Note, typed: PasswordOf) -> Newcomer | Refused:
        if decision.after is None:
            raise ValueError(f"{decision.action} of service {decision.facts.service_id} opens no company")
        if isinstance(client, Note):
            return Refused(decision, client)
        try:
            email = canonical_email(client.email)
        except InvalidEmail:
            return Refused(
                decision, Note(Kind.BAD_CLIENT, {"reason": "invalid_email", "value": ascii(client.email[:100])})
            )
        contact = contact_of(client, email, prefer_company_name=self._prefer_company_name)
        person = _full_name(client) or email
        password, problem = hash_first_password(typed(decision.facts.service_id), email, contact.name)
        return Newcomer(decision, decision.after, contact, email, person, password, problem)


def _unforeseen(client_id: int, error: Exception) -> Note:
    """A bug that one client brings to light must not stop the others, which would wait for a result for ever."""
    kind = type(error).__name__
    logger.error("Client %d can't be prepared: %s at %s", client_id, kind, where(error))
    return Note(Kind.BAD_CLIENT, {"reason": "unforeseen", "error": kind})


def _was_answered(answer: ClientDetails | Note) -> bool:
    return not isinstance(answer, Note) or answer.kind is not Kind.DETAILS_FAILED


def contact_of(client: ClientDetails, email: str, *, prefer_company_name: bool) -> Contact:
    """How a company is named and reached: like the client, or like the client's company. Its name is never empty."""
    name = (prefer_company_name and client.company_name) or _full_name(client) or email
    return Contact(name=name, email=email, phone=(client.phone or "")[:50], language=(client.language or "")[:35])


def hash_first_password(typed: SecretText | None, email: str, company: str) -> tuple[str | None, str]:
    """The hash that opens the door to what the customer typed, or None and why it can't be used."""
    parsed = parse_first_password(typed)
    if isinstance(parsed, Unusable):
        return None, parsed.reason
    readings = [candidate.reveal() for candidate in parsed.candidates]
    problem = problem_with(readings, email, company)
    return (None, problem) if problem else (encode_readings(readings), "")


def _full_name(client: ClientDetails) -> str:
    return f"{client.first_name} {client.last_name}".strip()[:255]
