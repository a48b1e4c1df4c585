"""What a new company needs from outside the database: the client's details and a hashed first password.

Both run in threads, a few calls and as many hashes as there are cores at a time. A transaction never waits for them.
"""

import os
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from billing.errors import BadRecord, BillingError, GatewayDenied
from billing.models import Kind
from billing.reconcile import Decision, Note
from billing.whmcs import (
    ClientDetails,
    SecretText,
    Unusable,
    WhmcsClient,
    parse_first_password,
)
from companies.emails import InvalidEmail, canonical_email
from companies.first_password import problem_with
from companies.hashers import encode_readings
from companies.lifecycle import Contact

DETAIL_CALLS_AT_A_TIME = 6


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Everything that `provision` writes for one service. `password` is a hash, or None with the reason why."""

    decision: Decision
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
    """Prepares newcomers. One for each run: after WHMCS refuses `GetClientsDetails` once, nobody asks again."""

    def __init__(self, client: WhmcsClient, *, prefer_company_name: bool) -> None:
        self._client = client
        self._prefer_company_name = prefer_company_name
        self._denied: GatewayDenied | None = None

    def prepare(self, decisions: list[Decision], typed: PasswordOf) -> Generator[Newcomer | Refused, None, None]:
        """One result for each decision, in their order. `typed` gives the password field of a service."""
        calls = ThreadPoolExecutor(DETAIL_CALLS_AT_A_TIME, thread_name_prefix="details")
        hashes = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="hash")
        with calls, hashes:
            details = {
                client_id: calls.submit(self._fetch, client_id)
                for client_id in dict.fromkeys(decision.facts.client_id for decision in decisions)
            }
            waiting = [
                hashes.submit(self._finish, decision, details[decision.facts.client_id], typed)
                for decision in decisions
            ]
            try:
                yield from (future.result() for future in waiting)
            finally:
                # Where somebody stopped asking, the rest is not fetched and hashed for nobody.
                hashes.shutdown(wait=False, cancel_futures=True)
                calls.shutdown(wait=False, cancel_futures=True)

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

    def _finish(
        self, decision: Decision, details: "Future[ClientDetails | Note]", typed: PasswordOf
    ) -> Newcomer | Refused:
        client = details.result()
        if isinstance(client, Note):
            return Refused(decision, client)
        try:
            email = canonical_email(client.email)
        except InvalidEmail:
            return Refused(
                decision, Note(Kind.BAD_CLIENT, {"reason": "invalid_email", "value": repr(client.email[:100])})
            )
        contact = contact_of(client, email, prefer_company_name=self._prefer_company_name)
        person = _full_name(client) or email
        password, problem = hash_first_password(typed(decision.facts.service_id), email, contact.name)
        return Newcomer(decision, contact, email, person, password, problem)


def contact_of(client: ClientDetails, email: str, *, prefer_company_name: bool) -> Contact:
    """How a company is named and reached: like the client, or like the client's company; never by nothing."""
    name = (prefer_company_name and client.company_name.strip()) or _full_name(client) or email
    return Contact(name=name, email=email, phone=client.phone[:50], language=client.language[:35])


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
