"""A request to read one service as soon as possible."""

from django.db import models
from django.utils import timezone

from billing.models.gateway import WhmcsGateway


class ReadRequest(models.Model):
    """Waits until its service was read after `asked_at`. A repeated request updates the same row.

    `trigger` is the `SyncRun.Trigger` of the run that will read it, at `due_at`. `tries` counts readings
    that failed, `looks` those that showed nothing new although WHMCS told of a change.
    """

    gateway = models.ForeignKey(WhmcsGateway, on_delete=models.CASCADE, related_name="read_requests")
    service_id = models.BigIntegerField()
    trigger = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    looks = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Table and constraint keep their first names: to rename them would stop the version before during an upgrade.
        db_table = "billing_servicewish"
        constraints = [models.UniqueConstraint(fields=["gateway", "service_id"], name="one_wish_per_service")]
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"#{self.service_id} {self.asked_at:%Y-%m-%d %H:%M:%S}"
