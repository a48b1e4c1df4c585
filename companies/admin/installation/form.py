"""The form of the settings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.authorization.operator import operator_of
from companies.brand.current import digest_of
from companies.brand.logos import MAX_BYTES, picture_type
from companies.models import Installation
from companies.second_factor.requirement import has_factor

ABOUT_MAIL = ("renewal_mail_days", "mail_before_access_ends", "mail_when_access_is_back")


class InstallationForm(forms.ModelForm[Installation]):
    """Refuses settings that would lock out the current operator, and files that are not pictures."""

    request: HttpRequest
    new_logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_(
            "PNG, JPEG or WebP of at most 20 kB; 96 by 96 pixels are plenty. "
            "It is shown as a small square before the name."
        ),
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = Installation
        fields = [
            "product_name",
            "accent_colour",
            *ABOUT_MAIL,
            "operators_need_second_factor",
            "shop_password_must_change",
        ]

    def clean_accent_colour(self) -> str:
        return str(self.cleaned_data["accent_colour"]).lower()

    def clean_new_logo(self) -> bytes | None:
        """The bytes, if they are a picture in a format that browsers show and that can't contain scripts."""
        upload = self.cleaned_data["new_logo"]
        if not isinstance(upload, UploadedFile):
            return None
        if (upload.size or 0) > MAX_BYTES:
            raise ValidationError(_("This picture is larger than 20 kB. Make it smaller and try again."))
        data = bytes(upload.read())
        if not picture_type(data):
            raise ValidationError(_("This is no PNG, JPEG or WebP picture. Save it as one of these and try again."))
        return data

    def clean_renewal_mail_days(self) -> int:
        return self.cleaned_data["renewal_mail_days"] or 0

    def clean_operators_need_second_factor(self) -> bool:
        is_on = bool(self.cleaned_data["operators_need_second_factor"])
        if is_on and not has_factor(self.request, operator_of(self.request)):
            raise ValidationError(
                _("You have no second factor yourself. Add one first: “Two-factor sign-in” in the menu at the top.")
            )
        return is_on

    def save(self, commit: bool = True) -> Any:
        """A new logo replaces the old one, even if "remove" was ticked."""
        logo = self.cleaned_data["new_logo"]
        if logo or self.cleaned_data["remove_logo"]:
            self.instance.logo = logo
            self.instance.logo_digest = digest_of(logo) if logo else ""
        return super().save(commit)
