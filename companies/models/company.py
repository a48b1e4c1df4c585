"""A tenant, and the source of its billing facts."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.access import Status
from plans.models import Plan

STATUSES = [
    (Status.ACTIVE.value, pgettext_lazy("status", "active")),
    (Status.SUSPENDED.value, pgettext_lazy("status", "suspended")),
    (Status.TERMINATED.value, pgettext_lazy("status", "terminated")),
    (Status.CANCELLED.value, pgettext_lazy("status", "cancelled")),
    (Status.FRAUD.value, pgettext_lazy("status", "fraud")),
]

# Exceptions are rare, so each has a partial index that holds only the few companies with it.
EXCEPTIONS = {
    "held": "hold_until",
    "locked": "locked_at",
    "exempted": "override_until",
    "unreadable": "unreadable_since",
    "waiting": "closing_held_since",
}


class BillingSource(models.Model):
    """A billing system that says who has paid, and the rules for its companies. The base of gateways.

    `confirmed_at` is when the last *complete* reading began: an earlier reading proves nothing about a due date
    that passed later. While `paused_at` is set everything may be outdated, as after a restored backup, so
    no due date closes a company. The first complete reading after `resumed_at` ends the pause.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=3,
        validators=[MaxValueValidator(365)],
        help_text=_("Days after the due date during which a company stays open, with a reminder."),
    )
    unconfirmed_days = models.PositiveSmallIntegerField(
        _("days without confirmation"),
        default=14,
        validators=[MaxValueValidator(365)],
        help_text=_("While billing can't be read, nobody loses access because of a date for this many days."),
    )
    confirmed_at = models.DateTimeField(_("last complete reading began"), null=True, blank=True, editable=False)
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True, editable=False)
    pause_reason = models.CharField(_("why it is paused"), max_length=255, blank=True, editable=False)
    resumed_at = models.DateTimeField(_("resumed"), null=True, blank=True, editable=False)
    customer_url = models.URLField(_("where customers pay"), blank=True, editable=False)

    class Meta:
        verbose_name = _("billing source")
        verbose_name_plural = _("billing sources")

    def __str__(self) -> str:
        return self.name


class Company(models.Model):
    """A tenant. What billing says is stored; what it means today is computed by `companies.access`.

    Only `companies.lifecycle` writes these columns. `due_date` is a day in the installation's time zone, None
    means that there is none. `override_until` is the billing system's own exemption, the last day of it.
    """

    source = models.ForeignKey(
        BillingSource,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="companies",
        verbose_name=_("billing source"),
        db_index=False,  # company_by_source answers it as well
    )
    name = models.CharField(_("name"), max_length=255)
    email = models.EmailField(_("contact e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    plan = models.ForeignKey(
        Plan,
        on_delete=models.PROTECT,
        related_name="companies",
        verbose_name=_("plan"),
        db_index=False,  # company_by_plan answers it as well
    )
    status = models.CharField(_("status"), max_length=20, choices=STATUSES, default=Status.ACTIVE.value)
    status_since = models.DateTimeField(_("status since"), default=timezone.now, editable=False)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    override_until = models.DateField(_("kept open by the billing system until"), null=True, blank=True)
    unreadable_since = models.DateTimeField(_("unreadable since"), null=True, blank=True, editable=False)
    closing_held_since = models.DateTimeField(
        _("closing waits for approval since"), null=True, blank=True, editable=False
    )
    hold_until = models.DateField(_("kept open until"), null=True, blank=True)
    hold_reason = models.CharField(_("reason for keeping it open"), max_length=255, blank=True)
    hold_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kept open by"),
        db_index=False,  # company_by_holder answers it, and holds only the few that somebody keeps open
    )
    lock_reason = models.CharField(_("locked by an operator because"), max_length=255, blank=True)
    locked_at = models.DateTimeField(_("locked by an operator since"), null=True, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("date", "created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        indexes = [
            models.Index(fields=["status", "due_date"], name="company_standing"),
            # For the list of companies: its default order, its filters and its sortable columns.
            models.Index(fields=["name", "id"], name="company_by_name"),
            # Without the name, which would make updates of due dates more expensive.
            models.Index(fields=["due_date", "id"], name="company_by_due_day"),
            models.Index(fields=["email"], name="company_by_email"),
            models.Index(fields=["plan", "name", "id"], name="company_by_plan"),
            models.Index(fields=["source", "name", "id"], name="company_by_source"),
            models.Index(fields=["status", "name", "id"], name="company_by_status"),
            models.Index(fields=["hold_by"], condition=Q(hold_by__isnull=False), name="company_by_holder"),
            *(
                models.Index(fields=["name", "id"], condition=Q(**{f"{column}__isnull": False}), name=f"company_{name}")
                for name, column in EXCEPTIONS.items()
            ),
        ]

    def __str__(self) -> str:
        return self.name
