"""The words for each state and reason of access: in a list, for customers, for their people and for operators."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from companies.access import Reason, State

STATES: dict[State, Promise] = {
    State.OPEN: gettext_lazy("Open"),
    State.GRACE: gettext_lazy("Open, payment due"),
    State.BLOCKED: pgettext_lazy("company", "Closed"),
}

REASONS: dict[Reason, Promise] = {
    Reason.PAID: pgettext_lazy("why", "paid"),
    Reason.NO_DUE_DATE: pgettext_lazy("why", "nothing is ever due"),
    Reason.HELD_OPEN: pgettext_lazy("why", "kept open by an operator"),
    Reason.HOLD_UNCONFIRMED: pgettext_lazy("why", "kept open, not read since"),
    Reason.BILLING_OVERRIDE: pgettext_lazy("why", "exempted in billing"),
    Reason.OVERDUE_IN_GRACE: pgettext_lazy("why", "overdue, in grace"),
    Reason.UNCONFIRMED: pgettext_lazy("why", "overdue, not confirmed yet"),
    Reason.CLOSING_WAITS: pgettext_lazy("why", "overdue, closing waits"),
    Reason.READING_PAUSED: pgettext_lazy("why", "overdue, readings are paused"),
    Reason.OVERDUE: pgettext_lazy("why", "overdue"),
    Reason.UNCONFIRMED_TOO_LONG: pgettext_lazy("why", "overdue, unconfirmed for too long"),
    Reason.SUSPENDED: pgettext_lazy("why", "suspended"),
    Reason.TERMINATED: pgettext_lazy("why", "terminated"),
    Reason.CANCELLED: pgettext_lazy("why", "cancelled"),
    Reason.FRAUD: pgettext_lazy("why", "fraud"),
    Reason.LOCKED: pgettext_lazy("why", "locked by an operator"),
}

CUSTOMER: dict[Reason, Promise] = {
    Reason.PAID: gettext_lazy("Paid. Open until %(until)s, and longer once the next invoice is paid."),
    Reason.NO_DUE_DATE: gettext_lazy("Open, with no date on which anything is due."),
    Reason.HELD_OPEN: gettext_lazy("Kept open for you until %(until)s."),
    Reason.HOLD_UNCONFIRMED: gettext_lazy(
        "Kept open for you for now: billing can't be asked at the moment whether a payment has arrived."
    ),
    Reason.BILLING_OVERRIDE: gettext_lazy("Kept open for you by billing until %(until)s."),
    Reason.OVERDUE_IN_GRACE: gettext_lazy("A payment is due. Everything stays open until %(until)s; pay by then."),
    Reason.UNCONFIRMED: gettext_lazy(
        "A payment was due, and billing can't be asked at the moment whether it has arrived. "
        "Everything stays open meanwhile, until %(until)s at most."
    ),
    Reason.CLOSING_WAITS: gettext_lazy("A payment is due. Everything stays open for now; pay soon."),
    Reason.READING_PAUSED: gettext_lazy(
        "A payment was due according to what is known here, which may be out of date. It is being checked; everything "
        "stays open meanwhile."
    ),
    Reason.OVERDUE: gettext_lazy("Closed since %(since)s, because a payment is due. It opens when you pay."),
    Reason.UNCONFIRMED_TOO_LONG: gettext_lazy(
        "Closed since %(since)s: a payment was due, and billing could not be asked for a long time whether it has "
        "arrived. If you have paid, tell whoever sold you the access."
    ),
    Reason.SUSPENDED: gettext_lazy(
        "Suspended since %(since)s. Check your invoices, or ask whoever sold you the access."
    ),
    Reason.TERMINATED: gettext_lazy("The subscription ended on %(since)s. Buy a new one to open it again."),
    Reason.CANCELLED: gettext_lazy("The subscription was cancelled on %(since)s. Buy a new one to open it again."),
    Reason.FRAUD: gettext_lazy("Closed since %(since)s. Ask whoever sold you the access."),
    Reason.LOCKED: gettext_lazy("Closed since %(since)s by whoever runs this service. Ask them for the reason."),
}

# For people who can do nothing about it, so invoices are not mentioned.
MEMBER: dict[Reason, Promise] = {
    Reason.OVERDUE: gettext_lazy("Closed since %(since)s, because a payment is due."),
    Reason.UNCONFIRMED_TOO_LONG: gettext_lazy("Closed since %(since)s, because a payment is due."),
    Reason.SUSPENDED: gettext_lazy("Suspended since %(since)s."),
    Reason.TERMINATED: gettext_lazy("The subscription ended on %(since)s."),
    Reason.CANCELLED: gettext_lazy("The subscription was cancelled on %(since)s."),
    Reason.FRAUD: gettext_lazy("Closed since %(since)s."),
    Reason.LOCKED: gettext_lazy("Closed since %(since)s by whoever runs this service."),
    Reason.OVERDUE_IN_GRACE: gettext_lazy("A payment is due. Everything stays open until %(until)s."),
}

OPERATOR: dict[Reason, Promise] = {
    Reason.PAID: gettext_lazy("Paid until the due date %(until)s."),
    Reason.NO_DUE_DATE: gettext_lazy("Active, and billing names no due date."),
    Reason.HELD_OPEN: gettext_lazy("Kept open by an operator until %(until)s."),
    Reason.HOLD_UNCONFIRMED: gettext_lazy(
        "It was kept open by an operator until %(before)s, and stays so until a complete reading shows "
        "whether it has been paid meanwhile."
    ),
    Reason.BILLING_OVERRIDE: gettext_lazy("Overdue, but exempted in billing until %(until)s."),
    Reason.OVERDUE_IN_GRACE: gettext_lazy("Overdue since %(since)s, in grace until %(until)s."),
    Reason.UNCONFIRMED: gettext_lazy(
        "The grace ended before %(since)s, but no complete reading since then shows it unpaid. "
        "Open until %(until)s at most."
    ),
    Reason.CLOSING_WAITS: gettext_lazy(
        "The grace ended before %(since)s, but the closing waits: for an approval, a second reading or the end of a "
        "pause. See what needs attention."
    ),
    Reason.READING_PAUSED: gettext_lazy(
        "The grace ended before %(since)s, but readings are paused, so nothing here is known to be up to date. Open "
        "until the first complete reading after the pause."
    ),
    Reason.OVERDUE: gettext_lazy(
        "Overdue, without access since %(since)s: the grace has ended, and a later reading confirms it."
    ),
    Reason.UNCONFIRMED_TOO_LONG: gettext_lazy(
        "Overdue, without access since %(since)s: unconfirmed for longer than allowed."
    ),
    Reason.SUSPENDED: gettext_lazy("Suspended in billing, seen on %(since)s."),
    Reason.TERMINATED: gettext_lazy("Terminated in billing, seen on %(since)s."),
    Reason.CANCELLED: gettext_lazy("Cancelled in billing, seen on %(since)s."),
    Reason.FRAUD: gettext_lazy("Marked as fraud in billing, seen on %(since)s."),
    Reason.LOCKED: gettext_lazy("Locked by an operator since %(since)s."),
}
