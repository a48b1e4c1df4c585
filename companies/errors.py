"""Why something can't be done with a company or its people. A customer may read every text."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class CompanyError(Exception):
    """A refusal, with a sentence for the person who tried. Nothing was changed."""


class SeatLimitReached(CompanyError):
    """Members and open invitations already fill the plan."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            ngettext(
                "Your plan has room for %(limit)d person, and all of it is taken. "
                "Remove somebody, withdraw an invitation or choose a larger plan.",
                "Your plan has room for %(limit)d people, and all of it is taken. "
                "Remove somebody, withdraw an invitation or choose a larger plan.",
                limit,
            )
            % {"limit": limit}
        )


class TooManyStay(CompanyError):
    """After a downgrade, an owner chose more people than the plan has room for."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            ngettext(
                "Your plan has room for %(limit)d person. Owners take seats too, so let some more people wait.",
                "Your plan has room for %(limit)d people. Owners take seats too, so let some more people wait.",
                limit,
            )
            % {"limit": limit}
        )


class StillWaits(CompanyError):
    """A person who waits for a seat can't become an owner, because owners never wait."""

    def __init__(self) -> None:
        super().__init__(_("This person waits for a seat. Give them one first."))


class AlreadyMember(CompanyError):
    """The address already belongs to a member or has an open invitation."""

    def __init__(self) -> None:
        super().__init__(_("This person is in your team already, or has an open invitation."))


class LastOwner(CompanyError):
    """A company is never left without an owner."""

    def __init__(self) -> None:
        super().__init__(_("A company needs at least one owner. Make somebody else an owner first."))


class NeverSignedIn(CompanyError):
    """The new owner must be able to sign in."""

    def __init__(self) -> None:
        super().__init__(_("Only somebody who has signed in here, and still can, can become the owner."))


class OwnerAlready(CompanyError):
    """Meanwhile another owner made them an owner."""

    def __init__(self) -> None:
        super().__init__(_("This person is an owner already."))


class NoLongerMember(CompanyError):
    """Meanwhile somebody else removed the person."""

    def __init__(self) -> None:
        super().__init__(_("This person is no longer in your team."))


class InvitationClosed(CompanyError):
    """The invitation was used, withdrawn or has expired."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is no longer open. Ask for a new one."))


class SentJustNow(CompanyError):
    """An invited person must not be flooded with mail."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            ngettext(
                "This invitation was sent less than %(minutes)d minute ago. Wait a little before you send it again.",
                "This invitation was sent less than %(minutes)d minutes ago. Wait a little before you send it again.",
                minutes,
            )
            % {"minutes": minutes}
        )


class NotAllowed(CompanyError):
    """The person's role does not allow it."""

    def __init__(self) -> None:
        super().__init__(_("Your role in this company does not allow that."))


class CompanyBlocked(CompanyError):
    """The company is not open today.

    Nothing in Ticketz raises it, because a page shows the reason instead (`companies.middleware`). It is for code built
    on Ticketz that works for a company outside a request, such as a job:
    `if not access_of(company).is_open: raise CompanyBlocked`.
    """

    def __init__(self) -> None:
        super().__init__(_("This company is closed today."))
