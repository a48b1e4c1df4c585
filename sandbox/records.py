"""What a WHMCS keeps: clients and the services they bought. Immutable; the shop replaces a record to change it."""

import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """The seven service statuses of WHMCS, in its own spelling."""

    PENDING = "Pending"
    ACTIVE = "Active"
    COMPLETED = "Completed"
    SUSPENDED = "Suspended"
    TERMINATED = "Terminated"
    CANCELLED = "Cancelled"
    FRAUD = "Fraud"


OVERDUE = "Overdue on Payment"
"""The suspension reason that WHMCS writes itself; only such a suspension ends by paying."""


def _bcrypt_like() -> str:
    return "$2y$10$" + re.sub("[-_]", ".", secrets.token_urlsafe(40))[:53]


def _service_password() -> str:
    return f"svc-{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An API credential of the role with exactly two actions."""

    identifier: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A WHMCS client. Texts are as typed, not escaped; `created` is a day."""

    id: int
    first_name: str
    last_name: str
    email: str
    created: date
    company: str = ""
    phone: str = ""
    language: str = ""
    status: str = "Active"
    notes: str = "admin note: never show this to anybody"
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    password_hash: str = field(default_factory=_bcrypt_like, repr=False)

    @property
    def name(self) -> str:
        """First and last name, as WHMCS joins them."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A purchased item. `next_due_date` None is WHMCS's 0000-00-00.

    `plan` is the chosen entry of the product's dropdown as spelled there, `first_password` the value of the custom
    field, `password` the service's own password (a secret nobody needs), `upgrade_to` a plan that was ordered and
    takes effect when it is paid.
    """

    id: int
    client_id: int
    pid: int
    order_id: int
    registered: date
    next_due_date: date | None
    status: str
    plan: str
    first_password: str = field(repr=False)
    order_number: str = ""
    amount: str = "0.00"
    quantity: int = 1
    suspension_reason: str = ""
    override_auto_suspend: bool = False
    override_suspend_until: date | None = None
    domain: str = ""
    username: str = ""
    notes: str = "admin note: never show this to anybody"
    upgrade_to: str = ""
    password: str = field(default_factory=_service_password, repr=False)
