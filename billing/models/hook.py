"""The webhook of a gateway, and the messages that it has received."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.fields import EncryptedTextField
from billing.models.gateway import WhmcsGateway


class GatewayHook(models.Model):
    """The secrets with which WHMCS may tell of changed services. A gateway without a row accepts no calls.

    `secrets` are all that are good, newest first, a space between them (`billing.hooks.secrets`). `refused_count` are
    calls that were refused since `heard_at`, at least: they are written down once a minute.
    """

    class Refusal(models.TextChoices):
        SIGNATURE = "signature", _("not signed with the secret")
        CLOCK = "clock", _("its time is more than five minutes off")
        UNREADABLE = "unreadable", _("rightly signed, but no message of the hook file")

    gateway = models.OneToOneField(WhmcsGateway, on_delete=models.CASCADE, related_name="hook")
    secrets = EncryptedTextField()
    secret_set_at = models.DateTimeField(default=timezone.now)
    heard_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_why = models.CharField(max_length=10, choices=Refusal.choices, blank=True)
    refused_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("hook of WHMCS")
        verbose_name_plural = _("hooks of WHMCS")

    def __str__(self) -> str:
        return str(self.gateway)


class HeardMessage(models.Model):
    """The id of a received message, kept as long as it could be replayed, and how many services it named."""

    gateway = models.ForeignKey(WhmcsGateway, on_delete=models.CASCADE, related_name="+")
    message_id = models.CharField(max_length=64)
    heard_at = models.DateTimeField()
    services = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("message of a hook")
        verbose_name_plural = _("messages of hooks")
        constraints = [models.UniqueConstraint(fields=["gateway", "message_id"], name="one_row_per_message")]
        indexes = [models.Index(fields=["heard_at"], name="heard_message_newest")]

    def __str__(self) -> str:
        return self.message_id
