"""The story of a company: who did what, when, why, and what it was before."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.events import Code
from companies.models.append_only import AppendOnly
from companies.models.company import Company


class Event(AppendOnly):
    """One line of a company's story, append-only.

    `code` is what happened (`companies.events`). `before` and `after` hold only the changed fields, and
    `reason` is for people. `actor` is the person who did it, or None where `actor_label` names what did, such as
    "sync run 12". `reading` is the id of the run that changed billing, None for other events: what a
    run changed is stored nowhere else.
    """

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        related_name="events",
        verbose_name=_("company"),
        db_index=False,  # event_of_company answers it as well
    )
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    code = models.CharField(_("what"), max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
        db_index=False,  # event_by_actor answers it, and holds none of the many that no person did
    )
    actor_label = models.CharField(_("by"), max_length=100, blank=True)
    before = models.JSONField(_("before"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("why"), max_length=500, blank=True)
    reading = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]  # insertion order, because an index on the time would cost something with each event
        indexes = [
            models.Index(fields=["company", "id"], name="event_of_company"),
            models.Index(fields=["code", "id"], name="event_of_code"),
            models.Index(fields=["actor"], condition=models.Q(actor__isnull=False), name="event_by_actor"),
            models.Index(
                fields=["reading", "company", "id"],
                condition=models.Q(reading__isnull=False),
                name="event_of_reading",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {dict(Code.choices).get(self.code, self.code)}"
