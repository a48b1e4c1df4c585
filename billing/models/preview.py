"""Stored previews: what a sync would do, to be reviewed and then applied exactly."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.gateway import WhmcsGateway
from billing.models.run import SyncRun
from companies.models import Company


class StoredPreview(models.Model):
    """A preview of one gateway.

    `fingerprint` stands for the settings that it was made with, `begun_at` and `touched_at` tell whether a worker is at
    it and lives. `figures` are the counts and the questions that a run would ask. `run` is the last one that applied
    it. `error` is what it failed with, as in a run.
    """

    class State(models.TextChoices):
        MAKING = "making", pgettext_lazy("preview", "being made")
        READY = "ready", pgettext_lazy("preview", "ready")
        FAILED = "failed", pgettext_lazy("preview", "failed")
        APPLYING = "applying", pgettext_lazy("preview", "being applied")
        APPLIED = "applied", pgettext_lazy("preview", "applied")
        OUTDATED = "outdated", pgettext_lazy("preview", "out of date")

    gateway = models.ForeignKey(
        WhmcsGateway, on_delete=models.CASCADE, related_name="previews", verbose_name=_("gateway")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.MAKING)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now, editable=False)
    asked_by = models.CharField(_("asked for by"), max_length=255, blank=True)
    applied_by = models.CharField(_("applied by"), max_length=255, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True, editable=False)
    touched_at = models.DateTimeField(default=timezone.now, editable=False)
    made_at = models.DateTimeField(_("read"), null=True, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    figures = models.JSONField(_("figures"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    error_code = models.CharField(_("error"), max_length=50, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    error_params = models.JSONField(default=dict, blank=True, editable=False)
    run = models.ForeignKey(
        SyncRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sync run")
    )

    class Meta:
        verbose_name = _("preview")
        verbose_name_plural = _("previews")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["state", "touched_at"], name="preview_state")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.asked_at:%Y-%m-%d %H:%M}"


class PreviewedChange(models.Model):
    """What a run would do for one service, refuse, or fail at.

    `facts` is what WHMCS had said about it, `stood` what an operator had said about the company. `outcome` is what
    became of it when the preview was applied, and `found` what would be done instead, where that is something else.
    """

    class Kind(models.TextChoices):
        CREATE = "create", pgettext_lazy("preview", "New company")
        REOPEN = "reopen", pgettext_lazy("preview", "Re-opened by a new purchase")
        CHANGE = "change", pgettext_lazy("preview", "Changed")
        LOSE = "lose", pgettext_lazy("preview", "Loses access")
        KEPT = "kept", pgettext_lazy("preview", "Stays open after a no")
        VANISHED = "vanished", pgettext_lazy("preview", "Vanished from WHMCS")
        NOTED = "noted", pgettext_lazy("preview", "Listed, nothing changes")
        HELD = "held", pgettext_lazy("preview", "Waits for you")
        FAILED = "failed", pgettext_lazy("preview", "Can't be read")

    class Outcome(models.TextChoices):
        OPEN = "", "–"
        APPLIED = "applied", pgettext_lazy("previewed change", "Applied")
        ALREADY = "already", pgettext_lazy("previewed change", "Was so already")
        HELD = "held", pgettext_lazy("previewed change", "Waits for a yes or a second reading")
        FAILED = "failed", pgettext_lazy("previewed change", "Failed")
        DRIFTED = "drifted", pgettext_lazy("previewed change", "Not applied: it would be something else now")
        BY_OPERATOR = (
            "drifted_by_operator",
            pgettext_lazy("previewed change", "Not applied: an operator held or locked the company since"),
        )
        UNWANTED = "unwanted", pgettext_lazy("previewed change", "Not applied: nothing asks for it any more")
        LEFT = "left", pgettext_lazy("previewed change", "Left for a complete reading that finds nothing else")

    # These change something, so the run that applies the preview compares them.
    CHANGES = (Kind.CREATE, Kind.REOPEN, Kind.CHANGE, Kind.LOSE, Kind.VANISHED)
    # These are compared as well, so that a company shown as staying open is not closed.
    COMPARED = (*CHANGES, Kind.KEPT)

    preview = models.ForeignKey(StoredPreview, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    what = models.CharField(_("what"), max_length=50)
    service_id = models.BigIntegerField(_("service id"), null=True, blank=True)
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("company")
    )
    before = models.JSONField(_("before"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    notes = models.JSONField(_("notes"), default=list, blank=True, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("why"), blank=True)
    facts = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    stood = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, default=Outcome.OPEN, blank=True)
    found = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("previewed change")
        verbose_name_plural = _("previewed changes")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["preview", "kind", "id"], name="previewed_kind"),
            models.Index(fields=["preview", "outcome", "id"], name="previewed_outcome"),
            models.Index(fields=["preview", "service_id"], name="previewed_service"),
        ]

    def __str__(self) -> str:
        return f"{self.what} #{self.service_id}"
