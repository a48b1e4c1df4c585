"""What can happen to a company, and who did it: the vocabulary of its story (`companies.story`)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models.user import User


class Code(models.TextChoices):
    """What can happen to a company. The code is stored; the label is shown in the reader's language."""

    OPENED = "opened", _("Company opened")
    REOPENED = "reopened", _("Company re-opened by a new purchase")
    BILLING_CHANGED = "billing_changed", _("Billing changed")
    SERVICE_MOVED = "service_moved", _("Service moved to another client")
    SERVICE_JOINED = "service_joined", _("Another company's service moved to its client")
    SERVICE_VANISHED = "service_vanished", _("Service vanished from WHMCS")
    SERVICE_FOUND = "service_found", _("Vanished service found again")
    CONTACT_CHANGED = "contact_changed", _("Contact details changed")
    UNREADABLE = "unreadable", _("Billing record became unreadable")
    READABLE = "readable", _("Billing record readable again")
    CLOSING_HELD = "closing_held", _("Closing waits for confirmation")
    CLOSING_RELEASED = "closing_released", _("Closing no longer waits")
    CLOSED_OVERDUE = "closed_overdue", _("Closed: the due date passed unpaid")
    HELD_OPEN = "held_open", _("Kept open by an operator")
    HOLD_ENDED = "hold_ended", _("No longer kept open by an operator")
    LOCKED = "locked", _("Locked by an operator")
    UNLOCKED = "unlocked", _("Unlocked by an operator")
    MEMBER_ADDED = "member_added", _("Person added")
    MEMBER_INVITED = "member_invited", _("Person invited")
    INVITATION_ACCEPTED = "invitation_accepted", _("Invitation accepted")
    INVITATION_DECLINED = "invitation_declined", _("Invitation declined")
    INVITATION_WITHDRAWN = "invitation_withdrawn", _("Invitation withdrawn")
    INVITATION_RESENT = "invitation_resent", _("Invitation sent again")
    ROLE_CHANGED = "role_changed", _("Role changed")
    OWNERSHIP_HANDED_OVER = "ownership_handed_over", _("Ownership handed over")
    MEMBER_WAITS = "member_waits", _("Person waits for a seat")
    MEMBER_RETURNED = "member_returned", _("Person has a seat again")
    EMAIL_CHANGED = "email_changed", _("E-mail address of a person changed")
    MEMBER_REMOVED = "member_removed", _("Person removed")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: a person, or something named by `label`, such as "sync run 12".

    `reading` is the id of the run, if it was a run.
    """

    label: str
    user: User | None = None
    reading: int | None = None

    @classmethod
    def person(cls, user: User) -> "Actor":
        return cls(label=user.email, user=user)
