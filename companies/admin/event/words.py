"""An event in words for the reader; stored are codes, names of columns and values of the database."""

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

# A person's own columns are told of with another event than these.
ABOUT: Sequence[type[Model]] = (Company, Membership)
_WORDS: Mapping[str, Mapping[str, object]] = {
    "status": {**dict(STATUSES), "overdue": pgettext_lazy("status", "overdue")},
    "role": dict(Role.choices),
}


def what(event: Event) -> str:
    """The code in words; one that is no longer known as it is."""
    return str(dict(Code.choices).get(event.code, event.code))


def who(event: Event) -> str:
    """The person, or what did it."""
    return translated_reason(event.actor_label)


def why(event: Event) -> str:
    """The reason, in the reader's language where it is one of ours."""
    return translated_reason(event.reason)


def change(event: Event) -> str:
    """What it was and what it became, on one line."""
    about = (User,) if event.code == Code.EMAIL_CHANGED else ABOUT
    return in_words(event.before, event.after, about)


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """`in_words` for two whole states: only what is not the same in both."""
    changed = [key for key in after if before.get(key) != after[key]]
    return in_words({key: before.get(key) for key in changed}, {key: after[key] for key in changed})


def in_words(before: Mapping[str, object], after: Mapping[str, object], about: Sequence[type[Model]] = ABOUT) -> str:
    """The same for any two states of a company, by the names of their columns."""
    if not any(before.values()):
        told = {key: value for key, value in after.items() if value is not None}
        return ", ".join(f"{_label(key, about)}: {_shown(key, value)}" for key, value in told.items())
    keys = [*before, *(key for key in after if key not in before)]
    return ", ".join(
        f"{_label(key, about)}: {_shown(key, before.get(key))} \u2192 {_shown(key, after.get(key))}" for key in keys
    )


def status_word(status: str) -> str:
    """A company's status for people, or what it becomes by a due date."""
    return _shown("status", status)


def _label(key: str, about: Sequence[type[Model]]) -> str:
    """A column of these by its name for people; anything else as it is."""
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
