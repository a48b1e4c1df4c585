"""Payment checks: a customer's "I have paid, check now"."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.subscription import Subscription


class PaymentCheck(models.Model):
    """The latest check of a subscription, and its result. It waits until `ended_at` is set."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("payment check", "waiting")
        READ = "read", pgettext_lazy("payment check", "read")
        FAILED = "failed", pgettext_lazy("payment check", "failed")

    subscription = models.OneToOneField(
        Subscription, on_delete=models.CASCADE, related_name="payment_check", verbose_name=_("subscription")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(_("asked for"))
    ended_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment check")
        verbose_name_plural = _("payment checks")
        indexes = [models.Index(fields=["asked_at"], condition=models.Q(state="waiting"), name="payment_check_waiting")]

    def __str__(self) -> str:
        return f"{self.subscription} {self.asked_at:%Y-%m-%d %H:%M:%S}"
