"""How many companies stood how on a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DailyStanding(models.Model):
    """Figures for a chart and for nothing else: nobody's access is read from here (`companies.standings.history`).

    `companies` holds, by state and then by reason, how many there were at `counted_at`.
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
