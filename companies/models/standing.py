"""Daily figures about access."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DailyStanding(models.Model):
    """Figures for a chart only (`companies.standings.history`). Access is never decided from them.

    `companies` maps state to reason to the number of companies at `counted_at`.
    """

    day = models.DateField(_("day"), unique=True)
    companies = models.JSONField(_("companies"), default=dict)
    counted_at = models.DateTimeField(pgettext_lazy("date", "counted"))

    class Meta:
        verbose_name = _("figures of a day")
        verbose_name_plural = _("figures of days")
        ordering = ["day"]

    def __str__(self) -> str:
        return self.day.isoformat()
