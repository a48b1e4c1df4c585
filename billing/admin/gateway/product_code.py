"""The product code, typed as a number or pasted as an address of the product."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def find_product_code(text: str) -> str:
    """The number in an address such as `/cart.php?a=add&pid=7`; the text itself where it is no such address."""
    try:
        query = parse_qs(urlsplit(text.strip()).query)
    except ValueError:
        return text
    numbers = {number for name in ("pid", "id") for number in query.get(name, []) if number.isdecimal()}
    return numbers.pop() if len(numbers) == 1 else text


class ProductCodeField(forms.IntegerField):
    """Takes the number out of a pasted address."""

    default_error_messages = {
        "invalid": _("Enter the number, or an address of the product with &id= or &pid= and the number in it."),
    }

    def to_python(self, value: Any) -> int | None:
        """See `find_product_code`. Only plain digits count: 7.0 and +7 are no numbers of products."""
        text = find_product_code(value) if isinstance(value, str) else value
        if isinstance(text, str) and text.strip() and not (text.strip().isascii() and text.strip().isdecimal()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)
