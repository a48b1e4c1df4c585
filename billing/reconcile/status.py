"""WHMCS's statuses of a service, and what they mean here.

The seven words have WHMCS's British spelling and are matched exactly. An unknown word changes nothing.
"""

from enum import IntEnum

from companies.access import BillingState, Status


class Standing(IntEnum):
    """The standing of a service. Of several services of a company, the highest decides."""

    UNKNOWN = 0
    WAITING = 1
    ENDED = 2
    SUSPENDED = 3
    PAID = 4


_WORDS: dict[str, tuple[Standing, Status | None]] = {
    "Pending": (Standing.WAITING, None),
    "Active": (Standing.PAID, Status.ACTIVE),
    "Completed": (Standing.PAID, Status.ACTIVE),
    "Suspended": (Standing.SUSPENDED, Status.SUSPENDED),
    "Terminated": (Standing.ENDED, Status.TERMINATED),
    "Cancelled": (Standing.ENDED, Status.CANCELLED),
    "Fraud": (Standing.ENDED, Status.FRAUD),
}
_ENDED = {status for standing, status in _WORDS.values() if standing is Standing.ENDED}
_UNKNOWN = (Standing.UNKNOWN, None)
ENDED_WORDS = frozenset(word for word, (standing, _status) in _WORDS.items() if standing is Standing.ENDED)
PAID_WORDS = frozenset(word for word, (standing, _status) in _WORDS.items() if standing is Standing.PAID)


def standing_of(word: str) -> Standing:
    """The standing of a service whose status is `word`."""
    return _WORDS.get(word, _UNKNOWN)[0]


def has_ended(state: BillingState) -> bool:
    """Whether a company in this state has only ended services, as far as its status tells."""
    return state.status in _ENDED


def company_status(word: str) -> Status | None:
    """The company's status for `word`; None for Pending and unknown words."""
    return _WORDS.get(word, _UNKNOWN)[1]
