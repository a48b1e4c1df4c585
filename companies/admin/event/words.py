"""An event in words. Stored are codes, names of columns and values of the database."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import pgettext_lazy

from companies.events import Code
from companies.models import Company, Event, Membership, Role, User
from companies.models.company import STATUSES
from companies.wording.reasons import day_in_words, translated_reason

# Without User, whose changes are events of another kind.
ABOUT: Sequence[type[Model]] = (Company, Membership)
_WORDS: Mapping[str, Mapping[str, object]] = {
    "status": {**dict(STATUSES), "overdue": pgettext_lazy("status", "overdue")},
    "role": dict(Role.choices),
}


def what(event: Event) -> str:
    """The code in words. A code that this version does not know stays as it is."""
    return str(dict(Code.choices).get(event.code, event.code))


def who(event: Event) -> str:
    """The person, or the label of what did it."""
    return translated_reason(event.actor_label)


def why(event: Event) -> str:
    """The reason, translated if it is one of ours."""
    return translated_reason(event.reason)


def change(event: Event) -> str:
    """The values before and after, in one line."""
    about = (User,) if event.code == Code.EMAIL_CHANGED else ABOUT
    return in_words(event.before, event.after, about)


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """`in_words` for two whole states: only the differences."""
    changed = [key for key in after if before.get(key) != after[key]]
    return in_words({key: before.get(key) for key in changed}, {key: after[key] for key in changed})


def in_words(before: Mapping[str, object], after: Mapping[str, object], about: Sequence[type[Model]] = ABOUT) -> str:
    """The same for any two states of a company, which map names of columns to values."""
    if not any(before.values()):
        told = {key: value for key, value in after.items() if value is not None}
        return ", ".join(f"{_label(key, about)}: {_shown(key, value)}" for key, value in told.items())
    keys = [*before, *(key for key in after if key not in before)]
    return ", ".join(
        f"{_label(key, about)}: {_shown(key, before.get(key))} \u2192 {_shown(key, after.get(key))}" for key in keys
    )


def status_word(status: str) -> str:
    """The label of a company's status, or of what it becomes by a due date."""
    return _shown("status", status)


def _label(key: str, about: Sequence[type[Model]]) -> str:
    """The verbose name of a column of these models; any other key as it is."""
    for model in about:
        with suppress(FieldDoesNotExist):
            return str(getattr(model._meta.get_field(key), "verbose_name", key))
    return key


def _shown(key: str, value: object) -> str:
    if value in (None, ""):
        return "\u2013"
    if isinstance(value, str) and value in _WORDS.get(key, {}):
        return str(_WORDS[key][value])
    return day_in_words(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
