"""The gateway's form. The secret can be entered, but is never shown."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.gateway.locking import AsksBeforeLocking
from billing.admin.gateway.product_code import ProductCodeField
from billing.fields import EncryptedSecret
from billing.models import WhmcsGateway
from billing.whmcs import BaseUrl, InvalidBaseUrl


class GatewayForm(AsksBeforeLocking, forms.ModelForm[WhmcsGateway]):
    """An empty secret field keeps the stored secret, unless the origin of the base URL changes.

    Otherwise anybody who may edit the base URL could send the secret to their own server.
    """

    api_secret = forms.CharField(
        label=_("API secret"),
        strip=True,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_("WHMCS shows it once, together with the identifier."),
        error_messages={"required": _("Type the API secret that WHMCS showed with the identifier.")},
    )

    class Meta:
        model = WhmcsGateway
        field_classes = {"product_code": ProductCodeField}
        widgets = {
            "product_code": forms.TextInput(attrs={"inputmode": "url", "placeholder": "7", "autocomplete": "off"}),
            "name": forms.TextInput(attrs={"class": "vTextField", "placeholder": "WHMCS"}),
            "base_url": forms.TextInput(
                attrs={
                    "class": "vTextField",
                    "placeholder": "https://billing.example.com",
                    "inputmode": "url",
                    "spellcheck": "false",
                    "autocapitalize": "off",
                }
            ),
            "api_identifier": forms.TextInput(
                attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
            ),
        }
        help_texts = {
            "name": _("What you call it; commands and lists use this name."),
            "is_enabled": _(
                "Ticketz reads WHMCS by itself. A new gateway is switched on by its first “Sync now”, or by the first "
                "preview that is applied."
            ),
            "product_code": _(
                "The number after &id= or &pid= in the product's address. You may paste the whole address."
            ),
            "api_identifier": _("WHMCS shows it under Manage API Credentials."),
            "plan_option": _("The name of the configurable option in WHMCS."),
            "password_field": _("The name of the product's custom field in WHMCS."),
            "mass_change_percent": _("Of the companies that are open before the run."),
            "interval_seconds": _(
                "From 10 seconds to one day (86400). A purchase becomes a company after this time at the latest, or at "
                "once where instant updates are set up."
            ),
        }
        fields = (
            "name",
            "base_url",
            "api_identifier",
            "api_secret",
            "product_code",
            "is_enabled",
            "plan_option",
            "password_field",
            "prefer_company_name",
            "fallback_plan",
            "admin_folder",
            "grace_days",
            "unconfirmed_days",
            "mass_change_count",
            "mass_change_percent",
            "interval_seconds",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored_secret: EncryptedSecret | None = self.instance.api_secret if self.instance.pk else None
        self._stored_origin = _origin_of(self.instance.base_url) if self.instance.pk else None
        if "api_secret" not in self.fields:
            return
        self.initial.pop("api_secret", None)
        self.fields["api_secret"].required = not self._stored_secret
        if self._stored_secret:
            self.fields["api_secret"].help_text = _about(self.instance)

    def full_clean(self) -> None:
        """After an error the typed secret is gone, so require it again: an empty field would keep the old one."""
        super().full_clean()
        is_lost = self.is_bound and self.errors and self.data.get(self.add_prefix("api_secret"))
        if is_lost and not self.has_error("api_secret"):
            self.add_error("api_secret", _("Type the API secret once more: what is typed here is never shown."))

    def clean_api_secret(self) -> EncryptedSecret:
        typed = self.cleaned_data["api_secret"]
        return self._stored_secret if self._stored_secret and not typed else EncryptedSecret.seal(typed)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        origin = _origin_of(self.cleaned_data.get("base_url", ""))
        if self._stored_secret and origin != self._stored_origin and not self.data.get(self.add_prefix("api_secret")):
            self.add_error(
                "api_secret",
                _("The base URL leads to another server now. Type the API secret again to send it there."),
            )
        if twin := self._find_twin():
            text = gettext("“%(name)s” reads this product already: each purchase would become two companies.")
            self.add_error("product_code", text % {"name": twin.name})
        return cleaned

    def _find_twin(self) -> WhmcsGateway | None:
        """Another gateway for the same product of the same WHMCS, if this change would create a duplicate."""
        address, product = _address_of(self.cleaned_data.get("base_url", "")), self.cleaned_data.get("product_code")
        if address is None or product is None or not {"base_url", "product_code"} & set(self.changed_data):
            return None
        others = WhmcsGateway.objects.filter(product_code=product).exclude(pk=self.instance.pk)
        return next((one for one in others if _address_of(one.base_url) == address), None)


def _about(gateway: WhmcsGateway) -> str:
    """Says that there is a secret, and since when. Never shows a part of it."""
    if gateway.api_secret_set_at is None:
        return gettext("A secret is set and is shown to nobody. Leave this empty to keep it.")
    day = date_format(localtime(gateway.api_secret_set_at), "DATE_FORMAT")
    return gettext("A secret is set since %(day)s and is shown to nobody. Leave this empty to keep it.") % {"day": day}


def _origin_of(base_url: str) -> str | None:
    address = _address_of(base_url)
    return None if address is None else address.origin


def _address_of(base_url: str) -> BaseUrl | None:
    try:
        return BaseUrl.parse(base_url)
    except InvalidBaseUrl:
        return None
