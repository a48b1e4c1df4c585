"""Memberships and invitations."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models.company import Company


class Role(models.TextChoices):
    """What a person may do in a company: owners and admins manage people, members work."""

    OWNER = "owner", _("owner")
    ADMIN = "admin", _("administrator")
    MEMBER = "member", _("member")


_NO_OWNER_WAITS = Q(waits_since=None) | ~Q(role=Role.OWNER)


class Membership(models.Model):
    """A person in a company. Only `companies.team` writes it.

    `last_seen_at` is an exception, and exact only to some minutes. While `waits_since`
    is set the person has no seat and no access: after a downgrade the owner chose others.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("company")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True, editable=False)
    waits_since = models.DateTimeField(_("waits for a seat since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "company"], name="one_membership_per_company"),
            models.CheckConstraint(condition=_NO_OWNER_WAITS, name="no_owner_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Invitation(models.Model):
    """A seat reserved for a person who has not answered yet. Only `companies.team` writes it.

    It is open while `closed_at` is None and `expires_at` has not passed. `user` is set where the address already
    belonged to somebody: that person finds it after signing in. The link in the mail is signed, not stored.
    `had_first_password` tells that the inviter typed a first password. Somebody who is already here never gets it,
    but the inviter must not see the difference. `waits_since` is as for a membership, which it becomes.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("company")
    )
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=255, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("person"),
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    had_first_password = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("date", "created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("date", "closed"), null=True, blank=True)
    waits_since = models.DateTimeField(_("waits for a seat since"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "email"], condition=Q(closed_at=None), name="one_open_invitation_per_address"
            ),
            models.CheckConstraint(condition=_NO_OWNER_WAITS, name="no_invited_owner_waits"),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open(self, at: datetime) -> bool:
        """Whether it can be answered. `companies.people.seats.open_invitations_at` is the same as a condition."""
        return self.closed_at is None and (self.expires_at is None or self.expires_at > at)
