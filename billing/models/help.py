"""Places for workers that help a long import."""

from django.db import models

from billing.models.run import SyncRun


class ImportHelper(models.Model):
    """A place for one helper of a run: taken until `until` (None: free). `spent` are failed calls (`CallBudget`)."""

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="helpers")
    place = models.PositiveSmallIntegerField()
    until = models.DateTimeField(null=True, blank=True)
    spent = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="one_helper_per_place")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.place}"
