"""A gateway: one WHMCS installation with its credentials and its product."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.errors import ErrorCode, GatewayDenied
from billing.fields import EncryptedTextField
from billing.whmcs import (
    BaseUrl,
    CallBudget,
    Credentials,
    Deadline,
    Destination,
    Examiner,
    InvalidBaseUrl,
    RowFormat,
    WhmcsClient,
)
from billing.wording.errors import translated_parts
from companies.models import BillingSource
from plans.models import Plan

Client = TypeVar("Client", bound=WhmcsClient)


class WhmcsGateway(BillingSource):
    """Where to read, with which credentials, and what to look for. The lease columns say who is reading now.

    `uid` is unique across databases, unlike the id. `trouble_left` is how
    many calls may still fail, as of `trouble_counted_at` (`billing.runs.schedule`); `silent_since` is set while
    operators know that no complete reading has come for too long (`billing.monitoring.alerts`).
    """

    base_url = models.CharField(
        _("base URL"),
        max_length=500,
        help_text=_("The address of WHMCS, such as https://billing.example.com or https://example.com/clients"),
    )
    api_identifier = models.CharField(_("API identifier"), max_length=255)
    api_secret = EncryptedTextField(_("API secret"))
    api_secret_set_at = models.DateTimeField(_("API secret set"), null=True, blank=True, editable=False)
    product_code = models.PositiveBigIntegerField(
        _("product code"),
        validators=[MinValueValidator(1)],
        help_text=_("The number after &id= or &pid= in the product's address."),
    )
    product_code_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    plan_option = models.CharField(_("option that holds the plan"), max_length=255, default="Plan")
    password_field = models.CharField(_("field that holds the first password"), max_length=255, default="Password")
    prefer_company_name = models.BooleanField(
        _("prefer the client's company name"),
        default=False,
        help_text=_("Name a company like the client's company, where there is one, instead of first and last name."),
    )
    fallback_plan = models.ForeignKey(
        Plan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("fallback plan"),
        help_text=_("For services whose plan is spelled like none of yours. Empty: such a service waits for you."),
    )
    admin_folder = models.CharField(
        _("admin folder of WHMCS"),
        max_length=100,
        blank=True,
        default="admin",
        validators=[RegexValidator(r"\A[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*\Z")],
        help_text=_("Only for links from here into WHMCS: the folder of its administration, if you have renamed it."),
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    interval_seconds = models.PositiveIntegerField(
        _("seconds between readings"), default=300, validators=[MinValueValidator(10), MaxValueValidator(86_400)]
    )
    mass_change_count = models.PositiveIntegerField(
        _("companies that may lose access in one run"),
        default=10,
        help_text=_("More than this many, and more than the share below, wait for your approval."),
    )
    mass_change_percent = models.PositiveSmallIntegerField(
        _("share of open companies (%) that may lose access in one run"),
        default=10,
        validators=[MaxValueValidator(100)],
    )
    next_sync_at = models.DateTimeField(_("next reading"), null=True, blank=True, editable=False)
    # How many companies have lost access by readings of single services, since the last complete reading without holds.
    lost_one_by_one = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    decided_with = models.CharField(max_length=64, blank=True, editable=False)
    lease_holder = models.CharField(max_length=255, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_fence = models.PositiveBigIntegerField(default=0, editable=False)
    uid = models.UUIDField(default=uuid4, editable=False)
    failures_in_a_row = models.PositiveSmallIntegerField(_("failed readings in a row"), default=0, editable=False)
    trouble_left = models.FloatField(null=True, blank=True, editable=False)
    trouble_counted_at = models.DateTimeField(null=True, blank=True, editable=False)
    silent_since = models.DateTimeField(_("silent since"), null=True, blank=True, editable=False)
    clock_difference = models.IntegerField(
        _("clock of WHMCS minus ours (seconds)"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("WHMCS")
        verbose_name_plural = _("WHMCS")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the customers' link in step with the base URL; one that can't be read is refused later, with a cause."""
        try:
            self.customer_url = f"{BaseUrl.parse(self.base_url)}/clientarea.php"
        except InvalidBaseUrl:
            self.customer_url = ""
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if not self.base_url:  # which its field tells already
            return
        try:
            self.base_url = str(BaseUrl.parse(self.base_url, trusted_hosts=settings.WHMCS_TRUSTED_HOSTS))
        except InvalidBaseUrl as error:
            raise ValidationError({"base_url": translated_parts(error.args)}) from error

    def client(self, budget: CallBudget | None = None) -> WhmcsClient:
        """A client for this gateway, with a full budget of failing calls or the given one.

        Raises GatewayDenied where the base URL or the secret can't be used.
        """
        return self._connected(WhmcsClient, budget=budget)

    def examiner(self, overall: Deadline) -> Examiner:
        """The client of the connection doctor. Raises GatewayDenied as `client` does."""
        return self._connected(Examiner, overall=overall)

    def _connected(self, kind: Callable[..., Client], **options: Any) -> Client:
        try:
            base_url = BaseUrl.parse(self.base_url, trusted_hosts=settings.WHMCS_TRUSTED_HOSTS)
        except InvalidBaseUrl as error:
            raise GatewayDenied(ErrorCode.INVALID_BASE_URL, reason=str(error)) from error
        return kind(
            Destination(base_url, settings.WHMCS_TRUSTED_HOSTS),
            Credentials(self.api_identifier, self.api_secret.reveal()),
            row_format=RowFormat(plan_option=self.plan_option, password_field=self.password_field),
            version=settings.VERSION,
            **options,
        )
