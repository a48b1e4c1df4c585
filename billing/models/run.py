"""Sync runs, and what they refused or could not do. Their changes are in the companies' events."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.gateway import WhmcsGateway
from companies.models import Company


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    """Runs by their state."""

    def running(self) -> "SyncRunQuerySet":
        """Runs without an end: still running, or lost."""
        return self.filter(outcome=SyncRun.Outcome.RUNNING)

    def ended(self) -> "SyncRunQuerySet":
        """All others."""
        return self.exclude(outcome=SyncRun.Outcome.RUNNING)


class SyncRun(models.Model):
    """One reading of a gateway. Its counts add up: seen = created + changed + unchanged + held + failed.

    While it runs they tell how far it is, as of `progress_at` (None: not told yet): `seen` were read in `phase`, WHMCS
    says that there are `expected`, and `pace` were dealt with each second, lately (None: not known).
    `fence` and `help_from` are set while a long import wants help (`billing.steps.newcomers.help_wanted`): its lease's
    number, and from where on the list is others' work.
    `error` is the English sentence of the error whose code and parameters are kept beside it, for other languages.
    """

    class Outcome(models.TextChoices):
        RUNNING = "running", pgettext_lazy("run", "running")
        COMPLETE = "complete", pgettext_lazy("run", "complete")
        PARTIAL = "partial", pgettext_lazy("run", "partial")
        HELD = "held", pgettext_lazy("run", "held")
        FAILED = "failed", pgettext_lazy("run", "failed")
        LOST = "lost", pgettext_lazy("run", "lost")

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", _("schedule")
        OPERATOR = "operator", _("operator")
        COMMAND = "command", _("command line")
        CUSTOMER = "customer", pgettext_lazy("started by", "customer")
        HOOK = "hook", pgettext_lazy("started by", "WHMCS")

    gateway = models.ForeignKey(WhmcsGateway, on_delete=models.CASCADE, related_name="runs", verbose_name=_("gateway"))
    trigger = models.CharField(_("started by"), max_length=10, choices=Trigger.choices)
    started_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    seen = models.PositiveIntegerField(pgettext_lazy("count", "seen"), default=0)
    created = models.PositiveIntegerField(pgettext_lazy("count", "created"), default=0)
    changed = models.PositiveIntegerField(pgettext_lazy("count", "changed"), default=0)
    unchanged = models.PositiveIntegerField(pgettext_lazy("count", "unchanged"), default=0)
    held = models.PositiveIntegerField(pgettext_lazy("count", "held"), default=0)
    failed = models.PositiveIntegerField(pgettext_lazy("count", "failed"), default=0)
    attention = models.PositiveIntegerField(_("needs attention"), default=0)
    api_calls = models.PositiveIntegerField(_("calls to WHMCS"), default=0)
    seconds = models.JSONField(_("seconds per phase"), default=dict, blank=True)
    phase = models.CharField(max_length=20, blank=True, editable=False)
    expected = models.PositiveIntegerField(null=True, blank=True, editable=False)
    pace = models.FloatField(null=True, blank=True, editable=False)
    progress_at = models.DateTimeField(null=True, blank=True, editable=False)
    fence = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    help_from = models.PositiveIntegerField(null=True, blank=True, editable=False)
    error_code = models.CharField(_("error"), max_length=50, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    error_params = models.JSONField(default=dict, blank=True, editable=False)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("sync run")
        verbose_name_plural = _("sync runs")
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["gateway", "-started_at", "-id"], name="run_history"),
            models.Index(fields=["-started_at", "-id"], name="run_newest"),
            models.Index(fields=["outcome", "-started_at", "-id"], name="run_by_outcome"),
            models.Index(fields=["trigger", "-started_at", "-id"], name="run_by_trigger"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {timezone.localtime(self.started_at):%Y-%m-%d %H:%M:%S}"

    @property
    def done(self) -> int:
        """The number of processed services."""
        return self.created + self.changed + self.unchanged + self.held + self.failed


class RunRecord(models.Model):
    """What a run created, refused or could not do, closed by a date or found to be gone, with before, after and why.

    What it changed by billing's word is an `Event` of the company with the run's number as its `reading`, and no record
    (`billing.runs.changes`); runs of 0.2 kept both.
    `reason` is the English sentence; where it is one of `billing.wording`, `params` are what it is filled with.
    """

    class Result(models.TextChoices):
        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        HELD = "held", _("held")
        FAILED = "failed", _("failed")

    run = models.ForeignKey(
        SyncRun,
        on_delete=models.CASCADE,
        related_name="records",
        verbose_name=_("run"),
        db_index=False,  # record_of_run answers it as well
        db_constraint=False,  # as with the company
    )
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    code = models.CharField(_("what"), max_length=50)
    service_id = models.BigIntegerField(_("service id"), null=True, blank=True)
    company = models.ForeignKey(
        Company,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("company"),
        db_index=False,  # the page of a company asks for what was refused, which is rare: record_refused
        # A book of what was done: that each line's run and company exist was looked up again for a sixth of the time
        # of a month's turn. Both are deleted through Django only, which follows the relation by itself.
        db_constraint=False,
    )
    before = models.JSONField(_("before"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("why"), blank=True)
    params = models.JSONField(default=dict, blank=True, editable=False, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("record of a run")
        verbose_name_plural = _("records of a run")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["run", "id"], name="record_of_run"),
            models.Index(fields=["run", "result", "id"], name="record_by_result"),
            models.Index(fields=["run", "service_id"], name="record_by_service"),
            models.Index(fields=["company", "-id"], condition=Q(result__in=["held", "failed"]), name="record_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.code} #{self.service_id}"
