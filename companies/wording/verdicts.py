"""The verdicts of `companies.access` in sentences for people.

The customer's sentence says what to do next; the operator's sentence gives the evidence.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from companies.access import Access, Reason, State
from companies.wording.verdict_texts import CUSTOMER, MEMBER, OPERATOR, REASONS, STATES


def customer_sentence(access: Access) -> str:
    """The verdict for the people of the company, in the active language."""
    return str(CUSTOMER[access.reason]) % _days(access)


def member_sentence(access: Access) -> str:
    """The verdict for somebody who can't pay for the company, in the active language."""
    return str(MEMBER.get(access.reason, CUSTOMER[access.reason])) % _days(access)


def operator_sentence(access: Access) -> str:
    """The verdict for an operator, in the active language."""
    return str(OPERATOR[access.reason]) % _days(access)


def state_word(state: State) -> str:
    """The state in two or three words, in the active language."""
    return str(STATES[state])


def reason_word(reason: Reason) -> str:
    """The reason in a few words, in the active language."""
    return str(REASONS[reason])


def age_sentence(read_at: datetime | None, now: datetime) -> str:
    """The age of the shown data, in the active language. `read_at` is None if it was never confirmed."""
    if read_at is None:
        return _("Billing has not confirmed this yet.")
    local = timezone.localtime(read_at)
    is_today = local.date() == timezone.localdate(now)
    at = time_format(local, "TIME_FORMAT") if is_today else date_format(local, "DATETIME_FORMAT")
    if now - read_at < timedelta(minutes=1):
        return _("As of %(at)s, just now.") % {"at": at}
    return _("As of %(at)s, %(ago)s ago.") % {"at": at, "ago": timesince(read_at, now)}


def _days(access: Access) -> dict[str, str]:
    before = access.since - timedelta(days=1) if access.since else None
    return {"since": _day(access.since), "until": _day(access.until), "before": _day(before)}


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else _("an unknown day")
