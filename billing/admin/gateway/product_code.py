"""The product code: a number or a pasted URL of the product, and a warning about what a new code leaves behind."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.dashboard.figures import waiting_services
from billing.models import Subscription, WhmcsGateway


def find_product_code(text: str) -> str:
    """The number in a URL such as `/cart.php?a=add&pid=7`; any other text as it is."""
    try:
        query = parse_qs(urlsplit(text.strip()).query)
    except ValueError:
        return text
    numbers = {number for name in ("pid", "id") for number in query.get(name, []) if number.isdecimal()}
    return numbers.pop() if len(numbers) == 1 else text


class ProductCodeField(forms.IntegerField):
    """Takes the number from a pasted URL."""

    default_error_messages = {
        "invalid": _("Enter the number, or an address of the product with &id= or &pid= and the number in it."),
    }

    def to_python(self, value: Any) -> int | None:
        """See `find_product_code`. Only plain digits are valid: 7.0 and +7 are not product codes."""
        text = find_product_code(value) if isinstance(value, str) else value
        if isinstance(text, str) and text.strip() and not (text.strip().isascii() and text.strip().isdecimal()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


def warn_of_another_product(request: HttpRequest, gateway: WhmcsGateway, *, before: int) -> None:
    """Warn of a slip that no run reports: known services are still read by number, so every run is complete.

    Purchases without a company are not read any more, and nothing reports them.
    """
    rows = Subscription.objects.existing().filter(gateway=gateway, company__isnull=False)
    count = rows.exclude(product_id=gateway.product_code).count()
    values = {"code": gateway.product_code, "before": before}
    if count:
        text = ngettext(
            "%(count)d company lives by a service of another product than %(code)d and stays as it is, but new "
            "purchases of that product are not found any more. If that is a slip, enter the previous code again: "
            "%(before)d.",
            "%(count)d companies live by services of another product than %(code)d and stay as they are, but new "
            "purchases of that product are not found any more. If that is a slip, enter the previous code again: "
            "%(before)d.",
            count,
        )
        messages.warning(request, text % (values | {"count": count}))
    waiting = waiting_services().filter(gateway=gateway).exclude(product_id=gateway.product_code).count()
    if waiting:
        text = ngettext(
            "%(count)d purchase of another product than %(code)d waits for its company, and is left alone from now on. "
            "If that is a slip, enter the previous code again: %(before)d.",
            "%(count)d purchases of another product than %(code)d wait for their companies, and are left alone from "
            "now on. If that is a slip, enter the previous code again: %(before)d.",
            waiting,
        )
        messages.warning(request, text % (values | {"count": waiting}))
