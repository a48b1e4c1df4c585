"""The only code that changes the people of a company.

Seats are counted under a lock on the company's row, so that two people who add somebody at the same moment never get
the same last seat. A person who exists already is never changed or given a password: they are invited, and decide after
signing in.
"""

from companies.team.adding import add_member, invite_owner
from companies.team.answers import accept, accept_as_newcomer, decline
from companies.team.invitations import INVITATION_DAYS, RESEND_MINUTES, dismiss, resend, withdraw
from companies.team.managing import change_invited_role, change_role, ensure_may_manage, remove_member
from companies.team.ownership import ensure_can_take_over, hand_over
from companies.team.purchases import NewOwner, create_owners_unlimited, invite_owner_unlimited, make_owner_unlimited
from companies.team.waiting import bring_back, choose_who_stays

__all__ = [
    "INVITATION_DAYS",
    "RESEND_MINUTES",
    "NewOwner",
    "accept",
    "accept_as_newcomer",
    "add_member",
    "bring_back",
    "change_invited_role",
    "change_role",
    "choose_who_stays",
    "create_owners_unlimited",
    "decline",
    "dismiss",
    "ensure_can_take_over",
    "ensure_may_manage",
    "hand_over",
    "invite_owner",
    "invite_owner_unlimited",
    "make_owner_unlimited",
    "remove_member",
    "resend",
    "withdraw",
]
