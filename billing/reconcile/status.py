"""WHMCS's words for the state of a service, and what they are worth here.

The seven words are WHMCS's own, in British spelling. They are matched exactly: an unknown word changes nothing.
"""

from enum import IntEnum

from companies.access import Status


class Standing(IntEnum):
    """What a service's word is worth; of several services of one company the highest decides."""

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
_UNKNOWN = (Standing.UNKNOWN, None)
ENDED_WORDS = frozenset(word for word, (standing, _status) in _WORDS.items() if standing is Standing.ENDED)
PAID_WORDS = frozenset(word for word, (standing, _status) in _WORDS.items() if standing is Standing.PAID)


def standing_of(word: str) -> Standing:
    """The standing of a service whose status is `word`."""
    return _WORDS.get(word, _UNKNOWN)[0]


def company_status(word: str) -> Status | None:
    """The company's status that `word` leads to; None where it leads to none (Pending, unknown)."""
    return _WORDS.get(word, _UNKNOWN)[1]
