"""The list of a company's people: members, open invitations, and expired invitations.

A person added with a first password gets the same kind of row, whether a new person was created or, because the address
was taken, an invitation. So nobody learns from this list who else uses Ticketz.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.crypto import salted_hmac

from companies.authentication.links import invitation_url
from companies.errors import CompanyError, NotAllowed
from companies.models import Company, Invitation, Membership, Role
from companies.people.queries import load_members_and_invitations
from companies.people.seats import Seats
from companies.team.managing import ensure_may_manage
from companies.team.ownership import ensure_can_take_over

# How long an expired invitation is shown. It takes no seat.
RAN_OUT_IS_TOLD_FOR = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Row:
    """A member or an invitation, as the reader of the list may see it.

    `key` identifies it in URLs. `is_waiting` until the person has signed in or accepted. `may_manage` and
    `may_take_over` say whether the reader may manage them, and make them the owner. `link` is the invitation's link,
    for readers who may manage it. With `waits_since` the person waits for a seat and takes none.
    """

    key: str
    name: str
    email: str
    role: Role
    is_waiting: bool
    is_me: bool
    may_manage: bool
    may_take_over: bool
    waits_since: datetime | None
    link: str
    source: Membership | Invitation

    @property
    def can_be_resent(self) -> bool:
        """Whether it is an invitation by link that expires."""
        return bool(self.link) and isinstance(self.source, Invitation) and self.source.expires_at is not None

    @property
    def role_label(self) -> str:
        return str(self.role.label)


class Roster(NamedTuple):
    """The rows of members and open invitations, and those of recently expired invitations, the latest first."""

    rows: list[Row]
    ran_out: list[Row]


def load_rows(company: Company, acting: Membership) -> list[Row]:
    """The rows as `acting` sees them (one query): active people, those who never signed in, those who wait."""
    return load_roster(company, acting).rows


def load_roster(company: Company, acting: Membership) -> Roster:
    """The same, with expired invitations, except for people who have joined in another way since."""
    at = timezone.now()
    rows: list[Row] = []
    late: list[Invitation] = []
    for source in load_members_and_invitations(company, since=at - RAN_OUT_IS_TOLD_FOR):
        if isinstance(source, Membership):
            rows.append(_row_of_member(source, acting))
        elif source.is_open(at):
            rows.append(_row_of_invitation(source, acting))
        else:
            late.append(source)
    rows.sort(key=lambda row: (row.waits_since is not None, row.is_waiting, row.email))
    late.sort(key=lambda one: one.expires_at or at, reverse=True)
    here = {row.email for row in rows}
    return Roster(rows, [_row_of_invitation(one, acting) for one in late if one.email not in here])


def _row_of_member(membership: Membership, acting: Membership) -> Row:
    user = membership.user
    return Row(
        key=key_of(membership), name=user.name, email=user.email, role=Role(membership.role),
        is_waiting=user.last_login is None, is_me=membership.pk == acting.pk,
        may_manage=_may_manage(acting, membership.role), link="", source=membership,
        may_take_over=_may_take_over(acting, membership),
        waits_since=membership.waits_since,
    )  # fmt: skip


def _row_of_invitation(invitation: Invitation, acting: Membership) -> Row:
    may_manage = _may_manage(acting, invitation.role)
    show_link = may_manage and not invitation.had_first_password
    return Row(
        key=key_of(invitation), name=invitation.name, email=invitation.email, role=Role(invitation.role),
        is_waiting=True, is_me=False, may_manage=may_manage, may_take_over=False, waits_since=invitation.waits_since,
        link=invitation_url(invitation) if show_link else "", source=invitation,
    )  # fmt: skip


def _may_manage(acting: Membership, role: str) -> bool:
    try:
        ensure_may_manage(acting, role)
    except NotAllowed:
        return False
    return True


def _may_take_over(acting: Membership, membership: Membership) -> bool:
    try:
        ensure_can_take_over(membership)
    except CompanyError:
        return False
    return acting.role == Role.OWNER


def key_of(source: Membership | Invitation) -> str:
    """A key that does not reveal whether the row is a member or an invitation."""
    return salted_hmac("companies.roster", f"{source._meta.model_name} {source.pk}", algorithm="sha256").hexdigest()[
        :24
    ]


def find_rows(rows: list[Row], words: str) -> list[Row]:
    """The rows whose name or address contains every one of these words."""
    wanted = words.casefold().split()
    return [row for row in rows if all(word in f"{row.name} {row.email}".casefold() for word in wanted)]


def seats_of(company: Company, rows: Collection[Row]) -> Seats:
    """The same as `load_seats`, from loaded rows."""
    waiting = sum(row.waits_since is not None for row in rows)
    return Seats(len(rows) - waiting, company.plan.users, waiting)
