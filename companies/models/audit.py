"""The audit log: what operators did, and who tried to sign in. Separate from the stories of companies."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.audit.codes import AuditCode
from companies.models.append_only import AppendOnly
from companies.models.company import Company


class AuditEntry(AppendOnly):
    """One line of the audit log, append-only. `companies.audit.log` writes it.

    `code` is what was done (`companies.audit.codes.AuditCode`), `about` to what, `details` its facts, never a
    secret. `actor` is the person who did it, `actor_label` their address at that time or what else did it, such as
    "command line". `address` is the client's IP address, as rate limiting sees it.

    Ticketz never changes or deletes a row. A trigger would not stop the owner of the database either; if you want
    that too, grant the role of the web processes only INSERT and SELECT on this table.
    """

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    code = models.CharField(_("what"), max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_label = models.CharField(_("by"), max_length=254, blank=True)
    address = models.GenericIPAddressField(_("from where"), null=True, blank=True)
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("company")
    )
    about = models.CharField(_("about"), max_length=255, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["code", "-at", "-id"], name="audit_by_code"),
            models.Index(fields=["actor_label", "-at", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {dict(AuditCode.choices).get(self.code, self.code)}"
