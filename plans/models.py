"""Plans: what a company may use."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# The fields of a plan besides its name, with labels.
LIMITS = ("users", "connections", "queues", "price", "currency", "recurrence", "is_public")


class Plan(models.Model):
    """The limits of a plan. Its name must be exactly that of an entry of the `Plan` option in WHMCS."""

    class Recurrence(models.TextChoices):
        MONTHLY = "monthly", _("monthly")
        QUARTERLY = "quarterly", _("quarterly")
        YEARLY = "yearly", _("yearly")
        ONCE = "once", _("once")

    name = models.CharField(
        _("name"),
        max_length=255,
        unique=True,
        help_text=_("Exactly as the entry of the Plan option in WHMCS: same case, same spaces, same accents."),
    )
    users = models.PositiveIntegerField(
        _("users"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("People a company may have, the owner and open invitations included."),
    )
    connections = models.PositiveIntegerField(_("connections"), default=1)
    queues = models.PositiveIntegerField(_("queues"), default=1)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2, default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    recurrence = models.CharField(
        _("recurrence"), max_length=20, choices=Recurrence.choices, default=Recurrence.MONTHLY
    )
    is_public = models.BooleanField(_("public"), default=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["price", "name"]

    def __str__(self) -> str:
        return self.name
