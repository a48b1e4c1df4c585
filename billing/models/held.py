"""Held changes: they wait for an operator's approval, because they look like a mistake."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.gateway import WhmcsGateway
from companies.models import Company


class HeldChangesQuerySet(models.QuerySet["HeldChanges"]):
    """Held changes by their state."""

    def waiting(self) -> "HeldChangesQuerySet":
        """Those without a decision whose cause still exists."""
        return self.filter(verdict=HeldChanges.Verdict.WAITING, closed_at=None)


class HeldChanges(models.Model):
    """Changes that a run held, with figures for the decision, and the companies that they are about.

    `version` grows whenever a later run finds something else, so that nobody says yes to what they have not seen. A
    yes is good until `expires_at`. A no keeps the companies open until `kept_until`; then it is asked anew.
    `closed_at` is set when all of it was done, or when the cause is gone.
    """

    class Kind(models.TextChoices):
        LOSSES = "losses", _("Many companies would lose access")
        FIRST_IMPORT = "first_import", _("First import")
        ABSENT = "absent", _("Many services are missing")
        OTHER_WHMCS = "other_whmcs", _("Other clients under known numbers")

    class Verdict(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("approval", "waiting")
        APPROVED = "approved", pgettext_lazy("approval", "approved")
        REJECTED = "rejected", pgettext_lazy("approval", "rejected")

    gateway = models.ForeignKey(
        WhmcsGateway, on_delete=models.CASCADE, related_name="held_changes", verbose_name=_("gateway")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices, default=Verdict.WAITING)
    version = models.PositiveIntegerField(default=1, editable=False)
    figures = models.JSONField(_("figures"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    opened_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_label = models.CharField(_("decided through"), max_length=100, blank=True)
    reason = models.CharField(_("why"), max_length=255, blank=True)
    expires_at = models.DateTimeField(_("yes is good until"), null=True, blank=True)
    kept_until = models.DateField(_("kept open until"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("date", "closed"), null=True, blank=True)

    objects = HeldChangesQuerySet.as_manager()

    class Meta:
        verbose_name = _("change that waits for approval")
        verbose_name_plural = _("changes that wait for approval")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "kind"],
                condition=Q(verdict="waiting", closed_at=None),
                name="one_waiting_change_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gateway}: {self.get_kind_display()}"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to decide."""
        return self.verdict == self.Verdict.WAITING and self.closed_at is None


class HeldCompany(models.Model):
    """One company of held changes: its state before, the state that WHMCS says, and the service."""

    held = models.ForeignKey(HeldChanges, on_delete=models.CASCADE, related_name="companies")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", verbose_name=_("company"))
    service_id = models.BigIntegerField(_("service id"))
    before = models.JSONField(_("before"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("held company")
        verbose_name_plural = _("held companies")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["held", "company"], name="once_per_held_changes")]

    def __str__(self) -> str:
        return f"{self.company} #{self.service_id}"
