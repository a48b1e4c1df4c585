"""Fields whose choices are known only when the form is made."""

from collections.abc import Sequence

from django import forms


def offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[object, object]]) -> None:
    """Let the field `name` offer these. Raises TypeError where it is none to choose from."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"The field {name} offers no choices.")
    field.choices = choices
