"""The texts of attention items: the sentence of each kind, and the reasons and differences that fill it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from billing.models import HeldChanges, Kind
from plans.differences import Difference

SENTENCES: dict[Kind, Promise] = {
    Kind.STATUS_UNKNOWN: gettext_lazy(
        "WHMCS says “%(status)s”, which is none of its known words. Nothing was changed. Set the service to one of the "
        "usual states in WHMCS."
    ),
    Kind.BAD_ROW: gettext_lazy(
        "The record can't be read: %(reason)s. What stands here was kept. Correct the service in WHMCS; "
        "the next run takes it up by itself."
    ),
    Kind.BAD_CLIENT: gettext_lazy(
        "The client's details can't be used: %(reason)s Correct the client in WHMCS; the company is "
        "created by the next run."
    ),
    Kind.DETAILS_FAILED: gettext_lazy(
        "The client's details could not be read, so the company was not created yet: %(reason)s"
    ),
    Kind.WRITE_FAILED: gettext_lazy(
        "The database refused this one record (%(reason)s). The others went on. It is tried again with each run."
    ),
    Kind.CLOCK_DIFFERS: gettext_lazy(
        "The clock of WHMCS and the clock here are %(difference)s apart (hours:minutes). Set the wrong one, best by "
        "NTP. As long as they differ by more than 12 hours, no due date takes anything away."
    ),
    Kind.PASSWORD_NEEDED: gettext_lazy(
        "%(email)s bought without a usable first password: %(reason)s. Send them the set-password link from the "
        "person's page here."
    ),
    Kind.NAME_MISSING: gettext_lazy(
        "The client has no name in WHMCS, so the company is called %(email)s. Enter a name in WHMCS; the company "
        "follows within a day."
    ),
    Kind.NAME_BROKEN: gettext_lazy(
        "The client's name holds characters in WHMCS that can't be stored, so the company is called %(name)s. Write "
        "the name anew in WHMCS; the company follows within a day."
    ),
    Kind.OWNER_INVITED: gettext_lazy(
        "Another WHMCS client bought with the address of %(email)s, who is here already. They were invited and decide "
        "after their next sign-in; nothing of theirs was changed."
    ),
    Kind.OWNER_IS_OPERATOR: gettext_lazy(
        "A purchase carries the address of %(email)s, who is an operator. The company has no owner yet: correct the "
        "address in WHMCS with the customer, then press Invite an owner on the company's page."
    ),
    Kind.CLIENT_CHANGED: gettext_lazy(
        "The service moved from client %(before)s to client %(after)s. Company, people and access stayed as they are: "
        "check whether the people still fit."
    ),
    Kind.PRODUCT_CHANGED: gettext_lazy(
        "The service moved from product %(before)s to product %(after)s and is followed there by its number."
    ),
    Kind.VANISHED: gettext_lazy(
        "WHMCS does not know this service any more. Access goes on to the due date. If that is a mistake, restore the "
        "service in WHMCS."
    ),
    Kind.LOSSES_HELD: gettext_lazy(
        "%(losing)s of %(open)s open companies would lose access in one run. Nothing was taken from anybody. If it is "
        "right, approve it; if not, reject it. Good news goes on meanwhile."
    ),
    Kind.LOSS_UNCONFIRMED: gettext_lazy(
        "WHMCS's second answer about this service did not confirm the first (%(reason)s). Access was not touched."
    ),
    Kind.HOOK_REFUSED: gettext_lazy(
        "Calls to the address for instant updates are refused again and again: %(why)s. Nothing is lost, only later. "
        "Look at the configuration beside WHMCS, or make a new secret. If nobody uses them, switch instant updates off."
    ),
    Kind.HOOK_SILENT: gettext_lazy(
        "WHMCS's hook was last heard %(heard)s. On %(days)s days since then, readings found changes that it should "
        "have told. Nothing is lost, only later. Try it on the server of WHMCS with ticketz-ping.php; if nobody uses "
        "instant updates, switch them off."
    ),
    Kind.PAUSED: gettext_lazy(
        "Nothing is read and no mail is sent since %(since)s: %(reason)s. Meanwhile nobody loses access because of a "
        "date. Check that gateway and WHMCS are as they should be, then press “Go” on the gateway's page, or run "
        '`sync_gateway "%(gateway)s" --resume`.'
    ),
}

# Why something can't be used. The codes are those of the adapter (`billing.whmcs.page.RowCode`, `PasswordReason`) and
# of `companies.authentication.first_password`; some name the field and show its value, escaped.
REASONS: dict[str, Promise] = {
    "not_an_object": gettext_lazy("it is no record"),
    "missing_field": gettext_lazy("%(field)s is missing"),
    "bad_id": gettext_lazy("%(field)s is %(value)s and not a number of WHMCS"),
    "bad_date": gettext_lazy("%(field)s is %(value)s and not a date"),
    "bad_text": gettext_lazy("%(field)s is %(value)s and not a text"),
    "unstorable_text": gettext_lazy("%(field)s holds invalid characters: %(value)s"),
    "bad_override": gettext_lazy("%(field)s is %(value)s, which is neither yes nor no"),
    "unknown_shape": gettext_lazy("%(field)s has a form that is not known"),
    "ambiguous_option": gettext_lazy("several options are named like %(field)s, with different values"),
    "conflicting_duplicate": gettext_lazy("WHMCS sent it twice, and differently"),
    "unencodable_row": gettext_lazy("WHMCS can't put it into JSON because it holds broken characters"),
    "missing": gettext_lazy("the field is missing or empty"),
    "empty": gettext_lazy("the field is empty"),
    "unreadable": gettext_lazy("it holds characters that can't be typed"),
    "too_long": gettext_lazy("it is too long"),
    "encrypted": gettext_lazy("WHMCS sends it encrypted; use a plain text field instead"),
    "too_short": gettext_lazy("it is too short"),
    "too_common": gettext_lazy("it is among the most common passwords"),
    "too_similar": gettext_lazy("it equals their address or name"),
    "invalid_email": gettext_lazy("%(value)s is no usable e-mail address."),
    "unforeseen": gettext_lazy("something unforeseen happened (%(error)s); the log of this run says where."),
    "not_listed": gettext_lazy("the service was not in it"),
    "differs": gettext_lazy("it said something else"),
    "other_unknown": gettext_lazy(
        "service %(service)s of the same company has a status that is not known here, so it may be paid"
    ),
}

DIFFERENCES: dict[str, Promise] = {
    Difference.SURROUNDING_SPACE: gettext_lazy("space at the beginning or end"),
    Difference.UNUSUAL_SPACE: gettext_lazy("a special space, such as a no-break space"),
    Difference.LETTER_CASE: gettext_lazy("capital and small letters"),
    Difference.COMPOSED_ACCENT: gettext_lazy("an accent that is composed differently"),
    Difference.LOOK_ALIKE: gettext_lazy("a letter of another alphabet that looks alike"),
    Difference.INVISIBLE: gettext_lazy("an invisible character"),
    Difference.OTHER_TEXT: gettext_lazy("other text"),
}

# Added to the losses of one run, if others were lost before.
LOST_ONE_BY_ONE: Promise = gettext_lazy(
    "Others have lost access since the last complete reading, as WHMCS told of one after the other: %(lost)s."
)

# The questions, once they are answered or outdated.
WAS_ASKED: dict[HeldChanges.Kind, Promise] = {
    HeldChanges.Kind.LOSSES: gettext_lazy(
        "One run would have taken access from %(losing)s of %(open)s companies; it was stopped to ask first."
    ),
    HeldChanges.Kind.FIRST_IMPORT: gettext_lazy(
        "The first reading of this gateway would have created %(new)s companies from %(seen)s services; it was stopped "
        "to ask first."
    ),
    HeldChanges.Kind.ABSENT: gettext_lazy(
        "%(missing)s of %(known)s services were missing from an otherwise good list."
    ),
    HeldChanges.Kind.OTHER_WHMCS: gettext_lazy(
        "%(different)s of %(compared)s known services belonged to other clients than before, as if another WHMCS or a "
        "copy of it answered."
    ),
}
