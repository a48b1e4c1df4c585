"""The details of an audit entry in words. Stored are the names of columns and values of the database."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import BooleanField, Field
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.audit.codes import DETAILS
from companies.audit.log import FROM_TO, UNSEEN
from companies.authorization.roles import OperatorRole

_YES_OR_NO: Mapping[str, Promise] = {"True": _("yes"), "False": _("no")}
# For details that are not the value of a column.
_OTHERS: Mapping[str, Mapping[str, object]] = {
    # The names on the pages of their owners, instead of allauth's "TOTP Authenticator".
    "factor": {**dict(Authenticator.Type.choices), Authenticator.Type.TOTP.value: _("Authenticator app")},
    "outcome": {"deleted": _("deleted")},
    "role": dict(OperatorRole.choices),
}


def in_words(details: Mapping[str, str]) -> str:
    """The details in one line, with translated names and values. Unknown codes stay as they are."""
    names = _names()
    return ", ".join(f"{DETAILS.get(key) or names.get(key, key)}: {_value(key, text)}" for key, text in details.items())


def _value(key: str, text: str) -> str:
    if text == UNSEEN and key not in DETAILS:
        return gettext("changed")
    words = _values().get(key, {})
    return FROM_TO.join(str(words.get(one, one)) for one in text.split(FROM_TO))


@cache
def _names() -> dict[str, object]:
    """The verbose names of the columns of our tables."""
    return {field.name: field.verbose_name for field in _fields()}


@cache
def _values() -> dict[str, dict[str, object]]:
    """The labels of choices, by the name of the column."""
    words: dict[str, dict[str, object]] = {name: dict(values) for name, values in _OTHERS.items()}
    for field in _fields():
        own = _YES_OR_NO if isinstance(field, BooleanField) else dict(field.flatchoices)
        if own:
            words.setdefault(field.name, {}).update((str(value), word) for value, word in own.items())
    return words


def _fields() -> Iterator[Field[Any, Any]]:
    ours = (model for app in ("plans", "companies", "billing") for model in apps.get_app_config(app).get_models())
    return (field for model in ours for field in model._meta.concrete_fields)
