"""Forms for a person's own profile."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from companies.forms.accounts import PlainForm, email_field
from companies.forms.addresses import clean_address
from companies.models import User
from companies.wording.languages import chosen_language


class ProfileForm(PlainForm):
    """Name and language. Each language is named in itself, because its speaker may not read another one."""

    name = forms.CharField(label=_("Your name"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES],
        help_text=_("Of the pages, in whatever browser you sign in, and of the mails to you."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        initial = {"name": user.name, "language": chosen_language(user) or get_language()}
        super().__init__(*args, initial=initial, **kwargs)


class AddressForm(PlainForm):
    """A new address. The form does not reveal whether the address is taken."""

    email = email_field(autocomplete="email", autofocus=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")
        self.present = user.email

    def clean_email(self) -> str:
        address = clean_address(self.cleaned_data["email"])
        if address == self.present:
            raise ValidationError(_("This is your address already."))
        return address
