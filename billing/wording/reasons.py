"""The reasons that a sync gives for its changes (see `companies.wording.reasons`)."""

from django.utils.translation import gettext_noop as _

from companies.wording.reasons import Reason

OPENED = Reason(_("WHMCS service %(number)s of client %(number_of_client)s is %(text)s"))
SAID = Reason(_("WHMCS service %(number)s: %(text)s, due %(day)s"))
SAID_BEFORE = Reason(_("WHMCS service %(number)s: %(text)s, due %(day)s (was %(text_before)s, due %(day_before)s)"))
READ_TWICE = Reason(_("WHMCS service %(number)s: %(text)s, due %(day)s, read twice"))
GONE = Reason(_("WHMCS no longer knows service %(number)s (last read: %(text)s, due %(day)s)"))
GONE_OVERDUE = Reason(_("WHMCS no longer knows service %(number)s, and its last due date %(day)s has passed"))
FOUND = Reason(_("WHMCS knows service %(number)s again"))
UNREADABLE = Reason(_("WHMCS sends a record of this service that can't be read"))
CLOSING_WAITS = Reason(_("It would lose access, and that waits for a yes or for a second reading"))
KEPT_OPEN = Reason(_("An operator keeps it open"))
DISBELIEVED = Reason(_("Nothing that this reading says is believed"))
NOT_PREVIEWED = Reason(_("It is not in the preview that was applied; the next ordinary run does it"))
DRIFTED = Reason(_("The preview shows something else, so it was left alone"))
BY_OPERATOR = Reason(_("An operator held or locked the company after the preview, so it was left alone"))
MOVED = Reason(_("WHMCS moved service %(number)s from client %(number_before)s to client %(number_after)s"))
MOVED_BESIDE = Reason(
    _(
        "WHMCS moved service %(number)s from client %(number_before)s to client %(number_after)s, who already has "
        "here: %(text)s"
    )
)
JOINED = Reason(
    _(
        "WHMCS moved service %(number)s (%(text)s) from client %(number_before)s to client %(number_after)s, the "
        "client of this company"
    )
)
REJECTED = Reason(_("Rejected on the command line"))
UNWANTED = Reason(_("The preview shows a change that nothing asks for any more"))
# The actor of an event.
SYNC_RUN = Reason(_("sync run %(number)s"))
CLOCK = Reason(_("the clock, while WHMCS is not read"))
