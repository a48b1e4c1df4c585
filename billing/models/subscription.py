"""Subscriptions: our rows for WHMCS's services."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.gateway import WhmcsGateway
from companies.models import Company


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Services by their state in WHMCS."""

    def existing(self) -> "SubscriptionQuerySet":
        """Services that still exist in WHMCS, as far as we know."""
        return self.filter(vanished_at=None)


class Subscription(models.Model):
    """A service. Only gateway and service id identify it.

    `status`, `due_date`, `plan_value`, `override_until`, `client_id` and `product_id` are what WHMCS last said and
    what was acted upon: a loss of access that waits for approval is not written here yet. `is_settled` is False while
    something about it is still to be done, so that the next run looks at it again though WHMCS says nothing new.
    """

    gateway = models.ForeignKey(
        WhmcsGateway,
        on_delete=models.PROTECT,
        related_name="subscriptions",
        verbose_name=_("gateway"),
        db_index=False,  # one_row_per_service answers it as well
    )
    service_id = models.BigIntegerField(_("service id"))
    client_id = models.BigIntegerField(_("client id"))
    product_id = models.BigIntegerField(_("product id"))
    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subscriptions",
        verbose_name=_("company"),
    )
    status = models.CharField(_("status"), max_length=50)
    due_date = models.DateField(_("next due date"), null=True, blank=True)
    plan_value = models.TextField(_("plan option"), blank=True, null=True)  # noqa: DJ001 - None: WHMCS sent none
    override_until = models.DateField(_("override until"), null=True, blank=True)
    is_settled = models.BooleanField(_("settled"), default=False)
    vanished_at = models.DateTimeField(_("vanished"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"), default=timezone.now, editable=False)
    details_read_at = models.DateTimeField(_("client details read"), null=True, blank=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [models.UniqueConstraint(fields=["gateway", "service_id"], name="one_row_per_service")]
        indexes = [
            models.Index(fields=["gateway", "client_id"], name="subscription_client"),
            models.Index(fields=["gateway", "details_read_at"], name="subscription_details"),
            # A small partial index for the few rows that each run asks for.
            models.Index(fields=["gateway"], condition=Q(vanished_at__isnull=False), name="subscription_vanished"),
        ]

    def __str__(self) -> str:
        return f"#{self.service_id}"
