"""Options of `sync_gateway` that can't be combined, because one of them would silently be ignored."""

from typing import Any

from django.core.management.base import CommandError

# For each option, those that it can't be combined with, in the order of the messages.
_CONFLICTS = {
    "preview": ("approve", "reject", "resume"),
    "save_preview": ("approve", "reject", "resume", "service"),
    "apply": ("reject", "resume", "service"),
    "until": ("approve",),
}


def ensure_options_agree(options: dict[str, Any]) -> None:
    """Refuse impossible combinations. Raises CommandError (exit status 2)."""
    for name, others in _CONFLICTS.items():
        for other in others:
            if _is_given(options[name]) and _is_given(options[other]):
                raise CommandError(f"{_flag(name)} does not go with {_flag(other)}. Give one of them.", returncode=2)


def _is_given(value: Any) -> bool:
    return value is not None and value is not False


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
