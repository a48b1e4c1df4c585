"""Sets choices that are known only when the form is created."""

from collections.abc import Sequence

from django import forms


def offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[object, object]]) -> None:
    """Set the choices of the field `name`. Raises TypeError if it is not a ChoiceField."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"The field {name} offers no choices.")
    field.choices = choices
