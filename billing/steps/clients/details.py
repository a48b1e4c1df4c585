"""Makes a newcomer from a client's details and the password typed in the cart, or says why it can't."""

from dataclasses import dataclass

from billing.models import Kind
from billing.reconcile import Decision, Note
from billing.whmcs import REPLACEMENT, ClientDetails, SecretText, Unusable, parse_first_password
from companies.access import BillingState
from companies.authentication.first_password import problem_with
from companies.authentication.hashers import encode_readings
from companies.lifecycle import Contact
from companies.people.emails import InvalidEmail, canonical_email


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


def make_newcomer(
    decision: Decision, client: ClientDetails, typed: SecretText | None, *, prefer_company_name: bool
) -> Newcomer | Refused:
    """A newcomer, or why there is none. Hashes `typed`, which is slow, so never call it in a transaction."""
    if decision.after is None:
        raise ValueError(f"{decision.action} of service {decision.facts.service_id} opens no company")
    try:
        email = canonical_email(client.email)
    except InvalidEmail:
        return Refused(decision, Note(Kind.BAD_CLIENT, {"reason": "invalid_email", "value": ascii(client.email[:100])}))
    contact = contact_of(client, email, prefer_company_name=prefer_company_name)
    person = _full_name(client) or email
    password, problem = hash_first_password(typed, email, contact.name)
    return Newcomer(decision, decision.after, contact, email, person, password, problem)


def contact_of(client: ClientDetails, email: str, *, prefer_company_name: bool) -> Contact:
    """A company's name and contact details, named after the client or the client's company. The name is never empty."""
    name = (prefer_company_name and client.company_name) or _full_name(client) or email
    return Contact(name=name, email=email, phone=(client.phone or "")[:50], language=(client.language or "")[:35])


def is_broken(name: str) -> bool:
    """Whether a name arrived with characters that can't be stored or read."""
    return REPLACEMENT in name


def hash_first_password(typed: SecretText | None, email: str, company: str) -> tuple[str | None, str]:
    """The hash of what the customer typed, and ""; or None and why the password can't be used."""
    parsed = parse_first_password(typed)
    if isinstance(parsed, Unusable):
        return None, parsed.reason
    readings = [candidate.reveal() for candidate in parsed.candidates]
    problem = problem_with(readings, email, company)
    return (None, problem) if problem else (encode_readings(readings), "")


def _full_name(client: ClientDetails) -> str:
    """First and last name, or "" if neither is readable."""
    name = f"{client.first_name} {client.last_name}".strip()[:255]
    return name if name.strip(f"{REPLACEMENT} ") else ""
