"""The button "I have paid, check now": who may press it, how often, and what the page says about it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from companies.access import Access, Reason
from companies.authorization.limits import is_too_often
from companies.models import Company
from companies.self_service import backend
from companies.self_service.backend import Check, CheckState, Service
from companies.wording.due import next_look_sentence

SAME_FOR = timedelta(seconds=30)
MOST_PER_HOUR = 10
LOOKS_AGAIN_AFTER_SECONDS = 5
LOOKS_AGAIN_FOR = timedelta(seconds=45)
TOLD_FOR = timedelta(minutes=15)
# With these reasons, a payment would open the company or keep it open.
PAYABLE = frozenset({
    Reason.OVERDUE_IN_GRACE, Reason.HOLD_UNCONFIRMED, Reason.UNCONFIRMED, Reason.CLOSING_WAITS, Reason.READING_PAUSED,
    Reason.OVERDUE, Reason.UNCONFIRMED_TOO_LONG, Reason.SUSPENDED,
})  # fmt: skip
# With these, only a new purchase would.
ENDED = frozenset({Reason.TERMINATED, Reason.CANCELLED})


class Pressed(StrEnum):
    """The result of pressing the button."""

    ASKED = "asked"
    ASKED_ALREADY = "asked_already"
    TOO_OFTEN = "too_often"
    IMPOSSIBLE = "impossible"


class Panel(NamedTuple):
    """What an owner sees. `looks_again_after` is in how many seconds the page reloads by itself, if it does."""

    sentence: str
    can_ask: bool
    is_waiting: bool = False
    looks_again_after: int | None = None


def may_open(access: Access) -> bool:
    """Whether a payment would open the company, or keep it open."""
    return access.reason in PAYABLE


def press(company: Company, *, at: datetime) -> Pressed:
    """Have the company's service read, unless that is under way, was just done, or was done too often."""
    service = backend.load_service(company)
    if service is None or service.is_resting:
        return Pressed.IMPOSSIBLE
    if service.check is not None and _is_same(service.check, at):
        return Pressed.ASKED_ALREADY
    if is_too_often(f"checks-of:{company.pk}", at=at, most=MOST_PER_HOUR, within=timedelta(hours=1)):
        return Pressed.TOO_OFTEN
    return Pressed.ASKED if backend.ask(company, at=at, same_for=SAME_FOR) else Pressed.TOO_OFTEN


def panel_of(company: Company, access: Access, service: Service | None, *, at: datetime) -> Panel | None:
    """What to show an owner; None if there is nothing to ask and nothing to tell."""
    if service is None:
        return None
    check = service.check if service.check and at - service.check.at < TOLD_FOR else None
    if access.reason is Reason.PAID:
        is_news = check is not None and check.state is CheckState.READ
        return Panel(_("Your payment has arrived: everything is open."), can_ask=False) if is_news else None
    if access.reason in ENDED:
        return Panel(_ended(service, at), can_ask=False)
    if not may_open(access):
        return None
    if service.is_resting:
        return Panel(_resting(), can_ask=False)
    if check is None:
        return Panel("", can_ask=True)
    return _waiting(check, at) if check.state is CheckState.WAITING else Panel(_told(check, company), can_ask=True)


def _is_same(check: Check, at: datetime) -> bool:
    return check.state is CheckState.WAITING or check.asked_at > at - SAME_FOR


def _waiting(check: Check, at: datetime) -> Panel:
    if at - check.asked_at < LOOKS_AGAIN_FOR:
        sentence = _("Billing was asked a moment ago. This page looks again by itself.")
        return Panel(sentence, can_ask=False, is_waiting=True, looks_again_after=LOOKS_AGAIN_AFTER_SECONDS)
    sentence = _(
        "Billing was asked at %(at)s and has not answered yet, which takes longer than usual. Look again in a few "
        "minutes; you need not ask again."
    )
    return Panel(sentence % {"at": _clock(check.asked_at)}, can_ask=False, is_waiting=True)


def _told(check: Check, company: Company) -> str:
    if check.state is CheckState.FAILED:
        return _(
            "Billing could not be read at %(at)s. Your payment is not lost: it is noticed as soon as billing can be "
            "read. Ask again in a few minutes; if it stays so, show your receipt to whoever sold you the access."
        ) % {"at": _clock(check.at)}
    words = {
        "at": _clock(check.at),
        "status": company.get_status_display(),
        "day": date_format(company.due_date, "DATE_FORMAT") if company.due_date else "–",
    }
    return (
        _(
            "Billing was read at %(at)s and does not know of a payment yet: status %(status)s, due on %(day)s. Some "
            "ways of paying take a while to be booked. Ask again then."
        )
        % words
    )


def _ended(service: Service, at: datetime) -> str:
    """Tells when the whole list is read next: a new purchase has no service here yet that could be read alone."""
    words = _(
        "There is no payment to check any more. Buy it again in the shop, signed in there as before: this company then "
        "opens again by itself, with everything that is in it."
    )
    look = None if service.is_resting else max(service.next_look or at, at)
    return f"{words} {next_look_sentence(look, at)}"


def _resting() -> str:
    return _(
        "Billing is not being read at the moment, so nobody here can see whether you have paid. If you have, show your "
        "receipt to whoever sold you the access."
    )


def _clock(moment: datetime) -> str:
    return time_format(timezone.localtime(moment), "TIME_FORMAT")
