"""Attention items: what Ticketz could not do by itself, for an operator to look at."""

from datetime import datetime

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.gateway import WhmcsGateway
from billing.models.subscription import Subscription


class Kind(models.TextChoices):
    """The kinds of attention items. `billing.wording` says what to do about each."""

    PLAN_UNKNOWN = "plan_unknown", _("Plan is spelled like none of yours")
    STATUS_UNKNOWN = "status_unknown", _("Unknown status")
    BAD_ROW = "bad_row", _("Record can't be read")
    BAD_CLIENT = "bad_client", _("Client's details can't be used")
    DETAILS_FAILED = "details_failed", _("Client's details can't be read")
    WRITE_FAILED = "write_failed", _("Record can't be saved")
    PASSWORD_NEEDED = "password_needed", _("First password is missing")
    NAME_MISSING = "name_missing", _("Client has no name")
    NAME_BROKEN = "name_broken", _("Client's name is broken")
    OWNER_INVITED = "owner_invited", _("Purchase with somebody's address")
    OWNER_IS_OPERATOR = "owner_is_operator", _("Purchase with an operator's address")
    CLIENT_CHANGED = "client_changed", _("Service moved to another client")
    PRODUCT_CHANGED = "product_changed", _("Service moved to another product")
    VANISHED = "vanished", _("Service vanished from WHMCS")
    LOSSES_HELD = "losses_held", _("Many companies would lose access")
    LOSS_UNCONFIRMED = "loss_unconfirmed", _("Second reading said otherwise")
    GATEWAY_ERROR = "gateway_error", _("WHMCS can't be read, or not completely")
    FIRST_IMPORT = "first_import", _("First import waits for a yes")
    MANY_ABSENT = "many_absent", _("Many services are missing")
    OTHER_WHMCS = "other_whmcs", _("Other clients under known numbers")
    CLOCK_DIFFERS = "clock_differs", _("Clocks differ")
    PAUSED = "paused", _("Readings are paused")
    HOOK_REFUSED = "hook_refused", _("Instant updates are refused")
    HOOK_SILENT = "hook_silent", _("Instant updates have stopped")


class AttentionItemQuerySet(models.QuerySet["AttentionItem"]):
    """Items by their state."""

    def open(self) -> "AttentionItemQuerySet":
        """Items whose cause still exists, as far as we know, dismissed ones included."""
        return self.filter(closed_at=None)

    def waiting(self) -> "AttentionItemQuerySet":
        """Open items that nobody has dismissed."""
        return self.open().filter(dismissed_at=None)

    def close(self, gateway_id: int, *kinds: str, at: datetime) -> None:
        """Close the open items of these kinds about a gateway: their cause is gone."""
        self.open().filter(gateway_id=gateway_id, kind__in=kinds).update(closed_at=at)


class AttentionItem(models.Model):
    """Opened once for a cause, and closed automatically when the cause is gone.

    A dismissed item (`billing.decisions.dismissal`) stays dismissed while its cause stays the same; another cause
    of the same kind opens a new item.

    `subject` distinguishes causes of one kind within a gateway (usually the service id). THE_OTHERS stands for those
    of a kind that are too many to be listed one by one. `params` fills the text of `billing.wording`.
    """

    THE_OTHERS = "more"

    gateway = models.ForeignKey(
        WhmcsGateway,
        on_delete=models.CASCADE,
        related_name="attention_items",
        verbose_name=_("gateway"),
        db_index=False,  # attention_by_gateway answers it as well
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    subject = models.CharField(_("about"), max_length=100)
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="attention_items",
        verbose_name=_("subscription"),
    )
    params = models.JSONField(_("details"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    opened_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(pgettext_lazy("date", "closed"), null=True, blank=True)

    dismissed_at = models.DateTimeField(_("dismissed"), null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("dismissed by"),
    )
    dismissed_label = models.CharField(_("dismissed through"), max_length=100, blank=True)
    dismiss_reason = models.CharField(_("why"), max_length=255, blank=True)

    objects = AttentionItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("needs attention")
        verbose_name_plural = _("needs attention")
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="attention_newest"),
            models.Index(fields=["kind", "-opened_at", "-id"], name="attention_by_kind"),
            models.Index(fields=["gateway", "-opened_at", "-id"], name="attention_by_gateway"),
            models.Index(fields=["gateway", "subject"], name="attention_by_subject"),
            models.Index(fields=["-opened_at", "-id"], condition=Q(closed_at=None), name="attention_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "kind", "subject"], condition=Q(closed_at=None), name="one_open_item_per_cause"
            )
        ]

    def __str__(self) -> str:
        """The kind, with the service id if the subject is one; other subjects are only for programs."""
        return f"{self.get_kind_display()} ({self.subject})" if self.subject.isdecimal() else self.get_kind_display()
