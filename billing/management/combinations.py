"""Options of `sync_gateway` that would silently be ignored: beside another one, or without it."""

from typing import Any

from django.core.management.base import CommandError

# For each option, those that it can't be combined with, in the order of the messages.
_CONFLICTS = {
    "preview": ("approve", "reject", "resume"),
    "save_preview": ("approve", "reject", "resume", "service"),
    "apply": ("reject", "resume", "service"),
    "until": ("approve",),
}
# For each option, those of which it needs one: it is about what they say.
_COMPANIONS = {"until": ("reject",), "reason": ("approve", "reject")}


def ensure_options_agree(options: dict[str, Any]) -> None:
    """Refuse impossible combinations. Raises CommandError (exit status 2)."""
    for name, others in _CONFLICTS.items():
        for other in others:
            if _is_given(options[name]) and _is_given(options[other]):
                raise CommandError(f"{_flag(name)} does not go with {_flag(other)}. Give one of them.", returncode=2)
    for name, companions in _COMPANIONS.items():
        if _is_given(options[name]) and not any(_is_given(options[other]) for other in companions):
            raise CommandError(f"{_flag(name)} needs {' or '.join(map(_flag, companions))}.", returncode=2)


def _is_given(value: Any) -> bool:
    return value is not None and value is not False and value != ""


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
